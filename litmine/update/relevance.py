"""How much a record speaks of what a review speaks of: words in common, weighed by how often the review uses them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable

from litmine.types import Record

CUTOFF = 0.15
"""Of the 168 papers of the shipped example 3 stay below it, of 3,000 abstracts on other topics 77 %."""
_WORD = re.compile(r"[^\W\d_][\w-]{2,}")
_OFTEN = 10
"""A word that the review uses so often has full weight."""


def relevance_to(text: str) -> Callable[[Record], float]:
    """A score from 0 to 1 for records: the weighed share of their words that the review uses.

    Title and abstract count half each. A word weighs log(1 + n) / log(1 + 10), at most 1, where n is how often the
    review uses it; function words and words that every paper uses are left out. The score looks at words only: it
    tells topics apart, not findings.
    """
    counts = Counter(word for sentence in text.splitlines() for word in _words(sentence))
    weights = {word: min(1.0, math.log1p(n) / math.log1p(_OFTEN)) for word, n in counts.items()}

    def share(words: set[str]) -> float:
        return math.fsum(weights.get(word, 0.0) for word in words) / len(words) if words else 0.0

    def score(record: Record) -> float:
        title, body = _words(record.title), _words(record.text)
        return round((share(title) + share(body)) / 2 if body else share(title), 4)

    return score


def _words(text: str) -> set[str]:
    return {word.lower().rstrip("s") for word in _WORD.findall(text)} - _COMMON


_COMMON_WORDS = """
the of and in to with for that by is was were are on as from at an be or this these we which not it have has
been can may than both between also after during using used other our their its no but all two one most more
such into via however study studies result method conclusion background purpose objective patient cell effect
analysis associated significantly significant treatment data showed shown group compared high low increased
expression level role clinical human based
"""
_COMMON = frozenset(word.rstrip("s") for word in _COMMON_WORDS.split())
"""Function words, and words that every abstract uses."""
