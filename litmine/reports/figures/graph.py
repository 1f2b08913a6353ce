"""The graph of drugs, mechanisms and outcomes that stand in one relation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litmine.reports.figures.style import CONFIG, FILLS, INK, PAPER, QUIET, SCHEMA
from litmine.reports.wording import counted, shortened

_COLUMNS = ("drug", "mechanism", "outcome")
_GRAPH_HEIGHT = 520
_LINES = 60
"""Lines drawn, those of most groups first; the table lists all."""


def graph_spec(graph: Mapping[str, Any]) -> dict[str, Any]:
    """Vega-Lite specification of the graph: drugs left, mechanisms in the middle, outcomes right.

    Args:
        graph: `graph` of the report.

    Returns:
        Lines as wide as independent groups report them; those to an outcome are coloured by its direction.
    """
    places = _places(graph)
    nodes = [_node(node, places) for node in graph["nodes"]]
    lines = [_line(edge, places) for edge in graph["edges"][:_LINES]]
    most = max(edge["groups"] for edge in graph["edges"])
    x = {"field": "x", "type": "quantitative", "scale": {"domain": [0, 2]}, "axis": None}
    y = {"field": "y", "type": "quantitative", "scale": {"domain": [0, 1], "reverse": True}, "axis": None}
    labels = [
        _labels("drug", "right", dx=-14, dy=0),
        _labels("mechanism", "center", dx=0, dy=-15, halo=True),
        _labels("mechanism", "center", dx=0, dy=-15),
        _labels("outcome", "left", dx=14, dy=0),
    ]
    return {
        "$schema": SCHEMA,
        "description": "Drugs, mechanisms and outcomes that stand in one relation; the table below it says the same.",
        "width": 520,
        "height": _GRAPH_HEIGHT,
        "background": "transparent",
        "data": {"values": nodes},
        "encoding": {"x": x, "y": y},
        "layer": [
            {
                "data": {"values": lines},
                "mark": {"type": "rule", "opacity": 0.7},
                "encoding": {
                    "x2": {"field": "x2"},
                    "y2": {"field": "y2"},
                    "color": {"field": "fill", "type": "nominal", "scale": None},
                    "strokeWidth": {
                        "field": "groups",
                        "type": "quantitative",
                        "scale": {"domain": [1, max(most, 2)], "range": [1, 7]},
                        "legend": None,
                    },
                },
            },
            {
                "mark": {"type": "point", "filled": True, "opacity": 1, "color": QUIET},
                "encoding": {
                    "size": {
                        "field": "groups",
                        "type": "quantitative",
                        "scale": {"type": "sqrt", "range": [60, 420]},
                        "legend": None,
                    },
                    "href": {"field": "link", "type": "nominal"},
                    "description": {"field": "says", "type": "nominal"},
                },
            },
            *labels,
        ],
        "config": CONFIG,
    }


def _labels(kind: str, align: str, *, dx: int, dy: int, halo: bool = False) -> dict[str, Any]:
    mark = {"type": "text", "align": align, "dx": dx, "dy": dy, "fontSize": 12, "limit": 170}
    mark |= {"stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"} if halo else {"color": INK}
    return {
        "transform": [{"filter": {"field": "kind", "equal": kind}}],
        "mark": mark,
        "encoding": {"text": {"field": "label", "type": "nominal"}},
    }


def _places(graph: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Node → its column and its height (0 to 1), each column sorted by the mean height of its neighbours.

    Sugiyama, Tagawa & Toda 1981, doi:10.1109/TSMC.1981.4308636: the barycentre method, four sweeps.
    """
    columns = [
        [f"{n['kind']}:{n['label']}" for n in graph["nodes"] if n["kind"] == kind] for kind in _COLUMNS
    ]
    beside: dict[str, list[tuple[str, int]]] = {name: [] for column in columns for name in column}
    for edge in graph["edges"]:
        beside[edge["source"]].append((edge["target"], edge["groups"]))
        beside[edge["target"]].append((edge["source"], edge["groups"]))
    height: dict[str, float] = {}

    def spread(column: list[str]) -> None:
        height.update({name: (i + 0.5) / len(column) for i, name in enumerate(column)})

    def centre(name: str) -> float:
        total = sum(groups for _, groups in beside[name])
        return sum(height[other] * groups for other, groups in beside[name]) / total if total else 0.5

    for column in columns:
        spread(column)
    for _sweep in range(4):
        for column in columns:
            column.sort(key=lambda name: (centre(name), name))
            spread(column)
    return {name: (place, height[name]) for place, column in enumerate(columns) for name in column}


def _node(node: Mapping[str, Any], places: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    x, y = places[f"{node['kind']}:{node['label']}"]
    return {
        "kind": node["kind"],
        "label": shortened(node["label"], 28),
        "x": x,
        "y": y,
        "groups": node["groups"],
        "link": f"#claims?text={quote(node['label'])}",
        "says": f"{node['label']}: {counted(node['groups'], 'independent group')}; show the claims that name it",
    }


def _line(edge: Mapping[str, Any], places: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    (x, y), (x2, y2) = places[edge["source"]], places[edge["target"]]
    to_outcome = edge["target"].startswith("outcome:")
    fill = FILLS[edge["direction"]][0] if to_outcome else QUIET
    return {"x": x, "y": y, "x2": x2, "y2": y2, "groups": edge["groups"], "fill": fill}
