"""Turn a claim into its opposite by one word: the other direction, or a negation put in or taken out."""

from __future__ import annotations

import re

_PAIRS = (
    ("increase", "decrease"),
    ("increases", "decreases"),
    ("increased", "decreased"),
    ("increasing", "decreasing"),
    ("raises", "lowers"),
    ("raised", "lowered"),
    ("raise", "lower"),
    ("higher", "lower"),
    ("high", "low"),
    ("highly", "weakly"),
    ("greater", "smaller"),
    ("more", "less"),
    ("longer", "shorter"),
    ("prolongs", "shortens"),
    ("prolonged", "shortened"),
    ("prolong", "shorten"),
    ("lengthens", "curtails"),
    ("lengthened", "curtailed"),
    ("better", "worse"),
    ("improves", "worsens"),
    ("improved", "worsened"),
    ("improve", "worsen"),
    ("improvement", "worsening"),
    ("enhances", "impairs"),
    ("enhanced", "impaired"),
    ("enhance", "impair"),
    ("promotes", "inhibits"),
    ("promoted", "inhibited"),
    ("promote", "inhibit"),
    ("promoting", "inhibiting"),
    ("stimulates", "suppresses"),
    ("stimulated", "suppressed"),
    ("activates", "inactivates"),
    ("activated", "inactivated"),
    ("activation", "inactivation"),
    ("induces", "prevents"),
    ("induced", "prevented"),
    ("causes", "prevents"),
    ("upregulates", "downregulates"),
    ("upregulated", "downregulated"),
    ("upregulation", "downregulation"),
    ("up-regulates", "down-regulates"),
    ("up-regulated", "down-regulated"),
    ("elevated", "diminished"),
    ("rises", "falls"),
    ("rose", "fell"),
    ("gains", "loses"),
    ("gain", "loss"),
    ("strengthens", "weakens"),
    ("strengthened", "weakened"),
    ("superior", "inferior"),
    ("sensitises", "desensitises"),
    ("sensitizes", "desensitizes"),
    ("sensitivity", "resistance"),
    ("sensitive", "resistant"),
    ("restores", "abolishes"),
    ("positively", "negatively"),
    ("commoner", "rarer"),
    ("larger", "smaller"),
    ("faster", "slower"),
    ("favourable", "unfavourable"),
    ("good", "poor"),
)
_ONE_WAY = {
    "reduces": "increases",
    "reduced": "increased",
    "reduce": "increase",
    "reducing": "increasing",
    "reduction": "increase",
    "lowering": "raising",
    "fewer": "more",
    "poorer": "better",
    "attenuates": "aggravates",
    "delays": "hastens",
    "delayed": "hastened",
    "leads to": "prevents",
    "blocks": "triggers",
    "suppress": "stimulate",
    "stimulate": "suppress",
    "induce": "prevent",
    "prevent": "cause",
    "cause": "prevent",
}
OPPOSITE: dict[str, str] = {
    **{b: a for a, b in reversed(_PAIRS)},
    **dict(reversed(_PAIRS)),
    **_ONE_WAY,
}
"""Words of direction, in lower case, with the word that says the opposite."""
_DIRECTION = re.compile(
    r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, OPPOSITE), key=len, reverse=True)) + r")(?![\w-])", re.I
)
_NO = re.compile(r"\b(?:(?P<did>(?:did|does|do) not (?P<verb>\w+))|(?P<not> not\b)|(?P<no>\bno\b))", re.I)
_BE = re.compile(r"\b(?:is|are|was|were|has|have|had|can|could|may|might|will|should)\b", re.I)


def direction_words(text: str) -> int:
    """Number of words in a text that `flip` can turn."""
    return len(_DIRECTION.findall(text))


def flip(claim: str) -> str | None:
    """The claim with its direction turned by one word; None where no rule applies.

    A denial loses its negation; else the first word of direction becomes its opposite (two would cancel out); else
    the first verb form of "to be" and the like is denied. Made by rule, so some results read oddly.
    """
    if denied := _NO.search(claim):
        return _affirm(claim, denied)
    if word := _DIRECTION.search(claim):
        return claim[: word.start()] + _cased(word[0]) + claim[word.end() :]
    if verb := _BE.search(claim):
        return f"{claim[: verb.end()]} not{claim[verb.end() :]}"
    return None


def _affirm(claim: str, denied: re.Match[str]) -> str:
    if denied["did"]:
        return claim[: denied.start()] + denied["verb"] + claim[denied.end() :]
    if denied["not"]:
        return claim[: denied.start()] + claim[denied.end() :]
    return claim[: denied.start()] + "a" + claim[denied.end() :]


def _cased(word: str) -> str:
    turned = OPPOSITE[word.casefold()]
    return turned.capitalize() if word[0].isupper() else turned
