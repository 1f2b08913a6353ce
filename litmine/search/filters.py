"""What a search may be narrowed to: years, names, outcome, evidence level."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from litmine.entities import find_entities
from litmine.errors import UsageError
from litmine.index import MECHANISM_TYPES, Index
from litmine.lexicon import Lexicon
from litmine.types import LEVELS, Level, OutcomeType, Record


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that must all hold; None asks nothing.

    Attributes:
        year_from, year_to: year of publication, both included; a record of unknown year fails.
        since: ISO date (2023, 2023-04, 2023-04-17): published on it or later, as far as the date is known.
        drug: the sentence or its record names this drug or class of drugs, by any of its names.
        mechanism: likewise a gene, alteration, pathway, process, cell or class of mechanisms.
        outcome: a relation in the sentence has this outcome type.
        level: the record stands on this level of the evidence ladder or a stronger one.
    """

    year_from: int | None = None
    year_to: int | None = None
    since: str | None = None
    drug: str | None = None
    mechanism: str | None = None
    outcome: OutcomeType | None = None
    level: Level | None = None

    @property
    def about_record(self) -> bool:
        """Does any condition need the record's date or level?"""
        return any(value is not None for value in (self.year_from, self.year_to, self.since, self.level))


def allowed_sentences(filters: Filters, index: Index, lexicon: Callable[[], Lexicon]) -> set[int] | None:
    """Numbers of the sentences that pass the conditions on names and outcome; None when there are none.

    Raises:
        UsageError: a drug or mechanism that neither the lexicon nor the index knows.
    """
    wanted: list[set[int]] = []
    if filters.drug:
        names = _names(filters.drug, ("drug", "drug_class"), index, lexicon)
        wanted.append(_with_their_records(index, names))
    if filters.mechanism:
        types = (*MECHANISM_TYPES, "mechanism", "mechanism_class")
        wanted.append(_with_their_records(index, _names(filters.mechanism, types, index, lexicon)))
    if filters.outcome:
        wanted.append(set(index.names.get(f"outcome_type:{filters.outcome}", ())))
    return set.intersection(*wanted) if wanted else None


def record_passes(filters: Filters, record: Record, level: Callable[[Record], Level]) -> bool:
    """Do the record's date and level pass?"""
    if filters.year_from is not None and (record.year is None or record.year < filters.year_from):
        return False
    if filters.year_to is not None and (record.year is None or record.year > filters.year_to):
        return False
    if filters.since is not None:
        published = record.published or (str(record.year) if record.year else "")
        shared = min(len(published), len(filters.since))
        if not published or published[:shared] < filters.since[:shared]:
            return False
    return filters.level is None or LEVELS.index(level(record)) <= LEVELS.index(filters.level)


def _with_their_records(index: Index, names: Iterable[str]) -> set[int]:
    sentences = {number for name in names for number in index.names.get(name, ())}
    records = {index.places[number].record for number in sentences}
    return {number for number, place in enumerate(index.places) if place.record in records}


def _names(text: str, types: Iterable[str], index: Index, lexicon: Callable[[], Lexicon]) -> list[str]:
    """Names in the index that a user's word stands for."""
    types = tuple(types)
    wanted = {f"{kind}:{text}".lower().replace(" ", "_") for kind in types}
    found = {name for name in index.names if name.lower().replace(" ", "_") in wanted}
    known = [entity for entity in find_entities(text, lexicon()) if entity.type in types]
    found |= {f"{entity.type}:{entity.name}" for entity in known}
    if not found:
        nearest = lexicon().nearest(text, "drug" if "drug" in types else "gene")
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        kind = "drug" if "drug" in types else "mechanism"
        raise UsageError(f"no {kind} named {text!r} is known here{hint}")
    return sorted(found)
