"""What PubMed says of a record that it did not say before: retraction, correction, concern, preprint and article."""

from __future__ import annotations

from collections.abc import Iterable

from litmine.corpus import Corpus
from litmine.types import Record
from litmine.update.outcome import Event

_KINDS = {
    "RetractionIn": "retracted",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
    "ExpressionOfConcernIn": "concern",
    "UpdateIn": "published",
    "UpdateOf": "preprint",
}
"""PubMed's RefType → kind of event. `RetractionOf` and its like stand on the notice, not on the paper."""


def events_of(corpus: Corpus, ids: Iterable[str], run: int) -> list[Event]:
    """Events of records that this run brought or changed: what stands in them and in no version before the run."""
    events: list[Event] = []
    for record_id in sorted(set(ids)):
        record = corpus.get(record_id)
        if record is None:
            continue
        said = {what for v in corpus.versions(record.id) if v.run != run for what in _said(v.record)}
        events += [Event(kind, record.id, other) for kind, other in sorted(_said(record) - said)]
    return events


def _said(record: Record) -> set[tuple[str, str]]:
    said = {
        (_KINDS[c.kind], f"PMID:{c.pmid}" if c.pmid else "") for c in record.corrections if c.kind in _KINDS
    }
    if record.retracted and not any(kind == "retracted" for kind, _ in said):
        said.add(("retracted", ""))
    return said
