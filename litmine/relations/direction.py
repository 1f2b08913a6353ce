"""On which side of the outcome's axis a sentence puts the effect: signs of the words around it, multiplied."""

from __future__ import annotations

from collections.abc import Sequence

from litmine.assertion import Cues
from litmine.relations.frames import Frame, Mention, Unit
from litmine.relations.patterns import Hit
from litmine.types import Direction

_REACH = 9
"""How many words left or right of an outcome may carry its sign."""
_STATED = {"increases": 1, "decreases": -1}
_BENEFIT = frozenset({"sensitivity"})
_NEUTRAL = frozenset(
    {
        "survival",
        "response_rate",
        "toxicity",
        "sensitivity",
        "resistance",
        "pathway",
        "tumour_growth",
        "apoptosis",
    }
)


def direction_of(
    frame: Frame, place: int, hits: Sequence[Hit], cues: Cues, base: int, *, has_drug: bool, aim: bool
) -> tuple[Direction, str]:
    """Direction of the effect on the mention at `place` (an outcome, or a mechanism when there is no outcome).

    Args:
        hits: Pattern matches of this relation.
        base: Offset of the sentence in the document (cues count from the sentence's start).
        has_drug: The relation names a drug.
        aim: Nothing found yet: only a printed sign counts.

    Returns:
        The direction and the name of the pattern that decided it, empty when the words around did.
    """
    mention = frame.units[place].mention
    assert mention is not None
    if _denied(frame, place, cues, base, mention):
        return "no_effect", ""
    axis = -1 if mention.reversed_axis else 1
    for hit in hits:
        sign = hit.pattern.sign
        if sign == "0":
            return ("associated" if aim else "no_effect"), hit.pattern.name
        if sign == "?":
            return "associated", hit.pattern.name
        if sign:
            return _named(axis * (1 if sign == "+" else -1)), hit.pattern.name
    sign = _left_sign(frame, place) or _right_sign(frame, place)
    if mention.direction == "no_effect":
        return "no_effect", ""
    if mention.direction in _STATED:
        stated = _STATED[mention.direction]
        return _named(stated * (sign if sign else 1)), ""
    if sign:
        return _named(axis * sign), ""
    if aim:
        return "associated", ""
    return _default(frame, place, mention, axis, has_drug), ""


def _named(sign: int) -> Direction:
    return "increases" if sign > 0 else "decreases"


def _default(frame: Frame, place: int, mention: Mention, axis: int, has_drug: bool) -> Direction:
    """No word gives a sign: what an outcome of this kind means when it is simply stated."""
    if "adverse" in mention.flags or mention.outcome_type == "toxicity":
        return "increases" if has_drug else "associated"
    if mention.outcome_type == "sensitivity":
        return "increases"
    if mention.outcome_type in {"tumour_growth", "apoptosis"} and axis < 0:
        return "decreases"
    if mention.outcome_type == "apoptosis":
        return "increases"
    before = frame.units[max(0, place - 6) : place]
    if any("cause" in unit.classes for unit in before):
        return _named(axis)
    if mention.outcome_type == "resistance" and any(unit.kind == "M" for unit in frame.units):
        return "increases"
    return "associated"


def _sign(unit: Unit) -> int:
    if "up" in unit.classes:
        return 1
    return -1 if "down" in unit.classes else 0


def _stops(unit: Unit) -> bool:
    return unit.text in {";", "but", "whereas", "while", "although", "however"}


def _left_sign(frame: Frame, place: int) -> int:
    """Product of the signs of the adjective and the verb before an outcome; coordinated outcomes share the verb."""
    group = frame.units[place].group
    signs: list[int] = []
    words = 0
    crossed = False
    for unit in reversed(frame.units[:place]):
        if unit.depth > frame.units[place].depth:
            continue
        if _stops(unit) or words > _REACH:
            break
        if unit.mention is not None:
            if unit.kind == "O" and unit.group != group:
                if signs:
                    break
                crossed = True
            elif unit.kind in "DM":
                if signs:
                    break
                words += 2
            continue
        if unit.text in {",", "and"} and signs:
            break
        words += unit.kind == "word"
        sign = _sign(unit)
        if sign:
            if crossed and words <= 1:
                continue
            signs.append(sign)
            if len(signs) == 2:
                break
    if not signs:
        return 0
    if len(signs) == 2 and signs[0] < 0 and signs[1] < 0:
        return 1
    return -1 if -1 in signs else 1


def _right_sign(frame: Frame, place: int) -> int:
    """Sign of the predicate after an outcome: "PFS was longer", "growth was inhibited"."""
    words = 0
    group = frame.units[place].group
    for unit in frame.units[place + 1 :]:
        if unit.depth > frame.units[place].depth:
            continue
        if _stops(unit) or words > 7:
            return 0
        if unit.mention is not None:
            if unit.kind == "O" and unit.group != group:
                return 0
            continue
        words += unit.kind == "word"
        if sign := _sign(unit):
            return sign
    return 0


def _denied(frame: Frame, place: int, cues: Cues, base: int, mention: Mention) -> bool:
    """A negation in the clause of the outcome, before it (or right behind it), denies the effect."""
    position = mention.start - base
    for start, end in cues.negations:
        if not cues.same_clause(start, position):
            continue
        if start < position:
            between = [u for u in frame.units[:place] if u.start - base >= end]
            mentions = [u for u in between if u.kind == "O" and u.group != frame.units[place].group]
            if len([u for u in between if u.kind == "word"]) <= _REACH and not mentions:
                return True
        elif 0 < start - mention.end + base < 12:
            return True
    return False
