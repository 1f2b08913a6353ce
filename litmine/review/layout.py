"""Lines placed on pages → running text: running lines dropped, columns in reading order, paragraphs apart."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from litmine.review.plain import KNOWN_TITLES
from litmine.review.printed import HEADING as REFERENCES

_MARGIN_LINES = 3
"""Lines at the top and at the foot of a page that may be running lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of one column; points, y upwards."""

    text: str
    left: float
    right: float
    y: float
    size: float
    page: int = 0


def to_text(pages: Sequence[list[Line]]) -> str:
    """Running text of the pages: blank lines between paragraphs, `#` before headings set in larger type.

    Args:
        pages: Lines of each page, in any order.
    """
    kept = _without_running_lines(pages)
    sizes = Counter(round(line.size * 2) / 2 for lines in kept for line in lines for _ in line.text)
    body = max(sizes, key=lambda size: (sizes[size], -size)) if sizes else 10.0
    title = max((line.size for line in kept[0]), default=body) if kept else body
    parts: list[str] = []
    for lines in kept:
        for column in _in_reading_order(lines):
            parts.extend(_column_text(column, body, title))
            parts.append("")
    joined: list[str] = []
    for part in parts:
        hashes = part.partition(" ")[0] if part.startswith("#") else ""
        if hashes and joined and joined[-1].startswith(f"{hashes} ") and not re.match(r"#+ \d", part):
            joined[-1] += part.removeprefix(hashes)
        else:
            joined.append(part)
    return "\n".join(joined)


def _without_running_lines(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Drop headers, footers and page numbers: lines at the edge of a page that come back at one height."""
    edges: Counter[tuple[int, str]] = Counter()
    candidates: list[dict[int, tuple[int, str]]] = []
    for lines in pages:
        found: dict[int, tuple[int, str]] = {}
        heights = sorted({round(line.y) for line in lines})
        for index, line in enumerate(lines):
            if round(line.y) in {*heights[-_MARGIN_LINES:], *heights[:_MARGIN_LINES]}:
                found[index] = (round(line.y / 4), re.sub(r"\d+", "#", line.text.lower()))
        edges.update(set(found.values()))
        candidates.append(found)
    needed = 2 if len(pages) < 6 else 3
    kept: list[list[Line]] = []
    for lines, found in zip(pages, candidates, strict=True):
        ends = {max((line.y for line in lines), default=0.0), min((line.y for line in lines), default=0.0)}
        kept.append(
            [
                line
                for index, line in enumerate(lines)
                if not (index in found and edges[found[index]] >= needed)
                and not (
                    re.fullmatch(r"(?:page )?\d{1,4}(?: of \d+)?", line.text, re.IGNORECASE)
                    and line.y in ends
                )
            ]
        )
    return kept


def _in_reading_order(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Columns of a page in reading order; lines across the page divide it into bands."""
    gutter = _find_gutter(lines)
    ordered = sorted(lines, key=lambda line: (-line.y, line.left))
    if gutter is None:
        yield ordered
        return
    across: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in ordered:
        if line.left < gutter < line.right:
            if left or right:
                yield from (column for column in (left, right) if column)
                left, right = [], []
            across.append(line)
            continue
        if across:
            yield across
            across = []
        (left if line.right <= gutter else right).append(line)
    yield from (column for column in (across, left, right) if column)


def _find_gutter(lines: Sequence[Line]) -> float | None:
    """Middle of the white strip between two columns; None for a page of one column."""
    if len(lines) < 4:
        return None
    start, end = min(line.left for line in lines), max(line.right for line in lines)
    best: tuple[int, float] | None = None
    width = end - start
    for step in range(30, 71):
        x = start + width * step / 100
        crossing = sum(line.left < x < line.right for line in lines)
        key = (crossing, abs(x - (start + end) / 2))
        if best is None or key < (best[0], abs(best[1] - (start + end) / 2)):
            best = (crossing, x)
    if best is None:
        return None
    x = best[1]
    left = [line for line in lines if line.right <= x]
    right = [line for line in lines if line.left >= x]
    if min(len(left), len(right)) < 2 or best[0] > 0.5 * (len(left) + len(right)):
        return None
    beside = sum(any(abs(other.y - line.y) < 0.8 * line.size for other in right) for line in left)
    starts = Counter(round(line.left) // 4 for line in right)
    aligned = max(starts.values()) >= 0.5 * len(right)
    return x if aligned and (beside >= 2 or len(right) >= 4) else None


def _column_text(lines: Sequence[Line], body: float, title: float) -> Iterator[str]:
    """Lines of one column with blank lines where paragraphs part and indents kept as four blanks."""
    edge = min(line.left for line in lines)
    spacing = [a.y - b.y for a, b in pairwise(lines) if a.y > b.y]
    usual = statistics.median(spacing) if spacing else body * 1.2
    indented = [line.left - edge > 0.6 * body for line in lines]
    hanging = sum(indented) > 0.35 * len(lines)
    previous: Line | None = None
    for line, is_indented in zip(lines, indented, strict=True):
        plain = re.sub(r"</?sup>", "", line.text)
        heading = line.size >= 1.08 * body and len(plain) <= 150
        known = bool(KNOWN_TITLES.fullmatch(plain.rstrip(".:")) or REFERENCES.fullmatch(plain))
        if previous is not None:
            same_size = 1.2 * line.size if abs(previous.size - line.size) <= 0.08 * body else 0.0
            apart = (
                previous.y - line.y > 1.35 * max(usual, same_size)
                or abs(previous.size - line.size) > 0.08 * body
            )
            begins = is_indented and not hanging and previous.left - edge <= 0.6 * body
            if apart or begins or known or REFERENCES.fullmatch(previous.text):
                yield ""
        if heading and not known:
            yield f"{'#' if line.page == 0 and line.size >= 0.97 * title else '##'} {plain}"
        else:
            yield f"    {line.text}" if is_indented and hanging else line.text
            if known:
                yield ""
        previous = line
