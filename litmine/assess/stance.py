"""Label one pair of claim and evidence text: SUPPORT, CONTRADICT or NOT_ENOUGH_INFO, with a best guess when not sure.

Two judges: aligned slots and direction (`judge`), and a small logistic model over overlap, figures, direction
words and
negation (see the model card in `litmine/models/stance`). The label is always given; `abstained` says that it
is a guess.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any, Protocol

from litmine.assess.judge import SUPPORT_FLOOR, Judgement, judge_statements
from litmine.assess.slots import DOWN, NEGATION, UP, Statement, content_words, statement
from litmine.claims import find_figures
from litmine.types import Reading, TextSection

LABELS = ("SUPPORT", "CONTRADICT", "NOT_ENOUGH_INFO")
_LABEL_OF = {
    "supports": "SUPPORT",
    "contradicts": "CONTRADICT",
    "no_effect": "CONTRADICT",
}
ALIGNED = 0.3
"""Share of the probability that an aligned relation, figure or presence brings to its label."""
_NO_EFFECT = re.compile(
    r"\bno (?:\w+ ){0,2}(?:difference|effect|association|change|benefit|evidence|increase|reduction|"
    r"improvement)|\bnot (?:\w+ ){0,2}"
    r"(?:differ|associated|affect|change|improve|reduce|increase|different|significant)|\bsimilar\b|\bdid "
    r"not\b|\bas effective as\b"
    r"|\bcomparable\b|\bfail(?:s|ed) to\b|\bunchanged\b|\bno significant\b|\bnon-?significant|\bNS\b",
    re.IGNORECASE,
)
_P_VALUE = re.compile(r"\bp\s*(?P<sign>[=<>≤≥])\s*(?P<value>0?\.\d+)", re.IGNORECASE)
_INTERVAL = re.compile(r"(?P<low>\d+\.\d+)\s*(?:-|–|to|,)\s*(?P<high>\d+\.\d+)")
_WORD = re.compile(r"[A-Za-z][\w-]+")


class Reader(Protocol):
    """What the judge needs of an extractor."""

    def read(self, record_id: str, title: str, text: str, sections: tuple[TextSection, ...] = ()) -> Reading:
        """Read one document."""
        ...


def stance_scores(claim: str, evidence: str, extractor: Reader) -> dict[str, Any]:
    """Label a pair.

    Returns:
        {"label", "scores": {label: probability, sum 1}, "abstained"}; the label is the best guess even when abstained.
    """
    asked, sentences = _read(claim, evidence, extractor)
    best = _by_alignment(asked, sentences)
    scores = model_scores(claim, evidence)
    sure = best is not None and best.stance in _LABEL_OF and best.score >= SUPPORT_FLOOR
    if best is not None and sure:
        label = _LABEL_OF[best.stance]
        scores = {n: (1 - ALIGNED) * value + (ALIGNED if n == label else 0.0) for n, value in scores.items()}
    label = max(LABELS, key=lambda name: (scores[name], -LABELS.index(name)))
    abstained = scores[label] < float(_model()["threshold"])
    rounded = {name: round(scores[name], 4) for name in LABELS}
    rounded[label] = round(1.0 - sum(v for n, v in rounded.items() if n != label), 4)
    return {"label": label, "scores": rounded, "abstained": abstained}


def _read(claim: str, evidence: str, extractor: Reader) -> tuple[Statement, list[Statement]]:
    asked = extractor.read("claim", "", claim)
    given = extractor.read("evidence", "", evidence)
    return (
        replace(statement(claim, asked.relations, asked.entities), aim=False),
        [
            statement(
                s.text,
                [r for r in given.relations if r.sentence == s.index],
                given.entities_in(s),
                section=s.section,
            )
            for s in given.sentences
        ],
    )


def _by_alignment(asked: Statement, sentences: list[Statement]) -> Judgement | None:
    """The strongest judgement by relations, figures or presence; wording alone is the model's part."""
    judged = [judge_statements(asked, found) for found in sentences]
    firm = [j for j in judged if j.stance != "silent" and not j.rule.startswith("wording")]
    return max(firm, key=lambda j: (j.score, j.stance, j.rule), default=None)


def features(claim: str, evidence: str) -> dict[str, float]:
    """Cheap features of a pair; none is a word of either text, so that the model cannot learn topics.

    Overlap of content words, figures shared, words of direction on either side and whether they agree, negation and
    words of "no effect", p values and intervals that cross one.
    """
    wanted, given = content_words(claim), content_words(evidence)
    overlap = len(wanted & given) / max(1, len(wanted))
    numbers, printed = set(re.findall(r"\d+(?:\.\d+)?", claim)), set(re.findall(r"\d+(?:\.\d+)?", evidence))
    near = _nearest_part(wanted, evidence)
    claim_way, near_way = _way(claim), _way(near)
    p_values = [(m["sign"], float(m["value"])) for m in _P_VALUE.finditer(evidence)]
    crossing = [m for m in _INTERVAL.finditer(evidence) if float(m["low"]) < 1.0 < float(m["high"])]
    claimed_none, found_none = bool(_NO_EFFECT.search(claim)), bool(_NO_EFFECT.search(near))
    negated, denies = bool(NEGATION.search(claim)), bool(NEGATION.search(near))
    agree = claim_way * near_way
    return {
        "overlap": overlap,
        "overlap_squared": overlap * overlap,
        "near_overlap": len(wanted & content_words(near)) / max(1, len(wanted)),
        "names_found": _names_found(claim, evidence),
        "numbers_found": len(numbers & printed) / len(numbers) if numbers else 0.5,
        "has_number": float(bool(numbers)),
        "figures_differ": float(
            bool(find_figures(claim)) and bool(find_figures(near)) and not numbers & printed
        ),
        "same_way": float(agree > 0),
        "opposite_way": float(agree < 0),
        "same_way_x_overlap": overlap * max(agree, 0),
        "opposite_way_x_overlap": overlap * max(-agree, 0),
        "claim_up": float(claim_way > 0),
        "claim_down": float(claim_way < 0),
        "near_neutral": float(near_way == 0),
        "negation_differs": float(negated != denies),
        "negation_both": float(negated and denies),
        "none_against_claim": float(found_none and not claimed_none),
        "none_both": float(found_none and claimed_none),
        "claim_denies": float(negated or claimed_none),
        "none_lacking": float(claimed_none and not found_none),
        "p_small": float(any(sign in "<=≤" and value <= 0.05 for sign, value in p_values)),
        "p_large": float(any(value > 0.05 and sign in "=>≥" for sign, value in p_values)),
        "interval_crosses": float(bool(crossing)),
        "length": min(len(evidence), 2000) / 2000,
    }


def _way(text: str) -> int:
    """1 when words of more prevail, -1 when words of less do, 0 otherwise."""
    balance = len(UP.findall(text)) - len(DOWN.findall(text))
    return (balance > 0) - (balance < 0)


def _nearest_part(wanted: frozenset[str], evidence: str) -> str:
    """The sentence of the evidence that shares most words with the claim."""
    parts = re.split(r"(?<=[.!?])\s+(?=[A-Z(\[])", evidence)
    return max(parts, key=lambda part: (len(wanted & content_words(part)), -len(part)))


def _names_found(claim: str, evidence: str) -> float:
    """Share of the claim's capitalised or numbered names that the evidence prints."""
    names = {w for w in _WORD.findall(claim)[1:] if any(c.isupper() or c.isdigit() for c in w)}
    return sum(n.casefold() in evidence.casefold() for n in names) / len(names) if names else 0.5


def model_scores(claim: str, evidence: str) -> dict[str, float]:
    """Probabilities of the logistic model."""
    model = _model()
    values = features(claim, evidence)
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


@cache
def _model() -> Mapping[str, Any]:
    """Weights fitted by `training/stance_features.py`."""
    text = resources.files("litmine").joinpath("models", "stance", "weights.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
