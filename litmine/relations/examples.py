"""Run a pattern on its own examples: no lexicon, no model, no parser."""

from __future__ import annotations

from litmine.assertion import find_cues
from litmine.relations.direction import direction_of
from litmine.relations.frames import Frame
from litmine.relations.patterns import Pattern, frame_of_example, match_patterns, units_of


def read_example(pattern: Pattern, text: str) -> list[str]:
    """What one pattern reads in one marked-up sentence.

    Returns:
        `drug | mechanism | outcome | direction` for each reading, `-` for a slot that the pattern does not fill;
        members of a combination are separated by commas.
    """
    document, frame = frame_of_example(text)
    cues = find_cues(document)
    found = []
    for hit in match_patterns(frame, [pattern]):
        targets = units_of(frame, hit.outcome if hit.outcome >= 0 else hit.mechanism)
        for target in targets:
            place = frame.units.index(target)
            groups = {hit.drug, hit.mechanism, hit.outcome}
            own = frozenset(
                i for i, unit in enumerate(frame.units) if unit.mention is not None and unit.group in groups
            )
            direction, _ = direction_of(frame, place, [hit], cues, 0, own=own, aim=False)
            drug = _texts(document, frame, hit.drug)
            mechanism = _texts(document, frame, hit.mechanism)
            outcome = document[target.start : target.end] if hit.outcome >= 0 else "-"
            found.append(f"{drug} | {mechanism} | {outcome} | {direction}")
    return list(dict.fromkeys(found))


def _texts(document: str, frame: Frame, group: int) -> str:
    return (
        ", ".join(document[unit.start : unit.end] for unit in units_of(frame, group)) if group >= 0 else "-"
    )
