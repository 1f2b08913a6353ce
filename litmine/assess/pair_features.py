"""Features of a pair of claim and evidence that hold no word of either text, so that no topic can be learned."""

from __future__ import annotations

import re

from litmine.assess.slots import DOWN, NEGATION, UP, content_words
from litmine.claims import find_figures

_NO_EFFECT = re.compile(
    r"\bno (?:\w+ ){0,2}(?:difference|effect|association|change|benefit|evidence|increase|reduction|"
    r"improvement)|\bnot (?:\w+ ){0,2}"
    r"(?:differ|associated|affect|change|improve|reduce|increase|different|significant)|\bsimilar\b|\bdid "
    r"not\b|\bas effective as\b"
    r"|\bcomparable\b|\bfail(?:s|ed) to\b|\bunchanged\b|\bno significant\b|\bnon-?significant|\bNS\b",
    re.IGNORECASE,
)
_P_VALUE = re.compile(r"\bp\s*(?P<sign>[=<>≤≥])\s*(?P<value>0?\.\d+)", re.IGNORECASE)
_INTERVAL = re.compile(r"(?P<low>\d+\.\d+)\s*(?:-|–|to|,)\s*(?P<high>\d+\.\d+)")
_WORD = re.compile(r"[A-Za-z][\w-]+")


def features(claim: str, evidence: str) -> dict[str, float]:
    """Cheap features of a pair; none is a word of either text, so that the model cannot learn topics.

    Overlap of content words, figures shared, words of direction on either side and whether they agree, negation and
    words of "no effect", p values and intervals that cross one.
    """
    wanted, given = content_words(claim), content_words(evidence)
    overlap = len(wanted & given) / max(1, len(wanted))
    numbers, printed = set(re.findall(r"\d+(?:\.\d+)?", claim)), set(re.findall(r"\d+(?:\.\d+)?", evidence))
    near = _nearest_part(wanted, evidence)
    claim_way, near_way = _way(claim), _way(near)
    p_values = [(m["sign"], float(m["value"])) for m in _P_VALUE.finditer(evidence)]
    crossing = [m for m in _INTERVAL.finditer(evidence) if float(m["low"]) < 1.0 < float(m["high"])]
    claimed_none, found_none = bool(_NO_EFFECT.search(claim)), bool(_NO_EFFECT.search(near))
    negated, denies = bool(NEGATION.search(claim)), bool(NEGATION.search(near))
    agree = claim_way * near_way
    return {
        "overlap": overlap,
        "overlap_squared": overlap * overlap,
        "near_overlap": len(wanted & content_words(near)) / max(1, len(wanted)),
        "names_found": _names_found(claim, evidence),
        "numbers_found": len(numbers & printed) / len(numbers) if numbers else 0.5,
        "has_number": float(bool(numbers)),
        "figures_differ": float(
            bool(find_figures(claim)) and bool(find_figures(near)) and not numbers & printed
        ),
        "same_way": float(agree > 0),
        "opposite_way": float(agree < 0),
        "same_way_x_overlap": overlap * max(agree, 0),
        "opposite_way_x_overlap": overlap * max(-agree, 0),
        "claim_up": float(claim_way > 0),
        "claim_down": float(claim_way < 0),
        "near_neutral": float(near_way == 0),
        "negation_differs": float(negated != denies),
        "negation_both": float(negated and denies),
        "none_against_claim": float(found_none and not claimed_none),
        "none_both": float(found_none and claimed_none),
        "claim_denies": float(negated or claimed_none),
        "none_lacking": float(claimed_none and not found_none),
        "p_small": float(any(sign in "<=≤" and value <= 0.05 for sign, value in p_values)),
        "p_large": float(any(value > 0.05 and sign in "=>≥" for sign, value in p_values)),
        "interval_crosses": float(bool(crossing)),
        "length": min(len(evidence), 2000) / 2000,
    }


def _way(text: str) -> int:
    """1 when words of more prevail, -1 when words of less do, 0 otherwise."""
    balance = len(UP.findall(text)) - len(DOWN.findall(text))
    return (balance > 0) - (balance < 0)


def _nearest_part(wanted: frozenset[str], evidence: str) -> str:
    """The sentence of the evidence that shares most words with the claim."""
    parts = re.split(r"(?<=[.!?])\s+(?=[A-Z(\[])", evidence)
    return max(parts, key=lambda part: (len(wanted & content_words(part)), -len(part)))


def _names_found(claim: str, evidence: str) -> float:
    """Share of the claim's capitalised or numbered names that the evidence prints."""
    names = {w for w in _WORD.findall(claim)[1:] if any(c.isupper() or c.isdigit() for c in w)}
    return sum(n.casefold() in evidence.casefold() for n in names) / len(names) if names else 0.5
