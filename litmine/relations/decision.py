"""Which possible relations of a sentence stand: a logistic weight for each feature, then one pass over rivals."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import repeat

from litmine.errors import ModelError
from litmine.relations.candidates import Candidate

WEIGHTS_FILE = "relation_weights.json"
WEIGHTS_SHA256 = "371cecc097e6c0424a0521ce9d8ca79ccfe1124b1c5522e0c83954b22d8c8dad"


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over named features."""

    features: Mapping[str, float]
    intercept: float
    threshold: float

    def probability(self, names: Sequence[str]) -> float:
        """Probability that a candidate with these features is a relation."""
        total = self.intercept + sum(map(self.features.get, names, repeat(0.0)))
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
    return Weights(data["features"], data["intercept"], data["threshold"])


def decide(candidates: Sequence[Candidate], weights: Weights) -> list[tuple[Candidate, float]]:
    """Keep the candidates that are probable enough, best first, without rivals for the same slots.

    Returns:
        (candidate, probability) in order of outcome, mechanism and drug.
    """
    scored = [(weights.probability(candidate.features), index) for index, candidate in enumerate(candidates)]
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
