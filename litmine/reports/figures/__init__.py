"""Charts of the report as Vega-Lite specifications: the gap map, the evidence over time, the graph of relations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litmine.reports.figures.gap_map import bubble, cell_id, cell_words, gap_map_spec, legend_entries
from litmine.reports.figures.graph import graph_spec
from litmine.reports.figures.style import ARROWS
from litmine.reports.figures.timeline import (
    TIMELINE_ROWS,
    point_words,
    stance_entries,
    strip,
    timeline_rows,
    timeline_spec,
)

__all__ = [
    "ARROWS",
    "TIMELINE_ROWS",
    "bubble",
    "cell_id",
    "cell_words",
    "charts",
    "legend_entries",
    "point_words",
    "stance_entries",
    "strip",
    "timeline_rows",
]


def charts(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Name → Vega-Lite specification of each chart for which the report holds data."""
    made = {}
    if document["gap_map"]["cells"]:
        made["gap_map"] = gap_map_spec(document["gap_map"])
    if rows := timeline_rows(document["claims"]):
        made["timeline"] = timeline_spec(rows, document["review"]["year"])
    if document["graph"]["edges"]:
        made["graph"] = graph_spec(document["graph"])
    return made
