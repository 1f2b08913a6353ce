"""The evidence gap map: a bubble for each mechanism class and outcome type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litmine.reports.figures.style import ARROWS, CONFIG, FILLS, SCHEMA
from litmine.reports.wording import DIRECTIONS, MECHANISMS, OUTCOMES, counted


def cell_id(cell: Mapping[str, Any]) -> str:
    """Fragment under which the sentences of a cell stand in the page."""
    return f"cell-{cell['mechanism_class'] or 'none'}-{cell['outcome_type']}"


def cell_words(cell: Mapping[str, Any]) -> str:
    """A cell in words, e.g. "raises, consistently (5 independent groups)"."""
    direction = DIRECTIONS[cell["direction"]]
    if cell["direction"] not in ("divided", "associated") and cell["confidence"] == "consistent":
        direction += ", consistently"
    elif cell["direction"] not in ("divided", "associated") and cell["confidence"] == "divided":
        direction = f"mostly {direction}"
    return f"{direction} ({counted(cell['groups'], 'independent group')})"


def gap_map_spec(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Vega-Lite specification of the evidence gap map, data included.

    Args:
        cells: `gap_map` of the report.

    Returns:
        A bubble per cell: area by independent groups, colour by direction and confidence, an arrow and the count in
        it so that colour never stands alone.
    """
    rows = [MECHANISMS[row["key"]] for row in cells["rows"]]
    columns = [OUTCOMES[column["key"]] for column in cells["columns"]]
    values = [bubble(cell) for cell in cells["cells"]]
    largest = max((value["groups"] for value in values), default=1)
    x = {
        "field": "outcome",
        "type": "nominal",
        "scale": {"domain": columns},
        "axis": {
            "orient": "top",
            "title": None,
            "labelAngle": -30,
            "domain": False,
            "ticks": False,
            "grid": True,
        },
    }
    y = {
        "field": "mechanism",
        "type": "nominal",
        "scale": {"domain": rows},
        "axis": {"title": None, "domain": False, "ticks": False, "grid": True, "labelLimit": 180},
    }
    size = {
        "field": "groups",
        "type": "quantitative",
        "scale": {"type": "sqrt", "domain": [1, max(largest, 2)], "range": [420, 1500]},
        "legend": None,
    }
    return {
        "$schema": SCHEMA,
        "description": "Evidence gap map: mechanism class by outcome type; the table below it says the same.",
        "width": {"step": 78},
        "height": {"step": 42},
        "background": "transparent",
        "data": {"values": values},
        "encoding": {"x": x, "y": y},
        "layer": [
            {
                "mark": {"type": "point", "filled": True, "opacity": 1, "strokeWidth": 1.5},
                "encoding": {
                    "size": size,
                    "fill": {"field": "fill", "type": "nominal", "scale": None},
                    "stroke": {"field": "edge", "type": "nominal", "scale": None},
                    "href": {"field": "link", "type": "nominal"},
                    "description": {"field": "says", "type": "nominal"},
                },
            },
            {
                "mark": {"type": "text", "fontSize": 12, "fontWeight": 600},
                "encoding": {
                    "text": {"field": "label", "type": "nominal"},
                    "color": {"field": "ink", "type": "nominal", "scale": None},
                },
            },
        ],
        "config": CONFIG,
    }


def bubble(cell: Mapping[str, Any]) -> dict[str, Any]:
    """How a cell of the map is drawn: its fill and ink, the sign and count in it, and the same in words."""
    sure = cell["confidence"] == "consistent"
    mechanism, outcome = MECHANISMS[cell["mechanism_class"]], OUTCOMES[cell["outcome_type"]]
    return {
        "link": f"#{cell_id(cell)}",
        "mechanism": mechanism,
        "outcome": outcome,
        "groups": cell["groups"],
        "fill": FILLS[cell["direction"]][0 if sure else 1],
        "edge": FILLS[cell["direction"]][0],
        "ink": "#ffffff" if sure else "#101418",
        "label": f"{ARROWS[cell['direction']]}{cell['groups']}",
        "says": f"{mechanism} × {outcome}: {cell_words(cell)}",
    }


def legend_entries() -> list[dict[str, str]]:
    """What the bubbles' colours and signs mean, in words."""
    return [
        {
            "arrow": ARROWS[direction],
            "label": DIRECTIONS[direction],
            "sure": FILLS[direction][0],
            "unsure": FILLS[direction][1],
        }
        for direction in ("increases", "decreases", "divided", "no_effect", "associated")
    ]
