"""Lay the corpus beside the claims: judge sentences, check citations, reach verdicts that say what they rest on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, cast

from litmine.annotations import Curation
from litmine.assess.citations import check_citations, tell_apart
from litmine.assess.drift import IN_WORDS, hedge_drift
from litmine.assess.evidence import RETRIEVED, clause_statement, judge_clause, places_of, select_shown
from litmine.assess.judge import Judgement, judge, judge_statements
from litmine.assess.library import Library, Place, RecordStore
from litmine.assess.newer import in_words, later_reports, newer_trials
from litmine.assess.second import SecondJudge, told_second
from litmine.assess.slots import (
    Statement,
    keys_of,
    mesh_query,
    polarity,
    statement,
    topic_keys,
    tumours_in,
)
from litmine.assess.stance import label_pairs, stance_scores
from litmine.assess.verdict import (
    THRESHOLDS,
    confidence_of,
    counts,
    decide_claim,
    decide_clause,
    strength_of,
    would_change,
)
from litmine.types import (
    Assessment,
    Claim,
    Evidence,
    Hit,
    InternalConflict,
    Reading,
    ReferenceMatch,
    Review,
    Stance,
    Verdict,
)

__all__ = [
    "THRESHOLDS",
    "Judgement",
    "Library",
    "SecondJudge",
    "Statement",
    "assess",
    "counts",
    "judge",
    "judge_statements",
    "keys_of",
    "label_pairs",
    "mesh_query",
    "polarity",
    "review_year",
    "stance_scores",
    "statement",
    "topic_keys",
    "tumours_in",
]


class Finder(Protocol):
    """What the assessment needs of a search."""

    def search_many(self, queries: Sequence[str], *, k: int = 10) -> list[list[Hit]]:
        """For each query the sentences that answer it best."""
        ...


def assess(
    claims: Sequence[Claim],
    *,
    searcher: Finder,
    corpus: RecordStore,
    readings: Mapping[str, Reading] | Iterable[Reading],
    matches: Sequence[ReferenceMatch],
    review: Review,
    conflicts: Sequence[InternalConflict] = (),
    curation: Curation | None = None,
    second: SecondJudge | None = None,
) -> tuple[Assessment, ...]:
    """Judge every claim of a ledger against the corpus.

    Args:
        claims: the ledger.
        searcher: finds sentences for a text.
        corpus: the records.
        readings: what the extractor read in them.
        matches: what became of each reference.
        review: the review the claims come from.
        conflicts: its internal conflicts, shown with their claims.
        curation: decisions of people, which stand above the machine's.
        second: the judge that must agree; None for the verdicts of aligned slots alone.

    Returns:
        One assessment per claim, in order. The same records in any order give the same result.
    """
    by_id = readings if isinstance(readings, Mapping) else {r.record_id: r for r in readings}
    library = Library(corpus, by_id)
    curation = curation or Curation()
    by_number = {m.reference.number: m for m in matches}
    year = review_year(review, matches)
    tumours = main_tumour(review)
    queries = [text for claim in claims if claim.judged or claim.cited for text in _queries(claim)]
    unique = sorted(set(queries))
    answers = dict(zip(unique, searcher.search_many(unique, k=RETRIEVED), strict=True)) if unique else {}
    by_claim: dict[str, list[InternalConflict]] = defaultdict(list)
    for conflict in conflicts:
        for claim_id in sorted({conflict.claim_id, conflict.other_claim_id} - {""}):
            by_claim[claim_id].append(conflict)
    asked = [[clause_statement(claim, clause, tumours) for clause in claim.clauses] for claim in claims]
    judged = [
        _judge_claim(
            claim, wanted, library, answers, by_number, year, curation, own_words=not review.restated
        )
        for claim, wanted in zip(claims, asked, strict=True)
    ]
    if second is not None:
        judged = second.opinions(claims, judged)
    return tuple(
        _assess_claim(claim, wanted, found, library, by_number, year, tuple(by_claim[claim.id]), curation)
        for claim, wanted, found in zip(claims, asked, judged, strict=True)
    )


def _queries(claim: Claim) -> list[str]:
    return [claim.text, *(clause.resolved or clause.text for clause in claim.clauses)]


def review_year(review: Review, matches: Sequence[ReferenceMatch]) -> int | None:
    """Year of the review; where it is not printed, that of its newest reference."""
    years = [m.reference.year for m in matches if m.reference.year]
    return review.year or max(years, default=None)


def main_tumour(review: Review) -> frozenset[str]:
    """The tumour a review is about: the one its sentences name most, when at least a tenth of them do."""
    counts = Counter(t for s in review.sentences for t in tumours_in(s.text))
    if not counts:
        return tumours_in(review.title)
    name, number = min(counts.items(), key=lambda item: (-item[1], item[0]))
    return frozenset({name}) if number * 10 >= len(review.sentences) else frozenset()


def _judge_claim(
    claim: Claim,
    asked: Sequence[Statement],
    library: Library,
    answers: Mapping[str, list[Hit]],
    matches: Mapping[int, ReferenceMatch],
    year: int | None,
    curation: Curation,
    *,
    own_words: bool,
) -> list[list[Evidence]]:
    """The sentences that bear on each clause, judged by aligned slots."""
    sources = {m.record_id for n, m in matches.items() if n in claim.cited and m.record_id}
    cited = sorted(sources & library.records.keys())
    judged: list[list[Evidence]] = []
    for number, (clause, wanted) in enumerate(zip(claim.clauses, asked, strict=True)):
        hits: dict[Place, float] = {}
        if claim.judged or claim.cited:
            for text in (clause.resolved or clause.text, claim.text):
                for place, score in places_of(answers.get(text, ()), library).items():
                    hits[place] = max(score, hits.get(place, 0.0))
            found = judge_clause(claim, number, wanted, library, hits, cited, year)
        else:
            found = []
        judged.append(
            [
                replace(e, hedge_drift=hedge_drift(clause, e, own_words=own_words))
                for e in (_curated(e, claim, curation) for e in found)
            ]
        )
    return judged


def _assess_claim(
    claim: Claim,
    asked: Sequence[Statement],
    judged: Sequence[Sequence[Evidence]],
    library: Library,
    matches: Mapping[int, ReferenceMatch],
    year: int | None,
    conflicts: tuple[InternalConflict, ...],
    curation: Curation,
) -> Assessment:
    """The verdict of a claim, its citation checks and what they rest on."""
    trail: list[str] = []
    decisions = [decide_clause(found) for found in judged]
    checks = tell_apart(check_citations(claim, asked, judged, matches, library), claim, decisions)
    verdict, reason = decide_claim(claim, decisions)
    confidence, parts = confidence_of(verdict, decisions)
    for number, (found, decision) in enumerate(zip(judged, decisions, strict=True), 1):
        tally = Counter(e.stance for e in found)
        counted = ", ".join(f"{stance} {tally[stance]}" for stance in sorted(tally)) or "none"
        trail.append(f"part {number}: records by stance: {counted}")
        trail.append(
            f"part {number}: {decision.verdict}: for {len(decision.supporting.groups)} groups (weight "
            f"{decision.supporting.weight:.2f}), against {len(decision.against.groups)} (weight "
            f"{decision.against.weight:.2f})"
        )
    trail.append(parts)
    trail.extend(told_second([e for found in judged for e in found]))
    years = by_year(e for found in judged for e in found) if claim.judged else ()
    trail.extend(_told_by_year(years, year))
    trail.extend(_told_drift([e for found in judged for e in found]))
    trials = newer_trials(claim, library, year)
    newer = in_words(trials, library, year, claim)
    if newer:
        trail.append(f"newer: {newer}: {', '.join(trials)}")
        reason = f"{reason}; {newer}"
    reports = {
        record_id: told
        for clause, found in zip(claim.clauses, judged, strict=True)
        for record_id, told in later_reports(clause, found, library)
    }
    if reports:
        told = "; ".join(f"{value} ({r}, {library.records[r].year})" for r, value in sorted(reports.items()))
        trail.append(f"later reports of the same trial: {told}")
        reason = f"{reason}; a later report of the same trial prints another value: {told}"
    human = curation.verdict(claim.id, claim.text)
    machine = verdict if human else ""
    if human:
        trail.append(f"a person decided {human.value}; the machine had {verdict}")
        verdict = cast(Verdict, human.value)
    shown = select_shown([e for found in judged for e in found]) if claim.judged else ()
    return Assessment(
        claim,
        verdict,
        confidence,
        strength_of(verdict, decisions),
        human.reason if human else reason,
        would_change(verdict, claim, decisions),
        shown,
        checks,
        conflicts,
        (),
        tuple(d.verdict if claim.judged else "not_judged" for d in decisions),
        str(human) if human else "",
        tuple(trail),
        machine,
        years,
        trials,
        tuple(decisions) if claim.judged else (),
        tuple(sorted(reports.items())),
    )


def by_year(evidence: Iterable[Evidence]) -> tuple[tuple[int, int], ...]:
    """How many records speak of a claim, by the year they were published; silent ones do not."""
    years = {e.record_id: e.year for e in evidence if e.stance != "silent" and e.year and not e.retracted}
    return tuple(sorted(Counter(year for year in years.values() if year).items()))


def _told_by_year(years: Sequence[tuple[int, int]], review: int | None) -> list[str]:
    if not years:
        return []
    since = sum(count for year, count in years if review and year >= review)
    told = f"; {since} of them from the review's year ({review}) on" if review else ""
    return ["records that speak of it, by year: " + ", ".join(f"{y}: {n}" for y, n in years) + told]


def _told_drift(evidence: Iterable[Evidence]) -> list[str]:
    drifted = {(e.hedge_drift, e.record_id) for e in evidence if counts(e)}
    return [
        f"hedge drift: {IN_WORDS[drift]}: {', '.join(sorted(r for d, r in drifted if d == drift))}"
        for drift in sorted({d for d, _ in drifted if d})
    ]


def _curated(evidence: Evidence, claim: Claim, curation: Curation) -> Evidence:
    """A person's stance in place of the machine's."""
    human = curation.stance(claim.id, evidence.record_id, evidence.clause + 1, claim.text)
    if human is None:
        return evidence
    return replace(
        evidence,
        stance=cast(Stance, human.value),
        score=1.0,
        rule=f"a person decided: {human}",
        machine_stance=evidence.stance,
    )
