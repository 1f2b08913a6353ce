"""What tumours and drugs are said to have: a receptor lost or gained, a mutation, an effect; compared in two texts."""

from __future__ import annotations

import re
from functools import lru_cache

from litmine.assess.judgement import Judgement
from litmine.assess.slots import NEGATION, Statement
from litmine.types import Figure

_GENE = r"(?P<gene>[A-Z][A-Za-z]*\d*)"
_TURNED = re.compile(
    r"\b(?:bec(?:o|a)m(?:e|es|ing)|turn(?:ed|s|ing)?|(?:go|goes|went|gone) over|convert\w*|switch\w*|chang\w+)\b"
    rf"(?:[^.;]{{0,60}}?\bto (?:being )?|\s+(?:in)?to\s+(?:being )?|\s+){_GENE}[- ](?P<to>negative|positive)\b"
)
_LOSS = re.compile(
    rf"\b[Ll]oss of {_GENE}(?: (?:amplification|expression|positivity|status))?\b(?! mutation)"
    rf"|\b(?:lost|lose|loses|losing) (?:its |their |the )?(?P<lost>[A-Z][A-Za-z]*\d*)\b"
)


@lru_cache(maxsize=100_000)
def changes_in(text: str) -> frozenset[tuple[str, int]]:
    """Genes, in lower case, whose status a text says was gained (1) or lost (-1)."""
    found = frozenset(
        (m["gene"].casefold(), 1 if m["to"] == "positive" else -1) for m in _TURNED.finditer(text)
    )
    return found | {((m["gene"] or m["lost"]).casefold(), -1) for m in _LOSS.finditer(text)}


def by_status(claim: Statement, evidence: Statement) -> list[Judgement]:
    """The same change of status in a sentence supports a clause, where its record gave the clause's drug."""
    asked = changes_in(claim.text)
    if not asked or NEGATION.search(claim.text) or NEGATION.search(evidence.text) or evidence.title:
        return []
    shared = asked & changes_in(evidence.text)
    given = {name.casefold() for name in evidence.record_drugs}
    if not shared or not (not claim.drugs or given & {name.casefold() for name in claim.drugs}):
        return []
    gene, sign = min(shared)
    way = "gained" if sign > 0 else "lost"
    return [Judgement("supports", 0.7, f"status: {gene.upper()} {way} in a record on the same drug")]


_CARRY = re.compile(
    r"\b(?:carr(?:y|ies)|harbou?rs?|ha(?:ve|s)|show)\b[^,;.]{0,20}\bmutations?\b|\bmutations?\b[^,;.]{0,40}\b(?:are|occur)\b"
    r"|\b(?:is|are) mutated\b",
    re.IGNORECASE,
)
_CARRIED = re.compile(
    r"\bmutations?\b[^.;,]{0,40}\b(?:were|was) (?:present|found|detected|seen|identified)\b|\bmutated in\b",
    re.IGNORECASE,
)
_HOW_MANY = (
    (re.compile(r"\bmost\b|\bmajority\b", re.I), 50.0),
    (re.compile(r"\bmany\b|\bfrequent", re.I), 20.0),
)
"""Words of a clause and the share, in percent, from which a sentence bears them out."""


def by_carriers(claim: Statement, evidence: Statement, common: frozenset[str]) -> list[Judgement]:
    """Mutations that tumours carry: a sentence that counts them in the same gene or pathway supports a clause."""
    if not (_CARRY.search(claim.text) and _CARRIED.search(evidence.text)) or claim.figures:
        return []
    shares = [f for f in evidence.figures if f.unit == "%"]
    if not claim.keys & evidence.keys - common or not shares or NEGATION.search(claim.text):
        return []
    least = next((share for word, share in _HOW_MANY if word.search(claim.text)), 0.0)
    most = max(shares, key=lambda f: (f.high, -f.start))
    told = f"carriers: mutated in {most.text}"
    if most.high < least:
        return [Judgement("qualifies", 0.5, f"{told}; the clause says more", values=_values(most))]
    return [Judgement("supports", 0.7, told, values=_values(most))]


def _values(figure: Figure) -> tuple[str, ...]:
    return (figure.text,)


_HAS = re.compile(r"\b(?:has|have|had|shows?|showed|exerts?|exerted)\b", re.IGNORECASE)
_REACH = 80
_UNTELLING = frozenset({"effect", "activity", "action"})


def by_effect(claim: Statement, evidence: Statement, common: frozenset[str]) -> list[Judgement]:
    """An effect by its own name that both texts say a drug has ("the conjugate has a bystander effect")."""
    asked, found = _HAS.search(claim.text), _HAS.search(evidence.text)
    given = {name.casefold() for name in (*evidence.drugs, *evidence.record_drugs)}
    if not asked or not found or not given & {name.casefold() for name in claim.drugs}:
        return []
    spans = [t.text[m.end() : m.end() + _REACH].casefold() for t, m in ((claim, asked), (evidence, found))]
    for name, keys in sorted(claim.topics.items()):
        telling = (keys & evidence.keys) - common - _UNTELLING
        if any(NEGATION.search(span) for span in spans):
            return []
        if name not in claim.drugs and telling and all(any(k in span for k in telling) for span in spans):
            return [Judgement("supports", 0.65, f"effect: both say that the drug has {name}")]
    return []
