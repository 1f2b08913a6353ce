"""Entities of a sentence to mentions: drugs without their appositions, mechanisms, outcomes, and "this combination"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from litmine.relations.frames import Mention
from litmine.relations.mechanisms import find_mechanisms
from litmine.types import Entity, Slot

DRUG_TYPES = frozenset({"drug", "drug_class"})
OUTCOME_TYPES = frozenset({"outcome", "adverse_effect"})

_HABIT = re.compile(
    r"[-\s]*(?:(?:and|or|,|/)\s[\w-]+-)?"
    r"(?:resistant|refractory|sensitive|treated|naive|naïve|responsive|exposed|pretreated)\b",
    re.IGNORECASE,
)
"""What makes a drug a property of cells or patients: "trastuzumab-resistant"."""
_BASED = re.compile(
    r"[-\s]*(?:based|containing)\s\w+|\s(?:therapy|treatment|monotherapy|regimens?)\b", re.IGNORECASE
)
_PRIOR = re.compile(
    r"\b(?:prior|previous|after|progress\w* (?:on|during|after)|pretreated with|failed|refractory to|received|receiving"
    r"|treated with)\s(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
_VERSUS = re.compile(
    r"\b(?:than|versus|vs\.?|compar\w+ (?:to|with)|over|relative to|placebo(?: plus|[- ]))\s+(?:\w+[- ]){0,3}$",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"(?:combin\w+|dual|triple|monotherapy|co-?treatment|treatment|therapy|regimen)", re.IGNORECASE
)
_LED = re.compile(
    r"(?:(?:(?:neo-?)?adjuvant|concurrent|systemic|first-line|maintenance|preoperative|weekly) )?"
    + _GENERIC.pattern,
    re.IGNORECASE,
)
"""What "with" and a drug may follow: "neoadjuvant treatment with bevacizumab" is bevacizumab."""
_IS_OF = re.compile(r"(?<=[rt]|s)\sof\s(?!care)", re.IGNORECASE)
"""Behind a class it makes a predicate, not a drug: "is a kinase inhibitor of EGFR"."""
_WITH = re.compile(r"\s(?:with|of|using)\s(?:\w+\s)?", re.IGNORECASE)
_IN_CELLS = {"response": "sensitivity", "responded": "sensitivity", "did not respond": "resistance"}
_CELLS = re.compile(r"\b(?:cells?|cell lines?|xenografts?|mice|in vitro|in vivo|PDXs?)\b", re.IGNORECASE)
_PATIENTS = re.compile(
    r"\b(?:patients?|women|trial|phase (?:I|II|III|[123])|enrolled|cohort)\b", re.IGNORECASE
)
_BODIES = re.compile(
    r"\b(?:patients?|women|mice|mouse|animals?|rats?|clinical|overall|disease-free|prognos\w+|median|months?|years?|cohort)\b",
    re.IGNORECASE,
)
_KEPT_FLAGS = frozenset({"versus", "prior"})
_ANAPHOR = re.compile(
    r"\b(?:the|this|these|such|both|their|each|that)\s(?:dual |weekly |novel |drug |two |triple |treatment |new )*"
    r"(?:combinations?(?: therapy| treatment)?|regimens?|agents?|drugs?|antibod(?:y|ies)|inhibitors?|therap(?:y|ies)"
    r"|treatments?)\b(?!\s(?:of|with)\s)|\b(?:both|the two|two|treatment) (?:treatment |study )?(?:arms|groups)\b"
    r"|\bcombination (?:therapy|treatment)\b(?!\s(?:of|with)\s)"
    r"|^(?:It|They)\b(?=\s(?!is (?:known|likely|possible|unclear|important|necessary|well)\b|remains\b|has been\b))",
    re.IGNORECASE,
)


def find_mentions(
    document: str, start: int, end: int, entities: Sequence[Entity], *, preclinical: bool = False
) -> list[Mention]:
    """Mentions of the sentence `document[start:end]`, in order, not overlapping.

    Args:
        document: Title, newline, text.
        start: Where the sentence begins.
        end: Where it ends.
        entities: Entities inside the sentence, in order, not overlapping.
        preclinical: The document is about cells or animals: a plain "response" is sensitivity, not a response rate.
    """
    drugs = [
        _drug(document, start, end, entity)
        for entity in entities
        if entity.type == "drug"
        or (entity.type == "drug_class" and not _IS_OF.match(document, entity.end, end))
    ]
    outcomes = [
        _outcome(document, start, end, entity, preclinical)
        for entity in entities
        if entity.type in OUTCOME_TYPES
    ]
    if any("fallback" not in outcome.flags for outcome in outcomes):
        outcomes = [outcome for outcome in outcomes if "fallback" not in outcome.flags]
    mechanisms = find_mechanisms(document, end, entities)
    kept: list[Mention] = []
    for mention in _without_appositions(document, [*drugs, *outcomes, *mechanisms]):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def is_preclinical(document: str) -> bool:
    """True for a text that speaks of cells and animals more than of patients."""
    return len(_CELLS.findall(document)) > 2 * len(_PATIENTS.findall(document))


def _drug(document: str, start: int, end: int, entity: Entity) -> Mention:
    flags = set()
    if _HABIT.match(document, entity.end, end):
        flags.add("habit")
    before = document[max(start, entity.start - 40) : entity.start]
    if _PRIOR.search(before):
        flags.add("prior")
    if _VERSUS.search(before):
        flags.add("versus")
    if entity.type == "drug_class":
        flags.add("class")
    if entity.attribute("form") == "inhibition":
        flags.add("inhibition")
    based = _BASED.match(document, entity.end, end)
    stop = based.end() if based and "habit" not in flags else entity.end
    slot = Slot(entity.start, stop, document[entity.start : stop], entity.name)
    return Mention("D", entity.start, stop, (slot,), flags=frozenset(flags))


def _outcome(document: str, start: int, end: int, entity: Entity, preclinical: bool) -> Mention:
    outcome_type = entity.attribute("outcome_type", "toxicity")
    generic = entity.attribute("generic") == "yes"
    if preclinical and generic:
        outcome_type = _IN_CELLS.get(entity.name, outcome_type)
    if outcome_type == "survival" and _cells_survive(document, start, end, entity, preclinical):
        outcome_type = "tumour_growth"
    flags = {"adverse"} if entity.type == "adverse_effect" else set[str]()
    if entity.attribute("kind") == "fallback":
        flags.add("fallback")
    return Mention(
        "O",
        entity.start,
        entity.end,
        (Slot(entity.start, entity.end, entity.text, entity.name),),
        outcome_type=outcome_type,
        reversed_axis=entity.attribute("axis") == "reversed",
        direction=entity.attribute("direction"),
        generic=generic,
        flags=frozenset(flags),
    )


def _cells_survive(document: str, start: int, end: int, entity: Entity, preclinical: bool) -> bool:
    """Plain "survival" in a text on cells, in a sentence without animals or patients, is that of cells."""
    if not preclinical or entity.text.lower() != "survival":
        return False
    return not _BODIES.search(document, start, end)


def _without_appositions(document: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Merge "trastuzumab (Herceptin)" and "the MEK inhibitor trametinib" to one drug; longer mentions win overlaps."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -(m.end - m.start), m.kind)):
        last = kept[-1] if kept else None
        if last is None or last.kind != mention.kind:
            if last is None or mention.end > last.end:
                kept.append(mention)
            continue
        if mention.start < last.end and mention.end <= last.end:
            continue
        between = document[last.end : mention.start]
        if mention.kind != "D":
            if not (between.strip() == "(" and _same_thing(last, mention)):
                kept.append(mention)
            continue
        merged = _merged_drugs(last, mention, between)
        if merged is None:
            kept.append(mention)
        else:
            kept[-1] = merged
    return kept


def _same_thing(one: Mention, other: Mention) -> bool:
    """A long form and the short form in parentheses behind it."""
    if one.kind == "O":
        return one.outcome_type == other.outcome_type
    return one.slots[0].name.split()[0] == other.slots[0].name.split()[0]


def _merged_drugs(last: Mention, mention: Mention, between: str) -> Mention | None:
    """One drug for two mentions that name the same, None when they are two drugs."""
    opens = between.strip() in {"(", "["}
    if _GENERIC.match(mention.text) and between.isspace():
        return last
    if opens and last.slots[-1].name == mention.slots[-1].name:
        return last
    names_it = "class" in last.flags and "class" not in mention.flags and (opens or between.isspace())
    if names_it or (_LED.match(last.text) and _WITH.fullmatch(between)):
        return replace(mention, flags=mention.flags | (last.flags & _KEPT_FLAGS))
    return None


def with_antecedents(
    document: str, start: int, end: int, mentions: Sequence[Mention], earlier: Sequence[Slot]
) -> list[Mention]:
    """Resolve "this combination" or a leading "It" to the drugs of the sentence before, where no drug is named.

    Args:
        document: Title, newline, text.
        start: Where the sentence begins.
        end: Where it ends.
        mentions: Mentions of the sentence.
        earlier: Drugs named in the last sentence that names any.
    """
    named = [
        mention for mention in mentions if mention.kind == "D" and not mention.flags & {"habit", "prior"}
    ]
    if not earlier or any(not _GENERIC.match(mention.text) for mention in named):
        return list(mentions)
    name = " + ".join(slot.name for slot in earlier)
    if named:
        slot = replace(named[0].slots[0], name=name)
        resolved = replace(named[0], slots=(slot,), flags=named[0].flags | {"anaphor"})
        return [resolved if mention is named[0] else mention for mention in mentions]
    match = _ANAPHOR.search(document[start:end])
    if match is None:
        return list(mentions)
    left, right = start + match.start(), start + match.end()
    if any(left < mention.end and mention.start < right for mention in mentions):
        return list(mentions)
    added = Mention(
        "D", left, right, (Slot(left, right, document[left:right], name),), flags=frozenset({"anaphor"})
    )
    return sorted([*mentions, added], key=lambda mention: mention.start)
