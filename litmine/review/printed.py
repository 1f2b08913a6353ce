"""Take the printed reference list apart into its entries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmine.review.markup import join_lines, tidy

HEADING = re.compile(
    r"(?:\d+\.?\s*)?(?:references?|bibliography|literature(?:\s+cited)?|works\s+cited|reference\s+list|literatur)"
    r"(?:\s+and\s+notes)?\s*[.:]?",
    re.IGNORECASE,
)
_BULLET = r"\s*(?:[-*+•]\s+)?"
_NUMBERED = (
    re.compile(rf"^{_BULLET}\[\^?(\d{{1,3}})\]:?\s*(?=\S)"),
    re.compile(rf"^{_BULLET}\((\d{{1,3}})\)\s*(?=\S)"),
    re.compile(rf"^{_BULLET}(\d{{1,3}})[.)]\s+(?=\S)"),
    re.compile(rf"^{_BULLET}(\d{{1,3}})\s+(?=[^\W\d_])"),
)


def split_references(lines: Sequence[str], document: str = "") -> list[tuple[int | None, str]]:
    """Entries of a reference list, each on one line, with the printed number or None.

    Args:
        lines: The lines under the heading, blank ones included.
        document: Whole text, to judge hyphens at line ends.
    """
    pattern = _numbering(lines)
    if pattern is not None:
        return _numbered(lines, pattern, document)
    return [(None, entry) for entry in _unnumbered(lines, document)]


def starts_numbered(line: str, number: int) -> bool:
    """Is this line the entry `[number]` of a list in brackets?"""
    match = _NUMBERED[0].match(line)
    return bool(match) and int(match[1]) == number if match else False


def _numbering(lines: Sequence[str]) -> re.Pattern[str] | None:
    """The numbering style of the list: the one whose numbers run upwards from 1 for the most entries."""
    best: tuple[int, re.Pattern[str]] | None = None
    for pattern in _NUMBERED:
        length = len(_run(lines, pattern))
        if length and (best is None or length > best[0]):
            best = (length, pattern)
    return best[1] if best else None


def _run(lines: Sequence[str], pattern: re.Pattern[str]) -> dict[int, int]:
    """Line index → number for lines that begin an entry: numbers rise by at most 3 (a lost entry is not the end)."""
    starts: dict[int, int] = {}
    last = 0
    for index, line in enumerate(lines):
        match = pattern.match(line)
        if match and last < int(match[1]) <= last + 3:
            last = int(match[1])
            starts[index] = last
    return starts if starts and min(starts.values()) <= 2 else {}


def _numbered(lines: Sequence[str], pattern: re.Pattern[str], document: str) -> list[tuple[int | None, str]]:
    starts = _run(lines, pattern)
    entries: list[tuple[int | None, list[str]]] = []
    for index, line in enumerate(lines):
        if index in starts:
            entries.append((starts[index], [pattern.sub("", line, count=1)]))
        elif line.strip() and entries:
            entries[-1][1].append(line)
    return [(number, tidy(join_lines(parts, document))) for number, parts in entries]


def _unnumbered(lines: Sequence[str], document: str) -> list[str]:
    """Entries by bullets, else by blank lines, else by hanging indents, else one a line."""
    filled = [line for line in lines if line.strip()]
    bullets = [re.match(r"^\s*[-*+•]\s+", line) for line in filled]
    groups: list[list[str]] = []
    if filled and sum(map(bool, bullets)) * 2 > len(filled):
        for line, bullet in zip(filled, bullets, strict=True):
            if bullet or not groups:
                groups.append([line[bullet.end() :] if bullet else line])
            else:
                groups[-1].append(line)
    elif _blank_between(lines):
        blocks = "\n".join(line.rstrip() for line in lines).split("\n\n")
        groups = [[line for line in block.split("\n") if line.strip()] for block in blocks if block.strip()]
    else:
        hanging = any(re.match(r"\s{2,}\S", line) for line in filled) and any(
            re.match(r"\S", line) for line in filled
        )
        for line in filled:
            if groups and ((hanging and re.match(r"\s{2,}\S", line)) or _continues(groups[-1][-1], line)):
                groups[-1].append(line)
            else:
                groups.append([line])
    return [tidy(join_lines(group, document)) for group in groups]


def _continues(previous: str, line: str) -> bool:
    """A line that begins in lower case or follows a comma, colon or hyphen goes on with the entry before it."""
    return bool(re.search(r"[,:;&‐-]\s*$", previous)) or bool(re.match(r"\s*[a-z(]", line) and not re.match(
        r"\s*(?:van|von|de|der|den|del|di|da|la|le)\s", line))  # fmt: skip


def _blank_between(lines: Sequence[str]) -> bool:
    stripped = [line.strip() for line in lines]
    while stripped and not stripped[-1]:
        stripped.pop()
    while stripped and not stripped[0]:
        stripped.pop(0)
    blanks = sum(not line for line in stripped)
    return blanks * 2 >= max(1, len(stripped) - blanks - 1) and blanks > 0
