"""Which possible relations of a sentence stand: the probable ones, best first, in one pass over rivals."""

from __future__ import annotations

from collections.abc import Sequence

from litmine.relations.candidates import Candidate
from litmine.relations.model import Weights


def decide(candidates: Sequence[Candidate], weights: Weights) -> list[tuple[Candidate, float]]:
    """Keep the candidates that are probable enough, best first, without rivals for the same slots.

    Returns:
        (candidate, probability) in order of outcome, mechanism and drug.
    """
    scored = [(probability, index) for index, probability in enumerate(weights.probabilities(candidates))]
    kept: list[tuple[Candidate, float]] = []
    for probability, index in sorted(scored, key=lambda item: (-item[0], item[1])):
        if probability < weights.threshold:
            break
        candidate = candidates[index]
        if rival_of(candidate, [other for other, _ in kept]) is None:
            kept.append((candidate, probability))
    return sorted(kept, key=lambda item: (item[0].outcome, item[0].mechanism, _places(item[0])))


def rival_of(candidate: Candidate, kept: Sequence[Candidate]) -> Candidate | None:
    """The first of the kept candidates that claims the same slots."""
    return next((other for other in kept if _rivals(candidate, other)), None)


def _places(candidate: Candidate) -> tuple[int, ...]:
    return candidate.drug.places if candidate.drug else ()


def _rivals(one: Candidate, other: Candidate) -> bool:
    """An outcome and mechanism take one combination of drugs, unless each acts alone."""
    if one.outcome != other.outcome:
        return False
    drugs, others = _places(one), _places(other)
    if one.outcome < 0:
        return one.mechanism == other.mechanism or (drugs != others and bool(set(drugs) & set(others)))
    if one.mechanism == other.mechanism:
        return not _each_alone(one, other)
    if -1 in (one.mechanism, other.mechanism):
        return not drugs or not others or bool(set(drugs) & set(others))
    return drugs != others


def _each_alone(one: Candidate, other: Candidate) -> bool:
    """Members of one list, each taken alone ("A or B")."""
    if one.drug is None or other.drug is None:
        return False
    return (
        one.drug.kind == other.drug.kind == "one"
        and one.drug.group == other.drug.group
        and one.drug != other.drug
    )
