"""The corpus as the assessment sees it: graded, grouped, and every sentence taken apart once."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from litmine.assess.population import population_in
from litmine.assess.record_context import ANAPHOR, PLAIN, Arms, arms_of, said_by_measure, said_of_arms
from litmine.assess.slots import (
    DRUG_TYPES,
    TOPIC_TYPES,
    Statement,
    statement,
    system_of,
    topic_keys,
    tumours_in,
)
from litmine.claims import find_figures, measures_in
from litmine.grading import grade, independent_group
from litmine.types import Entity, Figure, Grade, Reading, Record, Relation, Sentence

_DECIMAL = re.compile(r"\d+\.\d+")
MAX_COMMON = 400
"""A key named by more sentences than this is too common to fetch sentences by."""


class RecordStore(Protocol):
    """What the assessment needs of the corpus."""

    def records(self, ids: Iterable[str] | None = None) -> Iterable[Record]:
        """Records, sorted by id."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a record."""

    record_id: str
    sentence: int


class Library:
    """Records with their readings; built once for a run.

    Args:
        corpus: where the records are.
        readings: what the extractor read in them, by record id.
    """

    def __init__(self, corpus: RecordStore, readings: Mapping[str, Reading]) -> None:
        self.records: dict[str, Record] = {record.id: record for record in corpus.records()}
        self.readings = readings
        self.groups = independent_group(self.records.values())
        self._grades: dict[str, Grade] = {}
        self._statements: dict[Place, Statement] = {}
        self._populations: dict[str, tuple[tuple[str, str], ...]] = {}
        self._by_sentence: dict[str, tuple[dict[int, list[Entity]], dict[int, list[Relation]]]] = {}

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """Records by independent group."""
        members: dict[str, list[str]] = defaultdict(list)
        for record_id in sorted(self.groups):
            members[self.groups[record_id]].append(record_id)
        return dict(members)

    def of_group(self, group: str) -> list[str]:
        """Records of one independent group (a trial, a laboratory), sorted."""
        return self._members.get(group, [])

    def grade(self, record_id: str) -> Grade:
        """Grade of a record, computed once."""
        if record_id not in self._grades:
            self._grades[record_id] = grade(self.records[record_id])
        return self._grades[record_id]

    def sentences(self, record_id: str) -> tuple[Sentence, ...]:
        """Sentences of a record; none when it was not read."""
        reading = self.readings.get(record_id)
        return reading.sentences if reading else ()

    def sentence(self, place: Place) -> Sentence:
        """One sentence."""
        return self.readings[place.record_id].sentences[place.sentence]

    def _read(self, record_id: str) -> tuple[dict[int, list[Entity]], dict[int, list[Relation]]]:
        """Entities and relations of a record by sentence."""
        if record_id not in self._by_sentence:
            reading = self.readings[record_id]
            entities: dict[int, list[Entity]] = defaultdict(list)
            relations: dict[int, list[Relation]] = defaultdict(list)
            for sentence in reading.sentences:
                entities[sentence.index].extend(reading.entities_in(sentence))
            for relation in reading.relations:
                relations[relation.sentence].append(relation)
            self._by_sentence[record_id] = (entities, relations)
        return self._by_sentence[record_id]

    def entities(self, record_id: str) -> tuple[Entity, ...]:
        """All named things of a record."""
        reading = self.readings.get(record_id)
        return reading.entities if reading else ()

    def statement(self, place: Place) -> Statement:
        """A sentence taken apart, with the title's names carried and the record's tumour and system."""
        if place not in self._statements:
            record = self.records[place.record_id]
            sentence = self.sentence(place)
            entities = self._read(place.record_id)[0]
            own = tumours_in(sentence.text)
            system = self.grade(place.record_id).system
            said = system_of(sentence.text)
            in_patients = said == "patients" and system in {"animals", "cells"}
            first = entities.get(0, []) if record.title else []
            inside = entities.get(sentence.index, [])
            carried = first if sentence.index else []
            if ANAPHOR.match(sentence.text):
                carried = [*carried, *entities.get(sentence.index - 1, ())]
            self._statements[place] = statement(
                sentence.text,
                self._relations(place, inside),
                inside,
                context=carried,
                figures=self._figures(place),
                tumours=own or tumours_in(record.title) or tumours_in(record.text),
                system=said if system == "none" or in_patients else system,
                section=sentence.section,
                population=self._population(place.record_id),
                record_drugs=self.drugs_of(place.record_id),
                record_title=record.title,
            )
        return self._statements[place]

    def _figures(self, place: Place) -> tuple[Figure, ...]:
        """Figures of a sentence; one that begins with a pronoun takes the measure of the sentence before it."""
        sentence = self.sentence(place)
        figures = _with_title_measure(find_figures(sentence.text), self.records[place.record_id].title)
        if place.sentence and ANAPHOR.match(sentence.text):
            before = measures_in(self.sentence(Place(place.record_id, place.sentence - 1)).text)
            if before:
                figures = tuple(f if f.about else replace(f, about=before[0]) for f in figures)
        return figures

    def _population(self, record_id: str) -> tuple[tuple[str, str], ...]:
        """Who the whole record is about, from its title and all sentences."""
        if record_id not in self._populations:
            self._populations[record_id] = population_in(self.records[record_id].document)
        return self._populations[record_id]

    def arms(self, place: Place) -> Arms:
        """The arms named by the nearest sentence before a sentence that names drugs; the title comes last."""
        entities = self._read(place.record_id)[0]
        for index in range(place.sentence - 1, -1, -1):
            found = [e for e in entities.get(index, ()) if e.type in DRUG_TYPES]
            if found:
                return arms_of(self.sentence(Place(place.record_id, index)).text, found)
        return Arms()

    def _relations(self, place: Place, inside: list[Entity]) -> list[Relation]:
        """What was read in a sentence, and what it says by measure and direction alone of patients.

        Where "more often with the drug" stands in so many words, it takes the place of another reading of that measure.
        """
        sentence = self.sentence(place)
        read = self._read(place.record_id)[1].get(place.sentence, [])
        if sentence.section == "title" or self.grade(place.record_id).system != "patients":
            return read
        drugs = [e.name or e.text for e in inside if e.type in DRUG_TYPES]
        said = (
            said_by_measure(sentence.text, drugs) if drugs else said_of_arms(sentence.text, self.arms(place))
        )
        found = [replace(r, sentence=place.sentence) for r in said]
        kept = [r for r in read if not (PLAIN.search(sentence.text) and any(_disagree(r, s) for s in found))]
        known = {m for r in kept if r.outcome for m in measures_in(r.outcome.text)}
        return [*kept, *(r for r in found if r.outcome and r.outcome.name not in known)]

    @cached_property
    def _record_counts(self) -> Counter[str]:
        """In how many records each key is named."""
        counts: Counter[str] = Counter()
        for reading in self.readings.values():
            counts.update({key for e in reading.entities if e.type in TOPIC_TYPES for key in topic_keys(e)})
        return counts

    @cached_property
    def common(self) -> frozenset[str]:
        """Keys that more than 40% of the records name: the field itself, which aligns nothing."""
        floor = max(4, 0.4 * len(self.readings))
        return frozenset(key for key, count in self._record_counts.items() if count > floor)

    def weight(self, keys: Iterable[str]) -> float:
        """Weight of a named thing: rare ones tell more (inverse record frequency of its most common key)."""
        counts = [self._record_counts[key] for key in keys]
        return math.log((1 + len(self.readings)) / (1 + max(counts, default=0))) + 0.1

    @cached_property
    def _postings(self) -> dict[str, list[Place]]:
        """Sentences by the keys they name."""
        postings: dict[str, list[Place]] = defaultdict(list)
        for record_id in sorted(self.readings):
            if record_id not in self.records:
                continue
            for index, found in sorted(self._read(record_id)[0].items()):
                keys = {key for e in found if e.type in TOPIC_TYPES for key in topic_keys(e)}
                for key in sorted(keys):
                    postings[key].append(Place(record_id, index))
        return dict(postings)

    @cached_property
    def _decimals(self) -> dict[str, list[Place]]:
        """Sentences by the decimal figures they print."""
        found: dict[str, list[Place]] = defaultdict(list)
        for record_id in sorted(self.readings):
            if record_id in self.records:
                for sentence in self.readings[record_id].sentences:
                    for figure in sorted(set(_DECIMAL.findall(sentence.text))):
                        found[figure].append(Place(record_id, sentence.index))
        return dict(found)

    def printing(self, figures: Iterable[str]) -> list[Place]:
        """Sentences that print one of these decimal figures; a figure of many sentences is no clue."""
        decimals = {d for figure in figures for d in _DECIMAL.findall(figure)}
        return [
            p
            for d in sorted(decimals)
            if len(self._decimals.get(d, ())) <= 30
            for p in self._decimals.get(d, ())
        ]

    def naming(self, claim: Statement, limit: int) -> list[Place]:
        """Sentences that name most of what a clause names, weighted; at least its rarest thing or two of them."""
        scores: dict[Place, float] = defaultdict(float)
        for keys in claim.topics.values():
            weight = self.weight(keys)
            places = {p for key in keys for p in self._postings.get(key, ())}
            if len(places) <= MAX_COMMON:
                for place in places:
                    scores[place] += weight
        ranked = sorted(scores, key=lambda p: (-scores[p], p.record_id, p.sentence))
        return ranked[:limit]

    def share(self, claim: Statement, evidence: Statement) -> float:
        """Weighted share of the clause's topics that a sentence names; what only its title names counts half."""
        total = found = 0.0
        for keys in claim.topics.values():
            weight = self.weight(keys)
            total += weight
            if keys & evidence.keys:
                found += weight
            elif keys & evidence.context:
                found += weight / 2
        return found / total if total else 0.0

    def speaks_of(self, record_id: str, keys: frozenset[str]) -> bool:
        """Does a record name a thing anywhere, by a known name or in plain words?"""
        if any(keys & topic_keys(e) for e in self.entities(record_id)):
            return True
        return _in_plain_words(keys, self.records[record_id].document.casefold())

    def share_of_record(self, claim: Statement, record_id: str) -> float:
        """Weighted share of the clause's topics that a record speaks of."""
        weights = {name: self.weight(keys) for name, keys in claim.topics.items()}
        total = sum(weights.values())
        found = (w for name, w in weights.items() if self.speaks_of(record_id, claim.topics[name]))
        return sum(found) / total if total else 0.0

    def drugs_of(self, record_id: str) -> dict[str, str]:
        """Drugs and classes that a record names, with their targets."""
        return {
            e.name or e.text: e.attribute("target") for e in self.entities(record_id) if e.type in DRUG_TYPES
        }

    @cached_property
    def first_years(self) -> dict[str, int]:
        """Year of the oldest record here that names each drug."""
        years: dict[str, int] = {}
        for record_id, record in self.records.items():
            if record.year:
                for name in self.drugs_of(record_id):
                    years[name] = min(record.year, years.get(name, record.year))
        return years


def _in_plain_words(keys: Iterable[str], document: str) -> bool:
    """Does a text in lower case print one of these keys, or an inflected form of a long one ("inflammatory")?"""
    return any(len(key) > 8 and key[:-3].casefold() in document for key in keys)


def _disagree(read: Relation, said: Relation) -> bool:
    """Two readings of one measure of a sentence that go different ways."""
    if read.outcome is None or said.outcome is None or read.mechanism is not None:
        return False
    return said.outcome.name in measures_in(read.outcome.text) and read.direction != said.direction


def _with_title_measure(figures: tuple[Figure, ...], title: str) -> tuple[Figure, ...]:
    """Tell from the title what a bare incidence ("the incidence was 31%") is of."""
    measures = measures_in(title)
    if not measures:
        return figures
    return tuple(replace(f, about=measures[0]) if f.about == "incidence" else f for f in figures)
