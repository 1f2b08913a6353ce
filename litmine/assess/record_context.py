"""What a sentence leaves to the rest of its record: the arms that were compared, and outcomes said by measure alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from litmine.claims import measures_in
from litmine.types import Direction, Entity, OutcomeType, Relation, Slot

MEASURED: dict[str, OutcomeType] = {
    "progression-free survival": "survival",
    "disease-free survival": "survival",
    "survival": "survival",
    "response rate": "response_rate",
    "pathological complete response": "response_rate",
    "interstitial lung disease": "toxicity",
    "cardiac toxicity": "toxicity",
    "immune-related adverse events": "toxicity",
    "adverse events": "toxicity",
}
"""Outcome type of each measure of `litmine.claims.figures.MEASURES` that is an outcome of treatment."""
IN_ALL_ARMS = "given in all arms"
"""Text of the slot of a drug that every arm got: a comparison of the arms says nothing about it."""
OPEN_ARMS, CONTROLLED_ARMS = "arms", "arms with a control"
"""Rules of relations whose drugs stand in the sentence before; the second when one arm went without the drug."""
ANAPHOR = re.compile(r"^(?:It|They|This|These|Both|Such|Its|Their)\b")
_ALIKE = re.compile(
    r"\b(?:did not differ|no (?:significant )?difference|(?:was|were) (?:not (?:significantly )?different|similar|"
    r"(?:about )?equal\w*|the same|about equally frequent|comparable)|not (?:significantly )?(?:longer|better|"
    r"improved))\b",
    re.IGNORECASE,
)
_ARMS = re.compile(r"\b(?:between|in|across) (?:the )?(?:both |two |all )?(?:arms|groups)\b", re.IGNORECASE)
_BACKBONE = re.compile(
    r"\b(?:or|versus|vs\.?|than|with) (?P<a>[\w-]+) alone\b|\b(?:added to|on top of|adding [\w-]+ to) (?P<b>[\w-]+)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"\bplacebo\b|\balone\b|\bobservation\b|\bno (?:further )?treatment\b", re.IGNORECASE)
_PROGNOSIS = re.compile(r"\bprognos[ie]s\b", re.IGNORECASE)
_MORE = re.compile(
    r"\b(?:bettered|(?:more|most) (?:frequent|common|often)|higher|greater|rais\w+|increas\w+|longer|prolong\w*|better|"
    r"improv\w+)\b",
    re.IGNORECASE,
)
PLAIN = re.compile(r"\b(?:more|less) (?:frequent|common|often)\w* (?:with|under|on|in)\b", re.IGNORECASE)
"""A comparison of how often something happened, said in so many words."""
_FEWER = re.compile(
    r"\b(?:less (?:frequent|common|often)|rarer|lower\b(?! +ejection)|fewer|reduc(?:es|tion)|decreas\w+|shorter|"
    r"worse\w*|poor\w*)\b",
    re.IGNORECASE,
)
_FALL = re.compile(
    r"\b(?:reduced|lower(?:ed)?|decreased|fall in|falling|drop in|decline in)\s+(?:left ventricular\s+|the\s+)*"
    r"(?:ejection fraction|LVEF)",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:no|not|without|neither|nor|uncommon|infrequent)\b", re.IGNORECASE)
_IMMUNE = re.compile(r"\birAEs?\b|\bimmune-(?:related|mediated)\b", re.IGNORECASE)
ANY_DRUG = re.compile(r"^(?:anti-?(?:cancer|neoplastic|tumou?r)\b.*|treatment|therapy)$")


@dataclass(frozen=True, slots=True)
class Arms:
    """Drugs that a record says were compared, those that all arms got, and whether a control without drug is named."""

    drugs: frozenset[str] = frozenset()
    backbone: frozenset[str] = frozenset()
    controlled: bool = False


def arms_of(text: str, entities: Iterable[Entity]) -> Arms:
    """The arms that a sentence introduces ("received A plus B or B alone")."""
    named = {
        (e.name or e.text).casefold(): e.text.casefold() for e in entities if e.type in {"drug", "drug_class"}
    }
    shared = {(m["a"] or m["b"]).casefold() for m in _BACKBONE.finditer(text)}
    backbone = {name for name, said in named.items() if name in shared or said in shared}
    return Arms(frozenset(named), frozenset(backbone), bool(_CONTROL.search(text)) or bool(backbone))


def _direction(text: str) -> Direction | None:
    """The one way a text says that something went; None when it says none or both."""
    bare = _FALL.sub(" ", text)
    if _ALIKE.search(bare):
        return "no_effect"
    more, fewer = bool(_MORE.search(bare)), bool(_FEWER.search(bare))
    if more == fewer or _NOT.search(bare):
        return None
    return "increases" if more else "decreases"


def said_by_measure(text: str, drugs: Iterable[str]) -> list[Relation]:
    """The relation that a text states by a measure, one direction and one drug, where the reader found none."""
    named = sorted({d.casefold() for d in drugs if not ANY_DRUG.match(d.casefold())})
    direction = _direction(text)
    if len(named) != 1 or direction is None or _IMMUNE.search(text):
        return []
    return _relations(text, named, direction, "measure")


def said_of_arms(text: str, arms: Arms) -> list[Relation]:
    """The arms of the sentence before, without effect: "Survival did not differ between the arms"."""
    if not arms.drugs - arms.backbone or not (_ALIKE.search(text) and _ARMS.search(text)):
        return []
    rule = CONTROLLED_ARMS if arms.controlled else OPEN_ARMS
    return _relations(text, sorted(arms.drugs), "no_effect", rule, arms.backbone)


def _relations(
    text: str, drugs: Iterable[str], direction: Direction, rule: str, backbone: frozenset[str] = frozenset()
) -> list[Relation]:
    slots = tuple(Slot(0, 0, IN_ALL_ARMS if name in backbone else name, name) for name in drugs)
    found = []
    measures = measures_in(text)
    if _PROGNOSIS.search(text) and not any(MEASURED.get(m) == "survival" for m in measures):
        measures = (*measures, "survival")
    for measure in measures:
        kind = MEASURED.get(measure)
        if kind:
            outcome = Slot(0, 0, measure, measure)
            found.append(Relation(0, slots, None, None, outcome, kind, direction, "asserted", rule=rule))
    return found
