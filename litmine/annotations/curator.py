"""Write decisions into `annotations/curation.toml`: at its end, under a lock, whole or not at all."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from litmine.annotations.curation import KEYS, PART, VALUES, Curation, Decision, Key, Kind, parse_curation
from litmine.errors import InputError, UsageError
from litmine.files import write_lines
from litmine.locks import held

LONGEST = 2000
"""Characters that a name or a reason may have."""
_HEADER = (
    "# Decisions of people; they stand above the machine's. litmine adds entries at the end and changes none.\n"
    "# Of several entries on one thing the last one counts. docs/serve.md explains the tables.\n"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to write; `decision` None takes back what was decided before."""

    kind: Kind
    key: Key
    decision: Decision | None
    by: str = ""


def add_decisions(path: Path, entries: Sequence[Entry], *, now: datetime | None = None) -> Curation:
    """Add entries at the end of the curator's file, which is made when absent; what stands in it is kept as it is.

    Args:
        path: `annotations/curation.toml`.
        entries: in order; a decision without a time gets this one.
        now: clock.

    Returns:
        All decisions, the new ones among them.

    Raises:
        UsageError: an entry has no name, no reason, or a value outside its closed list.
        InputError: the file as it stands can't be read; it is not touched.
        CorpusError: another process keeps writing it.
    """
    at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    added = "".join(_block(entry, at) for entry in entries)
    with held(path.parent / ".curation.lock", "a curator"):
        text = _present(path)
        parse_curation(text, path)
        text = (text if text.endswith("\n") else f"{text}\n") + added
        curation = parse_curation(text, path)
        write_lines(path, [text])
    return curation


def _present(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return _HEADER
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: can't be read ({error})") from error


def _block(entry: Entry, at: str) -> str:
    names = (*KEYS[entry.kind], PART)[: len(entry.key)]
    lines = [f"[[{entry.kind}]]"]
    lines += [f"{name} = {_toml(part)}" for name, part in zip(names, entry.key, strict=True)]
    if entry.decision is None:
        lines += ["withdrawn = true", f"by = {_toml(_line(entry.by, 'name'))}", f"at = {_toml(at)}"]
    else:
        lines += _decided(entry.kind, entry.decision, at)
    return "\n" + "\n".join(lines) + "\n"


def _decided(kind: Kind, decision: Decision, at: str) -> list[str]:
    value = _line(decision.value, "value")
    if VALUES[kind] and value not in VALUES[kind]:
        raise UsageError(f"{value!r} is no {kind}; use one of {', '.join(VALUES[kind])}")
    parts = {
        "record" if kind == "match" else "value": value,
        "by": _line(decision.by, "name"),
        "reason": _line(decision.reason, "reason"),
        "at": decision.at or at,
    }
    if decision.about:
        parts["about"] = _printable(decision.about)
    return [f"{name} = {_toml(part)}" for name, part in parts.items()]


def _line(text: str, what: str) -> str:
    """Text on one line, without control characters.

    Raises:
        UsageError: nothing is left, or it is too long.
    """
    line = _printable(text)
    if not line:
        raise UsageError(f"a decision needs a {what}")
    if len(line) > LONGEST:
        raise UsageError(f"the {what} has {len(line):,} characters; {LONGEST:,} are the most")
    return line


def _printable(text: str) -> str:
    shown = "".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in text)
    return " ".join(shown.split())


def _toml(value: str | int) -> str:
    """A value as TOML: JSON's escapes are TOML's, but for DEL."""
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
