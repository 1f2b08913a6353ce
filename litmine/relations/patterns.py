"""Patterns as data: a small template language over frames, read from the TOML files of this folder.

A template is a row of elements: `{D}`, `{M}`, `{O}` (a drug, mechanism or outcome with all that is coordinated with
it), `{O:survival|response_rate}` (only these outcome types), `<up>` or `<up|cause>` (a word of these trigger classes),
words (`confer*|give`; `?` behind an element makes it optional) and `...` (up to six units within the clause; `...3` up
to three).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from litmine.relations.frames import Frame, Mention, Unit, build_frame
from litmine.types import Slot

PATTERN_FILES = ("patterns_effect.toml", "patterns_therapy.toml", "patterns_null.toml")
_LETTERS = {
    "up": "u",
    "down": "d",
    "cause": "c",
    "association": "a",
    "show": "s",
    "equal": "e",
    "against": "g",
    "together": "t",
}
_BREAKS = {";", ":", "but", "whereas", "while", "although", "however", "though"}
_BRACKETS = frozenset("()[]")
_MARKUP = re.compile(r"\{([DMO])(?::([a-z_]+))?([-+]?)\s([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One entry of a pattern file."""

    name: str
    kind: str
    sign: str
    """`+`, `-`, `0` (no effect) or `?` (associated) on the outcome as printed; empty: the words around decide."""
    regex: re.Pattern[str]
    needs: tuple[frozenset[str], ...]
    """The kinds, words or class letters of which a frame must hold one each, for a quick no."""
    examples: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern matched: the group numbers of its slots, -1 for a slot it does not have."""

    pattern: Pattern
    drug: int
    mechanism: int
    outcome: int


@cache
def load_patterns() -> tuple[Pattern, ...]:
    """All patterns, in file order."""
    found: list[Pattern] = []
    for name in PATTERN_FILES:
        data = tomllib.loads(
            resources.files("litmine").joinpath("relations").joinpath(name).read_text(encoding="utf-8")
        )
        found.extend(compile_pattern(entry) for entry in data["pattern"])
    return tuple(found)


def compile_pattern(entry: dict[str, Any]) -> Pattern:
    """Compile one TOML entry with `name`, `kind`, `template`, `sign` (optional) and `examples`."""
    regex: list[str] = []
    needs: list[frozenset[str]] = []
    for element in entry["template"].split():
        optional = element.endswith("?")
        piece, need = _element(element.rstrip("?"))
        regex.append(f"(?:{piece})?" if optional else piece)
        if need and not optional:
            needs.append(need)
    examples = tuple((example["text"], tuple(example["expect"])) for example in entry["examples"])
    return Pattern(
        entry["name"],
        entry["kind"],
        entry.get("sign", ""),
        re.compile("".join(regex)),
        tuple(needs),
        examples,
    )


def _element(element: str) -> tuple[str, frozenset[str]]:
    if element.startswith("..."):
        return rf"(?:\d+~[^X~]*~\S+ ){{0,{element[3:] or 6}}}?", frozenset()
    if element.startswith("{"):
        kind, _, types = element.strip("{}").partition(":")
        wanted = f"(?:{types})" if types else "[a-z_]*"
        return rf"(?P<{kind}>\d+)~{kind}{wanted}~\S* ", frozenset({kind})
    if element.startswith("<"):
        letters = "".join(_LETTERS[name] for name in element.strip("<>").split("|"))
        return rf"\d+~w[a-z]*[{letters}][a-z]*~\S+ ", frozenset(letters)
    words = "|".join(re.escape(word).replace(r"\*", r"[^~\s]*") for word in element.split("|"))
    plain = frozenset(element.split("|"))
    return rf"\d+~[a-z]*~(?:{words}) ", frozenset() if "*" in element else plain


def match_patterns(frame: Frame, patterns: Sequence[Pattern] | None = None) -> list[Hit]:
    """All matches of the patterns in a frame, in order of pattern and place."""
    present = {_LETTERS[name] for unit in frame.units for name in unit.classes}
    present.update(unit.text if unit.mention is None else unit.kind for unit in frame.units)
    encoded = ""
    hits = []
    for pattern in load_patterns() if patterns is None else patterns:
        if any(map(present.isdisjoint, pattern.needs)):
            continue
        encoded = encoded or encode(frame)
        for match in pattern.regex.finditer(encoded):
            groups = {
                kind: frame.units[int(place)].group
                for kind, place in match.groupdict().items()
                if place is not None
            }
            hits.append(Hit(pattern, groups.get("D", -1), groups.get("M", -1), groups.get("O", -1)))
    return hits


def encode(frame: Frame) -> str:
    """The frame as the string that pattern expressions run on: `place~kind and classes~text`, parentheses left out."""
    parts = []
    seen: set[int] = set()
    outer = [
        (place, unit)
        for place, unit in enumerate(frame.units)
        if not unit.depth and unit.text not in _BRACKETS
    ]
    following: list[int] = []
    group = -1
    for _, unit in reversed(outer):
        following.append(group)
        group = unit.group if unit.mention is not None else group
    last = -2
    for (place, unit), after in zip(outer, reversed(following), strict=True):
        if unit.mention is not None:
            last = unit.group
            if unit.group not in seen:
                seen.add(unit.group)
                parts.append(f"{place}~{unit.kind}{unit.mention.outcome_type}~- ")
        elif last != after:
            letters = "".join(sorted(_LETTERS[name] for name in unit.classes))
            parts.append(f"{place}~{'X' if unit.text in _BREAKS else 'w'}{letters}~{unit.text} ")
    return "".join(parts)


def frame_of_example(text: str) -> tuple[str, Frame]:
    """Build a frame from marked-up text, so that an example depends on no lexicon and no parser.

    Mentions are written `{D trastuzumab}`, `{M PTEN loss}`, `{O:resistance resistance}`; `{O:survival- relapse}` marks
    a word of which more is less on its axis, `{O:sensitivity+ sensitive}` a word that states its direction itself.

    Returns:
        The text without markup, and its frame.
    """
    plain: list[str] = []
    mentions: list[Mention] = []
    position = 0
    for match in _MARKUP.finditer(text):
        plain.append(text[position : match.start()])
        start = sum(map(len, plain))
        kind: Literal["D", "M", "O"] = match[1]  # type: ignore[assignment]
        outcome_type, mark, printed = match[2], match[3], match[4]
        plain.append(printed)
        slot = Slot(start, start + len(printed), printed, printed)
        mentions.append(
            Mention(
                kind,
                start,
                slot.end,
                (slot,),
                outcome_type=outcome_type or "",
                reversed_axis=mark == "-",
                direction="increases" if mark == "+" else "",
            )
        )
        position = match.end()
    plain.append(text[position:])
    document = "".join(plain)
    return document, build_frame(document, 0, len(document), mentions)


def units_of(frame: Frame, group: int) -> list[Unit]:
    """The mentions of a group."""
    return [unit for unit in frame.units if unit.group == group and unit.mention is not None]
