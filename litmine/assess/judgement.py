"""What judging a sentence gives: a stance, its score and the rule that decided."""

from __future__ import annotations

from dataclasses import dataclass

from litmine.types import AssertionKind, Stance

SUPPORT_FLOOR = 0.6
"""Score from which a sentence counts for or against a clause; below it is shown, and counts for nothing."""
DECIDING = frozenset({"supports", "contradicts", "no_effect"})
"""Stances that speak for or against a clause."""
RATHER_AGAINST = "rather against it"
"""Said in the rule of a sentence that would contradict and only qualifies."""
NOT_READ = "which way it points was not read"
"""Said in the rule of a sentence with words beside its relation that turn it."""
COMMON = frozenset({"her2", "erbb2"})
"""Keys that nearly every text of the field names, unless the caller knows better."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Stance of a sentence towards a clause, with the rule that decided and its score from 0 to 1."""

    stance: Stance
    score: float
    rule: str
    comparability: str = "comparable"
    assertion: AssertionKind = "asserted"
    values: tuple[str, ...] = ()


SILENT = Judgement("silent", 0.0, "nothing aligned")
