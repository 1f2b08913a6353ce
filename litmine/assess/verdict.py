"""Pool judged sentences by record, by independent group and by level into the verdict of a clause and of a claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litmine.assess.judgement import DECIDING, SUPPORT_FLOOR
from litmine.types import LEVELS, Claim, Decision, Evidence, Level, Side, Verdict

WEIGHTS: dict[Level, float] = {"A": 4.0, "B1": 3.0, "B2": 2.5, "C": 1.0, "D2": 1.5, "D1": 1.0, "E": 0.5}
"""Weight of one independent group by its highest level."""
SHORT_CLAUSE = 5
"""Words below which a clause need not be supported for its claim to be."""
MINORITY = 0.2
"""Share of the weight from which a dissenting side makes a verdict mixed."""
ENOUGH_AGAINST = 1.55
"""Weight from which evidence contradicts: one study of patients or two of the laboratory."""
DISSENT = 0.5
"""Share of the sentences asked about that the second judge must read the other way to stop a verdict."""
THRESHOLDS = {
    "share_by_which_the_second_judge_stops": DISSENT,
    "score_that_counts": SUPPORT_FLOOR,
    "minority_that_makes_mixed": MINORITY,
    "weight_that_contradicts": ENOUGH_AGAINST,
    "words_of_a_clause_that_must_hold": SHORT_CLAUSE,
    "weight_by_level": dict(WEIGHTS),
}
"""What the verdicts are made with; printed in every report."""
_SYSTEM_NAMES = {
    "A": "patients",
    "B1": "patients",
    "B2": "patients",
    "C": "patients",
    "D2": "animals",
    "D1": "cells",
    "E": "no study",
}


def counts(evidence: Evidence) -> bool:
    """True for a sentence that may decide: aligned, not retracted, no aim, of a study."""
    return (
        not (evidence.retracted or evidence.pointer or evidence.assertion == "aim")
        and evidence.score >= SUPPORT_FLOOR
    )


def side(evidence: Iterable[Evidence]) -> Side:
    """Pool sentences: one record counts once, one group counts once, at its highest level."""
    best: dict[str, Evidence] = {}
    records: set[str] = set()
    for item in evidence:
        records.add(item.record_id)
        rival = best.get(item.group)
        if rival is None or (LEVELS.index(item.level), -item.score) < (
            LEVELS.index(rival.level),
            -rival.score,
        ):
            best[item.group] = item
    if not best:
        return Side()
    return Side(
        tuple(sorted(best)),
        tuple(sorted(records)),
        round(sum(WEIGHTS[e.level] * e.score for e in best.values()), 3),
        max(e.score for e in best.values()),
        min((e.level for e in best.values()), key=LEVELS.index),
    )


def decide_clause(evidence: Sequence[Evidence]) -> Decision:
    """Verdict of one clause.

    supported / contradicted: one side only, or the other below a fifth of the weight, and the second judge, where it
    was asked, does not object (`_dissent`). mixed: both sides weigh. With no deciding sentence: insufficient when
    sentences qualify it or only reviews repeat it, not_comparable_only when all aligned sentences differ in drug,
    tumour or system, untested when none is aligned at all.
    """
    usable = [e for e in evidence if counts(e)]
    supporting = side(e for e in usable if e.stance == "supports")
    opposing = [e for e in usable if e.stance in {"contradicts", "no_effect"}]
    against = side(opposing)
    pointers = sum(
        e.pointer and e.stance in {"supports", "contradicts"} and e.score >= SUPPORT_FLOOR for e in evidence
    )
    retracted = sum(e.retracted and e.stance != "silent" for e in evidence)
    not_comparable = sum(e.stance == "not_comparable" for e in evidence)
    qualifying = sum(e.stance == "qualifies" for e in evidence)
    weak = sum(e.stance in DECIDING and not counts(e) for e in evidence)
    denied = sum(e.stance == "no_effect" for e in opposing)
    verdict: Verdict
    total = supporting.weight + against.weight
    if supporting.groups and against.groups and min(supporting.weight, against.weight) >= MINORITY * total:
        verdict, reason = "mixed", f"{_groups(supporting, 'supports')} it, {_groups(against, 'does')} not"
    elif supporting.weight > against.weight:
        verdict, reason = "supported", f"{_groups(supporting, 'supports')} it"
        if against.groups:
            reason += f"; {_groups(against)} of little weight against"
    elif against.groups and against.weight < ENOUGH_AGAINST:
        verdict, reason = (
            "insufficient",
            f"{_groups(against, 'speaks')} against it: too little to contradict it",
        )
    elif against.groups:
        verdict, reason = "contradicted", f"{_groups(against, 'speaks')} against it"
        if denied == len(opposing):
            reason = f"{_groups(against)} tested it and found no effect"
    elif pointers:
        verdict, reason = (
            "insufficient",
            f"only reviews or background sentences speak of it ({pointers}); no study among the sentences found",
        )
    elif qualifying or weak:
        verdict, reason = (
            "insufficient",
            f"sentences that come near it: {qualifying + weak}; none is aligned firmly enough to decide",
        )
    elif not_comparable:
        verdict = "not_comparable_only"
        reason = f"all aligned sentences ({not_comparable}) have another drug, tumour or system"
    else:
        verdict, reason = (
            "untested",
            "no sentence of the corpus speaks of it with aligned drug, mechanism and outcome",
        )
    if verdict in {"supported", "contradicted"} and (dissent := _dissent(usable, verdict)):
        verdict, reason = "insufficient", f"{reason}, but {dissent}"
    if retracted:
        reason += f"; {retracted} retracted, not counted"
    return Decision(
        verdict,
        reason,
        supporting,
        against,
        len(usable),
        pointers,
        retracted,
        not_comparable,
        qualifying,
        denied,
    )


def _dissent(usable: Sequence[Evidence], verdict: Verdict) -> str:
    """Why the second judge stops a verdict: it agrees on no sentence and reads half of them the other way."""
    asked = [e.second for e in usable if e.second and (e.stance == "supports") == (verdict == "supported")]
    against = asked.count("the other way")
    if not against or "agrees" in asked or against < DISSENT * len(asked):
        return ""
    sentences = "its one sentence" if len(asked) == 1 else f"{against} of {len(asked)} sentences"
    return f"the two judges disagree: the second, trained one reads {sentences} the other way"


_PLURAL = {"supports": "support", "speaks": "speak", "does": "do"}


def _groups(pooled: Side, verb: str = "") -> str:
    """How many groups with which level, and what they do: the verb is given for one."""
    one = len(pooled.groups) == 1
    said = f"{len(pooled.groups)} independent group{'' if one else 's'} (highest level {pooled.highest})"
    return f"{said} {verb if one else _PLURAL[verb]}" if verb else said


def decide_claim(claim: Claim, decisions: Sequence[Decision]) -> tuple[Verdict, str]:
    """Verdict of a claim from those of its clauses.

    A claim is supported only when every clause of some length is. One of which a part is supported and the rest open
    is insufficient, and the reason says which part.
    """
    if not claim.judged:
        return "not_judged", f"{claim.kind}: kept in the ledger, not judged"
    verdicts = [d.verdict for d in decisions]
    if len(verdicts) == 1:
        return verdicts[0], decisions[0].reason
    against = {"contradicted", "mixed"}
    supported = [n for n, v in enumerate(verdicts) if v == "supported"]
    contradicted = [n for n, v in enumerate(verdicts) if v == "contradicted"]
    weighty = [n for n, clause in enumerate(claim.clauses) if len(clause.text.split()) >= SHORT_CLAUSE]
    reasons = "; ".join(
        f"part {n + 1}: {d.verdict} ({d.reason})" for n, d in enumerate(decisions) if d.verdict != "untested"
    )
    if (supported and contradicted) or "mixed" in verdicts:
        return "mixed", reasons
    if contradicted:
        return "contradicted", reasons
    must = weighty or list(range(len(verdicts)))
    if supported and all(n in supported for n in must):
        return "supported", reasons
    if supported:
        return "insufficient", f"supported in part ({len(supported)} of {len(verdicts)} parts): {reasons}"
    open_verdicts: tuple[Verdict, ...] = ("insufficient", "not_comparable_only")
    for verdict in open_verdicts:
        if verdict in verdicts:
            return verdict, reasons
    assert not against.intersection(verdicts)  # noqa: S101 - both were handled above
    return "untested", decisions[0].reason if decisions else "nothing to judge"


def confidence_of(verdict: Verdict, decisions: Sequence[Decision]) -> tuple[float, str]:
    """Confidence from 0 to 1, with the parts it was computed from; 0 where no evidence decides.

    agreement x alignment x (0.5 + 0.5 x (1 - 0.5^groups)): agreement is the winning side's share of the weight (its
    distance from a tie for mixed), alignment the best score of a deciding sentence, groups the independent groups.
    """
    deciding = [d for d in decisions if d.verdict in {"supported", "contradicted", "mixed"}]
    if verdict not in {"supported", "contradicted", "mixed"} or not deciding:
        return 0.0, "confidence 0: nothing decides"
    values, parts = [], []
    for decision in deciding:
        total = decision.supporting.weight + decision.against.weight
        winner = decision.against if decision.verdict == "contradicted" else decision.supporting
        if decision.verdict == "mixed":
            agreement = 2 * min(decision.supporting.weight, decision.against.weight) / total
            groups = len(decision.supporting.groups) + len(decision.against.groups)
            alignment = max(decision.supporting.alignment, decision.against.alignment)
        else:
            agreement, groups, alignment = winner.weight / total, len(winner.groups), winner.alignment
        value = agreement * alignment * (0.5 + 0.5 * (1 - 0.5**groups))
        values.append(value)
        parts.append(f"agreement {agreement:.2f} x alignment {alignment:.2f} x groups {groups}")
    return round(min(values), 2), f"confidence {min(values):.2f} = " + " | ".join(parts)


def strength_of(verdict: Verdict, decisions: Sequence[Decision]) -> str:
    """Highest level and number of independent groups behind a verdict, in words."""
    sides = [d.against if verdict == "contradicted" else d.supporting for d in decisions]
    if verdict == "mixed":
        sides = [s for d in decisions for s in (d.supporting, d.against)]
    groups = sorted({g for s in sides for g in s.groups})
    levels = [s.highest for s in sides if s.highest]
    if not groups or not levels:
        return "none: no study decides"
    highest = min(levels, key=LEVELS.index)
    plural = "s" if len(groups) != 1 else ""
    return f"level {highest} ({_SYSTEM_NAMES[highest]}), {len(groups)} independent group{plural}"


def would_change(verdict: Verdict, claim: Claim, decisions: Sequence[Decision]) -> str:
    """One sentence: what evidence would change the verdict."""
    patients = claim.kind in {"clinical_outcome", "safety", "prevalence"}
    who = "patients with the same tumour" if patients else "cells, animals or patients with the same tumour"
    match verdict:
        case "supported":
            if len({g for d in decisions for g in d.supporting.groups}) <= 1:
                return "It would turn to mixed with a single independent study that fails to repeat it."
            return "It would turn to mixed with studies of a fifth of the weight that find the opposite or no effect."
        case "contradicted":
            return f"An independent study in {who} that finds what the claim says would turn it to mixed."
        case "mixed":
            return f"A meta-analysis or a larger controlled study in {who} that settles on one side would decide it."
        case "insufficient":
            return f"One independent study in {who} with this drug, mechanism and a stated direction would decide it."
        case "not_comparable_only":
            return f"One study with the same drug in {who} would make the evidence comparable."
        case "untested":
            return f"Any study in {who} that tests it would; none was found in the corpus as it is."
        case _:
            return "Nothing: it is not a statement that evidence can decide."
