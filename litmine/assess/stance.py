"""Label pairs of claim and evidence text: SUPPORT, CONTRADICT or NOT_ENOUGH_INFO, with a best guess when not sure.

Three sources, weighed by one small logistic model (card in `litmine/models/stance`): aligned slots and
direction (`judge`), features of wording and figures (`pair_features`), and a trained encoder (`pair_encoder`)
that reads the claim and also its opposite: a text that supports a claim can't support what turns it round. The
label is always given; `abstained` says that it is a guess.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from importlib import resources
from typing import Any, Protocol

from litmine.assess.judge import SUPPORT_FLOOR, Judgement, judge_statements
from litmine.assess.opposites import direction_words, flip
from litmine.assess.pair_encoder import SHA256, pair_logits
from litmine.assess.pair_features import features
from litmine.assess.slots import Statement, statement
from litmine.types import Reading, TextSection

LABELS = ("SUPPORT", "CONTRADICT", "NOT_ENOUGH_INFO")
_SIGN_OF = {"supports": 1.0, "contradicts": -1.0, "no_effect": -1.0}
_TOGETHER = 64


class Reader(Protocol):
    """What the judge needs of an extractor."""

    def read(self, record_id: str, title: str, text: str, sections: tuple[TextSection, ...] = ()) -> Reading:
        """Read one document."""
        ...


def stance_scores(claim: str, evidence: str, extractor: Reader) -> dict[str, Any]:
    """Label one pair; see `label_pairs`."""
    return next(label_pairs([(claim, evidence)], extractor))


def label_pairs(pairs: Sequence[tuple[str, str]], extractor: Reader) -> Iterator[dict[str, Any]]:
    """Label pairs of (claim, evidence), in order.

    Yields:
        {"label", "scores": {label: probability, sum 1}, "abstained"}; the label is the best guess even when abstained.

    Raises:
        ModelError: a model's file is not the one that this version was released with.
    """
    for start in range(0, len(pairs), _TOGETHER):
        for values in pair_values(pairs[start : start + _TOGETHER], extractor):
            yield _labelled(_probabilities(values), ruled_out=torn(values))


def pair_values(pairs: Sequence[tuple[str, str]], extractor: Reader) -> list[dict[str, float]]:
    """All that the logistic model weighs, by name, for each pair."""
    opposites = [flip(claim) for claim, _ in pairs]
    claimed = cache(partial(_claimed, extractor=extractor))
    given = cache(partial(_given, extractor=extractor))
    asked = [*pairs, *((o, e) for o, (_, e) in zip(opposites, pairs, strict=True) if o)]
    logits = pair_logits(asked)
    turned = iter(logits[len(pairs) :])
    made = []
    for (claim, evidence), opposite, (support, contradict, neither) in zip(
        pairs, opposites, logits[: len(pairs)].tolist(), strict=True
    ):
        sign = support - contradict
        against = next(turned).tolist() if opposite else None
        aligned = _alignment(_by_alignment(claimed(claim), given(evidence)))
        other = _alignment(_by_alignment(claimed(opposite), given(evidence)) if opposite else None)
        made.append(
            {
                **features(claim, evidence),
                **aligned,
                **{f"{name}_opposite": value for name, value in other.items()},
                "encoder_sign": sign,
                "encoder_support": support - neither,
                "encoder_contradict": contradict - neither,
                "encoder_turn": sign - (against[0] - against[1]) if against else 0.0,
                "encoder_alone": 0.0 if against else sign,
            }
        )
    return made


class TurnedClauses:
    """Judges clauses turned round by aligned slots; each clause and each sentence is read once."""

    def __init__(self, extractor: Reader) -> None:
        self._claimed = cache(partial(_claimed, extractor=extractor))
        self._given = cache(partial(_given, extractor=extractor))

    def alike(self, claim: str, evidence: str, stance: str) -> bool:
        """Would aligned slots give a claim's opposite the same stance? Then its direction was not read.

        Args:
            claim: a clause, as the judge of slots was asked about it.
            evidence: the sentence.
            stance: what aligned slots gave the clause: supports or contradicts.

        Returns:
            False too where the clause has no word of direction that can be turned.
        """
        opposite = flip(claim) if direction_words(claim) else None
        if opposite is None:
            return False
        best = _by_alignment(self._claimed(opposite), self._given(evidence))
        return (
            best is not None and best.score >= SUPPORT_FLOOR and _SIGN_OF.get(best.stance) == _SIGN_OF[stance]
        )


def _alignment(best: Judgement | None) -> dict[str, float]:
    """Score of the firmest judgement by relations, figures or presence, for and against."""
    sign = _SIGN_OF.get(best.stance, 0.0) if best is not None and best.score >= SUPPORT_FLOOR else 0.0
    score = best.score if best is not None and sign else 0.0
    return {"aligned_support": score if sign > 0 else 0.0, "aligned_contradict": score if sign < 0 else 0.0}


def _claimed(claim: str, extractor: Reader) -> Statement:
    read = extractor.read("claim", "", claim)
    return replace(statement(claim, read.relations, read.entities), aim=False)


def _given(evidence: str, extractor: Reader) -> list[Statement]:
    read = extractor.read("evidence", "", evidence)
    return [
        statement(
            s.text,
            [r for r in read.relations if r.sentence == s.index],
            read.entities_in(s),
            section=s.section,
        )
        for s in read.sentences
    ]


def _by_alignment(asked: Statement, sentences: list[Statement]) -> Judgement | None:
    """The strongest judgement by relations, figures or presence; wording alone is the model's part."""
    judged = [judge_statements(asked, found) for found in sentences]
    firm = [j for j in judged if j.stance != "silent" and not j.rule.startswith("wording")]
    return max(firm, key=lambda j: (j.score, j.stance, j.rule), default=None)


def torn(values: Mapping[str, float]) -> bool:
    """Is SUPPORT ruled out?

    Where the encoder reads the claim's opposite as no less supported than the claim, and where the nearest sentence
    finds no difference or effect that the claim asserts.
    """
    has_opposite = values["encoder_alone"] == 0.0
    return (has_opposite and values["encoder_turn"] <= 0.0) or values["none_against_claim"] > 0.0


def _labelled(scores: dict[str, float], *, ruled_out: bool) -> dict[str, Any]:
    """Label and rounded scores; a SUPPORT that the opposite would get too becomes a guess among the rest."""
    label = max(LABELS, key=lambda name: (scores[name], -LABELS.index(name)))
    abstained = scores[label] < float(_model()["threshold"])
    if ruled_out and label == "SUPPORT":
        rest = max(1.0 - scores["SUPPORT"], 1e-9)
        scores = {name: value / rest if name != "SUPPORT" else 0.0 for name, value in scores.items()}
        label, abstained = max(LABELS[1:], key=lambda name: scores[name]), True
    rounded = {name: round(scores[name], 4) for name in LABELS}
    rounded[label] = round(1.0 - sum(v for n, v in rounded.items() if n != label), 4)
    return {"label": label, "scores": rounded, "abstained": abstained}


def _probabilities(values: Mapping[str, float]) -> dict[str, float]:
    """Probabilities of the logistic model."""
    model = _model()
    logits = {
        label: model["bias"][label]
        + sum(
            model["weights"][label][name] * (value - model["mean"][name]) / model["scale"][name]
            for name, value in values.items()
        )
        for label in LABELS
    }
    top = max(logits.values())
    exponents = {label: math.exp(value - top) for label, value in logits.items()}
    total = sum(exponents.values())
    return {label: value / total for label, value in exponents.items()}


def judge_fingerprint(reader_fingerprint: str) -> str:
    """Tells one state of the judge from another: its encoder, its weights and what reads the texts for it."""
    made_of = f"{SHA256} {json.dumps(_model(), sort_keys=True)} {reader_fingerprint}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:16]


@cache
def _model() -> Mapping[str, Any]:
    """Weights fitted by `training/stance_judge.py`."""
    text = resources.files("litmine").joinpath("models", "stance", "weights.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
