"""A frame as plain English for a parser: mentions become ordinary nouns, parentheses are left out."""

from __future__ import annotations

from litmine.relations.frames import Frame

NOUNS = {"D": "aspirin", "M": "protein", "O": "growth"}
ADJECTIVE = "active"


def masked_text(frame: Frame) -> str:
    """The sentence with each mention replaced by a common noun (an adjective where the outcome is one)."""
    words = []
    for unit in frame.units:
        if unit.depth or unit.text in {"(", ")", "[", "]"}:
            continue
        if unit.mention is None:
            words.append(unit.text)
        elif unit.kind == "O" and unit.mention.direction and unit.text.endswith(("ive", "ant", "ory", "ed")):
            words.append(ADJECTIVE)
        else:
            words.append(NOUNS[unit.kind])
    return " ".join(words)
