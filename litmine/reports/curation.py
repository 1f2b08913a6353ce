"""What people decided, beside what litmine says by itself: the report's part on curation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from litmine.annotations import KEYS, NO_RECORD, Curation, Decision, Kind
from litmine.types import Assessment, Evidence, ReferenceMatch


def curation_part(
    curation: Curation,
    *,
    assessments: Iterable[Assessment],
    machine_matches: Sequence[ReferenceMatch],
    below_cutoff: Iterable[str],
    known_records: Iterable[str] | None = None,
) -> dict[str, Any]:
    """Every decision with the machine's own answer, and how often the two agree.

    What people look at is chosen, not drawn at random: the share says how they agree on what was looked at.

    Args:
        curation: the decisions.
        assessments: made with them; they carry what the machine had said.
        machine_matches: what the machine alone made of each reference.
        below_cutoff: records that the machine alone would leave out.
        known_records: ids the corpus holds; a decision on another record is not applied. None trusts all.

    Returns:
        `decisions`, each with `kind`, `claim`, `record`, `part`, `reference`, `value`, `machine` (None when it has no
        answer), `agrees`, `applied`, `by`, `reason`, `at`; and `agreement` by kind: `decided`, `compared`, `agree`.
    """
    by_claim = {assessment.claim.id: assessment for assessment in assessments}
    by_number = {match.reference.number: match for match in machine_matches}
    left_out = set(below_cutoff)
    known = None if known_records is None else set(known_records)
    decisions = [
        *(_verdict(by_claim.get(claim), claim, d) for claim, d in curation.verdicts.items()),
        *(
            _stance(by_claim.get(key[0]), key[0], key[1], key[2] if len(key) > 2 else None, d)
            for key, d in curation.stances.items()
        ),
        *(_match(by_number.get(number), number, d) for number, d in curation.matches.items()),
        *(
            _entry(
                "inclusion",
                d,
                "exclude" if record in left_out else "include",
                known is None or record in known,
                record=record,
            )
            for record, d in curation.inclusions.items()
        ),
    ]
    decisions.sort(
        key=lambda d: (
            list(KEYS).index(d["kind"]),
            d["claim"] or "",
            d["reference"] or 0,
            d["record"] or "",
            d["part"] or 0,
        )
    )
    return {"decisions": decisions, "agreement": {kind: _agreement(kind, decisions) for kind in KEYS}}


def _verdict(assessment: Assessment | None, claim: str, decision: Decision) -> dict[str, Any]:
    machine = assessment.machine_verdict if assessment else ""
    return _entry("verdict", decision, machine or None, bool(machine), claim=claim)


def _stance(
    assessment: Assessment | None, claim: str, record: str, part: int | None, decision: Decision
) -> dict[str, Any]:
    found = (
        [e for e in assessment.evidence if e.record_id == record and e.machine_stance] if assessment else []
    )
    machine = max((e for e in found if part in (None, e.clause + 1)), key=_speaks, default=None)
    return _entry(
        "stance",
        decision,
        machine.machine_stance if machine else None,
        machine is not None,
        claim=claim,
        record=record,
        part=part,
    )


def _speaks(evidence: Evidence) -> tuple[bool, int]:
    """Of several parts of a claim, the first on which the machine says anything."""
    return evidence.machine_stance != "silent", -evidence.clause


def _match(match: ReferenceMatch | None, number: int, decision: Decision) -> dict[str, Any]:
    applied = match is not None and decision.holds_for(match.reference.printed)
    machine = (match.record_id or NO_RECORD) if match else None
    return _entry("match", decision, machine, applied, reference=number)


def _entry(
    kind: Kind,
    decision: Decision,
    machine: str | None,
    applied: bool,
    *,
    claim: str | None = None,
    record: str | None = None,
    part: int | None = None,
    reference: int | None = None,
) -> dict[str, Any]:
    machine = machine if applied else None
    return {
        "kind": kind,
        "claim": claim,
        "record": record,
        "part": part,
        "reference": reference,
        "value": decision.value,
        "machine": machine,
        "agrees": None if machine is None else machine == decision.value,
        "applied": applied,
        "by": decision.by,
        "reason": decision.reason,
        "at": decision.at,
    }


def _agreement(kind: Kind, decisions: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    of_kind = [decision for decision in decisions if decision["kind"] == kind]
    return {
        "decided": len(of_kind),
        "compared": sum(decision["agrees"] is not None for decision in of_kind),
        "agree": sum(decision["agrees"] is True for decision in of_kind),
    }
