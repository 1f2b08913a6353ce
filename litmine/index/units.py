"""What of a record is embedded and indexed: each sentence, and its opening as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from litmine.types import Reading, Record

OPENING = 1000
"""Characters of an opening: with biomedical text about 230 of the 256 tokens that the default encoder reads.

What stands further on is found by its sentences; more windows of text cost as much again and find nothing more.
"""
MECHANISM_TYPES = ("gene", "alteration", "pathway", "process", "cell")
"""Entity types that can stand for a mechanism."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence as the index keeps it; offsets count into the record's document."""

    index: int
    start: int
    end: int
    text: str
    names: tuple[str, ...] = ()
    """Standard names of what it mentions, as `type:name`, sorted."""


@dataclass(frozen=True, slots=True)
class RecordUnits:
    """A record ready to be indexed."""

    record_id: str
    title: str
    text: str
    headings: str
    """MeSH descriptors, chemicals and keywords: words a query may use and the text does not."""
    sentences: tuple[Unit, ...]
    opening: str

    @property
    def key(self) -> str:
        """Hash of the texts that are embedded: vectors of another key are of another text."""
        digest = hashlib.sha256()
        for unit in self.sentences:
            digest.update(
                f"{unit.index}\t{unit.start}\t{unit.end}\t{unit.text}\n".encode("utf-8", "surrogatepass")
            )
        digest.update(self.opening.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:32]


def units_of(record: Record, reading: Reading | None) -> RecordUnits:
    """Sentences and opening of a record; a record that was not read counts as one sentence."""
    document = record.document
    if reading is not None and reading.sentences:
        sentences = tuple(
            Unit(s.index, s.start, s.end, s.text, _names(reading, s.start, s.end, s.index))
            for s in reading.sentences
            if s.text.strip()
        )
    else:
        stripped = document.strip()
        start = document.index(stripped)
        sentences = (Unit(0, start, start + len(stripped), stripped),) if stripped else ()
    title = record.title.strip()
    body = [unit.text for unit in sentences if unit.start > len(record.title)] or [record.text.strip()]
    return RecordUnits(
        record_id=record.id,
        title=title,
        text=record.text,
        headings="\n".join(
            [*(h.descriptor for h in record.mesh_headings), *record.chemicals, *record.keywords]
        ),
        sentences=sentences,
        opening=opening(title, body),
    )


def opening(title: str, sentences: Sequence[str], limit: int = OPENING) -> str:
    """The title and as many whole sentences from the beginning as `limit` characters hold, at least one (cut)."""
    text = title
    for sentence in sentences:
        joint = "\n" if text == title else " "
        longer = f"{text}{joint}{sentence}" if text else sentence
        if len(longer) > limit:
            return text if text != title else longer[:limit].rpartition(" ")[0] or longer[:limit]
        text = longer
    return text


def _names(reading: Reading, start: int, end: int, index: int) -> tuple[str, ...]:
    names = {f"{e.type}:{e.name}" for e in reading.entities if start <= e.start and e.end <= end and e.name}
    for relation in reading.relations:
        if relation.sentence == index:
            names.add(f"outcome_type:{relation.outcome_type}")
            if relation.mechanism_class:
                names.add(f"mechanism_class:{relation.mechanism_class}")
            if relation.mechanism and relation.mechanism.name:
                names.add(f"mechanism:{relation.mechanism.name}")
    return tuple(sorted(names))
