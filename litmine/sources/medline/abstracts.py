"""Join the labelled parts of an abstract into one text that keeps where each part lies."""

from __future__ import annotations

from collections.abc import Iterable

from litmine.types import TextSection

_NO_LABELS = frozenset({"", "UNLABELLED"})


def join_sections(title: str, parts: Iterable[tuple[str, str, str]]) -> tuple[str, tuple[TextSection, ...]]:
    """One text of (label, category, text) parts: "LABEL: text", a part a line.

    Returns:
        The text, and one section for each part that has a label or category. A section spans its whole line,
        label included, in offsets into title + newline + text.
    """
    lines: list[str] = []
    sections: list[TextSection] = []
    start = len(title) + 1
    for printed, category, text in parts:
        if not text:
            continue
        label = "" if printed.upper() in _NO_LABELS else printed.strip().rstrip(":")
        line = f"{label}: {text}" if label else text
        if label or category:
            sections.append(TextSection(label, category, start, start + len(line)))
        lines.append(line)
        start += len(line) + 1
    return "\n".join(lines), tuple(sections)
