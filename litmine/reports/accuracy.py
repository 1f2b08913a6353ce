"""Accuracy figures of a report as rows, whichever of the two accepted shapes they came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = ("task", "data", "measure", "value", "beside")


def accuracy_rows(accuracy: Mapping[str, Any]) -> list[dict[str, str]]:
    """Rows of `task`, `data`, `measure`, `value`, `beside` (the baseline or published figure to compare with).

    Args:
        accuracy: `{"figures": [row, ...]}`, or nested mappings of task → measure → value.
    """
    figures = accuracy.get("figures")
    if isinstance(figures, list):
        return [{column: _shown(row.get(column)) for column in COLUMNS} for row in figures]
    return [
        {"task": path[0], "data": "", "measure": " ".join(path[1:]), "value": _shown(value), "beside": ""}
        for path, value in _leaves(accuracy, ())
        if path != ("note",)
    ]


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)))
    else:
        yield path, value


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return str(value)
