"""Two things that rise and fall together: "a higher X went with a larger Y and with less Z", compared in two texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from litmine.assess.judgement import Judgement
from litmine.assess.slots import DOWN, UP, content_words

_WENT_WITH = re.compile(
    r"\b(?:(?:is|are|was|were|been|be)\s+(?:\w+ly\s+)?(?:correlated|associated|linked)\s+with|correlat(?:es|ed)\s+with|"
    r"(?:went|goes|go)\s+(?:along\s+|together\s+|hand in hand\s+)?with)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    rf"{UP.pattern}|\b(?:larger?|bigger|strong(?:er)?|more|thicker|rising|growing|positive)\b", re.I
)
_LESS = re.compile(
    rf"{DOWN.pattern}|\b(?:absen(?:t|ce)|smaller|fewer|weak|negative|lacking|missing|falling)\b", re.I
)
_END = re.compile(r"[;:.()]|,\s*(?:but|whereas|while|although|and that|which|so)\b", re.IGNORECASE)
_APART = re.compile(r",?\s+and,?\s+|,\s+", re.IGNORECASE)
_GOES_ON = re.compile(r"^(?:(?:both|also|simultaneously|as well|with|of)\b[\s,]*)+", re.IGNORECASE)
_BIG = re.compile(r"\b(?:larger|bigger|smaller) (?=tumou?rs?\b)", re.IGNORECASE)
_PLAIN = content_words(
    "level levels expression receptor receptors rate status degree amount content tumour tumours cancer cancers "
    "patients cells rising falling larger smaller bigger stronger weaker higher lower greater less more absent "
    "positive negative increasing decreasing raised reduced simultaneously both"
)


@dataclass(frozen=True, slots=True)
class Trend:
    """What goes with what: the words of one side, and per thing of the other its words and whether it rises with it."""

    of: frozenset[str]
    items: tuple[tuple[frozenset[str], int], ...]


@lru_cache(maxsize=100_000)
def trends_in(text: str) -> tuple[Trend, ...]:
    """Trends that a text states; things joined by "and" share the direction word before the first of them."""
    found = []
    for link in _WENT_WITH.finditer(text):
        left = re.split(r"[,;:.]|\bthat\b", text[: link.start()])[-1]
        end = _END.search(text, link.end())
        right = _BIG.sub(lambda m: f"{m[0]}size of ", text[link.end() : end.start() if end else len(text)])
        way, of = _way(left) or 1, content_words(left) - _PLAIN
        items: list[tuple[frozenset[str], int]] = []
        before = 1
        for part in _APART.split(right):
            own = _way(_GOES_ON.sub("", part.strip()))
            before = own or before
            words = content_words(part) - _PLAIN
            if words:
                items.append((words, before * way))
        if of and items:
            found.append(Trend(of, tuple(items)))
    return tuple(found)


def _way(text: str) -> int:
    """1 for more, -1 for less, 0 for neither or both."""
    return bool(_MORE.search(text)) - bool(_LESS.search(text))


def by_trend(claim: str, evidence: str) -> list[Judgement]:
    """A trend of the claim that a sentence states in all its parts supports it; one stated in part only qualifies."""
    judgements = []
    stated = trends_in(evidence)
    for asked in trends_in(claim) if stated else []:
        for found in stated:
            if not asked.of & found.of:
                continue
            pairs = [
                next((way == other for given, other in found.items if words & given), None)
                for words, way in asked.items
            ]
            told = ", ".join("/".join(sorted(words)) for words, _ in found.items)
            rule = f"trend: {'/'.join(sorted(found.of))} with {told}"
            if all(pair is True for pair in pairs):
                judgements.append(Judgement("supports", 0.75, rule))
            elif any(pair is not None for pair in pairs):
                why = "the other way round" if False in pairs else "a part of what the clause names"
                judgements.append(Judgement("qualifies", 0.5, f"{rule}; {why}"))
    return judgements
