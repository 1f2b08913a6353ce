"""Hedge drift: where a review states outright what its source only suggests, or hedges what its source states."""

from __future__ import annotations

from litmine.assertion import Cues, find_cues, is_hedged
from litmine.types import Clause, Evidence, HedgeDrift, Relation

OWN_WORDS = frozenset({"abstract", "full text"})
"""Depths at which a record's text is its authors' own."""
IN_WORDS: dict[HedgeDrift, str] = {
    "firmer": "the review states outright what this source hedges",
    "softer": "the review hedges what this source states outright",
}


def hedge_drift(clause: Clause, evidence: Evidence, *, own_words: bool) -> HedgeDrift:
    """Compare how firmly a clause and a sentence that supports it say the same thing.

    Args:
        clause: a clause of the review.
        evidence: a sentence judged against it.
        own_words: False for a restated review; its hedges are the restater's.

    Returns:
        `firmer`, `softer`, or empty: as firm as each other, or not to be judged (another stance, a restated review, a
        digest or a bare title).
    """
    if not own_words or evidence.stance != "supports" or evidence.depth not in OWN_WORDS:
        return ""
    claimed = _hedged(clause.text, clause.relations)
    read = "relation" in evidence.rule
    stated = evidence.assertion == "hedged" if read else _hedged(evidence.text, ())
    if claimed == stated:
        return ""
    return "softer" if claimed else "firmer"


def _hedged(text: str, relations: tuple[Relation, ...]) -> bool:
    """Is a text hedged: all its relations are, or, where none was read, its last words are in the scope of a hedge?"""
    if relations:
        return all(relation.assertion == "hedged" for relation in relations)
    cues: Cues = find_cues(text)
    return is_hedged(cues, len(text))
