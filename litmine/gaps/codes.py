"""The gap codes with the triggers that compute them, and their rank.

The codes A to D follow the framework of Robinson, Saldanha and McKoy for research gaps in reviews (J Clin Epidemiol
2011, 64:1325-1330); T, R, O, U and M are litmine's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from litmine.assess import counts
from litmine.gaps.query import Synonyms, claim_query
from litmine.types import LEVELS, Assessment, Evidence, Gap, Grade, Level

CODES: dict[str, tuple[str, float]] = {
    "M": ("a cited source does not carry the sentence", 8.0),
    "C": ("studies disagree", 7.0),
    "A1": ("no study", 5.0),
    "T": ("strong in the laboratory, nothing in patients", 5.0),
    "D": ("not the right kind of information", 4.5),
    "R": ("one independent group only", 4.0),
    "A2": ("two independent groups only", 3.0),
    "A4": ("imprecise: an interval crosses no effect", 3.0),
    "B": ("only designs prone to bias", 3.0),
    "O": ("outdated: newer work exists, none of it decides", 3.0),
    "A3": ("samples small or not stated", 2.5),
    "U": ("the review gives no source", 2.5),
}
"""Code: (what it says, weight in the rank)."""
SMALL_SAMPLE = 50
_PATIENT_KINDS = frozenset({"clinical_outcome", "safety", "prevalence"})
_KIND_WEIGHT = {"clinical_outcome": 1.5, "safety": 1.5, "prevalence": 1.2, "mechanism": 1.0}
_LATER_GAP = 0.6
"""Weight of a claim's second and further gaps, so that the top of the list spans many claims."""
_INTERVAL = re.compile(
    r"\b(?:HR|OR|RR|ratio)\b[^()]{0,30}\(?[^()]{0,20}CI,? ?:?\s*(?P<low>\d\.\d+)\s*(?:-|–|to)\s*(?P<high>\d+\.\d+)"
)


def find_gaps(
    assessment: Assessment,
    *,
    lexicon: Synonyms,
    grades: Mapping[str, Grade] | None = None,
    hits: int | None = None,
) -> tuple[Gap, ...]:
    """The gaps of one claim, strongest first.

    Args:
        assessment: the claim with its verdict and evidence.
        lexicon: for the query.
        grades: grade per record, for sample sizes; without it A3 is not computed.
        hits: what PubMed answered to the claim's query; None when it was not asked.
    """
    claim = assessment.claim
    if not claim.judged:
        query, highest = claim_query(claim, lexicon), _highest(assessment.evidence)
        found = [_overtaken(assessment)] if assessment.newer_trials else []
        return (*_gaps(found, assessment, query, highest), *_mismatches(assessment, query, highest))
    deciding = [
        e for e in assessment.evidence if counts(e) and e.stance in {"supports", "contradicts", "no_effect"}
    ]
    found = [
        *_amount(assessment, deciding, hits),
        *_kind(assessment, deciding),
        *_quality(assessment, deciding, grades),
    ]
    query, highest = claim_query(claim, lexicon), _highest(deciding or assessment.evidence)
    if not claim.cited and claim.kind in {*_PATIENT_KINDS, "mechanism"}:
        found.append(
            (
                "U",
                "the review gives no source for this statement",
                0,
                "A source named in the text would close it.",
            )
        )
    gaps = [*_gaps(found, assessment, query, highest), *_mismatches(assessment, query, highest)]
    return tuple(sorted(gaps, key=lambda g: (-g.score, g.code, g.message)))


def _gaps(found: Sequence[Finding], assessment: Assessment, query: str, highest: Level | None) -> list[Gap]:
    return [
        Gap(code, assessment.claim.id, message, number, highest, change, query, _score(code, assessment))
        for code, message, number, change in found
    ]


def rank_gaps(assessments: Sequence[Assessment]) -> tuple[Gap, ...]:
    """All gaps, what matters most first; a claim's second and further gaps are weighed down."""
    ranked = []
    for assessment in assessments:
        for place, gap in enumerate(sorted(assessment.gaps, key=lambda g: (-g.score, g.code, g.message))):
            ranked.append(gap if place == 0 else replace(gap, score=round(gap.score * _LATER_GAP, 3)))
    return tuple(sorted(ranked, key=lambda g: (-g.score, g.claim_id, g.code, g.message)))


Finding = tuple[str, str, int, str]
"""Code, message, the count behind it, what would change it."""


def _groups(evidence: Sequence[Evidence]) -> int:
    return len({e.group for e in evidence})


def _highest(evidence: Sequence[Evidence]) -> Level | None:
    levels = [e.level for e in evidence if e.stance != "silent" and not e.retracted]
    return min(levels, key=LEVELS.index) if levels else None


def _score(code: str, assessment: Assessment) -> float:
    weight = CODES[code][1] * _KIND_WEIGHT.get(assessment.claim.kind, 0.8)
    weight += 1.0 if assessment.verdict in {"contradicted", "mixed"} else 0.0
    weight += 1.0 if assessment.internal_conflicts else 0.0
    weight += 2.0 if code == "O" and assessment.newer_trials else 0.0
    return round(weight + 0.5 * min(len(assessment.claim.relations), 2), 3)


def _mismatches(assessment: Assessment, query: str, highest: Level | None) -> tuple[Gap, ...]:
    return tuple(
        Gap(
            "M",
            assessment.claim.id,
            f"[{check.number}] {check.reason}",
            1,
            highest,
            "A source that reports this would close it.",
            query,
            _score("M", assessment),
        )
        for check in assessment.citation_check
        if check.status == "does_not_back"
    )


def _amount(assessment: Assessment, deciding: Sequence[Evidence], hits: int | None) -> list[Finding]:
    """A1, A2, R: how many independent groups there are."""
    number = _groups(deciding)
    if number == 0 and assessment.verdict in {"untested", "insufficient"}:
        near = sum(e.stance not in {"silent", "not_comparable"} for e in assessment.evidence)
        if hits is not None and hits > 0:
            return []
        asked = (
            "PubMed was asked and has none" if hits == 0 else "in the corpus as it is; PubMed was not asked"
        )
        beside = f"; sentences that come near it: {near}" if near else ""
        return [("A1", f"no study decides it, {asked}{beside}", 0, assessment.would_change)]
    if number == 1:
        return [
            (
                "R",
                "one independent group only",
                1,
                "An independent study of the same question would close it.",
            )
        ]
    if number == 2:
        return [("A2", "two independent groups only", 2, "A third independent study would close it.")]
    return []


def _kind(assessment: Assessment, deciding: Sequence[Evidence]) -> list[Finding]:
    """D, T: whether the evidence is of the right kind."""
    found: list[Finding] = []
    if deciding and all(e.level in {"D1", "D2"} for e in deciding):
        number = _groups(deciding)
        if number >= 2:
            found.append(
                (
                    "T",
                    f"{number} groups in the laboratory, none in patients",
                    number,
                    "A study of patients would close it.",
                )
            )
        else:
            found.append(("D", "only cells or animals", number, "A study of patients would close it."))
    if assessment.verdict == "not_comparable_only":
        others = sorted({e.comparability for e in assessment.evidence if e.stance == "not_comparable"})
        found.append(
            (
                "D",
                f"only evidence that is not comparable: {'; '.join(others[:2])}",
                len(others),
                assessment.would_change,
            )
        )
    return found


def _overtaken(assessment: Assessment) -> Finding:
    """O: a statement about the review's own time, with the trials that are newer."""
    trials = assessment.newer_trials
    named = ", ".join(trials[:3]) + (" and others" if len(trials) > 3 else "")
    message = f"a statement about the review's own time; newer trials on its drugs: {len(trials)} ({named})"
    return "O", message, len(trials), "Rewriting it in the light of these trials would close it."


def _both_sides(deciding: Sequence[Evidence]) -> str:
    """How many independent groups stand on either side."""
    supporting = _groups([e for e in deciding if e.stance == "supports"])
    against = _groups([e for e in deciding if e.stance in {"contradicts", "no_effect"}])
    plural = "s" if supporting != 1 else ""
    return f"{supporting} independent group{plural} for it, {against} against it"


def _quality(
    assessment: Assessment, deciding: Sequence[Evidence], grades: Mapping[str, Grade] | None
) -> list[Finding]:
    """A3, A4, B, C, O: how far the evidence can be relied on."""
    found: list[Finding] = []
    if assessment.verdict == "mixed":
        found.append(("C", _both_sides(deciding), _groups(deciding), assessment.would_change))
    crossing = [
        e for e in deciding for m in _INTERVAL.finditer(e.text) if float(m["low"]) < 1.0 < float(m["high"])
    ]
    if crossing:
        number = len({e.record_id for e in crossing})
        found.append(
            (
                "A4",
                f"an interval crosses no effect in {number} records",
                number,
                "A larger study would close it.",
            )
        )
    patients = [e for e in deciding if e.level in {"A", "B1", "B2", "C"}]
    if (
        assessment.claim.kind in {"clinical_outcome", "safety"}
        and patients
        and all(e.level in {"B2", "C"} for e in patients)
    ):
        message = "only retrospective or observational data"
        found.append(("B", message, _groups(patients), "A randomised or prospective study would close it."))
    if grades is not None and patients:
        sizes = [g.n for e in patients if (g := grades.get(e.record_id)) is not None]
        largest = max((n for n in sizes if n is not None), default=None)
        if largest is None or largest < SMALL_SAMPLE:
            said = f"largest sample {largest}" if largest else "no sample size stated"
            found.append(
                ("A3", said, largest or 0, f"A study of at least {SMALL_SAMPLE} patients would close it.")
            )
    for record_id, value in assessment.later_reports:
        message = f"a later report of the same trial prints another value: {value} ({record_id})"
        found.append(("O", message, 1, "Printing the trial's latest figure would close it."))
    if assessment.newer_trials:
        found.append(_overtaken(assessment))
    if found and found[-1][0] == "O":
        return found
    newer = [e for e in assessment.evidence if e.newer and not e.pointer]
    if deciding and newer and not any(e.newer for e in deciding):
        years = [e.year for e in deciding if e.year]
        message = (
            f"newest deciding study {max(years)}; of the newer sentences on the topic ({len(newer)}) none decides"
            if years
            else ""
        )
        if message:
            found.append(
                (
                    "O",
                    message,
                    len(newer),
                    "A newer study with aligned drug, mechanism and outcome would close it.",
                )
            )
    return found
