"""The pages that read: overview, search, records, claims, references, gap map, report, status."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from litmine.errors import LitmineError
from litmine.grading import grade
from litmine.reports import FORMATS, wording
from litmine.search import Answer
from litmine.types import LEVELS, Record
from litmine.web.forms import FILTERS, wish_of
from litmine.web.marking import marked_lines
from litmine.web.rendering import asset, render
from litmine.web.searching import Wish
from litmine.web.site import Site, site_of
from litmine.web.state import Report

_WAIT = 30.0
"""Seconds after which a search is given up."""


def overview(request: Request) -> Response:
    """What the last report found, in short, and where to go from here."""
    site = site_of(request)
    return site.page(request, "overview.html.j2", here="overview", title="Overview", report=_report(site))


async def search(request: Request) -> Response:
    """The search page; with a question, its answers."""
    site = site_of(request)
    answers = await _answers(site, request)
    return await run_in_threadpool(
        site.page,
        request,
        "search.html.j2",
        here="search",
        title=f"Search: {answers['asked'].get('q')}" if answers["asked"].get("q") else "Search",
        suggestions=_suggestions(site),
        **answers,
    )


async def search_results(request: Request) -> Response:
    """The answers alone, for the search page's script."""
    return HTMLResponse(render("results.html.j2", **await _answers(site_of(request), request)))


async def _answers(site: Site, request: Request) -> dict[str, Any]:
    asked = {name: request.query_params.get(name, "") for name in ("q", *FILTERS)}
    found: list[Answer] = []
    problem = ""
    try:
        wish: Wish = wish_of(asked)
        if wish.query:
            found = await asyncio.wait_for(asyncio.wrap_future(site.desk.ask(wish)), _WAIT)
    except LitmineError as error:
        problem = str(error)
    except TimeoutError:
        problem = "the search takes too long; try again in a moment"
    return {"asked": asked, "found": found, "problem": problem, "levels": LEVELS}


def _suggestions(site: Site) -> dict[str, list[str]]:
    """Names to offer in the filters: what the review's own claims are about."""
    report = _report(site)
    if report is None:
        return {"drug": [], "mechanism": []}
    drugs = Counter(drug for claim in report.claims.values() for drug in claim["drugs"])
    named = Counter(
        e["mechanism"] for c in report.document["gap_map"]["cells"] for e in c["sentences"] if e["mechanism"]
    )
    return {
        "drug": [name for name, _ in drugs.most_common(40)],
        "mechanism": [name for name, _ in named.most_common(40)],
    }


def record(request: Request) -> Response:
    """One record: its text with what was read in it, its grade, its versions, the claims it touches."""
    site = site_of(request)
    asked = request.path_params["record"]
    manifest = site.workspace.manifest()
    with site.workspace.corpus() as corpus:
        found = corpus.get(asked)
        if found is None:
            raise HTTPException(404, f"The corpus holds no record {asked}.")
        if found.id != asked:
            return RedirectResponse(f"/records/{quote(found.id)}", 303)
        reading = corpus.reading(found.id, manifest.extractor_fingerprint) if manifest else None
        versions = corpus.versions(found.id)
        screened = next((s for s in corpus.screened() if s.record_id == found.id), None)
        counted = corpus.counts_record(found.id)
        buried = corpus.tombstones().get(found.id, "")
    report = _report(site)
    return site.page(
        request,
        "record.html.j2",
        here="search",
        title=found.title,
        record=found,
        grade=grade(found),
        lines=marked_lines(found, reading),
        reading=reading,
        versions=versions,
        screened=screened,
        counted_in=counted,
        buried=buried,
        touched=_touched(report, found),
        report=report,
        decision=site.workspace.curation().inclusions.get(found.id),
    )


def _touched(report: Report | None, found: Record) -> list[tuple[Mapping[str, Any], str]]:
    if report is None:
        return []
    return [item for name in (found.id, *found.aliases) for item in report.touching.get(name, ())]


def claims(request: Request) -> Response:
    """The ledger: every claim with its verdict; filtered by what the address asks for."""
    site = site_of(request)
    report = _needs_report(site)
    asked = {
        name: request.query_params.get(name, "") for name in ("text", "verdict", "kind", "gap", "decided")
    }
    curation = site.workspace.curation()
    decided = {*curation.verdicts, *(key[0] for key in curation.stances)}
    found = [claim for claim in report.claims.values() if _fits(claim, asked, decided)]
    return site.page(
        request,
        "claims.html.j2",
        here="claims",
        title="Claims",
        report=report,
        claims=found,
        asked=asked,
        kinds=sorted({claim["kind"] for claim in report.claims.values()}),
        codes=[
            c
            for c in wording.GAP_CODES
            if any(g["code"] == c for x in report.claims.values() for g in x["gaps"])
        ],
        curation=curation,
    )


def _fits(claim: Mapping[str, Any], asked: Mapping[str, str], decided: set[str]) -> bool:
    words = asked["text"].casefold().split()
    text = f"{claim['id']} {claim['text']} {claim['section']}".casefold()
    return (
        all(word in text for word in words)
        and asked["verdict"] in {"", claim["verdict"]}
        and asked["kind"] in {"", claim["kind"]}
        and (not asked["gap"] or any(gap["code"] == asked["gap"] for gap in claim["gaps"]))
        and (not asked["decided"] or claim["id"] in decided)
    )


def claim(request: Request) -> Response:
    """One claim with all that its verdict rests on, and the forms to decide otherwise."""
    site = site_of(request)
    report = _needs_report(site)
    found = report.claims.get(request.path_params["claim"])
    if found is None:
        raise HTTPException(404, f"The last report has no claim {request.path_params['claim']}.")
    ids = list(report.claims)
    place = ids.index(found["id"])
    return site.page(
        request,
        "claim.html.j2",
        here="claims",
        title=f"Claim {found['id']}",
        report=report,
        claim=found,
        before=ids[place - 1] if place else None,
        after=ids[place + 1] if place + 1 < len(ids) else None,
        curation=site.workspace.curation(),
        evidence_limit=60,
    )


def references(request: Request) -> Response:
    """The reference audit, with the forms to match a reference otherwise."""
    site = site_of(request)
    report = _needs_report(site)
    return site.page(
        request,
        "references.html.j2",
        here="references",
        title="References",
        report=report,
        curation=site.workspace.curation(),
    )


def gap_map(request: Request) -> Response:
    """The evidence gap map: mechanism class × outcome type."""
    site = site_of(request)
    report = _needs_report(site)
    cells = {(c["mechanism_class"], c["outcome_type"]): c for c in report.document["gap_map"]["cells"]}
    most = max((cell["groups"] for cell in cells.values()), default=1)
    return site.page(
        request, "map.html.j2", here="map", title="Evidence gap map", report=report, cells=cells, most=most
    )


def gap_map_cell(request: Request) -> Response:
    """The sentences behind one place of the gap map."""
    site = site_of(request)
    report = _needs_report(site)
    mechanism, outcome = request.path_params["mechanism"], request.path_params["outcome"]
    mechanism = "" if mechanism == "none" else mechanism
    if mechanism not in wording.MECHANISMS or outcome not in wording.OUTCOMES:
        raise HTTPException(404, "The gap map has no such place.")
    cells = report.document["gap_map"]["cells"]
    cell = next((c for c in cells if (c["mechanism_class"], c["outcome_type"]) == (mechanism, outcome)), None)
    title = f"{wording.MECHANISMS[mechanism]} × {wording.OUTCOMES[outcome]}"
    return site.page(request, "cell.html.j2", here="map", title=title, report=report, cell=cell)


def report_page(request: Request) -> Response:
    """The last report as its own file shows it; its scripts run by their checksums."""
    site = site_of(request)
    text, policy = _report_html(_needs_report(site))
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})


_SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)


@lru_cache(maxsize=1)
def _report_html(report: Report) -> tuple[str, str]:
    text = FORMATS["html"](report.document)["report.html"]
    sums = sorted(
        {
            f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
            for code in _SCRIPT.findall(text)
        }
    )
    policy = (
        f"default-src 'none'; script-src {' '.join(sums)}; style-src 'unsafe-inline'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return text, policy


def status(request: Request) -> Response:
    """The line on what is at work, alone, for the pages' script."""
    return HTMLResponse(render("status.html.j2", status=site_of(request).status()))


def static(request: Request) -> Response:
    """One of a fixed list of files."""
    try:
        content, media_type = asset(request.path_params["name"])
    except KeyError:
        raise HTTPException(404, "There is no such file.") from None
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})


def icon(request: Request) -> Response:
    """What browsers ask for by themselves."""
    content, media_type = asset("icon.svg")
    return Response(content, media_type=media_type, headers={"Cache-Control": "max-age=86400"})


def _report(site: Site) -> Report | None:
    return site.workspace.report()


def _needs_report(site: Site) -> Report:
    report = site.workspace.report()
    if report is None:
        raise HTTPException(404, "There is no report yet: run `litmine run`, or make it from the overview.")
    return report
