"""What a query is about, apart from how it is asked: "papers that contradict X" is about X, and wants the opposite."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from litmine.types import Relation

_WORKS = (
    r"(?:papers?|stud(?:y|ies)|articles?|trials?|evidence|reports?|publications?|abstracts?|sentences?|literature"
    r"|research|work|data|results|findings|anything|something)"
)
_AGAINST = (
    r"(?:contradict(?:s|ing|ed)?|refut(?:es?|ing|ed)|disprov(?:es?|ing|ed)|disput(?:es?|ing|ed)|rebut(?:s|ting)?"
    r"|challeng(?:es?|ing|ed)|oppos(?:es?|ing|ed)|disagree(?:s|ing)? with|argu(?:es?|ing) against"
    r"|speak(?:s|ing)? against|is against|are against|against|counter(?:s|ing)?|contrary to|conflict(?:s|ing)? with)"
)
_FOR = (
    r"(?:support(?:s|ing|ed)?|confirm(?:s|ing|ed)?|show(?:s|ing|ed)?|demonstrat(?:es?|ing|ed)|report(?:s|ing|ed)?"
    r"|suggest(?:s|ing|ed)?|find(?:s|ing)?|found|prov(?:es?|ing|ed)|stat(?:es?|ing|ed)|say(?:s|ing)?"
    r"|discuss(?:es|ing|ed)?|mention(?:s|ing|ed)?|describ(?:es?|ing|ed)|investigat(?:es?|ing|ed)"
    r"|about|on|for)"
)
_CLAIM = (
    r"(?:(?:the|this|a)\s+(?:claim|statement|idea|notion|view|hypothesis|finding|assertion|assumption)s?\b)"
)
_LEAD = re.compile(
    r"^\s*(?:please\s+)?"
    r"(?:(?:find|show|list|give|get|search(?:\s+for)?|look(?:\s+for)?|i\s+want|i\s+need|i\s+am\s+looking\s+for)\s+(?:me\s+)?)?"
    r"(?:(?:are|is)\s+there\s+|what\s+|which\s+|do\s+)?(?:any\s+|all\s+|some\s+|other\s+|recent\s+|the\s+)*"
    rf"{_WORKS}\s+(?:(?:that|which|who|to|can|could|may|might|would|has|have|is|are)\s+)*"
    rf"(?P<verb>(?P<against>{_AGAINST})|{_FOR})\b"
    rf"(?:\s+(?:{_CLAIM}|that|whether|if|how|of|:))*[\s:,]*",
    re.IGNORECASE,
)
_QUOTES = "\"'“”‘’«»"
_SIGNS = {"resistance": -1, "sensitivity": 1, "response_rate": 1}
"""Outcomes that say the same of a drug, one way or the other."""


class Wording(NamedTuple):
    """A query without its frame, and whether what contradicts it is asked for."""

    text: str
    against: bool = False


def wording(query: str) -> Wording:
    """Take the frame off a query; one without a frame, or that is nothing but a frame, stays as it is."""
    lead = _LEAD.match(query)
    if lead is None:
        return Wording(query)
    rest = query[lead.end() :].strip()
    if rest[:1] in _QUOTES and rest.rstrip(".?!")[-1:] in _QUOTES:
        rest = rest.rstrip(".?!").strip(_QUOTES)
    if len(rest.split()) < 2:
        return Wording(query)
    return Wording(rest, lead["against"] is not None)


def opposed(claimed: Iterable[Relation], said: Iterable[Relation]) -> str:
    """How relations of a sentence go against a claim's, in words; empty when none does.

    They must share the drug, or the mechanism where one names no drug; and the mechanism where both name one. Then
    they are opposed when one raises what the other lowers or leaves alone.
    """
    said = tuple(said)
    for one in claimed:
        for other in said:
            if _same_things(one, other) and (gone := _against(one, other)):
                return gone
    return ""


def _same_things(one: Relation, other: Relation) -> bool:
    drugs = [{slot.name for slot in relation.drug if slot.name} for relation in (one, other)]
    mechanisms = [relation.mechanism.name if relation.mechanism else "" for relation in (one, other)]
    if all(drugs) and not drugs[0] & drugs[1]:
        return False
    if all(mechanisms) and mechanisms[0] != mechanisms[1]:
        return False
    return all(drugs) or all(mechanisms)


def _against(one: Relation, other: Relation) -> str:
    same = one.outcome_type == other.outcome_type
    if not same and not {one.outcome_type, other.outcome_type} <= _SIGNS.keys():
        return ""
    left, right = _way(one), _way(other)
    if left is None or right is None or left == right:
        return ""
    return f"{other.direction.replace('_', ' ')}: {other.outcome_type.replace('_', ' ')}"


def _way(relation: Relation) -> int | None:
    ways = {"increases": 1, "decreases": -1, "no_effect": 0}
    way = ways.get(relation.direction)
    return None if way is None else way * _SIGNS.get(relation.outcome_type, 1)
