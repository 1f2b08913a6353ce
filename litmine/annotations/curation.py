"""Decisions of people that stand above the machine's: reading `annotations/curation.toml`.

    [[verdict]]
    claim = "C017"
    value = "contradicted"
    by = "A. Reader"
    reason = "the trial's final analysis reversed it"

The tables `[[stance]]` (claim, record, value; with `part = 2` for one clause of the claim only), `[[match]]`
(reference = 5, record = "PMID:1" or "none") and
`[[inclusion]]` (record, value = "include" or "exclude") look alike. Of several on one thing the last counts;
`withdrawn = true` takes the earlier ones back. `at` says when, `about` repeats the text that was decided on: an entry
whose text has changed since (a claim was rewritten or renumbered) is not applied, and the report says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from litmine.errors import InputError
from litmine.types import Stance, Verdict

Kind = Literal["verdict", "stance", "match", "inclusion"]
Key = tuple[str | int, ...]
"""What a decision is about: (claim,), (claim, record), (claim, record, part), (reference,) or (record,)."""
KEYS: dict[Kind, tuple[str, ...]] = {
    "verdict": ("claim",),
    "stance": ("claim", "record"),
    "match": ("reference",),
    "inclusion": ("record",),
}
"""Table → the keys that name what an entry is about."""
PART = "part"
"""The key of a stance that names one clause of the claim, counted from 1; without it the stance holds for all."""
VALUES: dict[Kind, tuple[str, ...]] = {
    "verdict": get_args(Verdict),
    "stance": get_args(Stance),
    "match": (),
    "inclusion": ("include", "exclude"),
}
"""Table → the closed list of its values; empty for a match, whose value is a record id or `none`."""
NO_RECORD = "none"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided, who, why, when (ISO, may be empty) and about which text (may be empty)."""

    value: str
    by: str
    reason: str
    at: str = ""
    about: str = ""

    def __str__(self) -> str:
        return f"{self.by}: {self.reason}" if self.reason else self.by

    def holds_for(self, text: str) -> bool:
        """Was it made about this text? Spaces don't count; a decision that names no text holds for any."""
        return not self.about or self.about.split() == text.split()


@dataclass(frozen=True, slots=True)
class Curation:
    """All decisions: verdicts by claim, stances by (claim, record), matches by number, inclusions by record."""

    verdicts: dict[str, Decision] = field(default_factory=dict)
    stances: dict[tuple[str, str] | tuple[str, str, int], Decision] = field(default_factory=dict)
    matches: dict[int, Decision] = field(default_factory=dict)
    inclusions: dict[str, Decision] = field(default_factory=dict)

    def verdict(self, claim: str, text: str) -> Decision | None:
        """The verdict a person gave this claim, if it was given to this text."""
        return _holding(self.verdicts.get(claim), text)

    def stance(self, claim: str, record: str, part: int, text: str) -> Decision | None:
        """The stance a person gave this record on this part of a claim, or on all, if it was given to this text."""
        own = _holding(self.stances.get((claim, record, part)), text)
        return own or _holding(self.stances.get((claim, record)), text)

    def match(self, number: int, printed: str) -> Decision | None:
        """What a person said this printed reference denotes."""
        return _holding(self.matches.get(number), printed)

    def get(self, kind: Kind, key: Key) -> Decision | None:
        """A decision by table and key, whatever text it was made about."""
        return self._table(kind).get(key if len(key) > 1 else key[0])

    def put(self, kind: Kind, key: Key, decision: Decision | None) -> None:
        """Set a decision in place of an earlier one, or take it back (None)."""
        place = key if len(key) > 1 else key[0]
        if decision is None:
            self._table(kind).pop(place, None)
        else:
            self._table(kind)[place] = decision

    def __len__(self) -> int:
        return sum(len(self._table(kind)) for kind in KEYS)

    def _table(self, kind: Kind) -> dict[Any, Decision]:
        tables: dict[Kind, dict[Any, Decision]] = {
            "verdict": self.verdicts,
            "stance": self.stances,
            "match": self.matches,
            "inclusion": self.inclusions,
        }
        return tables[kind]


def _holding(decision: Decision | None, text: str) -> Decision | None:
    return decision if decision and decision.holds_for(text) else None


Resolve = Callable[[str], str]


def load_curation(path: Path, resolve: Resolve = str) -> Curation:
    """Read the curator's file; an absent file means no decisions.

    Args:
        path: `annotations/curation.toml`.
        resolve: the id that a record has now, by the one it had when somebody decided on it.

    Raises:
        InputError: no TOML, an unknown table, a missing key or a value outside its closed list.
    """
    try:
        return parse_curation(path.read_text(encoding="utf-8"), path, resolve)
    except FileNotFoundError:
        return Curation()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not valid TOML ({error})") from error
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from error


def parse_curation(text: str, path: Path, resolve: Resolve = str) -> Curation:
    """Decisions from the text of a curator's file; `path` is for messages, `resolve` as in `load_curation`.

    Raises:
        InputError: see `load_curation`.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not valid TOML ({error})") from error
    curation = Curation()
    for table, entries in data.items():
        if table not in KEYS or not isinstance(entries, list):
            known = ", ".join(f"[[{kind}]]" for kind in KEYS)
            raise InputError(f"{path}: unknown table {table!r}; known are {known}")
        for entry in entries:
            _add(curation, table, entry, path, resolve)
    return curation


def _add(curation: Curation, kind: Kind, entry: Any, path: Path, resolve: Resolve) -> None:
    if not isinstance(entry, dict):
        raise InputError(f"{path}: {kind} must be a table, written [[{kind}]]")
    value_key = "record" if kind == "match" else "value"
    withdrawn = entry.get("withdrawn") is True
    for name in (*KEYS[kind], *(() if withdrawn else (value_key, "by", "reason"))):
        if name not in entry:
            raise InputError(f"{path}: a [[{kind}]] entry lacks {name!r}")
    key = _key(kind, entry, path, resolve)
    if withdrawn:
        curation.put(kind, key, None)
        return
    value = str(entry[value_key])
    if VALUES[kind] and value not in VALUES[kind]:
        raise InputError(f"{path}: {value!r} is no {kind}; use one of {', '.join(VALUES[kind])}")
    curation.put(
        kind,
        key,
        Decision(
            value,
            str(entry["by"]),
            str(entry["reason"]),
            str(entry.get("at", "")),
            str(entry.get("about", "")),
        ),
    )


def _key(kind: Kind, entry: dict[str, Any], path: Path, resolve: Resolve) -> Key:
    if kind == "match":
        return (_number(kind, "reference", entry, path),)
    key = tuple(resolve(str(entry[n])) if n == "record" else str(entry[n]) for n in KEYS[kind])
    return (*key, _number(kind, PART, entry, path)) if kind == "stance" and PART in entry else key


def _number(kind: Kind, name: str, entry: dict[str, Any], path: Path) -> int:
    try:
        return int(entry[name])
    except (TypeError, ValueError):
        raise InputError(
            f"{path}: a [[{kind}]] entry has the {name} {entry[name]!r}; give its number"
        ) from None
