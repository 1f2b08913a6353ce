"""What a sentence says of the direction of one relation, as features for a trained decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from litmine.assertion import Cues
from litmine.relations.direction import left_sign, near_sign, right_sign
from litmine.relations.frames import Frame, Unit
from litmine.relations.patterns import Hit
from litmine.types import Direction

_NEAR, _FAR = 4, 10
_STEM = 7
"""Letters of a word that its feature keeps."""
_SENTENCE_WORDS = frozenset(
    {"versus", "vs", "compared", "than", "no", "not", "similar", "difference", "differences", "rate", "rates"}
)


def direction_features(
    frame: Frame,
    place: int,
    own: frozenset[int],
    hits: Sequence[Hit],
    cues: Cues,
    base: int,
    *,
    read: Direction,
) -> tuple[str, ...]:
    """Features of the effect on the mention at `place`.

    Args:
        own: Places of all mentions of the relation.
        hits: Pattern matches of the relation.
        base: Offset of the sentence in the document.
        read: The direction that the rules read.
    """
    mention = frame.mention_at(place)
    kind = mention.outcome_type or "molecule"
    shape = "".join(letter for letter in "DMO" if any(frame.units[one].kind == letter for one in own))
    axis = "-" if mention.reversed_axis else "+"
    left, right = left_sign(frame, place), right_sign(frame, place)
    features = [
        f"read:{read}",
        f"read:{read}&{kind}",
        f"read:{read}&{shape}",
        f"kind:{kind}",
        f"kind:{kind}{shape}",
        f"axis:{axis}{left}{right}",
        f"axis:{axis}{left}",
        f"stated:{mention.direction}{near_sign(frame, place)}",
        f"word:{frame.units[place].text.split()[-1][:_STEM]}",
    ]
    features.extend(f"hit:{hit.pattern.kind}{hit.pattern.sign}" for hit in hits)
    features.extend(_of_slots(frame, own, read))
    features.extend(_around(frame, place, axis))
    features.extend(_between(frame, place, own, axis))
    features.extend(_negated(frame, place, cues, base))
    texts = {unit.text for unit in frame.units}
    features.extend(f"in:{word}" for word in sorted(_SENTENCE_WORDS & texts))
    return tuple(dict.fromkeys(features))


def _of_slots(frame: Frame, own: frozenset[int], read: Direction) -> Iterator[str]:
    for one in sorted(own):
        mention = frame.mention_at(one)
        if mention.kind == "M":
            yield f"msign:{mention.sign}"
            yield f"msign:{mention.sign}&{read}"
        for flag in sorted(mention.flags & {"versus", "prior", "habit", "class", "model", "population"}):
            yield f"{mention.kind}:{flag}"
            yield f"{mention.kind}:{flag}&{read}"


def _sign(unit: Unit) -> str:
    return "u" if "up" in unit.classes else "d" if "down" in unit.classes else ""


def _around(frame: Frame, place: int, axis: str) -> Iterator[str]:
    """Words and their signs left and right of the outcome."""
    for side, units in (
        ("<", frame.units[max(0, place - _FAR) : place][::-1]),
        (">", frame.units[place + 1 :]),
    ):
        words = [unit for unit in units[:_FAR] if unit.kind == "word"]
        for reach in (_NEAR, _FAR):
            signs = "".join(sorted({_sign(unit) for unit in words[:reach]}))
            yield f"signs{side}{reach}:{axis}{signs}"
        for unit in words[:_NEAR]:
            yield f"w{side}{axis}{unit.text[:_STEM]}"
            yield f"w{side}{unit.text[:_STEM]}"


def _between(frame: Frame, place: int, own: frozenset[int], axis: str) -> Iterator[str]:
    """Signs between the outcome and the nearest other mention of each kind."""
    for kind in ("D", "M"):
        places = [one for one in own if one != place and frame.units[one].kind == kind]
        if places:
            nearest = min(places, key=lambda one: (abs(one - place), one))
            order = "<" if nearest < place else ">"
            units = frame.units[min(place, nearest) + 1 : max(place, nearest)]
            signs = "".join(filter(None, map(_sign, units)))
            yield f"between{kind}{order}{axis}:{signs[:3]}"
            yield f"between{kind}{order}{axis}:{signs[-1:]}"
            for name in ("cause", "association", "against", "equal"):
                if any(name in unit.classes for unit in units):
                    yield f"between{kind}{order}:<{name}>"


def _negated(frame: Frame, place: int, cues: Cues, base: int) -> Iterator[str]:
    position = frame.units[place].start - base
    for start, end in cues.negations:
        if cues.same_clause(start, position):
            side = "<" if start < position else ">"
            between = sum(1 for unit in frame.units if end <= unit.start - base < position)
            yield f"negation{side}{min(between // 3, 4) if side == '<' else ''}"
        else:
            yield "negation-elsewhere"
