"""The sign that printed figures give: "15.0 months with A and 3.0 months with B" says that A is the longer one."""

from __future__ import annotations

import re

from litmine.relations.frames import Frame
from litmine.types import Direction, Sentence

_FIGURE = re.compile(r"(?<![\w.·-])(\d+(?:[.·]\d+)?)\s?(%|months?|weeks?|years?)?", re.IGNORECASE)
_MARKED = re.compile(
    r"\b(?:versus|vs|compared|hazard ratio|HR|odds ratio|OR|relative risk|risk ratio|RR|p\s?[<=]|log-rank)",
    re.IGNORECASE,
)
_TYPES = frozenset({"survival", "response_rate"})
_REACH = 45
"""How many characters may stand between a figure and the arm it belongs to."""


def compared_figures(frame: Frame, outcome: int, own: frozenset[int], sentence: Sentence) -> Direction | None:
    """Direction of a survival time or response rate printed for two arms of which the relation names one.

    Args:
        frame: The sentence's units.
        outcome: Place of the outcome.
        own: Places of all mentions of the relation.
        sentence: The sentence; the comparison must be marked in it (versus, HR, p).

    Returns:
        None when the figures do not tell: no marked comparison, no second arm, equal figures.
    """
    mention = frame.mention_at(outcome)
    arms = [unit for _, unit in frame.mentions("D") if unit.start > mention.end]
    ours = [frame.units[place] for place in own if frame.units[place].kind == "D"]
    names = {slot.name for unit in ours if unit.mention for slot in unit.mention.slots}
    if mention.outcome_type not in _TYPES or not ours or not _MARKED.search(sentence.text):
        return None
    mine: float | None = None
    other: float | None = None
    position = mention.end
    for unit in sorted(arms, key=lambda unit: unit.start):
        figure = _last_figure(sentence.text[position - sentence.start : unit.start - sentence.start])
        position = unit.end
        if figure is None or unit.mention is None:
            continue
        if unit in ours or unit.mention.slots[0].name in names:
            mine = mine if mine is not None else figure
        else:
            other = other if other is not None else figure
    if mine is None or other is None or mine == other:
        return None
    return "increases" if (mine > other) != mention.reversed_axis else "decreases"


def _last_figure(text: str) -> float | None:
    """The last figure with a unit outside parentheses that stands close to the end of `text`."""
    plain = re.sub(r"\([^()]*\)", lambda match: " " * len(match.group()), text)
    found = [match for match in _FIGURE.finditer(plain) if match.group(2)]
    if not found or len(re.sub(r"\s+", " ", plain[found[-1].end() :])) > _REACH:
        return None
    return float(found[-1].group(1).replace("·", "."))
