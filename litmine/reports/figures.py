"""Charts of the report as Vega-Lite specifications, and the charting code that draws them without a network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

from litmine.reports.wording import DIRECTIONS, MECHANISMS, OUTCOMES, counted

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_FILLS = {
    "increases": ("#0072b2", "#8fc1e3"),
    "decreases": ("#b34700", "#eeb38a"),
    "no_effect": ("#5f6670", "#c3c8ce"),
    "divided": ("#8a5a83", "#d9b8d4"),
    "associated": ("#5f6670", "#c3c8ce"),
}
"""Direction → fill when groups agree, fill when they are few or divided. Blue and orange stay apart for everyone."""
ARROWS = {"increases": "↑", "decreases": "↓", "no_effect": "=", "divided": "↕", "associated": "·"}

_END = "\n// end of the charting code\n"
"""Marks a complete file in the cache."""


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
    values = [_datum(cell) for cell in cells["cells"]]
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
        "$schema": _SCHEMA,
        "description": "Evidence gap map: mechanism class by outcome type; the table below it says the same.",
        "width": {"step": 78},
        "height": {"step": 42},
        "background": "transparent",
        "data": {"values": values},
        "encoding": {"x": x, "y": y, "tooltip": {"field": "says", "type": "nominal"}},
        "layer": [
            {
                "mark": {"type": "circle", "opacity": 1, "cursor": "pointer"},
                "encoding": {"size": size, "color": {"field": "fill", "type": "nominal", "scale": None}},
            },
            {
                "mark": {"type": "text", "fontSize": 12, "fontWeight": 600, "cursor": "pointer"},
                "encoding": {
                    "text": {"field": "label", "type": "nominal"},
                    "color": {"field": "ink", "type": "nominal", "scale": None},
                },
            },
        ],
        "config": {
            "font": "system-ui, sans-serif",
            "view": {"stroke": None},
            "axis": {"labelFontSize": 12, "labelPadding": 8, "gridOpacity": 0.5},
        },
    }


def _datum(cell: Mapping[str, Any]) -> dict[str, Any]:
    sure = cell["confidence"] == "consistent"
    mechanism, outcome = MECHANISMS[cell["mechanism_class"]], OUTCOMES[cell["outcome_type"]]
    return {
        "cell": cell_id(cell),
        "mechanism": mechanism,
        "outcome": outcome,
        "groups": cell["groups"],
        "fill": _FILLS[cell["direction"]][0 if sure else 1],
        "ink": "#ffffff" if sure else "#16191d",
        "label": f"{ARROWS[cell['direction']]}{cell['groups']}",
        "says": f"{mechanism} × {outcome}: {cell_words(cell)}",
    }


def legend_entries() -> list[dict[str, str]]:
    """What the bubbles' colours and signs mean, in words."""
    return [
        {
            "arrow": ARROWS[direction],
            "label": DIRECTIONS[direction],
            "sure": _FILLS[direction][0],
            "unsure": _FILLS[direction][1],
        }
        for direction in ("increases", "decreases", "divided", "no_effect", "associated")
    ]


@cache
def charting_code() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that needs no network; made once, then kept in the user's cache."""
    folder = Path(os.environ.get("LITMINE_CACHE") or platformdirs.user_cache_dir("litmine", appauthor=False))
    kept = folder / f"vega-{version('vl-convert-python')}.js"
    if kept.is_file():
        code = kept.read_text(encoding="utf-8", errors="replace")
        if code.endswith(_END):
            return code
    import vl_convert

    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    code = bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--") + _END
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_name(f".{kept.name}.{os.getpid()}.part")
        unfinished.write_text(code, encoding="utf-8")
        unfinished.replace(kept)
    except OSError:
        return code
    return code
