"""Compare the relations of a clause with those of a sentence: drug, mechanism, outcome axis, direction."""

from __future__ import annotations

import re
from dataclasses import replace

from litmine.assess.claimed import drug_names, is_class, what_is_claimed
from litmine.assess.judgement import DECIDING, NOT_READ, RATHER_AGAINST, Judgement
from litmine.assess.record_context import ANY_DRUG, CONTROLLED_ARMS, IN_ALL_ARMS, OPEN_ARMS
from litmine.assess.slots import Statement, keys_of, polarity
from litmine.assess.unread import amount_of, unread
from litmine.assess.worded import RESPONSE, only_worded
from litmine.claims import measures_in
from litmine.types import Relation, Slot, Stance

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
OPEN_CAP = 0.55
"""A relation whose direction one side leaves open counts only where a specific mechanism is the same."""
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
_EVENTS = frozenset({"interstitial lung disease", "cardiac toxicity", "immune-related adverse events"})
"""Adverse events that are not each other."""


def by_relations(claim: Statement, evidence: Statement, common: frozenset[str]) -> list[Judgement]:
    """Judge every relation of a clause, read or implied, against every relation of a sentence but its aims."""
    pairs = (
        _compare(asked, found, claim, evidence, common)
        for asked in what_is_claimed(claim, common)
        for found in evidence.relations
        if found.assertion != "aim" and not only_worded(found, evidence.text)
    )
    return [judgement for judgement in pairs if judgement]


_CELLS = re.compile(
    r"\b(?:cells?|lymphocytes?|leukocytes?|macrophages?|monocytes?|neutrophils?|fibroblasts?)$", re.I
)
"""A cell names where something happens; what happens in it needs a drug or a molecule to be the same thing."""


def _drugs_aligned(asked: Relation, found: Relation, claim: Statement, evidence: Statement) -> str:
    """How the drugs of two relations stand: same, part, class, context, none, or "other: name"."""
    wanted = drug_names(asked.drug)
    if found.rule in {OPEN_ARMS, CONTROLLED_ARMS}:
        in_all = frozenset(s.name.casefold() for s in found.drug if s.text == IN_ALL_ARMS)
        inside = wanted <= drug_names(found.drug) and bool(wanted - in_all)
        return "arms" if inside else "other: none named"
    given = drug_names(found.drug) or (
        frozenset(d.casefold() for d in evidence.drugs) if found.mechanism else frozenset()
    )
    if not wanted:
        return "none"
    if not given:
        return "context" if found.mechanism else "other: none named"
    if wanted == given:
        return "same"
    if all(ANY_DRUG.match(name) for name in wanted):
        return "class"
    if wanted & given:
        return "part"
    targets = {
        name.casefold(): target
        for source in (evidence.record_drugs, claim.drugs, evidence.drugs)
        for name, target in source.items()
    }
    shared = {targets.get(n, "") for n in wanted} & {targets.get(n, "") for n in given} - {""}
    one_is_class = any(is_class(n) for n in wanted | given)
    if shared and one_is_class:
        return "class"
    return f"other: {', '.join(sorted(given))}"


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
    described = {gene for gene, _ in claim.population}
    specific = [
        keys for name, keys in claim.topics.items() if name not in claim.drugs and keys - common - described
    ]
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
    harm = evidence.text if found.outcome is None else f"{evidence.text} {found.outcome.name}"
    if events and not events.intersection(measures_in(harm)):
        return None
    outcome = _outcomes_aligned(asked, found, both_drugs=drugs in {"same", "part", "class", "arms"})
    if not outcome and events and asked.outcome_type == found.outcome_type:
        outcome = "same" if found.outcome and events.intersection(measures_in(found.outcome.name)) else ""
    vague = bool(asked.drug) and all(ANY_DRUG.match(name) for name in drug_names(asked.drug))
    if not outcome or (outcome == "kin" and vague):
        return None
    if outcome == "same" and asked.outcome_type == "survival" and _other_endpoint(claim, evidence):
        outcome = "kin"
    open_end = found.direction == "associated" and found.outcome_type in {"survival", "response_rate"}
    if open_end and _LONGER.search(evidence.text) and not _SHORTER.search(evidence.text):
        found = replace(found, direction="increases")
    score = 0.4 + {"same": 0.2}.get(drugs, 0.1) + {"same": 0.2}.get(mechanisms, 0.1)
    score += (0.15 if outcome == "same" else 0.0) + (
        0.05 if found.assertion in {"asserted", "negated"} else 0.0
    )
    stated = {gene for gene, _ in evidence.population}
    if any(gene not in stated | common for gene, _ in claim.population):
        score -= 0.1
    amounts = _amount(asked, claim.text), _amount(found, evidence.text)
    if mechanisms == "same" and -1 in amounts and 1 in amounts:
        flip = -flip
    stance = read = _stance(asked, found, flip)
    if "associated" in {asked.direction, found.direction}:
        score -= 0.15
        linked = outcome == "same" and found.direction != "associated" and _only_linked(asked, claim.text)
        if mechanisms != "same" or not (
            linked or (drugs in {"same", "class", "part"} and asked.direction == found.direction)
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
    if drugs == "arms":
        trial = found.rule == CONTROLLED_ARMS and outcome == "same"
        if stance == "no_effect" and not trial:
            stance = "qualifies"
        return Judgement(stance, round(score, 3), f"{rule}; drugs from the sentence before", "comparable")
    no_drug = not (asked.drug or found.drug) and asked.outcome_type in {
        "pathway",
        "tumour_growth",
        "apoptosis",
    }
    same_drugs = (drugs == "same" or no_drug) and asked.rule != "implied"
    near = {asked.outcome_type, found.outcome_type} <= RESPONSE and mechanisms == "same"
    firm = (outcome == "same" or near) and same_drugs and mechanisms in {"same", "none"}
    if mechanisms == "none" and stance == "no_effect":
        firm = firm and bool(_COMPARED.search(evidence.text))
    if stance in {"contradicts", "no_effect"} and not firm:
        stance = "qualifies"
    if stance == "supports" and drugs in {"part", "class"} and _COMBINED.search(claim.text):
        lacking = drug_names(asked.drug) - {d.casefold() for d in evidence.record_drugs}
        if drugs == "class" or lacking or not _AGAINST_ANOTHER.search(evidence.text):
            stance, rule = "qualifies", f"{rule}; not the combination against a part of it"
    cell = asked.mechanism is not None and _CELLS.search(asked.mechanism.name or asked.mechanism.text)
    if stance == "supports" and cell and drugs in {"none", "context"}:
        stance, score, rule = "qualifies", min(score, OPEN_CAP), f"{rule}; only the cell is the same"
    if stance == "supports" and asked.rule == "implied" and not _names_all(claim, evidence, common):
        stance, rule = "qualifies", f"{rule}; it names a part of what the clause names"
    arises = asked.rule == "implied" and asked.outcome_type == found.outcome_type == "resistance"
    if stance in DECIDING and not _same_comparator(claim, evidence):
        stance, rule = "qualifies", f"{rule}; compared with something else"
    undone = drugs == "part" and drug_names(asked.drug) - drug_names(found.drug)
    if stance == "supports" and undone and _UNDOES.search(claim.text):
        stance, rule = "qualifies", f"{rule}; of one drug alone"
    ill = asked.rule == "implied" and asked.outcome_type == "resistance" and asked.mechanism is None
    if ill and not arises and stance == "supports":
        stance = "qualifies"
    if mechanisms == "same" and 0 in amounts and 1 in amounts and stance in DECIDING:
        stance, rule = (
            "qualifies",
            f"{rule}; one of the two speaks of the mechanism held back: {NOT_READ}",
        )
    if stance in DECIDING and (why := unread(asked, claim.text, found, evidence.text)):
        stance, rule = "qualifies", f"{rule}; {why}: {NOT_READ}"
    if mechanisms == "extra" and stance == "supports" and not arises:
        stance, score = "qualifies", score - 0.1
    if stance == "qualifies" and read in {"contradicts", "no_effect"}:
        rule = f"{rule}; {RATHER_AGAINST}"
    return Judgement(stance, round(min(score, 1.0), 3), rule, "comparable", found.assertion, found.values)


def _amount(relation: Relation, text: str) -> int:
    """How a text speaks of a relation's mechanism beside its slot; what a drug does to it is the relation's part."""
    slot = relation.mechanism
    if slot is None or relation.outcome is None or polarity(f"{slot.name} {slot.text}")[1] < 0:
        return 1
    return amount_of(slot, text)


_LINKED = re.compile(r"\b(?:correlat\w+|associat\w+|relat(?:es|ed)|linked|connect\w+)\b", re.IGNORECASE)
_WAY = re.compile(
    r"\b(?:positive(?:ly)?|negative(?:ly)?|invers\w+|higher|lower|longer|shorter|better|worse|poor\w*|favou?rabl\w+|"
    r"more|less|increas\w+|reduc\w+|prolong\w*|improv\w+)\b",
    re.IGNORECASE,
)


def _only_linked(asked: Relation, text: str) -> bool:
    """Does a clause say no more than that two things are linked? Then a link of either direction bears it out."""
    return asked.direction == "associated" and bool(_LINKED.search(text)) and not _WAY.search(text)


def _names_all(claim: Statement, evidence: Statement, common: frozenset[str]) -> bool:
    """Does a sentence, with its title, name each specific thing that the words of a clause name, drugs aside?"""
    named = evidence.keys | evidence.context
    said = [
        keys
        for name, keys in claim.topics.items()
        if name not in claim.drugs
        and any(re.search(rf"\b{re.escape(k)}\b", claim.text, re.I) for k in keys - common)
    ]
    return all(keys & named for keys in said)


_ENDPOINTS = frozenset({"survival", "progression-free survival", "disease-free survival"})


def _other_endpoint(claim: Statement, evidence: Statement) -> bool:
    """Do both texts name how survival was measured, and not the same way?"""
    asked = _ENDPOINTS.intersection(measures_in(claim.text))
    found = _ENDPOINTS.intersection(measures_in(evidence.text))
    return bool(asked and found) and not asked & found


_THAN = re.compile(r"\b(?:than|versus|compared (?:with|to)|relative to)\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)


def _same_comparator(claim: Statement, evidence: Statement) -> bool:
    """Does a sentence name the drug that a clause compares with ("longer than with alfamab"), or its class?"""
    text = claim.text.casefold()
    others = {n: t for n, t in claim.drugs.items() if n in text and _THAN.search(text[: text.find(n)])}
    if not others:
        return True
    targets = {target for target in others.values() if target}
    return any(n in others or (t in targets and n not in claim.drugs) for n, t in evidence.drugs.items())


_UNDOES = re.compile(
    r"\b(?:overc[oa]m\w+|revers\w+|restor\w+|(?:re-?)?sensiti[sz]\w+|circumvent\w*)\b", re.IGNORECASE
)
"""What one drug does to the resistance to another; that the other works alone says nothing of it."""
_AGAINST_ANOTHER = re.compile(
    r"\b(?:ratio|hazard|HR|RR|versus|vs|than|alone|lower\w*|reduc\w+|rais\w+|lengthen\w*|prolong\w*|favou?r\w*)\b",
    re.I,
)
_COMBINED = re.compile(r"\b(?:combin\w+|together with|plus|added to|on top of)\b", re.IGNORECASE)

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
