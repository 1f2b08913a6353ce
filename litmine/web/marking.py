"""A record's text as HTML: sentences, and in them what was read, marked; everything else escaped."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from litmine.types import Reading, Record, Relation, Sentence, Slot

_ROLES = ("drug", "mechanism", "outcome")


@dataclass(frozen=True, slots=True)
class Span:
    """A marked span of the document: the role in a relation, or `entity`, with what it denotes."""

    start: int
    end: int
    role: str
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a record: its index (-1 for text no sentence covers), its section and its marked text."""

    index: int
    section: str
    html: Markup


def marked_lines(record: Record, reading: Reading | None) -> list[Line]:
    """The record's sentences in order, title first, each with what the extractor read in it.

    Without a reading the title and the text stand unmarked.
    """
    document = record.document
    sentences = list(reading.sentences) if reading else []
    if not sentences or any(document[s.start : s.end] != s.text for s in sentences):
        plain = [("title", record.title), ("", record.text)]
        return [Line(n - 2, section, Markup.escape(text)) for n, (section, text) in enumerate(plain) if text]
    spans = _spans(reading) if reading else []
    return [Line(s.index, s.section, _marked(document, s, spans)) for s in sentences]


def _spans(reading: Reading) -> list[Span]:
    """Slots of relations first, then entities; of overlapping ones the slot, else the longer stands."""
    wanted = [span for relation in reading.relations for span in _slots(relation)]
    wanted += [
        Span(
            e.start,
            e.end,
            "drug" if e.type in {"drug", "drug_class"} else "entity",
            f"{e.type.replace('_', ' ')}: {e.name or e.text}{f' ({e.identifier})' if e.identifier else ''}",
        )
        for e in reading.entities
    ]
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(wanted, key=lambda s: (s.role == "entity", s.start - s.end, s.start, s.role)):
        places = range(span.start, span.end)
        if span.start < span.end and taken.isdisjoint(places):
            taken.update(places)
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def _slots(relation: Relation) -> list[Span]:
    found: list[tuple[str, Slot | None]] = [("drug", slot) for slot in relation.drug]
    found += [("mechanism", relation.mechanism), ("outcome", relation.outcome)]
    return [
        Span(slot.start, slot.end, role, f"{role}: {slot.name or slot.text}") for role, slot in found if slot
    ]


def _marked(document: str, sentence: Sentence, spans: list[Span]) -> Markup:
    parts, place = [], sentence.start
    for span in spans:
        if place <= span.start and span.end <= sentence.end:
            parts.append(Markup.escape(document[place : span.start]))
            parts.append(
                Markup('<mark class="{}" title="{}">{}</mark>').format(
                    span.role, span.says, document[span.start : span.end]
                )
            )
            place = span.end
    return Markup("").join([*parts, Markup.escape(document[place : sentence.end])])
