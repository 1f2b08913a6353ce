"""The trained model of relations: what it computes, its file, and the features it reads."""

import math

import numpy as np
import pytest

from litmine.errors import ModelError
from litmine.relations import Extractor, model
from litmine.relations.candidates import Candidate
from litmine.relations.model import DirectionWeights, Weights, load_weights, read_weights, write_weights

TEXT = "PTEN loss conferred resistance to trastuzumab but not to lapatinib in 12 cell lines."


@pytest.fixture(scope="module")
def candidates() -> tuple[Candidate, ...]:
    (step,) = Extractor(weights=Weights.none()).read_sentences("r", "", TEXT)
    return step.candidates


def slow_probability(weights: Weights, names: tuple[str, ...]) -> float:
    """The definition, feature by feature."""
    total = weights.biases.astype(float)
    for name in names:
        if name in weights.rows:
            total = total + weights.table[weights.rows[name]]
    passed = [max(0.0, value) for value in total[1:]]
    return 1 / (1 + math.exp(-(total[0] + sum(p * w for p, w in zip(passed, weights.out, strict=True)))))


def test_probabilities_are_those_of_the_definition(candidates):
    weights = load_weights()
    fast = weights.probabilities(candidates)
    slow = [slow_probability(weights, candidate.features) for candidate in candidates]
    assert len(set(np.round(fast, 3))) > 3
    assert fast == pytest.approx(slow, abs=1e-5)


def test_a_candidate_is_as_probable_alone_as_among_others(candidates):
    weights = load_weights()
    assert [weights.probabilities([c])[0] for c in candidates] == pytest.approx(
        weights.probabilities(candidates), abs=1e-6
    )


def test_no_candidates_and_no_weights(candidates):
    assert load_weights().probabilities([]) == []
    assert max(Weights.none().probabilities(candidates)) < 1e-9


def test_no_feature_occurs_twice(candidates):
    for candidate in candidates:
        assert len(candidate.features) == len(set(candidate.features))


def test_words_around_and_between_are_features_but_no_names(candidates):
    names = {name for candidate in candidates for name in candidate.features}
    assert {"MO:>word-conferred", "O:word-1-conferred", "D:word-1-to"} <= names
    assert not [n for n in names if "trastuzum" in n or "lapatinib" in n or "pten" in n.lower()]
    assert {n for n in names if n.endswith("word+2-0")}, "figures are one word"


def test_the_file_gives_back_what_was_written():
    shipped = load_weights()
    again = read_weights(write_weights(shipped))
    assert again.fingerprint == shipped.fingerprint
    assert again.threshold == shipped.threshold
    assert list(again.rows) == list(shipped.rows)


def test_other_weights_have_another_fingerprint():
    shipped = load_weights()
    classes = shipped.direction.classes
    other = Weights(
        shipped.rows,
        shipped.table,
        shipped.biases,
        shipped.out,
        shipped.threshold,
        DirectionWeights(classes, tuple(0.0 for _ in classes), {}),
    )
    assert other.fingerprint != shipped.fingerprint
    assert Extractor(weights=other).fingerprint != Extractor().fingerprint


def test_weights_without_a_direction_are_not_written():
    with pytest.raises(ValueError, match="direction"):
        write_weights(Weights.none())


def test_a_damaged_file_is_refused(monkeypatch):
    monkeypatch.setattr(model, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="damaged"):
        load_weights.__wrapped__()
