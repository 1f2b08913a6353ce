"""On which side of the outcome's axis a sentence puts the effect: signs of the words around it, multiplied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmine.assertion import Cues
from litmine.relations.frames import Frame, Mention, Unit
from litmine.relations.patterns import Hit
from litmine.types import Direction

_REACH = 9
"""How many words left or right of an outcome may carry its sign."""
_HYPHENS = frozenset("-–")
_PARTICIPLES = frozenset(
    {
        "induced",
        "mediated",
        "driven",
        "stimulated",
        "dependent",
        "associated",
        "related",
        "treated",
        "resistant",
    }
)
_AUXILIARIES = frozenset({"was", "were", "is", "are", "did", "does", "do", "had", "has", "have", ")", "]"})
_ACCEPTABLE = frozenset(
    {"acceptable", "manageable", "favorable", "favourable", "good", "similar", "comparable"}
)
_SIGNS = {"+": 1, "-": -1}
_COPULAS = frozenset({"was", "were", "is", "are", "be", "been", "being", "became", "remained"})
_ONE_TARGET = re.compile(r"independent|regardless|irrespective")
_CHANGE = re.compile(
    r"regulation|activation|inhibition|suppression|induction|depletion|degradation|blockade", re.IGNORECASE
)
_STATED = {"increases": 1, "decreases": -1}


def direction_of(
    frame: Frame, place: int, hits: Sequence[Hit], cues: Cues, base: int, *, own: frozenset[int], aim: bool
) -> tuple[Direction, str]:
    """Direction of the effect on the mention at `place` (an outcome, or a mechanism when there is no outcome).

    Args:
        hits: Pattern matches of this relation.
        base: Offset of the sentence in the document (cues count from the sentence's start).
        own: Places of all mentions of the relation.
        aim: Nothing found yet: only a printed sign counts.

    Returns:
        The direction and the name of the pattern that decided it, empty when the words around did.
    """
    mention = frame.mention_at(place)
    if not aim and _denied(frame, place, own, cues, base):
        return "no_effect", ""
    axis = -1 if mention.reversed_axis else 1
    left = left_sign(frame, place)
    for hit in hits:
        if hit.pattern.sign == "0" and not aim and _owns(hit, frame, own):
            return "no_effect", hit.pattern.name
        if hit.pattern.sign == "?" and not left:
            return "associated", hit.pattern.name
        if hit.pattern.sign == "-" or (hit.pattern.sign == "+" and not left):
            return _named(axis * _SIGNS[hit.pattern.sign]), hit.pattern.name
    if mention.direction == "no_effect":
        return "no_effect", ""
    if mention.outcome_type == "toxicity" and _acceptable(frame, place):
        return "no_effect", ""
    stated = _STATED.get(mention.direction, 0)
    if stated:
        return _named(stated * (near_sign(frame, place) or 1)), ""
    sign = left or (0 if aim else right_sign(frame, place)) or _own_change(mention)
    if sign:
        return _named(axis * sign), ""
    return ("associated" if aim else _default(frame, place, mention, axis, own)), ""


def _own_change(mention: Mention) -> int:
    """Sign of a mechanism that is itself a change ("down-regulation of COX-2"), for a drug that makes it."""
    return mention.sign if mention.kind == "M" and _CHANGE.search(mention.text) else 0


def _owns(hit: Hit, frame: Frame, own: frozenset[int]) -> bool:
    """A denial counts for the relation whose slots it names."""
    groups = {frame.units[place].group for place in own}
    return all(group in groups for group in (hit.drug, hit.mechanism, hit.outcome) if group >= 0)


def _acceptable(frame: Frame, place: int) -> bool:
    """Whether a word of safety is called acceptable, good or similar: nothing to fear."""
    text = frame.units[place].text
    if not ("safety" in text or "tolerab" in text or "tolerance" in text):
        return False
    return not _ACCEPTABLE.isdisjoint(
        {*text.split(), *(unit.text for unit in frame.units[max(0, place - 3) : place])}
    )


def _named(sign: int) -> Direction:
    return "increases" if sign > 0 else "decreases"


def _default(frame: Frame, place: int, mention: Mention, axis: int, own: frozenset[int]) -> Direction:
    """No word gives a sign: what an outcome of this kind means when it is simply stated."""
    kinds = {frame.units[one].kind for one in own}
    before = [unit for unit in frame.units[max(0, place - 7) : place] if unit.mention is None]
    associated = any("association" in unit.classes for unit in before)
    if mention.outcome_type == "toxicity":
        return "increases" if "D" in kinds and not _compared(before) else "associated"
    if mention.outcome_type == "sensitivity":
        return "associated" if associated and "M" in kinds else "increases"
    if mention.outcome_type in {"tumour_growth", "apoptosis"} and axis < 0:
        return "decreases"
    if mention.outcome_type == "apoptosis":
        return "increases"
    if any("cause" in unit.classes for unit in before):
        return _named(axis)
    if mention.outcome_type == "resistance" and "M" in kinds:
        return "increases"
    return "associated"


def _compared(before: Sequence[Unit]) -> bool:
    return any(unit.text in {"difference", "differences", "compared", "between"} for unit in before)


def _sign(unit: Unit) -> int:
    if "up" in unit.classes:
        return 1
    return -1 if "down" in unit.classes else 0


def _stops(unit: Unit) -> bool:
    return unit.text in {";", "but", "whereas", "while", "although", "however"}


def near_sign(frame: Frame, place: int) -> int:
    """Sign of the adverb or negated adjective before a word that states its direction itself: "less effective"."""
    for unit in reversed(frame.units[max(0, place - 2) : place]):
        if unit.mention is not None:
            return 0
        if unit.text in {"less", "poorly", "minimally"}:
            return -1
    return -1 if frame.units[place].text.startswith("less ") else 0


def left_sign(frame: Frame, place: int) -> int:
    """Product of the signs of the adjective and the verb before an outcome; coordinated outcomes share the verb."""
    target = frame.units[place]
    signs: list[int] = []
    words = 0
    others = False
    for index in range(place - 1, -1, -1):
        unit = frame.units[index]
        if unit.depth > target.depth or _participle(frame, index):
            continue
        if _stops(unit) or words > _REACH:
            break
        if unit.mention is not None:
            if unit.kind == target.kind and unit.group == target.group:
                others = True
                continue
            if signs:
                break
            words += 3
            continue
        if unit.text in {",", "and", "or"}:
            if signs:
                break
            continue
        if unit.text in _COPULAS and words:
            break
        words += unit.kind == "word"
        if sign := _sign(unit):
            signs.append(sign)
            if len(signs) == 2 or others:
                break
    if not signs:
        return 0
    if len(signs) == 2 and signs[0] < 0 and signs[1] < 0:
        return 1
    return -1 if -1 in signs else 1


def _participle(frame: Frame, place: int) -> bool:
    """True inside "trastuzumab-induced": a modifier, not the predicate."""
    units = frame.units
    if units[place].text in _PARTICIPLES and place >= 2:
        return units[place - 1].text in _HYPHENS and units[place - 2].mention is not None
    if units[place].mention is None or place + 2 >= len(units):
        return False
    return units[place + 1].text in _HYPHENS and units[place + 2].text in _PARTICIPLES


def right_sign(frame: Frame, place: int) -> int:
    """Sign of the predicate after an outcome: "PFS was longer", "growth was inhibited", "response enhanced by"."""
    words = 0
    copula = False
    target = frame.units[place]
    for unit in frame.units[place + 1 :]:
        if unit.depth > target.depth:
            continue
        if _stops(unit) or words > 8:
            return 0
        if unit.mention is not None:
            if unit.kind == target.kind and unit.group != target.group:
                return 0
            if copula and unit.kind != target.kind:
                return 0
            continue
        if unit.text in {",", "and"}:
            if copula:
                return 0
            continue
        copula = copula or unit.text in _COPULAS
        words += unit.kind == "word"
        if sign := _sign(unit):
            return sign if copula or words <= 2 else 0
    return 0


def _denied(frame: Frame, place: int, own: frozenset[int], cues: Cues, base: int) -> bool:
    """A negation denies the effect when it stands before the outcome in its clause, or right before the mechanism.

    "A but not B" denies B alone; "independent of M" denies the part of M.
    """
    position = frame.units[place].start - base
    for start, end in cues.negations:
        after = [unit for unit in frame.units if unit.start - base >= end][:4]
        target = next((unit for unit in after if unit.mention is not None), None)
        narrow = _ONE_TARGET.search(cues_text(frame, base, start, end)) is not None
        before = [unit.text for unit in frame.units if unit.start - base < start][-1:]
        if target is not None and (narrow or before == ["but"]) and target.kind != "O":
            if any(frame.units[one].group == target.group for one in own):
                return True
            continue
        if narrow or not cues.same_clause(start, position):
            continue
        if start < position:
            between = [unit for unit in frame.units[:place] if unit.start - base >= end]
            rivals = [
                u
                for u in between
                if u.kind == frame.units[place].kind and u.group != frame.units[place].group
            ]
            if len([unit for unit in between if unit.kind == "word"]) <= _REACH and not rivals:
                return True
        elif _only_auxiliaries(frame, place, start + base):
            return True
    return False


def _only_auxiliaries(frame: Frame, place: int, until: int) -> bool:
    between = [unit.text for unit in frame.units[place + 1 :] if unit.start < until and not unit.depth]
    return len(between) <= 2 and all(text in _AUXILIARIES for text in between)


def cues_text(frame: Frame, base: int, start: int, end: int) -> str:
    """The words of a cue as units."""
    return " ".join(unit.text for unit in frame.units if start <= unit.start - base < end)
