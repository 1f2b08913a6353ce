"""Decisions of people that stand above the machine's: `annotations/curation.toml`.

    [[verdict]]
    claim = "C017"
    value = "contradicted"
    by = "A. Reader"
    reason = "the trial's final analysis reversed it"

The tables `[[stance]]` (claim, record, value) and `[[match]]` (reference = 5, record = "PMID:1" or "none") look alike.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from litmine.errors import InputError
from litmine.types import Stance, Verdict

_KEYS = {"verdict": ("claim",), "stance": ("claim", "record"), "match": ("reference",)}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided, who, and why."""

    value: str
    by: str
    reason: str

    def __str__(self) -> str:
        return f"{self.by}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Curation:
    """All decisions: verdicts by claim id, stances by (claim id, record id), matches by reference number."""

    verdicts: dict[str, Decision] = field(default_factory=dict)
    stances: dict[tuple[str, str], Decision] = field(default_factory=dict)
    matches: dict[int, Decision] = field(default_factory=dict)


def load_curation(path: Path) -> Curation:
    """Read the curator's file; an absent file means no decisions.

    Raises:
        InputError: no TOML, an unknown table, a missing key or a value outside its closed list.
    """
    if not path.is_file():
        return Curation()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid TOML ({error})") from error
    curation = Curation()
    for table, entries in data.items():
        if table not in _KEYS or not isinstance(entries, list):
            raise InputError(f"{path}: unknown table {table!r}; known are [[verdict]], [[stance]], [[match]]")
        for entry in entries:
            _add(curation, table, entry, path)
    return curation


def _add(curation: Curation, table: str, entry: dict[str, Any], path: Path) -> None:
    value_key = "record" if table == "match" else "value"
    for key in (*_KEYS[table], value_key, "by", "reason"):
        if key not in entry:
            raise InputError(f"{path}: a [[{table}]] entry lacks {key!r}")
    decision = Decision(str(entry[value_key]), str(entry["by"]), str(entry["reason"]))
    if table == "match":
        curation.matches[int(entry["reference"])] = decision
        return
    allowed = get_args(Verdict if table == "verdict" else Stance)
    if decision.value not in allowed:
        raise InputError(f"{path}: {decision.value!r} is no {table}; use one of {', '.join(allowed)}")
    if table == "verdict":
        curation.verdicts[str(entry["claim"])] = decision
    else:
        curation.stances[str(entry["claim"]), str(entry["record"])] = decision
