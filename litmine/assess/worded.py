"""Relations whose words a sentence has without stating them: what is withstood, taken back, or only says where."""

from __future__ import annotations

import re

from litmine.types import Relation

RESPONSE = frozenset({"resistance", "sensitivity", "response_rate"})
"""Whether tumours answer to a drug: opposite or equal signs of one axis, told apart only by how it was measured."""


def only_worded(relation: Relation, text: str) -> bool:
    """Does a sentence not state a relation that was read in it?"""
    return _denied_by_ellipsis(relation, text) or withstood(relation, text) or merely_located(relation, text)


def _denied_by_ellipsis(relation: Relation, text: str) -> bool:
    """Does the sentence take the effect back for this relation's subject ("A mattered but B alone did not (…)")?"""
    subjects = [relation.mechanism] if relation.mechanism else list(relation.drug)
    return any(
        re.search(
            rf"{re.escape(slot.text)}(?: alone| itself)? (?:did|does|do|was|were) not(?=\s*(?:[,.;(]|$))",
            text,
        )
        for slot in subjects
    )


_WITHSTANDING = re.compile(
    r"\b(?:resist\w*|insensitiv\w+|refractory|rescu\w+|protect\w*|escap\w+|evad\w+)\b[^.;,]{0,50}$",
    re.IGNORECASE,
)


def withstood(relation: Relation, text: str) -> bool:
    """Is a relation's outcome what something withstands ("resistant to apoptosis induced by the drug")?

    Such words presuppose that the drug has the effect elsewhere; the sentence says that it has less of it here.
    """
    if relation.outcome is None or relation.outcome_type in RESPONSE or not relation.outcome.text:
        return False
    places = [m.start() for m in re.finditer(re.escape(relation.outcome.text), text)]
    return bool(places) and all(_WITHSTANDING.search(text[:place]) for place in places)


_WORKED_ON = re.compile(
    r"\b(?:lower|reduc|decreas|inhibit|suppress|block|abolish|diminish|rais|increas|activat|restor|induc)(?:e[sd]?|s|ed)?\s+"
    r"(?:the |both |total |soluble )?$",
    re.IGNORECASE,
)
_IN_RESISTANT = re.compile(
    r"^(?:\s+(?!(?:is|are|was|were)\b)[\w-]+){0,3}?\s+(?:in|of|within) (?:the |these |those )?(?:[\w-]+[- ])?resistant "
    r"(?:[\w-]+ ){0,2}(?:cells?|lines?|tumou?rs?|xenografts?|models?|mice|organoids?|patients)\b",
    re.IGNORECASE,
)


def merely_located(relation: Relation, text: str) -> bool:
    """Does "resistant" only say where a mechanism was changed ("an inhibitor lowered GEN1 in the resistant tumours")?

    Without the verb right before it ("GEN1 was higher in the resistant tumours") the mechanism goes with resistance.
    """
    if relation.mechanism is None or relation.outcome_type != "resistance" or not relation.mechanism.text:
        return False
    return any(
        _WORKED_ON.search(text[: m.start()]) and _IN_RESISTANT.match(text[m.end() :])
        for m in re.finditer(re.escape(relation.mechanism.text), text)
    )
