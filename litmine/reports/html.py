"""The report as one HTML file that opens offline: no request to anywhere, at most three megabytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from litmine.reports import figures, wording
from litmine.reports.accuracy import accuracy_rows
from litmine.reports.drawing import inline_svg
from litmine.reports.packing import Shelf
from litmine.reports.sentences import merged, parts_words

MAX_BYTES = 3_000_000
_PLANS = (
    (False, 40, 12),
    (True, 1000, 40),
    (True, 40, 12),
    (True, 20, 8),
    (True, 10, 5),
    (True, 5, 3),
    (True, 2, 1),
    (True, 0, 0),
)
"""Whether bodies are packed, evidence sentences a claim and sentences a gap map cell shows; the first that fits."""
_BYTES_PER_SENTENCE = {False: 400, True: 25}
"""Low estimates of what a sentence takes with its markup, plain and packed."""


def render_html(document: Mapping[str, Any]) -> dict[str, str]:
    """report.html; what does not fit is counted in the page and stands in report.json."""
    template = _environment().get_template("report.html.j2")
    context = _context(document)
    page = ""
    for packed, evidence_limit, cell_limit in _PLANS:
        if evidence_limit and _estimate(document, evidence_limit, cell_limit, packed=packed) > MAX_BYTES:
            continue
        page = template.render(
            **context, shelf=Shelf(packed=packed), evidence_limit=evidence_limit, cell_limit=cell_limit
        )
        if len(page.encode("utf-8")) <= MAX_BYTES:
            break
    return {"report.html": page}


def _estimate(document: Mapping[str, Any], evidence_limit: int, cell_limit: int, *, packed: bool) -> int:
    """Bytes that the sentences of the page take at least: a plan that can't fit need not be rendered."""
    sentences = sum(min(len(claim["evidence"]), evidence_limit) for claim in document["claims"])
    sentences += sum(min(len(cell["sentences"]), cell_limit) for cell in document["gap_map"]["cells"])
    return sentences * _BYTES_PER_SENTENCE[packed]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("litmine.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(w=wording, figures=figures, link=link, cite=cite)
    environment.filters.update(
        marked=marked,
        coded=coded,
        italics=italics,
        counted=wording.counted,
        pubmed_search=pubmed_search,
        short=wording.shortened,
        merged=merged,
        parts=parts_words,
        alike=alike,
    )
    return environment


def _context(document: Mapping[str, Any]) -> dict[str, Any]:
    claims = document["claims"]
    return {
        "document": document,
        "summary": document["summary"],
        "review": document["review"],
        "gaps": {gap["rank"]: gap for gap in document["gaps"]},
        "claims": {claim["id"]: claim for claim in claims},
        "records": {record["id"]: record for record in document["records"]},
        "titles": {link(record, record["id"]): record["title"] for record in document["records"]},
        "sections": [
            (title, list(group)) for title, group in groupby(claims, key=lambda claim: claim["section"])
        ],
        "citations": _citations(claims),
        "options": _filter_options(claims),
        "accuracy": accuracy_rows(document["accuracy"]),
        "charts": {
            name: Markup(inline_svg(specification, specification["description"]))  # noqa: S704  drawn, not read
            for name, specification in figures.charts(document).items()
        },
        "timeline_rows": figures.timeline_rows(claims),
        "style": Markup(_asset("style.css")),  # noqa: S704  our own file
        "script": Markup(_asset("report.js")),  # noqa: S704  our own file
    }


def _asset(name: str) -> str:
    return (files("litmine.reports") / "templates" / name).read_text(encoding="utf-8")


def _citations(claims: Sequence[Mapping[str, Any]]) -> dict[int, list[tuple[str, Mapping[str, Any]]]]:
    """Reference number → its checks, each with the claim that cites it."""
    found: dict[int, list[tuple[str, Mapping[str, Any]]]] = {}
    for claim in claims:
        for check in claim["citation_check"]:
            found.setdefault(check["number"], []).append((claim["id"], check))
    return found


def alike(checks: Sequence[tuple[str, Mapping[str, Any]]]) -> list[tuple[list[str], Mapping[str, Any]]]:
    """Checks of one reference with the same outcome and reason together: the claims, and one of the checks."""
    found: dict[tuple[str, str], tuple[list[str], Mapping[str, Any]]] = {}
    for claim, check in checks:
        found.setdefault((check["status"], check["reason"]), ([], check))[0].append(claim)
    return list(found.values())


def _filter_options(claims: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Values that occur, per filter, as (value, label)."""
    verdicts = {claim["verdict"] for claim in claims}
    codes = {gap["code"] for claim in claims for gap in claim["gaps"]}
    levels = {entry["level"] for claim in claims for entry in claim["evidence"]}
    classes = {name for claim in claims for name in claim["mechanism_classes"]}
    return {
        "verdict": [(key, label) for key, label in wording.VERDICTS.items() if key in verdicts],
        "gap": [(code, f"{code} {wording.GAP_CODES.get(code, '')}".strip()) for code in _sorted_codes(codes)],
        "level": [
            (level, f"{level} {name}") for level, name in wording.LEVEL_NAMES.items() if level in levels
        ],
        "mechanism": [(key, label) for key, label in wording.MECHANISMS.items() if key in classes],
        "drug": [
            (name, name) for name in sorted({d for claim in claims for d in claim["drugs"]}, key=str.casefold)
        ],
    }


def _sorted_codes(codes: Iterable[str]) -> list[str]:
    known = list(wording.GAP_CODES)
    return sorted(codes, key=lambda code: (known.index(code) if code in known else len(known), code))


def cite(record: Mapping[str, Any] | None, record_id: str | None) -> str:
    """A record in a few words: first author, year, journal; its id when nothing more is known."""
    if record is None:
        return record_id or ""
    authors = record["authors"]
    first = authors[0].rsplit(" ", 1)[0] if authors else ""
    more = " et al." if first and (len(authors) > 1 or not record["authors_complete"]) else ""
    who = f"{first}{more}" if first else wording.shortened(record["title"], 60)
    return ", ".join(str(part) for part in (who, record["year"], record["journal"]) if part)


def link(record: Mapping[str, Any] | None, record_id: str | None) -> str:
    """Where a record can be read: PubMed, else its DOI, else PMC, else nowhere."""
    pmid = (record or {}).get("pmid") or (record_id or "").removeprefix("PMID:")
    if pmid.isascii() and pmid.isdigit():
        return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"
    doi = (record or {}).get("doi") or ((record_id or "")[4:] if (record_id or "").startswith("DOI:") else "")
    if doi:
        return f"https://doi.org/{quote(doi, safe='/()')}"
    pmcid = (record_id or "")[6:] if (record_id or "").startswith("PMCID:") else ""
    return f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(pmcid)}/" if pmcid else ""


def pubmed_search(query: str) -> str:
    """Address of a PubMed search."""
    return f"https://pubmed.ncbi.nlm.nih.gov/?term={quote(query, safe='')}"


def marked(entry: Mapping[str, Any]) -> Markup:
    """An evidence sentence with drug, mechanism and outcome marked; everything else escaped."""
    text = entry["text"]
    parts, place = [], 0
    for start, end, role in entry.get("slots", ()):
        if place <= start < end <= len(text):
            parts += [
                escape(text[place:start]),
                Markup('<mark class="{}">{}</mark>').format(role, text[start:end]),
            ]
            place = end
    return Markup("").join([*parts, escape(text[place:])])


def coded(text: str) -> Markup:
    """A sentence of our own in which `commands` stand between backticks."""
    return _between(text, "`", Markup("<code>{}</code>"))


def italics(text: str) -> Markup:
    """A printed reference, whose italics stand between asterisks; an odd asterisk stays one."""
    if text.count("*") % 2:
        return escape(text)
    return _between(text, "*", Markup("<i>{}</i>"))


def _between(text: str, sign: str, element: Markup) -> Markup:
    pieces = text.split(sign)
    return Markup("").join(element.format(p) if i % 2 else escape(p) for i, p in enumerate(pieces))
