"""Mechanism mentions: a gene, pathway or process with the alteration words that stand next to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from litmine.relations.frames import Mention
from litmine.types import Entity, Slot

MECHANISM_TYPES = frozenset({"gene", "pathway", "process", "cell"})

_NOUNS = r"gene|protein|mRNA|receptor|tyrosine|kinase|copy number|signal{1,2}ing|pathway|domain|\(?s\)?|gain"
_BETWEEN = re.compile(rf"[-–\s/]*(?:(?:{_NOUNS})[-\s]+)*", re.IGNORECASE)
"""What may stand between a name and the alteration behind it: "HER2 gene amplification"."""
_OF = re.compile(
    r"\s+(?:of|in|to|for)\s+"
    r"(?:(?:both|either|the|an?|its|their|endogenous|downstream|intracellular|oncogenic|exogenous|human)\s)*"
    r"(?:(?:gene|expression|activity|activation|levels?|mutation|function|phosphorylation|amplification|loss)"
    r"\s(?:of|in)\s(?:the )?)?",
    re.IGNORECASE,
)
"""What may stand between an alteration and the name behind it: "loss of the PTEN"."""
_LEFT = re.compile(r"[-–\s]+(?:the\s)?", re.IGNORECASE)
_VERBAL = re.compile(
    r"(?:inhibit|block|suppress|reduc|decreas|silenc|deplet|repress|down-?regulat|up-?regulat|inactivat|phosphorylat"
    r"|express|overexpress|over-express|abrogat|antagoni[sz])\w*(?:ed|es|ing|s)$|(?:induc|activat)\w*(?:ing|es)$"
    r"|lost$|lack$|absence$",
    re.IGNORECASE,
)
"""Forms that are a predicate when they stand right before a name: "rapamycin inhibited mTOR"."""
_STATUS_WORD = re.compile(
    r"\s?[-–]?\s?(?:(?:over[- ]?express|express)\w*|positiv\w*|negativ\w*|\(?[23]?\+\)?|amplified|mutant|mutated|status"
    r"|signal{1,2}ing|pathways?|axis|levels?|expression|activity|activation|family(?: members?)?|network|dependent"
    r"|driven|low|high|null)\b",
    re.IGNORECASE,
)
_POPULATION = re.compile(
    r"[-\s]*(?:\w+[- ]){0,3}?(?:breast|gastric|lung|ovarian|cancers?|MBC|ABC|disease|patients?|women|NSCLC|tumou?rs?"
    r"|carcinomas?)\b",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"[-\s]*(?:\w+[- ]){0,4}?(?:cells?|lines?|xenografts?|models?|PDXs?|mice)\b", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"(?:\s(?:plasma|serum|tumou?r|tissue|intracellular|cellular))?[-\s](?:levels?|concentrations?|production|(?:bio)?synthesis"
    r"|secretion|signal{1,2}ing|accumulation|uptake|efflux|retention|metabolism|deprivation|binding)\b",
    re.IGNORECASE,
)
_AMOUNT_OF = re.compile(
    r"\b(?:levels?|concentrations?|production|(?:bio)?synthesis|secretion|accumulation|uptake|efflux|suppression)\s(?:of\s)"
    r"(?:(?:the|plasma|serum|circulating|both)\s)*$",
    re.IGNORECASE,
)
"""What makes a chemical a quantity in body or cell and not a therapy: "levels of plasma oestradiol"."""
_STATUS_PREFIX = re.compile(
    r"(?P<receptor>(?:HER-?2(?:/neu)?|ERBB2|ER|PR|PgR|HR|triple|o?estrogen receptor|hormone receptor)(?:\s?\(\w+\))?)"
    r"[-–\s]*(?P<status>(?:over-?)?express\w*|amplified|positive|negative|mutant|mutated|low|null|enriched|\+)",
    re.IGNORECASE,
)
_PATIENTS = re.compile(
    r"cancer(?!\s(?:cell|line|xenograft|model))|carcinoma|disease|MBC|ABC|patient|women|NSCLC", re.IGNORECASE
)
_ORDINARY_CELL = re.compile(
    r"^(?!.*(?:stem|infiltrat|associated)).*(?:cancer|tumou?r|carcinoma|xenograft|model|line|PDX|organoid)",
    re.IGNORECASE,
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


def find_mechanisms(document: str, end: int, entities: Sequence[Entity]) -> Iterator[Mention]:
    """Mechanisms of a sentence that ends at `end`; they may overlap each other where an alteration is shared."""
    alterations = [entity for entity in entities if entity.type == "alteration"]
    for entity in entities:
        status = _status(document, end, entity) if entity.type in {"disease", "cell"} else None
        if status is not None:
            yield status
        elif entity.type in MECHANISM_TYPES and not (
            entity.type == "cell" and _ORDINARY_CELL.search(entity.name)
        ):
            yield _mechanism(document, end, entity, alterations)
        elif entity.type == "drug":
            yield from _amount(document, end, entity)


def _amount(document: str, end: int, entity: Entity) -> Iterator[Mention]:
    """A chemical's level, synthesis or accumulation."""
    near = max(0, entity.start - 50)
    before = (
        _AMOUNT_OF.search(document, near, entity.start) if " of " in document[near : entity.start] else None
    )
    behind = _AMOUNT.match(document, entity.end, end)
    if before is None and behind is None:
        return
    left = before.start() if before else entity.start
    right = behind.end() if behind else entity.end
    kind = (
        "drug_transport" if re.search("accumul|uptake|efflux|retent", document[left:right]) else "metabolism"
    )
    slot = Slot(left, right, document[left:right], f"{entity.name} level")
    yield Mention("M", left, right, (slot,), mechanism_class=kind, flags=frozenset({"amount"}))


def _mechanism(document: str, end: int, entity: Entity, alterations: Sequence[Entity]) -> Mention:
    left, right, sign, kinds = _with_alterations(document, entity, alterations)
    status = _STATUS_WORD.match(document, right, end)
    if status and (document[right : right + 1] != " " or not kinds):
        if document[right : right + 1] != " ":
            kinds.append(status.group().strip(" -–").lower())
        right = status.end()
    flags = {entity.type}
    if kinds:
        flags.add("altered")
    if _POPULATION.match(document, right, end):
        flags.add("population")
    elif _MODEL.match(document, right, end):
        flags.add("model")
    slot = Slot(left, right, document[left:right], " ".join(dict.fromkeys([entity.name, *kinds])))
    mechanism_class = entity.attribute("class") or "other"
    return Mention(
        "M", left, right, (slot,), mechanism_class=mechanism_class, sign=sign, flags=frozenset(flags)
    )


def _with_alterations(
    document: str, entity: Entity, alterations: Sequence[Entity]
) -> tuple[int, int, int, list[str]]:
    """Span, sign and names of an entity with the alterations that adjoin it, step by step outwards."""
    left, right, sign = entity.start, entity.end, 0
    kinds: list[str] = []
    moved = True
    while moved:
        moved = False
        for alteration in alterations:
            behind = alteration.start >= right and _BETWEEN.fullmatch(document, right, alteration.start)
            if behind or (alteration.end <= left and _leads_to(document, alteration, left)):
                left, right = min(left, alteration.start), max(right, alteration.end)
                one = {"+": 1, "-": -1}.get(alteration.attribute("sign"), 0)
                sign = one * (sign or 1) if one else sign
                kinds.append(alteration.name)
                moved = True
    return left, right, sign, kinds


def _leads_to(document: str, alteration: Entity, left: int) -> bool:
    if _OF.fullmatch(document, alteration.end, left):
        return True
    return bool(_LEFT.fullmatch(document, alteration.end, left)) and not _VERBAL.match(alteration.text)


def _status(document: str, end: int, entity: Entity) -> Mention | None:
    """The receptor status that tells cells or tumours apart ("HER2-amplified lines"); None for a group of patients."""
    found = _STATUS_PREFIX.match(entity.text)
    if found is None:
        return None
    stop = entity.start + found.end()
    if _PATIENTS.search(document[stop : min(end, entity.end + 24)]):
        return None
    receptor = found["receptor"].lower()
    symbol = _RECEPTORS.get(receptor[:3], _RECEPTORS.get(receptor[:2], ""))
    name = f"{symbol} {found['status'].lower()}" if symbol else found.group().lower()
    slot = Slot(entity.start, stop, document[entity.start : stop], name)
    kind = "target_alteration" if symbol == "ERBB2" else "hormone_receptor"
    flags = frozenset({"gene", "altered", "status", "model"})
    return Mention("M", entity.start, stop, (slot,), mechanism_class=kind, sign=1, flags=flags)
