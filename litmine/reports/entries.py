"""Entries of report.json: one small dict per claim, evidence sentence, reference, record, gap and missing topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from litmine.reports.wording import GAP_CODES, STANCES, level_rank
from litmine.types import (
    Assessment,
    CitationCheck,
    Clause,
    Evidence,
    Gap,
    Grade,
    InternalConflict,
    MissingTopic,
    Reading,
    Record,
    ReferenceMatch,
    Relation,
    Review,
    Verdict,
)

_STANCE_ORDER = {stance: place for place, stance in enumerate(STANCES)}
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
Marks = Mapping[str, Reading]


def plain(value: Any) -> Any:
    """The same value as JSON would give it back: lists for tuples, six digits, no lone surrogates."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return round(value, 6)
    return value


def review_entry(review: Review) -> dict[str, Any]:
    """What the report says about the review itself; `sections` in the review's order."""
    return {
        "title": review.title,
        "author": review.author,
        "year": review.year,
        "restated": review.restated,
        "note": review.note,
        "sections": [{"number": s.number, "title": s.title, "level": s.level} for s in review.sections],
        "sentences": len(review.sentences),
        "references": len(review.references),
    }


def reference_entry(match: ReferenceMatch) -> dict[str, Any]:
    """One printed reference and what became of it."""
    return {
        "number": match.reference.number,
        "printed": match.reference.printed,
        "status": match.status,
        "record": match.record_id,
        "score": match.score,
        "problems": list(match.problems),
    }


def record_entry(record: Record, grade: Grade | None) -> dict[str, Any]:
    """Bibliographic line of a record the report shows, with its place on the evidence ladder."""
    return {
        "id": record.id,
        "title": record.title,
        "authors": list(record.authors),
        "authors_complete": record.authors_complete,
        "journal": record.journal,
        "year": record.year,
        "volume": record.volume,
        "issue": record.issue,
        "pages": record.pages,
        "pmid": record.pmid,
        "doi": record.doi,
        "level": grade.level if grade else None,
        "design": grade.design if grade else "",
        "cue": grade.cue if grade else "",
        "pointer": grade.pointer if grade else False,
        "n": grade.n if grade else None,
        "depth": record.depth,
        "digest_basis": record.digest_basis,
        "source": record.source,
        "retracted": record.retracted,
    }


def claim_entry(assessment: Assessment, marks: Marks) -> dict[str, Any]:
    """One claim of the ledger with all that its verdict rests on."""
    claim = assessment.claim
    clauses = [
        _clause_entry(clause, assessment.clause_verdicts[i] if i < len(assessment.clause_verdicts) else None)
        for i, clause in enumerate(claim.clauses)
    ]
    return {
        "id": claim.id,
        "section": claim.section,
        "text": claim.text,
        "start": claim.start,
        "end": claim.end,
        "kind": claim.kind,
        "judged": claim.judged,
        "cited": list(claim.cited),
        "clauses": clauses,
        "relations": [relation_entry(relation) for relation in claim.relations],
        "drugs": _names(claim.relations) or sorted({e.name for e in claim.entities if e.type == "drug"}),
        "mechanism_classes": sorted({r.mechanism_class for r in claim.relations if r.mechanism_class}),
        "outcome_types": sorted({r.outcome_type for r in claim.relations}),
        "verdict": assessment.verdict,
        "confidence": assessment.confidence,
        "strength": assessment.strength,
        "reason": assessment.reason,
        "would_change": assessment.would_change,
        "curated": assessment.curated,
        "machine_verdict": assessment.machine_verdict,
        "evidence": sorted((evidence_entry(e, marks) for e in assessment.evidence), key=_evidence_order),
        "citation_check": [
            citation_entry(check, marks)
            for check in sorted(assessment.citation_check, key=lambda c: (c.number, c.record_id or ""))
        ],
        "internal_conflicts": [conflict_entry(conflict) for conflict in assessment.internal_conflicts],
        "newer_trials": list(assessment.newer_trials),
        "by_year": [list(pair) for pair in assessment.by_year],
        "later_reports": [list(pair) for pair in assessment.later_reports],
        "gaps": [gap_entry(gap) for gap in sorted(assessment.gaps, key=gap_order)],
        "trail": list(assessment.trail),
        "decisions": [asdict(decision) for decision in assessment.decisions],
    }


def _clause_entry(clause: Clause, verdict: Verdict | None) -> dict[str, Any]:
    return {
        "start": clause.start,
        "end": clause.end,
        "text": clause.text,
        "resolved": clause.resolved,
        "cited": list(clause.cited),
        "verdict": verdict,
        "relations": [relation_entry(relation) for relation in clause.relations],
        "figures": [asdict(figure) for figure in clause.figures],
    }


def _names(relations: Iterable[Relation]) -> list[str]:
    return sorted({slot.name or slot.text for relation in relations for slot in relation.drug})


def relation_entry(relation: Relation) -> dict[str, Any]:
    """A relation in the fields of docs/relations."""
    return asdict(relation)


def evidence_entry(evidence: Evidence, marks: Marks) -> dict[str, Any]:
    """One evidence sentence; `slots` are [start, end, role] of the relations read in it, relative to its text."""
    return {
        "record": evidence.record_id,
        "text": evidence.text,
        "start": evidence.start,
        "end": evidence.end,
        "stance": evidence.stance,
        "score": evidence.score,
        "rule": evidence.rule,
        "assertion": evidence.assertion,
        "level": evidence.level,
        "study_type": evidence.design,
        "year": evidence.year,
        "depth": evidence.depth,
        "comparability": evidence.comparability,
        "values": list(evidence.values),
        "clause": evidence.clause,
        "cited": evidence.cited,
        "newer": evidence.newer,
        "group": evidence.group,
        "pointer": evidence.pointer,
        "retracted": evidence.retracted,
        "hedge_drift": evidence.hedge_drift,
        "machine_stance": evidence.machine_stance,
        "second": evidence.second,
        "slots": _slots(evidence, marks.get(evidence.record_id)),
    }


def _slots(evidence: Evidence, reading: Reading | None) -> list[list[int | str]]:
    """Spans of drug, mechanism and outcome inside the sentence; the longest of overlapping ones stands."""
    if reading is None:
        return []
    spans: set[tuple[int, int, str]] = set()
    for relation in reading.relations:
        filled = [(slot, "drug") for slot in relation.drug]
        filled += [
            (slot, role)
            for slot, role in ((relation.mechanism, "mechanism"), (relation.outcome, "outcome"))
            if slot
        ]
        spans |= {
            (slot.start - evidence.start, slot.end - evidence.start, role)
            for slot, role in filled
            if evidence.start <= slot.start < slot.end <= evidence.end
        }
    kept: list[tuple[int, int, str]] = []
    for start, end, role in sorted(spans, key=lambda span: (span[0] - span[1], span)):
        if all(end <= other_start or other_end <= start for other_start, other_end, _ in kept):
            kept.append((start, end, role))
    return [list(span) for span in sorted(kept)]


def _evidence_order(entry: dict[str, Any]) -> tuple[Any, ...]:
    return (
        _STANCE_ORDER[entry["stance"]],
        level_rank(entry["level"]),
        -entry["score"],
        entry["record"],
        entry["start"],
        entry["clause"],
    )


def citation_entry(check: CitationCheck, marks: Marks) -> dict[str, Any]:
    """Whether one cited reference backs the claim, and why."""
    return {
        "number": check.number,
        "record": check.record_id,
        "status": check.status,
        "reason": check.reason,
        "sentence": check.sentence,
        "evidence": evidence_entry(check.evidence, marks) if check.evidence else None,
    }


def conflict_entry(conflict: InternalConflict) -> dict[str, Any]:
    """Two statements of the review that cannot both hold, or an unknown name."""
    return {
        "kind": conflict.kind,
        "claim": conflict.claim_id,
        "other_claim": conflict.other_claim_id,
        "message": conflict.message,
        "spans": [asdict(span) for span in conflict.spans],
    }


def gap_order(gap: Gap) -> tuple[float, str, str, str]:
    """Sort key of gaps: what matters most first."""
    return -gap.score, gap.claim_id, gap.code, gap.message


def gap_entry(gap: Gap) -> dict[str, Any]:
    """A hole in the evidence with its trigger and the query that would look for what is missing."""
    return {
        "code": gap.code,
        "name": GAP_CODES.get(gap.code, gap.code),
        "claim": gap.claim_id,
        "message": gap.message,
        "count": gap.count,
        "highest_level": gap.highest_level,
        "would_change": gap.would_change,
        "query": gap.query,
        "score": gap.score,
    }


def missing_entry(topic: MissingTopic, marks: Marks) -> dict[str, Any]:
    """What the literature reports often and the review never mentions."""
    return {
        "drug": topic.drug,
        "mechanism": topic.mechanism,
        "outcome_type": topic.outcome_type,
        "records": list(topic.records),
        "groups": topic.groups,
        "highest_level": topic.highest_level,
        "message": topic.message,
        "example": evidence_entry(topic.example, marks) if topic.example else None,
    }
