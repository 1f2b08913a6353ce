"""An evidence sentence that speaks on several parts of a claim is shown once, with its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def merged(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put together entries of one sentence and stance that differ only in the claim's part.

    Args:
        entries: `evidence` of a claim, in its order.

    Returns:
        The first entry of each sentence and stance, with `parts` (numbers of the claim's parts, from 1), `rules`,
        `differs` (what is not comparable) and `seconds` (the second judge's opinions), each in order and once.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for entry in entries:
        key = (entry["record"], entry["start"], entry["end"], entry["stance"])
        one = found.setdefault(key, {**entry, "parts": [], "rules": [], "differs": [], "seconds": []})
        for name, value in (
            ("parts", entry["clause"] + 1),
            ("rules", entry["rule"]),
            ("differs", entry["comparability"]),
            ("seconds", entry.get("second")),
        ):
            if value and value != "comparable" and value not in one[name]:
                one[name].append(value)
    for one in found.values():
        one["parts"].sort()
    return list(found.values())


def parts_words(parts: Iterable[int]) -> str:
    """Parts of a claim in words: "part 2", "parts 1, 3"."""
    numbers = [str(part) for part in parts]
    return f"part{'s' if len(numbers) != 1 else ''} {', '.join(numbers)}"
