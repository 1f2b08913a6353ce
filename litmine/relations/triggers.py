"""The words that carry a relation, read from triggers.toml."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib import resources


@cache
def _tables() -> tuple[dict[str, frozenset[str]], tuple[tuple[str, str], ...]]:
    """Whole words with their classes, and (stem, class) for entries that end in *."""
    data = tomllib.loads(
        resources.files("litmine").joinpath("relations").joinpath("triggers.toml").read_text(encoding="utf-8")
    )
    whole: dict[str, set[str]] = {}
    stems: list[tuple[str, str]] = []
    for name, table in data.items():
        for word in table["words"].split():
            if word.endswith("*"):
                stems.append((word[:-1], name))
            else:
                whole.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in whole.items()}, tuple(sorted(stems))


_AGENTS = ("or", "ors", "blocker", "blockers", "antagonist", "antagonists")
"""Endings of words that name an agent ("inhibitor", "suppressor"): they carry no sign."""


@lru_cache(maxsize=65536)
def classes_of(word: str) -> frozenset[str]:
    """Trigger classes of a lower-case word, empty for most."""
    whole, stems = _tables()
    found = set(whole.get(word, ()))
    if not word.endswith(_AGENTS):
        found.update(name for stem, name in stems if word.startswith(stem))
    return frozenset(found)
