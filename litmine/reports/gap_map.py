"""The evidence gap map: relations of the corpus counted by mechanism class and outcome type, per independent group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from litmine.reports.wording import MECHANISMS, OUTCOMES, level_rank
from litmine.types import Grade, Reading, Record, Relation, Sentence, Slot

CONSISTENT_SHARE = 0.75
"""Share of groups that must agree before a cell's direction is called consistent."""
CONSISTENT_GROUPS = 3
SENTENCES_PER_CELL = 40


class CountedRelation(NamedTuple):
    """A relation that counts, with where it was read."""

    record: Record
    sentence: Sentence
    relation: Relation


def gap_map(
    readings: Iterable[Reading],
    *,
    records: Mapping[str, Record],
    grades: Mapping[str, Grade],
    groups: Mapping[str, str],
) -> dict[str, Any]:
    """Count what the corpus reports, cell by cell.

    A group (one trial, one laboratory) counts once a cell and votes with the direction most of its sentences have.
    Aims count for nothing; neither do retracted records, nor reviews, which point to studies and are none.

    Args:
        readings: what was read in each record.
        records: by id; readings of other records are passed over.
        grades: by record id.
        groups: record id → independent group; a record without one is its own.

    Returns:
        `rows`, `columns` (keys with labels) and `cells`, in the order of the map.
    """
    found: dict[tuple[str, str], list[CountedRelation]] = defaultdict(list)
    for entry in counted_relations(readings, records, grades):
        found[entry.relation.mechanism_class or "", entry.relation.outcome_type].append(entry)
    cells = [
        _cell(mechanism, outcome, found[mechanism, outcome], grades, groups)
        for mechanism in MECHANISMS
        for outcome in OUTCOMES
        if (mechanism, outcome) in found
    ]
    return {
        "rows": [{"key": key, "label": label} for key, label in MECHANISMS.items()],
        "columns": [{"key": key, "label": label} for key, label in OUTCOMES.items()],
        "cells": cells,
    }


def counted_relations(
    readings: Iterable[Reading], records: Mapping[str, Record], grades: Mapping[str, Grade]
) -> Iterator[CountedRelation]:
    """Relations that count for something: no aims, nothing of retracted records, nothing of reviews."""
    for reading in readings:
        record = records.get(reading.record_id)
        grade = grades.get(reading.record_id)
        if record is None or record.retracted or (grade is not None and grade.pointer):
            continue
        sentences = {sentence.index: sentence for sentence in reading.sentences}
        for relation in reading.relations:
            sentence = sentences.get(relation.sentence)
            if sentence is not None and relation.assertion != "aim":
                yield CountedRelation(record, sentence, relation)


def _cell(
    mechanism: str,
    outcome: str,
    entries: list[CountedRelation],
    grades: Mapping[str, Grade],
    groups: Mapping[str, str],
) -> dict[str, Any]:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for record, _sentence, relation in entries:
        votes[groups.get(record.id) or record.id][relation.direction] += 1
    directions = Counter(majority(counter) for counter in votes.values())
    direction, confidence, share = net_direction(directions)
    levels = Counter(
        _level(record, grades) for record in {record.id: record for record, _, _ in entries}.values()
    )
    sentences = [_shown_sentence(*entry, grades) for entry in entries]
    sentences.sort(
        key=lambda s: (level_rank(s["level"]), -(s["year"] or 0), s["record"], s["start"], s["direction"])
    )
    unique = list({(s["record"], s["start"], s["direction"]): s for s in sentences}.values())
    return {
        "mechanism_class": mechanism,
        "outcome_type": outcome,
        "groups": len(votes),
        "records": sum(levels.values()),
        "directions": dict(sorted(directions.items())),
        "direction": direction,
        "confidence": confidence,
        "share": share,
        "levels": {level: levels[level] for level in sorted(levels, key=level_rank)},
        "sentences": unique[:SENTENCES_PER_CELL],
        "sentences_total": len(unique),
    }


def majority(counter: Counter[str]) -> str:
    """The direction most sentences of a group have; a stated sign wins over none, a tie is divided."""
    signed = {direction: n for direction, n in counter.items() if direction != "associated"}
    if not signed:
        return "associated"
    most = max(signed.values())
    top = sorted(direction for direction, n in signed.items() if n == most)
    return top[0] if len(top) == 1 else "divided"


def net_direction(directions: Counter[str]) -> tuple[str, str, float]:
    """Net direction of the groups' votes, how sure it is, and the share of signed groups that hold it."""
    signed = {direction: n for direction, n in directions.items() if direction != "associated"}
    total = sum(signed.values())
    if not total:
        return "associated", "few", 0.0
    top = min(signed, key=lambda direction: (-signed[direction], direction))
    share = signed[top] / total
    direction = top if share > 0.5 else "divided"
    if total < CONSISTENT_GROUPS:
        return direction, "few", share
    return direction, "consistent" if share >= CONSISTENT_SHARE else "divided", share


def _level(record: Record, grades: Mapping[str, Grade]) -> str:
    grade = grades.get(record.id)
    return grade.level if grade else "E"


def _shown_sentence(
    record: Record, sentence: Sentence, relation: Relation, grades: Mapping[str, Grade]
) -> dict[str, Any]:
    grade = grades.get(record.id)
    return {
        "record": record.id,
        "text": sentence.text,
        "start": sentence.start,
        "end": sentence.end,
        "level": _level(record, grades),
        "study_type": grade.design if grade else "",
        "year": record.year,
        "depth": record.depth,
        "retracted": record.retracted,
        "drug": " + ".join(slot.name or slot.text for slot in relation.drug),
        "mechanism": _name(relation.mechanism),
        "outcome": _name(relation.outcome),
        "direction": relation.direction,
        "assertion": relation.assertion,
    }


def _name(slot: Slot | None) -> str:
    return (slot.name or slot.text) if slot else ""
