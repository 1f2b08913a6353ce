"""What the charts share: colours, fonts, the version of Vega-Lite."""

from __future__ import annotations

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FILLS = {
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

# Fonts differ in width from one machine to the next: the padding leaves room for labels that come out wider.
CONFIG = {
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
