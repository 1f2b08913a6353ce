"""Collect and judge the sentences that bear on one clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from litmine.assess.judge import SUPPORT_FLOOR, Judgement, judge_statements
from litmine.assess.judgement import DECIDING
from litmine.assess.library import Library, Place
from litmine.assess.links import Link, ensuing_link, mentions_in
from litmine.assess.slots import Statement, statement, system_of, topic_keys, tumours_in, unlisted_names
from litmine.assess.verdict import counts
from litmine.types import LEVELS, Claim, Clause, Entity, Evidence, Hit

RETRIEVED = 30
"""Sentences asked of the search per query, and of the index of names per clause."""
SHOWN = 12
"""Most evidence sentences kept per claim."""
SHOWN_FIRST = 2
"""Deciding sentences per clause and side that are shown whatever else is."""
SHOWN_SILENT = 2
ON_TOPIC = 0.5
"""Share of a clause's topics from which a silent sentence is shown as the nearest one found."""
_BACKGROUND = ("BACKGROUND", "INTRODUCTION", "OBJECTIVE", "AIM", "PURPOSE", "METHODS", "METHOD")
_ORDER = {"contradicts": 0, "no_effect": 1, "supports": 2, "qualifies": 3, "not_comparable": 4, "silent": 5}


def clause_statement(claim: Claim, clause: Clause, default_tumours: frozenset[str]) -> Statement:
    """A clause taken apart. A clause that names fewer than two things takes what its claim names before it.

    Args:
        claim: the claim.
        clause: one of its clauses.
        default_tumours: the tumour the review is about, for clauses that name none.
    """
    inside = [e for e in claim.entities if clause.start <= e.start and e.end <= clause.end]
    before = [e for e in claim.entities if e.end <= clause.start]
    carried = [e for e in before if e.end <= claim.start] if clause.start == claim.start else []
    first = statement(clause.text, clause.relations, inside)
    entities = [*carried, *inside] if len(first.topics) >= 2 else [*before, *inside]
    own = tumours_in(clause.text) or tumours_in(claim.text)
    taken = statement(
        clause.text,
        clause.relations,
        entities,
        context=before,
        figures=clause.figures,
        tumours=own or default_tumours,
        names=unlisted_names(clause.text, clause.start, claim.entities, clause.resolved),
        system="patients" if claim.kind in {"clinical_outcome", "prevalence"} else system_of(clause.text),
    )
    ensuing = _ensuing(claim, clause, inside)
    return replace(taken, links=(*taken.links, *ensuing)) if ensuing else taken


def _ensuing(claim: Claim, clause: Clause, inside: Sequence[Entity]) -> tuple[Link, ...]:
    """What a part says comes of the part before it ("X binds Y, whereupon Y falls"): X lowers Y."""
    at = claim.clauses.index(clause)
    if not at:
        return ()
    earlier = claim.clauses[at - 1]
    things = [e for e in claim.entities if earlier.start <= e.start and e.end <= earlier.end]
    before = mentions_in(earlier.text, things, [topic_keys(e) for e in things])
    own = mentions_in(clause.text, inside, [topic_keys(e) for e in inside])
    link = ensuing_link(earlier.text, before, clause.text, own)
    return (link,) if link else ()


def places_of(hits: Iterable[Hit], library: Library) -> dict[Place, float]:
    """Places of search hits that were read, with the cosine the search gave them."""
    found: dict[Place, float] = {}
    for hit in hits:
        sentences = library.sentences(hit.record_id)
        index = next((s.index for s in sentences if s.start == hit.start and s.end == hit.end), None)
        if index is None and 0 <= hit.sentence < len(sentences):
            index = hit.sentence
        if index is not None:
            dense = dict(hit.why).get("dense", hit.score)
            found[Place(hit.record_id, index)] = float(dense) if isinstance(dense, int | float) else 0.0
    return found


def judge_clause(
    claim: Claim,
    number: int,
    asked: Statement,
    library: Library,
    hits: Mapping[Place, float],
    cited: Sequence[str],
    review_year: int | None,
) -> list[Evidence]:
    """Judge every sentence that may bear on a clause; the best one of each record is kept.

    Returns:
        Evidence sorted by stance, level and score.
    """
    places = {*hits, *library.naming(asked, RETRIEVED), *library.printing(f.text for f in asked.figures)}
    for record_id in sorted({*cited, *(place.record_id for place in hits)}):
        places.update(Place(record_id, s.index) for s in library.sentences(record_id))
    best: dict[str, Evidence] = {}
    for place in sorted(places, key=lambda p: (p.record_id, p.sentence)):
        found = library.statement(place)
        share = library.share(asked, found)
        judgement = judge_statements(
            asked, found, similarity=hits.get(place), topic_share=share, common=library.common
        )
        if judgement.stance == "silent":
            if share < ON_TOPIC or found.title or not (asked.keys - library.common) & found.keys:
                continue
            judgement = replace(judgement, score=max(judgement.score, round(share / 2, 3)))
        evidence = _evidence(place, judgement, library, number, place.record_id in cited, review_year)
        rival = best.get(place.record_id)
        if evidence and (rival is None or _rank(evidence) < _rank(rival)):
            best[place.record_id] = evidence
    return sorted(best.values(), key=_rank)


def _rank(evidence: Evidence) -> tuple[int, bool, float, int, str, int]:
    """What decides first, then what speaks of it at all; then score, then level."""
    decides = evidence.stance in DECIDING and evidence.score >= SUPPORT_FLOOR
    return (
        evidence.stance == "silent",
        not decides or evidence.pointer,
        -evidence.score,
        LEVELS.index(evidence.level),
        evidence.record_id,
        evidence.start,
    )


def in_print_order(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence as a report shows it: what contradicts first, then by level and score."""
    return sorted(
        evidence,
        key=lambda e: (_ORDER[e.stance], LEVELS.index(e.level), -e.score, e.record_id, e.start, e.clause),
    )


def select_shown(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What a claim keeps: one entry per record and clause, about `SHOWN`, few silent ones, all that people judged.

    The first sentences that decide each clause, on either side, are always among them.
    """
    ordered = in_print_order(evidence)
    by_people = tuple(e for e in ordered if e.machine_stance)
    ordered = [e for e in ordered if not e.machine_stance]
    deciding = [e for e in ordered if e.stance != "silent" and (e.stance != "qualifies" or e.score >= 0.5)]
    silent = sorted(
        (e for e in ordered if e.stance == "silent"), key=lambda e: (-e.score, e.record_id, e.start)
    )
    kept = [e for e in ordered if _among_first(e, ordered)]
    for stance in ("contradicts", "no_effect", "supports", "qualifies", "not_comparable"):
        of_stance = [e for e in deciding if e.stance == stance]
        most = 3 if stance == "not_comparable" else SHOWN // 2
        more = [e for e in of_stance[:most] if e not in kept]
        kept.extend(more[: max(0, SHOWN - len(kept))])
    room = max(0, SHOWN - len(kept))
    return (*by_people, *in_print_order(kept), *silent[: min(SHOWN_SILENT, room)])


def _among_first(evidence: Evidence, ordered: Sequence[Evidence]) -> bool:
    """Is a sentence one of the first `SHOWN_FIRST` that decide its clause the way it does?"""
    if evidence.stance not in DECIDING or not counts(evidence):
        return False
    alike = [e for e in ordered if (e.clause, e.stance) == (evidence.clause, evidence.stance) and counts(e)]
    return evidence in alike[:SHOWN_FIRST]


def _evidence(
    place: Place, judgement: Judgement, library: Library, clause: int, cited: bool, review_year: int | None
) -> Evidence | None:
    record, sentence, grade = (
        library.records[place.record_id],
        library.sentence(place),
        library.grade(place.record_id),
    )
    background = sentence.section.upper().startswith(_BACKGROUND) or _opens(place, library)
    if background and judgement.stance not in {"silent", "not_comparable"}:
        judgement = replace(
            judgement, rule=f"{judgement.rule}; background of the paper, points to earlier work"
        )
    if record.document[sentence.start : sentence.end] != sentence.text:
        return None
    return Evidence(
        record.id,
        sentence.text,
        sentence.start,
        sentence.end,
        judgement.stance,
        judgement.score,
        judgement.rule,
        judgement.assertion,
        grade.level,
        grade.design,
        record.year,
        record.depth,
        judgement.comparability,
        judgement.values,
        clause,
        cited,
        bool(record.year and review_year and record.year >= review_year),
        library.groups[record.id],
        grade.pointer or background,
        record.retracted,
    )


def _opens(place: Place, library: Library) -> bool:
    """The first sentence of an unlabelled abstract or digest tells what was known before."""
    sentences = library.sentences(place.record_id)
    first = 1 if library.records[place.record_id].title else 0
    return place.sentence == first and len(sentences) - first >= 3 and not sentences[first].section
