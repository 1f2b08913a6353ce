"""What the literature reports in several independent groups and the review never mentions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from litmine.assess import keys_of, polarity, topic_keys
from litmine.grading import independent_group
from litmine.types import (
    LEVELS,
    Claim,
    Evidence,
    Grade,
    MissingTopic,
    Reading,
    Record,
    Relation,
    Review,
)

ENOUGH_GROUPS = 2
MOST_TOPICS = 30
MISPRINT = 80.0
"""Likeness (0 to 100) from which a printed word is taken for a misprint of a drug name."""
_OUTCOME_WORDS = {
    "resistance": "resistance",
    "sensitivity": "efficacy",
    "response_rate": "response rate",
    "survival": "survival",
    "tumour_growth": "tumour growth",
    "apoptosis": "cell death",
    "toxicity": "toxicity",
    "pathway": "signalling",
}


def missing_from_review(
    claims: Sequence[Claim],
    review: Review,
    readings: Mapping[str, Reading],
    records: Mapping[str, Record],
    grades: Mapping[str, Grade],
) -> tuple[MissingTopic, ...]:
    """Drugs and mechanisms that studies report with an outcome and that the review never names.

    A topic needs at least two independent groups; reviews, aims and retracted records do not count. Each
    missing drug and
    each missing mechanism gives one topic, with the partner and outcome it is reported with most.

    Returns:
        Topics, most groups and highest level first.
    """
    named = {key for claim in claims for e in claim.entities for key in topic_keys(e)}
    text = review.text.casefold()
    words = frozenset(re.findall(r"[a-z][\w-]{5,}", text))
    groups = independent_group(records.values())
    found: dict[tuple[str, str], list[tuple[str, Relation, str]]] = defaultdict(list)
    for record_id in sorted(readings):
        record = records.get(record_id)
        if record is None or record.retracted or grades[record_id].pointer:
            continue
        drugs = {e.name: e for e in readings[record_id].entities if e.type == "drug" and e.name}
        for relation in readings[record_id].relations:
            if relation.assertion == "aim" or relation.direction == "associated":
                continue
            members = [m for slot in relation.drug for m in (slot.name or slot.text).split(" + ")]
            for drug in dict.fromkeys(m for m in members if m in drugs):
                if drug.casefold() not in named and not _printed(drug, words):
                    partner = relation.mechanism.name if relation.mechanism else ""
                    found["drug", drug].append((record_id, relation, partner))
            if relation.mechanism and relation.drug:
                bare = polarity(relation.mechanism.name or relation.mechanism.text)[0]
                keys = keys_of(bare)
                if not keys & named and not any(key in text for key in keys):
                    found["mechanism", bare].append((record_id, relation, members[0]))
    topics = [
        topic
        for key, items in found.items()
        if (topic := _topic(key, items, readings, records, grades, groups))
    ]
    topics.sort(key=lambda t: (-t.groups, LEVELS.index(t.highest_level or "E"), t.drug, t.mechanism))
    return tuple(topics[:MOST_TOPICS])


def _printed(drug: str, words: frozenset[str]) -> bool:
    """Is a drug printed in the review, misprints (patuzumab) included?"""
    from rapidfuzz import fuzz, process

    return (
        process.extractOne(drug.casefold(), sorted(words), scorer=fuzz.ratio, score_cutoff=MISPRINT)
        is not None
    )


def _topic(
    key: tuple[str, str],
    items: Sequence[tuple[str, Relation, str]],
    readings: Mapping[str, Reading],
    records: Mapping[str, Record],
    grades: Mapping[str, Grade],
    groups: Mapping[str, str],
) -> MissingTopic | None:
    kind, name = key
    ids = tuple(sorted({record_id for record_id, _, _ in items}))
    number = len({groups[record_id] for record_id in ids})
    if number < ENOUGH_GROUPS:
        return None
    outcomes: dict[str, set[str]] = defaultdict(set)
    partners: dict[str, set[str]] = defaultdict(set)
    for record_id, relation, partner in items:
        outcomes[relation.outcome_type].add(groups[record_id])
        if partner:
            partners[partner].add(groups[record_id])
    outcome = min(outcomes, key=lambda o: (-len(outcomes[o]), o))
    partner = min(partners, key=lambda p: (-len(partners[p]), p), default="")
    highest = min((grades[record_id].level for record_id in ids), key=LEVELS.index)
    drug, mechanism = (name, partner) if kind == "drug" else (partner, name)
    words = _OUTCOME_WORDS[outcome]
    message = (
        f"{name} ({words}{', with ' + partner if partner else ''}): {number} independent groups, "
        f"highest level {highest}"
    )
    example = _example(items, outcome, readings, records, grades, groups)
    return MissingTopic(drug, mechanism, outcome, ids, number, highest, message, example)


def _example(
    items: Sequence[tuple[str, Relation, str]],
    outcome: str,
    readings: Mapping[str, Reading],
    records: Mapping[str, Record],
    grades: Mapping[str, Grade],
    groups: Mapping[str, str],
) -> Evidence | None:
    """One sentence, verbatim, of the strongest and newest record."""
    fitting = [(r, x) for r, x, _ in items if x.outcome_type == outcome]
    if not fitting:
        return None
    record_id, relation = min(
        fitting,
        key=lambda item: (
            LEVELS.index(grades[item[0]].level),
            -(records[item[0]].year or 0),
            item[0],
            item[1].sentence,
        ),
    )
    record, grade = records[record_id], grades[record_id]
    sentence = readings[record_id].sentences[relation.sentence]
    return Evidence(
        record_id,
        sentence.text,
        sentence.start,
        sentence.end,
        "silent",
        0.0,
        "example of a topic the review lacks",
        relation.assertion,
        grade.level,
        grade.design,
        record.year,
        record.depth,
        values=relation.values,
        group=groups[record_id],
    )
