"""Entities of a sentence to mentions: drugs without their appositions, mechanisms with their alteration, outcomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from litmine.relations.frames import Mention
from litmine.types import Entity, Slot

DRUG_TYPES = frozenset({"drug", "drug_class"})
MECHANISM_TYPES = frozenset({"gene", "pathway", "process", "cell"})
OUTCOME_TYPES = frozenset({"outcome", "adverse_effect"})

_BETWEEN = re.compile(
    r"[-–\s/]*(?:(?:gene|protein|mRNA|receptor|tyrosine|kinase|copy number|signal{1,2}ing|pathway|domain|\(?s\)?|gain)[-\s]+)*",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\s+(?:of|in|to|for)\s+(?:both |either |the |an? |its |their |endogenous |downstream |intracellular |oncogenic |exogenous |human )*"
    r"(?:(?:gene|expression|activity|activation|level|levels|mutation|function|phosphorylation|amplification|loss)\s(?:of|in)\s(?:the )?)?",
    re.IGNORECASE,
)
_LEFT = re.compile(r"[-–\s]+(?:the\s)?", re.IGNORECASE)
_VERBAL = re.compile(
    r"(?:inhibit|block|suppress|reduc|decreas|silenc|deplet|repress|down-?regulat|up-?regulat|inactivat|phosphorylat|express"
    r"|overexpress|over-express|abrogat|antagoni[sz])\w*(?:ed|es|ing|s)$|(?:induc|activat)\w*(?:ing|es)$|lost$|lack$|absence$",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"\s?[-–]?\s?(?:(?:over[- ]?express|express)\w*|positiv\w*|negativ\w*|\(?[23]?\+\)?|amplified|mutant|mutated|status|signal{1,2}ing"
    r"|pathways?|axis|levels?|expression|activity|activation|family(?: members?)?|network|dependent|driven|low|high|null)\b",
    re.IGNORECASE,
)
_POPULATION = re.compile(
    r"[-\s]*(?:\w+[- ]){0,3}?(?:(?:breast|gastric|lung|ovarian|cancers?|MBC|ABC|disease|patients?|women|NSCLC|tumou?rs?|carcinomas?))\b",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"[-\s]*(?:\w+[- ]){0,4}?(?:cells?|lines?|xenografts?|models?|PDXs?|mice)\b", re.IGNORECASE
)
_HABIT = re.compile(
    r"[-\s]*(?:resistant|refractory|sensitive|treated|naive|naïve|responsive|exposed|pretreated)\b",
    re.IGNORECASE,
)
_BASED = re.compile(
    r"[-\s]*(?:based|containing)\s\w+|\s(?:therapy|treatment|monotherapy|regimens?)\b", re.IGNORECASE
)
_OF_PRIOR = re.compile(
    r"\b(?:prior|previous|after|progress\w* (?:on|during|after)|pretreated with|failed|refractory to|received|receiving|treated with)"
    r"\s(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
_VERSUS = re.compile(
    r"\b(?:than|versus|vs\.?|compar\w+ (?:to|with)|over|relative to|placebo(?: plus|[- ]))\s+(?:\w+[- ]){0,3}$",
    re.IGNORECASE,
)


def find_mentions(document: str, start: int, end: int, entities: Sequence[Entity]) -> list[Mention]:
    """Mentions of the sentence `document[start:end]`, in order, not overlapping.

    Args:
        entities: Entities inside the sentence, in order, not overlapping.
    """
    drugs = [_drug(document, start, end, entity) for entity in entities if entity.type in DRUG_TYPES]
    outcomes = [_outcome(entity) for entity in entities if entity.type in OUTCOME_TYPES]
    mechanisms = list(_mechanisms(document, start, end, entities))
    found = _without_appositions(document, [*drugs, *outcomes, *mechanisms])
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _drug(document: str, start: int, end: int, entity: Entity) -> Mention:
    flags = set()
    if _HABIT.match(document, entity.end, end):
        flags.add("habit")
    before = document[max(start, entity.start - 40) : entity.start]
    if _OF_PRIOR.search(before):
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


def _outcome(entity: Entity) -> Mention:
    slot = Slot(entity.start, entity.end, entity.text, entity.name)
    return Mention(
        "O",
        entity.start,
        entity.end,
        (slot,),
        outcome_type=entity.attribute("outcome_type", "toxicity"),
        reversed_axis=entity.attribute("axis") == "reversed",
        direction=entity.attribute("direction"),
        generic=entity.attribute("generic") == "yes",
        flags=frozenset({"adverse"} if entity.type == "adverse_effect" else ()),
    )


def _mechanisms(document: str, start: int, end: int, entities: Sequence[Entity]) -> Iterable[Mention]:
    alterations = [entity for entity in entities if entity.type == "alteration"]
    for entity in entities:
        if entity.type in {"disease", "cell"} and (status := _status(document, end, entity)):
            yield status
            continue
        if entity.type not in MECHANISM_TYPES or (
            entity.type == "cell" and _ORDINARY_CELL.search(entity.name)
        ):
            continue
        left, right = entity.start, entity.end
        sign, kinds = 0, []
        moved = True
        while moved:
            moved = False
            for alteration in alterations:
                after = alteration.start >= right and _BETWEEN.fullmatch(document, right, alteration.start)
                before = alteration.end <= left and (
                    _OF.fullmatch(document, alteration.end, left)
                    or (
                        _LEFT.fullmatch(document, alteration.end, left) and not _VERBAL.match(alteration.text)
                    )
                )
                if after or before:
                    left, right = min(left, alteration.start), max(right, alteration.end)
                    one = {"+": 1, "-": -1}.get(alteration.attribute("sign"), 0)
                    sign = one * (sign or 1) if one else sign
                    kinds.append(alteration.name)
                    moved = True
        status = _STATUS.match(document, right, end)
        if status and document[right : right + 1] != " ":
            right = status.end()
            kinds.append(status.group().strip(" -–").lower())
        elif status and not kinds:
            right = status.end()
        flags = {entity.type}
        if kinds:
            flags.add("altered")
        if _POPULATION.match(document, right, end):
            flags.add("population")
        elif _MODEL.match(document, right, end):
            flags.add("model")
        name = " ".join(dict.fromkeys([entity.name, *kinds]))
        slot = Slot(left, right, document[left:right], name)
        yield Mention(
            "M",
            left,
            right,
            (slot,),
            mechanism_class=entity.attribute("class") or "other",
            sign=sign,
            flags=frozenset(flags),
        )


_STATUS_PREFIX = re.compile(
    r"(?P<receptor>(?:HER-?2(?:/neu)?|ERBB2|ER|PR|PgR|HR|triple|estrogen receptor|oestrogen receptor|hormone receptor)"
    r"(?:\s?\(\w+\))?)[-–\s]*(?P<status>(?:over-?)?(?:express\w*|amplified|positive|negative|mutant|mutated|low|null|enriched|\+))",
    re.IGNORECASE,
)
_PATIENTS = re.compile(
    r"cancer(?!\s(?:cell|line|xenograft|model))|carcinoma|disease|MBC|ABC|patient|women|NSCLC", re.IGNORECASE
)
_RECEPTORS = {
    "her": "ERBB2",
    "erb": "ERBB2",
    "er": "ESR1",
    "est": "ESR1",
    "oes": "ESR1",
    "pr": "PGR",
    "pgr": "PGR",
}


def _status(document: str, end: int, entity: Entity) -> Mention | None:
    """The receptor status by which a sentence tells cells or tumours apart ("HER2-amplified lines"), not a patient group."""
    found = _STATUS_PREFIX.match(entity.text)
    if found is None:
        return None
    stop = entity.start + found.end()
    rest = document[stop : min(end, entity.end + 24)]
    if _PATIENTS.search(rest):
        return None
    receptor = found["receptor"].lower()
    symbol = _RECEPTORS.get(receptor[:3], _RECEPTORS.get(receptor[:2], ""))
    kind = "hormone_receptor" if symbol != "ERBB2" else "target_alteration"
    name = f"{symbol} {found['status'].lower()}" if symbol else found.group().lower()
    slot = Slot(entity.start, stop, document[entity.start : stop], name)
    return Mention(
        "M",
        entity.start,
        stop,
        (slot,),
        mechanism_class=kind,
        sign=1,
        flags=frozenset({"gene", "altered", "status", "model"}),
    )


_ORDINARY_CELL = re.compile(
    r"^(?!.*(?:stem|infiltrat|associated)).*(?:cancer|tumou?r|carcinoma|xenograft|model|line|PDX|organoid)",
    re.I,
)
_GENERIC = re.compile(r"(?:combin\w+|dual|triple|monotherapy|co-?treatment|treatment|therapy|regimen)", re.I)
_WITH = re.compile(r"\s(?:with|of|using)\s(?:\w+\s)?", re.I)
_APPOSED = re.compile(r"\s*[(\[]\s*|\s+|\s*,\s*", re.IGNORECASE)


def _without_appositions(document: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Merge "trastuzumab (Herceptin)" and "the MEK inhibitor trametinib" to one drug; longer mentions win overlaps."""
    ordered = sorted(mentions, key=lambda m: (m.start, -(m.end - m.start), m.kind))
    kept: list[Mention] = []
    for mention in ordered:
        last = kept[-1] if kept else None
        if last is not None and mention.start < last.end:
            if mention.kind != last.kind or mention.end <= last.end:
                continue
        if last is not None and last.kind == mention.kind == "D":
            between = document[last.end : mention.start]
            if _GENERIC.match(mention.text) and between.isspace():
                continue
            if _GENERIC.match(last.text) and _WITH.fullmatch(between):
                kept[-1] = replace(mention, flags=mention.flags | (last.flags & {"versus", "prior"}))
                continue
            same = last.slots[-1].name == mention.slots[-1].name
            opens = between.strip() in {"(", "["}
            if opens and (same or not ("class" in last.flags and "class" not in mention.flags)):
                if same:
                    continue
            if "class" in last.flags and "class" not in mention.flags and (opens or between.isspace()):
                kept[-1] = replace(mention, flags=mention.flags | (last.flags & {"versus", "prior"}))
                continue
        if (
            last is not None
            and last.kind == mention.kind != "D"
            and document[last.end : mention.start].strip() == "("
        ):
            if mention.slots[0].name == last.slots[0].name or document[
                mention.end : mention.end + 2
            ].strip().startswith(")"):
                if mention.outcome_type == last.outcome_type and (
                    mention.kind == "O" or mention.slots[0].name.split()[0] == last.slots[0].name.split()[0]
                ):
                    continue
        kept.append(mention)
    return kept


_ANAPHOR = re.compile(
    r"\b(?:the|this|these|such|both|their|each|that)\s(?:dual |weekly |novel |drug |two |triple |treatment |new )*"
    r"(?:combinations?(?: therapy| treatment)?|regimens?|agents?|drugs?|antibod(?:y|ies)|inhibitors?|therap(?:y|ies)|treatments?)\b"
    r"(?!\s(?:of|with)\s)|\bcombination (?:therapy|treatment)\b(?!\s(?:of|with)\s)|^It\b",
    re.IGNORECASE,
)


def with_antecedents(
    document: str, start: int, end: int, mentions: Sequence[Mention], earlier: Sequence[Slot]
) -> list[Mention]:
    """Add "this combination" or a leading "It" as a drug when no drug is named and the sentence before names one.

    Args:
        earlier: Drugs named in the sentence before.
    """
    named = [
        mention for mention in mentions if mention.kind == "D" and not mention.flags & {"habit", "prior"}
    ]
    if not earlier or any(not _GENERIC.match(mention.text) for mention in named):
        return list(mentions)
    name = " + ".join(slot.name for slot in earlier)
    if named:
        whole = named[0]
        slot = replace(whole.slots[0], name=name)
        resolved = replace(whole, slots=(slot,), flags=whole.flags | {"anaphor"})
        return [resolved if mention is whole else mention for mention in mentions]
    match = _ANAPHOR.search(document[start:end])
    if match is None:
        return list(mentions)
    left, right = start + match.start(), start + match.end()
    if any(left < mention.end and mention.start < right for mention in mentions):
        return list(mentions)
    slot = Slot(left, right, document[left:right], name)
    added = Mention("D", left, right, (slot,), flags=frozenset({"anaphor"}))
    return sorted([*mentions, added], key=lambda mention: mention.start)
