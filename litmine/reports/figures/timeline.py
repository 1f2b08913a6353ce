"""The evidence over time: for the report, a row per claim; for one claim, a strip of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from litmine.reports.figures.style import CONFIG, INK, QUIET, SCHEMA
from litmine.reports.wording import STANCES, counted, shortened

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
_SIGNS = {"supports": "▲", "contradicts": "▼", "qualifies": "◆", "no_effect": "■", "not_comparable": "○"}


def timeline_rows(claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Claims on which dated evidence speaks, in the review's order; of many, those with most of it.

    Returns:
        `claim`, `text` and `points`: one per year and stance, with its `records`, counted once each.
    """
    rows = []
    for claim in claims:
        points = [
            {"year": year, "stance": stance, "records": sorted(found)}
            for (year, stance), found in _dated(claim, SPEAKING)
        ]
        if points:
            rows.append({"claim": claim["id"], "text": claim["text"], "points": points})
    most = sorted(rows, key=lambda row: -sum(len(point["records"]) for point in row["points"]))[
        :TIMELINE_ROWS
    ]
    kept = {row["claim"] for row in most}
    return [row for row in rows if row["claim"] in kept]


def _dated(claim: Mapping[str, Any], stances: Collection[str]) -> list[tuple[tuple[int, str], set[str]]]:
    """Records of studies on a claim by (year, stance), in that order; retracted and undated ones left out."""
    records: dict[tuple[int, str], set[str]] = {}
    for entry in claim["evidence"]:
        if entry["stance"] in stances and entry["year"] and not (entry["retracted"] or entry["pointer"]):
            records.setdefault((entry["year"], entry["stance"]), set()).add(entry["record"])
    return sorted(records.items())


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
        "$schema": SCHEMA,
        "description": "Evidence over time: what spoke for or against each claim, by year of publication.",
        "width": 480,
        "height": {"step": 26},
        "background": "transparent",
        "data": {"values": values},
        "layer": [published, signs],
        "config": CONFIG,
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


def strip(claim: Mapping[str, Any], review_year: int | None) -> dict[str, Any] | None:
    """Places of a claim's dated evidence on a line of years, for the claim's own small timeline.

    Returns:
        `dots` (per cent from the left, row, sign, words), `ticks` and the number of `rows`; None below two records.
    """
    records = _dated(claim, _SIGNS)
    if sum(len(found) for _, found in records) < 2:
        return None
    years = [year for (year, _stance), _ in records] + ([review_year] if review_year else [])
    first, last = min(years), max(years)
    rows: dict[int, int] = {}
    dots = []
    for (year, stance), found in records:
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
