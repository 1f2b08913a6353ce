"""What a reading marks in a record, numbered for formats that point from relations to mentions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from litmine.types import Reading, Record, Relation, Slot

Pairs = Iterable[tuple[Record, Reading | None]]
DIGEST_NOTE = "[digest, written for litmine]"
"""Stands wherever a digest's text is shown, so that nobody takes it for the authors' abstract."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked span: an entity, or a relation's slot where no entity has the same span."""

    id: str
    type: str
    start: int
    end: int
    text: str
    name: str
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class MarkedRelation:
    """A relation with its slots as marks, in the order drugs, mechanism, outcome."""

    id: str
    relation: Relation
    drugs: tuple[Mark, ...]
    mechanism: Mark | None
    outcome: Mark | None

    @property
    def pairs(self) -> tuple[tuple[str, Mark, Mark], ...]:
        """The relation as binary ones: (label, from, to).

        The direction labels the pair it is about (mechanism → outcome, else drug → outcome, else drug → mechanism);
        `under_drug` ties a mechanism to its drug where there is an outcome too, `combined_with` the drugs.
        """
        first, *others = self.drugs or (None,)
        found = [("combined_with", first, other) for other in others if first and other]
        heads = (self.mechanism,) if self.mechanism and self.outcome else self.drugs
        target = self.outcome or self.mechanism
        found += [(self.relation.direction, head, target) for head in heads if head and target]
        if self.mechanism and self.outcome:
            found += [("under_drug", self.mechanism, drug) for drug in self.drugs]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of a record in text order, and its relations."""

    marks: tuple[Mark, ...]
    relations: tuple[MarkedRelation, ...]


def marks_of(reading: Reading | None) -> Marks:
    """Number entities and slots `T1`, `T2`, … in text order and relations `R1`, `R2`, and so on."""
    if reading is None:
        return Marks((), ())
    found: dict[tuple[int, int], tuple[str, str, str, str]] = {
        (e.start, e.end): (e.type, e.text, e.name, e.identifier) for e in reading.entities
    }
    for relation in reading.relations:
        for role, slot in _slots(relation):
            found.setdefault((slot.start, slot.end), (role, slot.text, slot.name or slot.text, ""))
    at = {
        span: Mark(f"T{number}", kind, *span, text, name, identifier)
        for number, (span, (kind, text, name, identifier)) in enumerate(sorted(found.items()), start=1)
    }

    def mark(slot: Slot | None) -> Mark | None:
        return at[slot.start, slot.end] if slot else None

    relations = tuple(
        MarkedRelation(
            f"R{number}",
            relation,
            tuple(at[slot.start, slot.end] for slot in relation.drug),
            mark(relation.mechanism),
            mark(relation.outcome),
        )
        for number, relation in enumerate(reading.relations, start=1)
    )
    return Marks(tuple(at.values()), relations)


def is_digest(record: Record) -> bool:
    """Whether the record's text was written for litmine and is not the authors'."""
    return record.depth == "digest"


def _slots(relation: Relation) -> list[tuple[str, Slot]]:
    found = [("drug", slot) for slot in relation.drug]
    if relation.mechanism:
        found.append(("mechanism", relation.mechanism))
    if relation.outcome:
        found.append(("outcome", relation.outcome))
    return found
