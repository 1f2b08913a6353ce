"""Charts of the report as Vega-Lite specifications: the gap map, the evidence over time, the graph of relations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from litmine.reports.wording import DIRECTIONS, MECHANISMS, OUTCOMES, STANCES, counted, shortened

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

INK, PAPER, QUIET = "#1b1f24", "#fbfbf9", "#8b939c"
"""Text, the halo of text over lines, quiet lines: the page gives these three its own colours, light or dark."""

SPEAKING = ("supports", "contradicts", "qualifies", "no_effect")
"""Stances that say something on the claim."""
_STANCE_MARKS = {
    "supports": ("triangle-up", "#0072b2"),
    "contradicts": ("triangle-down", "#b34700"),
    "qualifies": ("diamond", "#8a5a83"),
    "no_effect": ("square", "#5f6670"),
}
"""Stance → shape and fill."""
TIMELINE_ROWS = 40

# Fonts differ in width from one machine to the next: the padding leaves room for labels that come out wider.
_CONFIG = {
    "padding": {"left": 44, "right": 34, "top": 6, "bottom": 6},
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "labelPadding": 8,
        "labelColor": INK,
        "gridColor": QUIET,
        "gridOpacity": 0.25,
    },
}


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
        "$schema": _SCHEMA,
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
        "config": _CONFIG,
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
        "fill": _FILLS[cell["direction"]][0 if sure else 1],
        "edge": _FILLS[cell["direction"]][0],
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
            "sure": _FILLS[direction][0],
            "unsure": _FILLS[direction][1],
        }
        for direction in ("increases", "decreases", "divided", "no_effect", "associated")
    ]


def timeline_rows(claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Claims on which dated evidence speaks, in the review's order; of many, those with most of it.

    Returns:
        `claim`, `text` and `points`: one per year and stance, with its `records`, counted once each.
    """
    rows = []
    for claim in claims:
        records: dict[tuple[int, str], set[str]] = {}
        for entry in claim["evidence"]:
            if entry["stance"] in SPEAKING and entry["year"] and not (entry["retracted"] or entry["pointer"]):
                records.setdefault((entry["year"], entry["stance"]), set()).add(entry["record"])
        points = [
            {"year": year, "stance": stance, "records": sorted(found)}
            for (year, stance), found in sorted(records.items())
        ]
        if points:
            rows.append({"claim": claim["id"], "text": claim["text"], "points": points})
    most = sorted(rows, key=lambda row: -sum(len(point["records"]) for point in row["points"]))[
        :TIMELINE_ROWS
    ]
    kept = {row["claim"] for row in most}
    return [row for row in rows if row["claim"] in kept]


def point_words(point: Mapping[str, Any]) -> str:
    """A point of the timeline in words, e.g. "2017: 2 records, supports"."""
    return f"{point['year']}: {counted(len(point['records']), 'record')}, {STANCES[point['stance']]}"


def timeline_spec(rows: Sequence[Mapping[str, Any]], review_year: int | None) -> dict[str, Any]:
    """Vega-Lite specification of the evidence over time: a row per claim, a sign per year and stance.

    Args:
        rows: from `timeline_rows`.
        review_year: of publication; drawn as a line.
    """
    values = [_point(row, point) for row in rows for point in row["points"]]
    years = [value["year"] for value in values] + ([review_year] if review_year else [])
    domain = [min(years) - 1, max(years) + 1]
    x = {
        "field": "year",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False, "zero": False},
        "axis": {
            "format": "d",
            "title": None,
            "orient": "top",
            "grid": False,
            "tickMinStep": 1,
            "tickCount": 8,
            "domainColor": QUIET,
            "tickColor": QUIET,
        },
    }
    y = {
        "field": "row",
        "type": "nominal",
        "sort": [_row_label(row) for row in rows],
        "axis": {"title": None, "domain": False, "ticks": False, "grid": True, "labelLimit": 330},
    }
    signs = {
        "mark": {"type": "point", "filled": True, "opacity": 1},
        "encoding": {
            "x": x,
            "y": y,
            "yOffset": {"field": "place", "type": "quantitative", "scale": {"domain": [-1, 1]}},
            "shape": {"field": "shape", "type": "nominal", "scale": None},
            "color": {"field": "fill", "type": "nominal", "scale": None},
            "size": {
                "field": "count",
                "type": "quantitative",
                "scale": {"domain": [1, 6], "range": [90, 260], "clamp": True},
                "legend": None,
            },
            "href": {"field": "link", "type": "nominal"},
            "description": {"field": "says", "type": "nominal"},
        },
    }
    published = {
        "data": {"values": [{"year": review_year}] if review_year else []},
        "mark": {"type": "rule", "strokeDash": [4, 3], "color": INK, "opacity": 0.7},
        "encoding": {"x": x},
    }
    return {
        "$schema": _SCHEMA,
        "description": "Evidence over time: what spoke for or against each claim, by year of publication.",
        "width": 480,
        "height": {"step": 26},
        "background": "transparent",
        "data": {"values": values},
        "layer": [published, signs],
        "config": _CONFIG,
    }


def _row_label(row: Mapping[str, Any]) -> str:
    return f"{row['claim']}  {shortened(row['text'], 48)}"


def _point(row: Mapping[str, Any], point: Mapping[str, Any]) -> dict[str, Any]:
    shape, fill = _STANCE_MARKS[point["stance"]]
    same_year = [other["stance"] for other in row["points"] if other["year"] == point["year"]]
    return {
        "row": _row_label(row),
        "year": point["year"],
        "count": len(point["records"]),
        "place": (same_year.index(point["stance"]) - (len(same_year) - 1) / 2) * 0.7,
        "shape": shape,
        "fill": fill,
        "link": f"#{row['claim']}",
        "says": f"{row['claim']}, {point_words(point)}",
    }


_SIGNS = {"supports": "▲", "contradicts": "▼", "qualifies": "◆", "no_effect": "■", "not_comparable": "○"}


def strip(claim: Mapping[str, Any], review_year: int | None) -> dict[str, Any] | None:
    """Places of a claim's dated evidence on a line of years, for the claim's own small timeline.

    Returns:
        `dots` (per cent from the left, row, sign, words), `ticks` and the number of `rows`; None below two records.
    """
    records: dict[tuple[int, str], set[str]] = {}
    for entry in claim["evidence"]:
        if entry["stance"] in _SIGNS and entry["year"] and not (entry["retracted"] or entry["pointer"]):
            records.setdefault((entry["year"], entry["stance"]), set()).add(entry["record"])
    if sum(map(len, records.values())) < 2:
        return None
    years = [year for year, _stance in records] + ([review_year] if review_year else [])
    first, last = min(years), max(years)
    rows: dict[int, int] = {}
    dots = []
    for (year, stance), found in sorted(records.items()):
        rows[year] = rows.get(year, -1) + 1
        dots.append(
            {
                "left": _share(year, first, last),
                "row": rows[year],
                "stance": stance,
                "sign": f"{_SIGNS[stance]}{len(found) if len(found) > 1 else ''}",
                "says": f"{year}: {counted(len(found), 'record')}, {STANCES[stance]}",
            }
        )
    ticks = [
        {"label": str(year), "left": _share(year, first, last), "review": False} for year in (first, last)
    ]
    if review_year:
        ticks = [tick for tick in ticks if tick["label"] != str(review_year)]
        ticks.append({"label": "review", "left": _share(review_year, first, last), "review": True})
    return {"dots": dots, "ticks": ticks, "rows": max(rows.values()) + 1}


def _share(year: int, first: int, last: int) -> float:
    return round(4 + 91 * (year - first) / max(last - first, 1), 1)


def stance_entries() -> list[dict[str, str]]:
    """What the signs of the timeline mean: character, colour and words."""
    return [
        {"sign": _SIGNS[stance], "fill": fill, "label": STANCES[stance]}
        for stance, (_shape, fill) in _STANCE_MARKS.items()
    ]


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
        "$schema": _SCHEMA,
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
        "config": _CONFIG,
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
    fill = _FILLS[edge["direction"]][0] if to_outcome else QUIET
    return {"x": x, "y": y, "x2": x2, "y2": y2, "groups": edge["groups"], "fill": fill}
