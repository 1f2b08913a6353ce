"""The screening view: records to include or exclude, fifty at a time, by keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from litmine.annotations import Decision
from litmine.corpus import Corpus, Screened
from litmine.grading import grade
from litmine.types import Grade, Record
from litmine.web.marking import Line, marked_lines
from litmine.web.site import site_of

AT_ONCE = 50
REASONS = (
    "another topic",
    "another disease or population",
    "another drug",
    "no study of its own",
    "no abstract",
    "a duplicate",
)
"""Reasons offered for leaving a record out, chosen by the keys 1 to 6."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record to screen: its marked text, its grade, what found it, and what was decided so far."""

    record: Record
    grade: Grade
    lines: list[Line]
    screened: Screened | None
    decision: Decision | None


def screening(request: Request) -> Response:
    """Records that an update found, or all, which nobody has decided on yet; or those that somebody has."""
    site = site_of(request)
    which = request.query_params.get("which", "")
    start = request.query_params.get("start", "0")
    first = int(start) if start.isdecimal() and len(start) < 8 else 0
    decided = site.workspace.curation().inclusions
    manifest = site.workspace.manifest()
    with site.workspace.corpus() as corpus:
        found = {screened.record_id: screened for screened in corpus.screened()}
        queues = _queues(corpus, found, decided)
        if which not in queues:
            which = "found" if queues["found"] else "all"
        chosen = queues[which][first : first + AT_ONCE]
        records = {record.id: record for record in corpus.records(chosen)}
        candidates = []
        for id_ in chosen:
            if id_ in records:
                reading = corpus.reading(id_, manifest.extractor_fingerprint) if manifest else None
                candidates.append(
                    Candidate(
                        records[id_],
                        grade(records[id_]),
                        marked_lines(records[id_], reading),
                        found.get(id_),
                        decided.get(id_),
                    )
                )
    return site.page(
        request,
        "screening.html.j2",
        here="screening",
        title="Screening",
        candidates=candidates,
        which=which,
        sizes={name: len(ids) for name, ids in queues.items()},
        first=first,
        at_once=AT_ONCE,
        reasons=REASONS,
    )


def _queues(
    corpus: Corpus, found: Mapping[str, Screened], decided: Mapping[str, Decision]
) -> dict[str, list[str]]:
    """Ids by queue: what updates found, most relevant first; all that count; what people decided."""
    open_ones = sorted(
        (s for s in found.values() if s.record_id not in decided), key=lambda s: (-s.score, s.record_id)
    )
    return {
        "found": [s.record_id for s in open_ones],
        "all": [id_ for id_ in corpus.ids() if id_ not in decided],
        "decided": sorted(decided),
    }
