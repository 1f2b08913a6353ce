"""Judge one evidence sentence against one clause by aligned slots, direction and figures; silent when not sure.

Similarity of wording finds the topic only: opposites look alike to it. A verdict needs the same drug or class,
the same
mechanism, one outcome axis and a direction, or the same figure of the same measure, or a denied presence.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from litmine.assess.slots import DOWN, NEGATION, UP, Statement, keys_of, polarity, statement
from litmine.claims import measures_in
from litmine.types import AssertionKind, Entity, Figure, Relation, Slot, Stance

BENEFIT = {
    "resistance": -1,
    "sensitivity": 1,
    "response_rate": 1,
    "survival": 1,
    "tumour_growth": -1,
    "apoptosis": 1,
}
"""Sign of "more of it" for the patient; outcome types on this list are kin, the two others stand alone."""
_SIGN = {"increases": 1, "decreases": -1, "no_effect": 0}
SUPPORT_FLOOR = 0.6
"""Score from which a sentence counts for or against a clause; below it is shown, and counts for nothing."""
TOPIC_FLOOR = 0.6
WORDING_CAP = 0.58
"""Likeness of wording alone never counts; it only shows where to look."""
SHORT = 14
"""Words of a clause up to which like wording can carry a link without direction ("the X/Y pathway exists")."""
OPEN_CAP = 0.55
"""A relation whose direction one side leaves open counts only where a specific mechanism is the same."""
COMMON = frozenset({"her2", "erbb2"})
"""Keys that nearly every text of the field names, unless the caller knows better."""
_ALTERATION = re.compile(
    r"amplif|over-?express|mutat|heterogen|splice|trunc|low\b|loss|delet|phosphoryl|shedding|degrad|"
    r"internali|masking|copy number",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:versus|vs|than|compared|placebo|similar|did not (?:improve|prolong|reduce|increase))\b", re.I
)
_DENIED = re.compile(
    r"\b(?:no|not|neither|nor|none|never|fail\w*|lack\w*|un(?:changed|affected|related|altered)|similar\w*|comparable|equal\w*|"
    r"differ\w*|little|independent(?:ly)? of|regardless|whether|irrespective)\b",
    re.IGNORECASE,
)
_MORE_OFTEN = re.compile(
    r"\b(?:more (?:frequent|often|common|toxic)|commoner|higher|raised|increas\w+)\b", re.IGNORECASE
)
_LONGER = re.compile(
    r"\b(?:lengthen\w*|prolong\w*|improv\w*|longer|better|superior|favou?r\w*)\b", re.IGNORECASE
)
_SHORTER = re.compile(
    r"\b(?:shorten\w*|shorter|worse\w*|poor\w*|inferior|no|not|without|similar)\b", re.IGNORECASE
)
_SUPERLATIVE = re.compile(
    r"\b(?:greatest|most (?:important|significant)|chief|principal|widest|the main|best)\b", re.I
)
_EVENTS = frozenset({"interstitial lung disease", "cardiac toxicity"})
"""Adverse events that are not each other."""
_ABSENT = re.compile(
    r"\b(?:lack(?:s|ed|ing)?|absen(?:t|ce)|minimal|no|not detect\w*|undetectable|did not express|do not "
    r"express|without)\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(r"\b(?:express(?:es|ed)?|carr(?:y|ies)|bears?|secretes?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Stance of a sentence towards a clause, with the rule that decided and its score from 0 to 1."""

    stance: Stance
    score: float
    rule: str
    comparability: str = "comparable"
    assertion: AssertionKind = "asserted"
    values: tuple[str, ...] = ()


SILENT = Judgement("silent", 0.0, "nothing aligned")


def judge(
    claim_text: str,
    claim_relations: Sequence[Relation],
    evidence_text: str,
    evidence_relations: Sequence[Relation],
    *,
    claim_entities: Iterable[Entity] = (),
    evidence_entities: Iterable[Entity] = (),
) -> Judgement:
    """Judge two texts with what the extractor read in them; see `judge_statements`."""
    return judge_statements(
        statement(claim_text, claim_relations, claim_entities),
        statement(evidence_text, evidence_relations, evidence_entities),
    )


def judge_statements(
    claim: Statement,
    evidence: Statement,
    *,
    similarity: float | None = None,
    topic_share: float | None = None,
    common: frozenset[str] = COMMON,
) -> Judgement:
    """Judge one evidence sentence against one clause.

    Args:
        claim: the clause.
        evidence: the sentence.
        similarity: cosine of their vectors, when a search gave it; used for topic only.
        topic_share: share of the clause's topics, by weight, that the sentence or its title names; counted plainly
            when None.
        common: keys that most records name; sharing one of them alone aligns nothing.
    """
    if evidence.aim:
        return replace(SILENT, rule="evidence states an aim, not a finding", assertion="aim")
    found = [
        *_by_relations(claim, evidence, common),
        *_by_figures(claim, evidence, similarity, common),
        *_by_presence(claim, evidence, common),
    ]
    decided = _choose(found)
    if decided is None or decided.stance == "silent":
        decided = _by_wording(claim, evidence, similarity, topic_share, common) or decided or SILENT
    printed = any(f.about and f.unit in {"%", "months"} for f in claim.figures)
    if printed and decided.stance == "supports" and not decided.rule.startswith("figure"):
        decided = replace(
            decided, stance="qualifies", rule=f"{decided.rule}; the clause's figure is not in it"
        )
    elif decided.stance == "supports" and _SUPERLATIVE.search(claim.text):
        decided = replace(
            decided, stance="qualifies", rule=f"{decided.rule}; it does not rank what the clause ranks"
        )
    return gate(claim, evidence, decided)


def gate(claim: Statement, evidence: Statement, judgement: Judgement) -> Judgement:
    """Turn a stance into `not_comparable` where tumour or system differ from those of the clause."""
    differences = []
    if judgement.comparability != "comparable":
        differences.append(judgement.comparability)
    if claim.tumours and evidence.tumours and not claim.tumours & evidence.tumours:
        differences.append(f"other tumour: {', '.join(sorted(evidence.tumours))}")
    if claim.system == "patients" and evidence.system in {"animals", "cells"}:
        differences.append(f"{evidence.system}, the claim is about patients")
    if not differences:
        return judgement
    text = "; ".join(differences)
    if judgement.stance == "silent":
        return replace(judgement, comparability=text)
    return replace(
        judgement, stance="not_comparable", comparability=text, score=round(judgement.score / 2, 3)
    )


def _choose(found: Sequence[Judgement]) -> Judgement | None:
    """The strongest judgement; a sentence that pulls both ways with equal strength only qualifies."""
    if not found:
        return None
    ranked = sorted(found, key=lambda j: (-j.score, j.stance, j.rule))
    best = ranked[0]
    opposed = {
        "supports": {"contradicts", "no_effect"},
        "contradicts": {"supports"},
        "no_effect": {"supports"},
    }
    rivals = [
        j for j in ranked[1:] if j.stance in opposed.get(best.stance, set()) and j.score >= best.score - 0.05
    ]
    if rivals:
        return replace(best, stance="qualifies", rule=f"{best.rule}; and the same sentence: {rivals[0].rule}")
    return best


def _by_relations(claim: Statement, evidence: Statement, common: frozenset[str]) -> list[Judgement]:
    pairs = (
        _compare(asked, found, claim, evidence, common)
        for asked in (*settled(claim.relations), *implied(claim, common))
        for found in evidence.relations
        if found.assertion != "aim"
    )
    return [judgement for judgement in pairs if judgement]


_RESIST = re.compile(r"\b(?:resist\w*|insensitiv\w+)", re.IGNORECASE)
_UNDONE = re.compile(
    r"\b(?:overcom\w+|overcame|weakened in|revers\w+|avert\w*|avoid\w*|restor\w+|sensiti[sz]\w+|"
    r"against (?:\w+ )?resistance|blockade|blocking|no |not |methods?)",
    re.IGNORECASE,
)


def implied(claim: Statement, common: frozenset[str]) -> list[Relation]:
    """The link that a clause states by naming a specific mechanism beside resistance, where no relation was read.

    Only for clauses that name one or two specific mechanisms, speak of resistance and say nothing of undoing it.
    """
    read = {
        key for r in claim.relations if r.mechanism for key in keys_of(r.mechanism.name or r.mechanism.text)
    }
    said = _RESIST.search(claim.text)
    names = [
        n for n, keys in claim.topics.items() if n not in claim.drugs and keys - common and not keys & read
    ]
    if not said or _UNDONE.search(claim.text) or not 1 <= len(names) <= 2:
        return []
    drugs = tuple(Slot(0, 0, name, name) for name in claim.drugs)
    outcome = Slot(said.start(), said.end(), said[0], "resistance")
    return [
        Relation(
            0,
            drugs,
            Slot(0, 0, name, name),
            None,
            outcome,
            "resistance",
            "increases",
            "asserted",
            rule="implied",
        )
        for name in names
    ]


def settled(relations: Sequence[Relation]) -> list[Relation]:
    """A claim's relations without those that another of its relations outvotes.

    Where one outcome of one mechanism (or drug) is read in two directions, the more frequent one stands; on a tie the
    direction is open. A claim is taken as asserting what it says, also where it reports the aim of a study.
    """
    votes: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    for relation in relations:
        if relation.direction != "associated":
            votes[_subject(relation)][relation.direction] += 1
    kept = []
    for relation in relations:
        ranked = votes[_subject(relation)].most_common()
        if len(ranked) > 1 and relation.direction != "associated":
            if ranked[0][1] == ranked[1][1]:
                relation = replace(relation, direction="associated")
            elif relation.direction != ranked[0][0]:
                continue
        kept.append(relation)
    return kept


def _subject(relation: Relation) -> tuple[object, ...]:
    mechanism = (
        keys_of(polarity(relation.mechanism.name or relation.mechanism.text)[0])
        if relation.mechanism
        else None
    )
    return relation.outcome_type, mechanism, None if mechanism else _names(relation.drug)


def _names(slots: Iterable[Slot]) -> frozenset[str]:
    return frozenset((slot.name or slot.text).casefold() for slot in slots)


def _drugs_aligned(asked: Relation, found: Relation, claim: Statement, evidence: Statement) -> str:
    """How the drugs of two relations stand: same, part, class, context, none, or "other: name"."""
    wanted = _names(asked.drug)
    given = _names(found.drug) or (
        frozenset(d.casefold() for d in evidence.drugs) if found.mechanism else frozenset()
    )
    if not wanted:
        return "none"
    if not given:
        return "context" if found.mechanism else "other: none named"
    if wanted == given:
        return "same"
    if wanted & given:
        return "part"
    targets = {
        name.casefold(): target for source in (claim.drugs, evidence.drugs) for name, target in source.items()
    }
    shared = {targets.get(n, "") for n in wanted} & {targets.get(n, "") for n in given} - {""}
    one_is_class = any(_is_class(n) for n in wanted | given)
    if shared and one_is_class:
        return "class"
    return f"other: {', '.join(sorted(given))}"


def _is_class(name: str) -> bool:
    return bool(
        re.search(
            r"\b(?:therap\w+|treatment|inhibitor|blockade|antibod\w+|agent|conjugate|chemotherapy|drug)s?\b",
            name,
        )
    )


def _mechanisms_aligned(asked: Slot | None, found: Slot | None, common: frozenset[str]) -> tuple[str, int]:
    """(same, none, extra, missing or other; -1 when one of the two is the other with less of it)."""
    if asked is None:
        return ("none", 1) if found is None else ("extra", 1)
    if found is None:
        return "missing", 1
    one, other = f"{asked.name} {asked.text}", f"{found.name} {found.text}"
    wanted, wanted_sign = polarity(one)
    given, given_sign = polarity(other)
    shared = keys_of(asked.name or wanted) & keys_of(found.name or given)
    shared -= {w.casefold() for w in _ALTERATION.findall(f"{one} {other}")}
    if shared - common:
        return "same", wanted_sign * given_sign
    alterations = [{w.casefold() for w in _ALTERATION.findall(text)} for text in (one, other)]
    if shared and alterations[0] & alterations[1]:
        return "same", wanted_sign * given_sign
    return "other", 1


def _covers(claim: Statement, evidence: Statement, common: frozenset[str]) -> bool:
    """Does a sentence name any of the specific things, drugs aside, that a clause is about? True without any."""
    specific = [keys for name, keys in claim.topics.items() if name not in claim.drugs and keys - common]
    named = evidence.keys | evidence.context
    return not specific or any(keys & named - common for keys in specific)


def _compare(
    asked: Relation, found: Relation, claim: Statement, evidence: Statement, common: frozenset[str]
) -> Judgement | None:
    drugs = _drugs_aligned(asked, found, claim, evidence)
    mechanisms, flip = _mechanisms_aligned(asked.mechanism, found.mechanism, common)
    if mechanisms in {"missing", "other"} or (
        mechanisms == "extra" and drugs not in {"same", "class", "part"}
    ):
        return None
    if (drugs in {"none", "context"} and mechanisms != "same") or not _covers(claim, evidence, common):
        return None
    events = (
        _EVENTS.intersection(measures_in(claim.text)) if asked.outcome_type == "toxicity" else frozenset()
    )
    if events and not events.intersection(measures_in(evidence.text)):
        return None
    outcome = _outcomes_aligned(asked, found, both_drugs=drugs in {"same", "part", "class"})
    if not outcome:
        return None
    open_end = found.direction == "associated" and found.outcome_type in {"survival", "response_rate"}
    if open_end and _LONGER.search(evidence.text) and not _SHORTER.search(evidence.text):
        found = replace(found, direction="increases")
    score = 0.4 + {"same": 0.2}.get(drugs, 0.1) + {"same": 0.2}.get(mechanisms, 0.1)
    score += (0.15 if outcome == "same" else 0.0) + (
        0.05 if found.assertion in {"asserted", "negated"} else 0.0
    )
    stance = _stance(asked, found, flip)
    if "associated" in {asked.direction, found.direction}:
        score -= 0.15
        if (
            mechanisms != "same"
            or drugs not in {"same", "class", "part"}
            or asked.direction != found.direction
        ):
            score = min(score, OPEN_CAP)
    ways = f"{asked.direction} / {found.direction}"
    score -= 0.1 if asked.rule == "implied" else 0.0
    kind = "implied relation" if asked.rule == "implied" else "relation"
    rule = f"{kind}: drug {drugs.split(':')[0]}, mechanism {mechanisms}, outcome {outcome}, {ways}"
    if drugs.startswith("other"):
        if mechanisms != "same" or stance == "silent":
            return None
        return Judgement(
            stance, round(score, 3), rule, f"other drug:{drugs[6:]}", found.assertion, found.values
        )
    if stance == "no_effect" and not _DENIED.search(evidence.text):
        return None
    if stance == "contradicts" and asked.outcome_type == "toxicity" and _MORE_OFTEN.search(evidence.text):
        stance = "qualifies"
    no_drug = not (asked.drug or found.drug) and asked.outcome_type in {
        "pathway",
        "tumour_growth",
        "apoptosis",
    }
    same_drugs = (drugs == "same" or no_drug) and asked.rule != "implied"
    firm = outcome == "same" and same_drugs and mechanisms in {"same", "none"}
    if mechanisms == "none" and stance == "no_effect":
        firm = firm and bool(_COMPARED.search(evidence.text))
    if stance in {"contradicts", "no_effect"} and not firm:
        stance = "qualifies"
    if mechanisms == "extra" and stance == "supports":
        stance, score = "qualifies", score - 0.1
    return Judgement(stance, round(min(score, 1.0), 3), rule, "comparable", found.assertion, found.values)


_KIN = (
    frozenset({"resistance", "sensitivity", "response_rate", "survival"}),
    frozenset({"tumour_growth", "apoptosis"}),
)


def _outcomes_aligned(asked: Relation, found: Relation, *, both_drugs: bool) -> str:
    """same, kin (how patients fare on the same drug; how cells fare) or empty."""
    one, other = asked.outcome_type, found.outcome_type
    if one == other and one in {"toxicity", "pathway"}:
        if asked.outcome is None or found.outcome is None:
            return "same" if asked.outcome is found.outcome or one == "pathway" else ""
        left = keys_of(asked.outcome.name or asked.outcome.text) | keys_of(asked.outcome.text)
        right = keys_of(found.outcome.name or found.outcome.text) | keys_of(found.outcome.text)
        return "same" if left & right else ""
    if one == other or {one, other} == {"resistance", "sensitivity"}:
        return "same"
    kin = any(one in family and other in family for family in _KIN)
    return "kin" if kin and (both_drugs or one not in _KIN[0]) else ""


def _stance(asked: Relation, found: Relation, flip: int) -> Stance:
    wanted, given = _SIGN.get(asked.direction), _SIGN.get(found.direction)
    if given is None:
        return "supports" if wanted is None else "silent"
    if wanted is None:
        return "supports" if given else "no_effect"
    if wanted == 0:
        return "supports" if given == 0 else "contradicts"
    if given == 0:
        return "no_effect"
    axis = BENEFIT.get(asked.outcome_type, 1) * BENEFIT.get(found.outcome_type, 1)
    return "supports" if wanted * given * flip * axis > 0 else "contradicts"


def _by_figures(
    claim: Statement, evidence: Statement, similarity: float | None, common: frozenset[str]
) -> list[Judgement]:
    """Compare figures of one measure and unit where the two texts speak of the same things."""
    judgements = []
    overlap = len(claim.words & evidence.words) / max(1, len(claim.words))
    alike = overlap >= 0.5 or (similarity or 0.0) >= 0.65
    for asked in claim.figures:
        if not asked.about or asked.unit not in {"%", "months", "HR", "OR", "RR", "times"}:
            continue
        candidates = [f for f in evidence.figures if f.about == asked.about and f.unit == asked.unit]
        if not candidates or not _same_things(claim, evidence, common):
            continue
        best = min(candidates, key=lambda f: (_distance(asked, f), f.start))
        values = (best.text,)
        gap = _distance(asked, best)
        if gap <= 0.02 and (alike or (claim.keys & (evidence.keys | evidence.context)) - common):
            judgements.append(
                Judgement("supports", 0.8, f"figure: {asked.about} {asked.text} / {best.text}", values=values)
            )
        elif (
            asked.unit == "%"
            and asked.about in _SHARES
            and gap > 0.2
            and alike
            and _one_population(claim, evidence)
        ):
            rule = f"figure differs: {asked.about} {asked.text} / {best.text}"
            judgements.append(Judgement("contradicts", 0.65, rule, values=values))
        else:
            rule = f"other figure: {asked.about} {asked.text} / {best.text}"
            judgements.append(Judgement("qualifies", 0.5, rule, values=values))
    return judgements


_SHARES = frozenset(
    {
        "brain metastasis",
        "overexpression or amplification",
        "share of cancers",
        "pathological complete response",
    }
)


def _distance(one: Figure, other: Figure) -> float:
    """Relative distance of two ranges; 0 when they meet."""
    if one.low <= other.high and other.low <= one.high:
        return 0.0
    low, high = sorted(((one.low + one.high) / 2, (other.low + other.high) / 2))
    return (high - low) / high if high else 0.0


def _same_things(claim: Statement, evidence: Statement, common: frozenset[str]) -> bool:
    """Do the two share what the clause's figure is about: a specific thing, else a common one, else the tumour?"""
    named = evidence.keys | evidence.context
    wanted = claim.keys - common or claim.keys
    return bool(wanted & named) if wanted else bool(claim.tumours & evidence.tumours)


def _one_population(claim: Statement, evidence: Statement) -> bool:
    """Every status that the clause names ("HER2-positive") stands in the sentence, and the drugs are the same."""
    status = {
        s.casefold() for s in re.findall(r"\b[\w-]+?[- ](?:positive|negative|low|mutant)\b", claim.text, re.I)
    }
    text = re.sub(r"\s+", "-", evidence.text.casefold())
    return all(re.sub(r"\s+", "-", s) in text or s.split("-")[0] in text for s in status) and (
        not claim.drugs or bool(set(claim.drugs) & set(evidence.drugs))
    )


def _by_presence(claim: Statement, evidence: Statement, common: frozenset[str]) -> list[Judgement]:
    """The clause says that X carries Y; the sentence says that X carries Y, or that X lacks it."""
    said = _PRESENT.search(claim.text)
    if not said or NEGATION.search(claim.text) or DOWN.search(claim.text):
        return []
    around = claim.text[max(0, said.start() - 50) : said.end() + 60].casefold()
    wanted = {key for key in claim.keys - common if key in around}
    shared = {name for name, keys in claim.topics.items() if keys & wanted & evidence.keys}
    if len(shared) < 2:
        return []
    keys = {key for name in shared for key in claim.topics[name]}
    denied, named = _ABSENT.search(evidence.text), ", ".join(sorted(shared))
    if denied:
        after = evidence.text[denied.end() : denied.end() + 60].casefold()
        linked = re.search(
            r"\b(?:correlat|associat|no (?:significant|difference|effect|longer|data))", evidence.text, re.I
        )
        if linked or not any(key in after for key in keys):
            return []
        return [Judgement("contradicts", 0.7, f"presence denied: “{denied[0]}” beside {named}")]
    stated = re.search(
        r"\b(?:express\w*|carr(?:y|ies)|on (?:the surface|human|resting)|secret\w+)\b", evidence.text, re.I
    )
    if not stated or NEGATION.search(evidence.text):
        return []
    return [Judgement("supports", 0.65, f"presence stated: “{stated[0]}” beside {named}")]


def share_of_topics(claim: Statement, evidence: Statement) -> tuple[float, int]:
    """Share of the clause's topics in the sentence (carried ones count half), and how many it names itself."""
    if not claim.topics:
        return 0.0, 0
    own = sum(bool(keys & evidence.keys) for keys in claim.topics.values())
    carried = sum(
        not keys & evidence.keys and bool(keys & evidence.context) for keys in claim.topics.values()
    )
    return (own + carried / 2) / len(claim.topics), own


def _direction(text: str) -> int:
    up, down = bool(UP.search(text)), bool(DOWN.search(text))
    return up - down


def _by_wording(
    claim: Statement,
    evidence: Statement,
    similarity: float | None,
    topic_share: float | None,
    common: frozenset[str],
) -> Judgement | None:
    """Same named things, same words of direction, no negation on one side only: shown as near, never counted."""
    share, own = share_of_topics(claim, evidence)
    share = share if topic_share is None else topic_share
    specific = claim.keys & evidence.keys - common
    if own < 2 or not specific or share < TOPIC_FLOOR or evidence.title:
        return None
    overlap = len(claim.words & evidence.words) / max(1, len(claim.words))
    likeness = max(overlap, similarity or 0.0)
    if likeness < 0.4 or bool(NEGATION.search(claim.text)) != bool(NEGATION.search(evidence.text)):
        return None
    ways = _direction(claim.text), _direction(evidence.text)
    if ways[0] != ways[1]:
        return None
    shared = sum(bool(keys & evidence.keys - common) for keys in claim.topics.values())
    rule = f"wording: {own} named things shared, share {share:.2f}, likeness {likeness:.2f}"
    short = len(claim.text.split()) <= SHORT
    if short and ways[0] == 0 and share >= 0.95 and likeness >= 0.6 and shared >= 2:
        return Judgement("supports", SUPPORT_FLOOR, f"{rule}; a link that neither text gives a direction")
    score = round(min(0.15 + 0.25 * share + 0.25 * likeness + (0.05 if ways[0] else 0.0), WORDING_CAP), 3)
    return Judgement("silent", score, f"{rule}; same direction words, no aligned relation")
