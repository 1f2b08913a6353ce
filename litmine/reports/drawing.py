"""Charts drawn without a network or a browser: a Vega-Lite specification becomes SVG or PNG."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lxml import etree

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"


def png(specification: Mapping[str, Any]) -> bytes:
    """The chart as a PNG at 200 dots per inch, on white."""
    import vl_convert

    image: bytes = vl_convert.vegalite_to_png({**specification, "background": "#ffffff"}, ppi=200)
    return image


def svg(specification: Mapping[str, Any]) -> str:
    """The chart as an SVG file, on white."""
    import vl_convert

    image: str = vl_convert.vegalite_to_svg({**specification, "background": "#ffffff"})
    return image


def inline_svg(specification: Mapping[str, Any], label: str) -> str:
    """The chart as an SVG element of a page: marks with an address are links with a name, the rest is silent.

    Args:
        specification: Vega-Lite; a mark's `href` is a fragment of the page, its `description` is the link's name.
        label: name of the whole chart for a screen reader.

    Returns:
        Markup without scripts, styles or addresses outside the page.
    """
    return _inline_svg(json.dumps(specification, sort_keys=True), label)


@lru_cache(maxsize=32)
def _inline_svg(specification: str, label: str) -> str:
    import vl_convert

    root = etree.fromstring(vl_convert.vegalite_to_svg(specification).encode())
    for element in root.iter():
        for attribute in ("role", "aria-roledescription"):
            element.attrib.pop(attribute, None)
    for link in root.iter(f"{_SVG}a"):
        link.set("href", "#" + link.attrib.pop(_LINK).partition("#")[2])
        for mark in link:
            name = mark.attrib.pop("aria-label", "")
            link.set("aria-label", name)
            etree.SubElement(mark, f"{_SVG}title").text = name
    for element in root.iter():
        if element.tag != f"{_SVG}a":
            element.attrib.pop("aria-label", None)
    _shorten_on_phones(root)
    root.set("role", "group")
    root.set("aria-label", label)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def _shorten_on_phones(root: Any) -> None:
    """Mark what follows the id in a row's label, and say where the plot begins: a phone shows ids only."""
    for text in root.iter(f"{_SVG}text"):
        first, gap, rest = (text.text or "").partition("  ")
        if gap:
            text.text = first
            etree.SubElement(text, f"{_SVG}tspan", {"class": "rest"}).text = f" {rest}"
    place = re.match(r"translate\(([\d.]+)", root.find(f"{_SVG}g").get("transform", ""))
    if place:
        root.set("style", f"--plot:{place[1]}px")
