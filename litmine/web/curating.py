"""Decisions of people: the page that lists them, the requests that write them and make the report anew."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from litmine.annotations import KEYS, NO_RECORD, VALUES, Decision, Entry, Key, Kind, add_decisions
from litmine.errors import UsageError
from litmine.web.forms import fields_of
from litmine.web.security import token_fits
from litmine.web.site import NAME_COOKIE, Site, site_of, subjects
from litmine.web.state import Report

_REJECTED = {"verdict": "insufficient", "stance": "silent", "match": NO_RECORD, "inclusion": "exclude"}
"""What it means to reject the machine's answer without giving another."""
_AGREED = "read, and agreed"
_YEAR = 31_536_000


async def curate(request: Request) -> Response:
    """Keep one decision. A page's script gets JSON, a form is led back to its page."""
    site = site_of(request)
    fields = await checked_fields(request, site)
    entry = await run_in_threadpool(_entry, site, fields)
    await run_in_threadpool(add_decisions, site.workspace.config.curation_path, [entry])
    name = entry.decision.by if entry.decision else entry.by
    response = _done(request, fields, "withdrawn" if entry.decision is None else entry.kind)
    response.set_cookie(
        NAME_COOKIE, quote(name[:200]), max_age=_YEAR, httponly=True, samesite="strict", path="/"
    )
    return response


def decisions(request: Request) -> Response:
    """All that people decided, what litmine says, and how often the two agree."""
    site = site_of(request)
    report = site.workspace.report()
    part = report.document.get("curation") if report else None
    return site.page(
        request,
        "decisions.html.j2",
        here="decisions",
        title="Decisions",
        decided=list(subjects(site.workspace.curation())),
        agreement=(part or {}).get("agreement", {}),
        machine={
            tuple(d[name] for name in ("kind", "claim", "record", "part", "reference")): d
            for d in (part or {}).get("decisions", ())
        },
        report=report,
        path=site.workspace.config.curation_path.relative_to(site.workspace.config.root),
    )


async def renew(request: Request) -> Response:
    """Make the report anew, in a process of its own."""
    site = site_of(request)
    fields = await checked_fields(request, site)
    await run_in_threadpool(site.renewal.start)
    return _done(request, fields, "renewal")


async def checked_fields(request: Request, site: Site) -> dict[str, str]:
    """The fields of a form that carries this start's token.

    Raises:
        HTTPException: 403 without it.
    """
    fields = await fields_of(request)
    if not token_fits(fields.get("token", ""), site.token):
        raise HTTPException(
            403, "The page is from an earlier start of litmine: load it again, then repeat this."
        )
    return fields


def _done(request: Request, fields: Mapping[str, str], what: str) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"saved": what})
    back = _own_path(fields.get("back", "/"))
    place = fields.get("place", "")
    fragment = f"#{quote(place)}" if place else ""
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}saved={what}{fragment}", 303)


def _own_path(text: str) -> str:
    """A path on this server; the first page for anything else."""
    parts = urlsplit(text)
    own = text.startswith("/") and not text.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return quote(text, safe="/?&=%:;+,.-_~()") if own else "/"


def _entry(site: Site, fields: Mapping[str, str]) -> Entry:
    """The decision a form asks to keep.

    Raises:
        UsageError: a field is missing or names nothing this workspace has.
    """
    kind = _kind(fields.get("kind", ""))
    report = site.workspace.report()
    key, about, machine = _subject(site, report, kind, fields)
    name, reason, do = fields.get("by", ""), fields.get("reason", ""), fields.get("do", "correct")
    if do == "withdraw":
        if site.workspace.curation().get(kind, key) is None:
            raise UsageError("there is no decision to take back")
        return Entry(kind, key, None, by=name)
    if do == "accept":
        if not machine:
            raise UsageError("litmine has no answer of its own here that could be accepted")
        value, reason = machine, reason.strip() or _AGREED
    elif do == "reject":
        value = _REJECTED[kind]
    elif do == "correct":
        value = " ".join(fields.get("value", "").split())
    else:
        raise UsageError(f"{do[:20]!r} is no way to decide; use accept, reject, correct or withdraw")
    if kind == "match":
        value = _known_record(site, value)
    elif value not in VALUES[kind]:
        raise UsageError(f"{value[:40]!r} is no {kind}; use one of {', '.join(VALUES[kind])}")
    return Entry(kind, key, Decision(value, name, reason, about=about))


def _kind(text: str) -> Kind:
    for kind in KEYS:
        if text == kind:
            return kind
    raise UsageError(f"{text[:20]!r} can't be decided; use one of {', '.join(KEYS)}")


def _subject(
    site: Site, report: Report | None, kind: Kind, fields: Mapping[str, str]
) -> tuple[Key, str, str]:
    """What a decision is about: its key, the text it is made on, and what litmine itself says (empty: nothing)."""
    if kind == "inclusion":
        record_id = _known_record(site, fields.get("record", ""))
        with site.workspace.corpus() as corpus:
            left_out = any(s.record_id == record_id and not s.kept for s in corpus.screened())
        return (record_id,), "", "exclude" if left_out else "include"
    if kind == "match":
        number = fields.get("reference", "")
        entry = report.references.get(int(number)) if report and _is_number(number) else None
        if entry is None:
            raise UsageError(f"the last report has no reference {number[:20]!r}")
        return (entry["number"],), entry["printed"], entry["record"] or NO_RECORD
    claim = report.claims.get(fields.get("claim", "")) if report else None
    if claim is None:
        raise UsageError(f"the last report has no claim {fields.get('claim', '')[:20]!r}")
    if kind == "verdict":
        return (claim["id"],), claim["text"], claim.get("machine_verdict") or claim["verdict"]
    record_id = fields.get("record", "")
    part = fields.get("part", "")
    found = [e for e in claim["evidence"] if e["record"] == record_id]
    stance = next((e for e in found if part in ("", str(e["clause"] + 1))), None)
    if stance is None:
        raise UsageError(f"the last report has no evidence of {record_id[:60]!r} on this claim")
    key: Key = (claim["id"], record_id, int(part)) if part else (claim["id"], record_id)
    return key, claim["text"], stance.get("machine_stance") or stance["stance"]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 7


def _known_record(site: Site, text: str) -> str:
    """The id of a record the corpus holds; a plain PMID will do, and `none` stands for no record.

    Raises:
        UsageError: it holds no such record.
    """
    wanted = " ".join(text.split())
    if wanted == NO_RECORD:
        return wanted
    wanted = f"PMID:{wanted}" if _is_number(wanted[:6]) and wanted.isdecimal() else wanted
    with site.workspace.corpus() as corpus:
        found = corpus.get(wanted) if wanted else None
    if found is None:
        raise UsageError(
            f"the corpus holds no record {wanted[:60]!r}; ids look like PMID:123 or DOI:10.1000/x"
        )
    return found.id
