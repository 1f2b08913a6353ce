"""A sentence as the extractor sees it: words and mentions in a row, coordinated mentions side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from litmine.relations.triggers import classes_of
from litmine.types import Slot

Kind = Literal["D", "M", "O", "word", "mark"]
_TOKEN = re.compile(r"[^\W_][\w®]*(?:[-–'’./·][^\W_][\w]*)*[+]?|[^\s\w]")
_JOINS = {
    ",",
    "and",
    "or",
    "/",
    "+",
    "plus",
    "&",
    "and/or",
    "as",
    "well",
    "-",
    "–",
    "both",
    "the",
    "either",
    "also",
    "with",
}
_DRUG_JOINS = _JOINS | {
    "combined",
    "in",
    "combination",
    "followed",
    "by",
    "together",
    "conjunction",
    "combining",
    "to",
    "of",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A drug (or combination), mechanism or outcome in a sentence. Offsets count into the document."""

    kind: Literal["D", "M", "O"]
    start: int
    end: int
    slots: tuple[Slot, ...]
    """Members of a combination; one slot for a mechanism or outcome."""
    outcome_type: str = ""
    reversed_axis: bool = False
    """More of the word is less on the axis of its outcome_type ("relapse" on survival)."""
    direction: str = ""
    """What the word itself states ("resistant": increases)."""
    mechanism_class: str = ""
    sign: int = 0
    """+1 more or active, -1 less or inactive, as the alteration word of a mechanism says."""
    generic: bool = False
    flags: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The mention as printed."""
        return " ".join(slot.text for slot in self.slots)


WORD_LETTERS = 9
"""Letters of a word that features keep: a plural shares them with its singular."""
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, a mark or a mention; `classes` are its trigger classes, `group` numbers coordinated mentions."""

    kind: Kind
    text: str
    start: int
    end: int
    mention: Mention | None = None
    classes: frozenset[str] = frozenset()
    group: int = -1
    depth: int = 0
    """Nesting in parentheses."""

    @property
    def word(self) -> str:
        """The unit as features name it: a mention by its kind alone, of a word the first letters, digits as 0."""
        return f"[{self.kind}]" if self.mention is not None else _DIGITS.sub("0", self.text)[:WORD_LETTERS]


@dataclass(frozen=True, slots=True)
class Frame:
    """The units of one sentence in order."""

    units: tuple[Unit, ...]

    def mentions(self, kind: str) -> list[tuple[int, Unit]]:
        """(place, unit) of each mention of a kind."""
        return [(place, unit) for place, unit in enumerate(self.units) if unit.kind == kind]

    def mention_at(self, place: int) -> Mention:
        """The mention at a place.

        Raises:
            ValueError: There is a word or a mark at that place.
        """
        mention = self.units[place].mention
        if mention is None:
            raise ValueError(f"no mention at {place}: {self.units[place].text!r}")
        return mention

    @property
    def masked(self) -> str:
        """The sentence with its mentions as D, M, O: what a person reads in `--explain`."""
        return " ".join(f"[{unit.kind}]" if unit.mention else unit.text for unit in self.units)


def build_frame(document: str, start: int, end: int, mentions: Sequence[Mention]) -> Frame:
    """Cut the sentence `document[start:end]` into units; mentions must lie inside and not overlap."""
    units: list[Unit] = []
    depth = 0
    position = start
    for mention in [*sorted(mentions, key=lambda m: m.start), None]:
        stop = mention.start if mention else end
        for match in _TOKEN.finditer(document, position, stop):
            word = match.group().lower()
            if word in ")]" and depth:
                depth -= 1
            kind: Kind = "word" if word[0].isalnum() else "mark"
            units.append(Unit(kind, word, match.start(), match.end(), None, classes_of(word), depth=depth))
            if word in "([":
                depth += 1
        if mention:
            text = document[mention.start : mention.end].lower()
            units.append(Unit(mention.kind, text, mention.start, mention.end, mention, depth=depth))
            position = mention.end
    return Frame(tuple(_number_groups(units)))


def _number_groups(units: list[Unit]) -> list[Unit]:
    """Give mentions of one kind the same group number when only joining words stand between them."""
    number = -1
    last: dict[str, tuple[int, int]] = {}
    numbered = []
    for place, unit in enumerate(units):
        if unit.mention is not None:
            before = last.get(unit.kind)
            if before is not None and _joined(units[before[0] + 1 : place], unit.kind):
                group = before[1]
            else:
                number += 1
                group = number
            last[unit.kind] = (place, group)
            unit = Unit(
                unit.kind, unit.text, unit.start, unit.end, unit.mention, unit.classes, group, unit.depth
            )
        numbered.append(unit)
    return numbered


def _joined(between: Sequence[Unit], kind: str) -> bool:
    words = [unit for unit in between if unit.depth == 0 or unit.text in "()"]
    if any(unit.mention and unit.depth == 0 for unit in between):
        return False
    joins = _DRUG_JOINS if kind == "D" else _JOINS
    texts = [unit.text for unit in words if unit.text not in "()[]"]
    return 0 < len(texts) <= 6 and all(text in joins for text in texts)
