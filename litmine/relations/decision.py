"""Which possible relations of a sentence stand: a logistic weight for each feature, then one pass over rivals."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import repeat

from litmine.errors import ModelError
from litmine.relations.candidates import Candidate
from litmine.types import Direction

WEIGHTS_FILE = "relation_weights.json"
WEIGHTS_SHA256 = "40f8028156ccf1268838563d0ce64727ea8646b048f423d59c48454bbcca2b58"


@dataclass(frozen=True, slots=True)
class DirectionWeights:
    """A multinomial logistic model over named features; one weight for each class, in the order of `classes`."""

    classes: tuple[Direction, ...]
    intercepts: tuple[float, ...]
    features: Mapping[str, Sequence[float]]

    def most_probable(self, names: Sequence[str]) -> tuple[Direction, float]:
        """The most probable direction and its probability."""
        rows = [row for row in map(self.features.get, names) if row is not None]
        totals = [sum(column) for column in zip(self.intercepts, *rows, strict=True)]
        highest = max(totals)
        best = totals.index(highest)
        return self.classes[best], 1.0 / sum(math.exp(total - highest) for total in totals)


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over named features, and one of the direction (without it the rules alone decide that)."""

    features: Mapping[str, float]
    intercept: float
    threshold: float
    """What the probability of a relation, its direction included, must reach."""
    direction: DirectionWeights | None = field(default=None, repr=False)

    def probability(self, names: Sequence[str]) -> float:
        """Probability that a candidate with these features is a relation."""
        return _logistic(self.intercept + sum(map(self.features.get, names, repeat(0.0))))

    def probabilities(self, candidates: Sequence[Candidate]) -> list[float]:
        """The probability of each candidate; rows of features that several share are added up once."""
        totals: dict[int, float] = {}
        found = []
        for candidate in candidates:
            total = self.intercept
            for block in candidate.blocks:
                part = totals.get(id(block))
                if part is None:
                    part = totals[id(block)] = sum(map(self.features.get, block, repeat(0.0)))
                total += part
            found.append(_logistic(total))
        return found


def _logistic(total: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def load_weights() -> Weights:
    """The weights that the package carries.

    Raises:
        ModelError: The file is not the one that this version was released with.
    """
    content = resources.files("litmine").joinpath("models", WEIGHTS_FILE).read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise ModelError(
            f"the relation model {WEIGHTS_FILE} is damaged (wrong checksum); install litmine again"
        )
    data = json.loads(content)
    direction = data["direction"]
    model = DirectionWeights(
        tuple(direction["classes"]), tuple(direction["intercepts"]), direction["features"]
    )
    return Weights(data["features"], data["intercept"], data["threshold"], model)


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
