"""What the trained judge reads of a pair: the sentences near the claim, with p values and intervals said in words."""

from __future__ import annotations

import re

from litmine.assess.slots import content_words

MAX_WORDS = 90
"""Words of evidence up to which it is read whole."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z(\[\d])")
_P_VALUE = re.compile(r"\bp\s*(?:[- ]?values?)?\s*(?P<sign>[=<>≤≥])\s*(?P<value>0?\.\d+)", re.IGNORECASE)
_INTERVAL = re.compile(
    r"(?P<low>\d{1,2}[.·]\d+)\s*(?:-|–|−|to|,|;)\s*(?P<high>\d{1,3}[.·]\d+)(?=\s*[\])]|\s*;|\s*,|$)"
)
_ALPHA = 0.05


def prepared(claim: str, evidence: str) -> tuple[str, str]:
    """Texts of a pair as the judge was trained to read them.

    Long evidence is cut to the sentences that share most content words with the claim, in their order. Behind a
    p value stands whether it is below 0.05, behind the interval of a ratio that it crosses 1.
    """
    return claim.strip(), figures_in_words(_near(claim, evidence))


def figures_in_words(text: str) -> str:
    """The text with "(significant)" or "(not significant)" behind each p value, "(crosses 1)" behind intervals."""
    marked = _P_VALUE.sub(_with_significance, text)
    return _INTERVAL.sub(_with_crossing, marked)


def _with_significance(match: re.Match[str]) -> str:
    value, sign = float(match["value"]), match["sign"]
    if sign in "<≤" and value > _ALPHA:
        return match[0]
    below = sign in "<≤" or (sign == "=" and value < _ALPHA)
    return f"{match[0]} ({'' if below else 'not '}significant)"


def _with_crossing(match: re.Match[str]) -> str:
    low, high = (float(match[name].replace("·", ".")) for name in ("low", "high"))
    return f"{match[0]} (crosses 1, not significant)" if 0 < low < 1 < high < 30 else match[0]


def _near(claim: str, evidence: str) -> str:
    """The evidence, or of a long one the sentences nearest to the claim."""
    if len(evidence.split()) <= MAX_WORDS:
        return evidence.strip()
    wanted = content_words(claim)
    parts = _SENTENCE_END.split(evidence.strip())
    last = len(parts) - 1
    # the last sentence of an abstract concludes: it wins a tie
    order = sorted(range(len(parts)), key=lambda i: (-len(wanted & content_words(parts[i])), i != last, i))
    chosen: list[int] = []
    room = MAX_WORDS
    for i in order:
        words = len(parts[i].split())
        if words <= room or not chosen:
            chosen.append(i)
            room -= words
    return " ".join(parts[i] for i in sorted(chosen))
