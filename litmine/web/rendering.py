"""Templates to HTML: everything escaped, the report's words and marks, the look shared with the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from litmine.annotations import VALUES
from litmine.reports import figures, html, wording

ASSETS: dict[str, tuple[str, str, str]] = {
    "report.css": ("litmine.reports", "templates/style.css", "text/css"),
    "web.css": ("litmine.web", "static/web.css", "text/css"),
    "web.js": ("litmine.web", "static/web.js", "text/javascript"),
    "screening.js": ("litmine.web", "static/screening.js", "text/javascript"),
    "icon.svg": ("litmine.web", "static/icon.svg", "image/svg+xml"),
}
"""Name under /static/ → package, file in it, media type. Nothing else is ever read for a request."""


@cache
def asset(name: str) -> tuple[bytes, str]:
    """Content and media type of a static file; KeyError for a name that is none."""
    package, path, media_type = ASSETS[name]
    return (files(package) / path).read_bytes(), media_type


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("litmine.web"),
        autoescape=True,
        auto_reload=False,  # a server that outlives an upgrade goes on with the templates of its own code
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        w=wording,
        asked_for=asked,
        link=html.link,
        cite=html.cite,
        values=VALUES,
        figures=figures,
        address=address,
    )
    environment.filters.update(
        marked=html.marked,
        coded=html.coded,
        italics=html.italics,
        counted=wording.counted,
        short=wording.shortened,
        pubmed_search=html.pubmed_search,
        part=lambda text: quote(str(text), safe=""),
    )
    return environment


def asked(text: str, marks: Iterable[tuple[int, int]]) -> Markup:
    """A sentence with what the query asked for in bold; everything else escaped."""
    parts, place = [], 0
    for start, end in marks:
        parts += [escape(text[place:start]), Markup("<b>{}</b>").format(text[start:end])]
        place = end
    return Markup("").join([*parts, escape(text[place:])])


def address(path: str, asked: Mapping[str, str], **changes: str) -> str:
    """A path with the fields of a form that are filled, some of them changed."""
    filled = {name: value for name, value in {**asked, **changes}.items() if value}
    return f"{path}?{urlencode(filled)}" if filled else path


def render(template: str, **context: Any) -> str:
    """A page or a part of one."""
    return _environment().get_template(template).render(**context)
