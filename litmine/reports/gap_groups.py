"""Gaps that say the same of several claims of one section become one entry: twenty entries show what matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from litmine.reports.wording import counted, shortened

_ALONE = frozenset({"C", "M", "O"})
"""Codes whose every gap is a finding of its own: evidence on both sides, a weak citation, a statement overtaken."""
SECTION_CHARACTERS = 60


def gap_groups(gaps: Iterable[Mapping[str, Any]], sections: Mapping[str, str]) -> list[dict[str, Any]]:
    """Group the ranked gaps.

    Args:
        gaps: `gaps` of the report, by rank.
        sections: claim id → heading of its section.

    Returns:
        Groups in the order of their first gap: `code`, `name`, `section`, `message` (what all their messages begin
        with), `would_change` (empty where they differ), `highest_level` and `score` of the first, `claims` and `ranks`.
    """
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for gap in gaps:
        section = sections.get(gap["claim"], "")
        alone = gap["claim"] if gap["code"] in _ALONE else ""
        found.setdefault((gap["code"], section, _parts(gap)[0], alone), []).append(gap)
    return [
        {
            "code": group[0]["code"],
            "name": group[0]["name"],
            "section": key[1],
            "message": _common(group),
            "would_change": group[0]["would_change"]
            if len({gap["would_change"] for gap in group}) == 1
            else "",
            "highest_level": group[0]["highest_level"],
            "score": group[0]["score"],
            "claims": list(dict.fromkeys(gap["claim"] for gap in group)),
            "ranks": [gap["rank"] for gap in group],
        }
        for key, group in found.items()
    ]


def _parts(gap: Mapping[str, Any]) -> list[str]:
    parts: list[str] = gap["message"].split("; ")
    return parts


def _common(group: Sequence[Mapping[str, Any]]) -> str:
    alike = takewhile(lambda parts: len(set(parts)) == 1, zip(*map(_parts, group), strict=False))
    return "; ".join(parts[0] for parts in alike)


def group_words(group: Mapping[str, Any]) -> str:
    """A group in a few words, e.g. "no study; 17 more claims of “3. Outlook” likewise"."""
    more = len(group["claims"]) - 1
    if not more:
        return f"{group['name']}: {group['message']}"
    where = f" of “{shortened(group['section'], SECTION_CHARACTERS)}”" if group["section"] else ""
    return f"{group['name']}; {counted(more, 'more claim')}{where} likewise"
