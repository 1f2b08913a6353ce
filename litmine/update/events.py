"""What PubMed says of a record that it did not say before: retraction, correction, concern, preprint and article."""

from __future__ import annotations

import re
from collections.abc import Iterable

from litmine.corpus import Corpus
from litmine.types import Correction, Record
from litmine.update.outcome import Event

_KINDS = {
    "RetractionIn": "retracted",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
    "ExpressionOfConcernIn": "concern",
}
"""PubMed's RefType → kind of event. `RetractionOf` and its like stand on the notice, not on the paper."""
_PREPRINTS = re.compile(r"rxiv|research square|res sq|preprint|ssrn", re.IGNORECASE)


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
        (kind, f"PMID:{c.pmid}" if c.pmid else "") for c in record.corrections if (kind := _kind(c, record))
    }
    if record.retracted and not any(kind == "retracted" for kind, _ in said):
        said.add(("retracted", ""))
    return said


def _kind(said: Correction, record: Record) -> str:
    """The kind of event. PubMed says "update" of a preprint that was published, and of a review's next version."""
    if said.kind == "UpdateIn":
        preprint = "Preprint" in record.publication_types or _PREPRINTS.search(record.journal)
        return "published" if preprint else "updated"
    if said.kind == "UpdateOf":
        return "preprint" if _PREPRINTS.search(said.source) else ""
    return _KINDS.get(said.kind, "")
