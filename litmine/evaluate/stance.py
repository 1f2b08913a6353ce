"""`litmine eval stance`: labels and scores for pairs of claim and evidence, baselines and flip test beside them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from litmine.assess import label_pairs
from litmine.assess.opposites import direction_words, flip
from litmine.evaluate.baselines import bag_of_words, claim_only
from litmine.files import read_jsonl, write_lines
from litmine.relations import Extractor

LABELS = ("SUPPORT", "CONTRADICT", "NOT_ENOUGH_INFO")
FLIPPED = 200
"""Most pairs of the flip test."""


def evaluate_stance(
    pairs: Path, out: Path, extractor: Extractor, *, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Label every pair `{id, claim, evidence}`; score against `label` where the pairs carry one.

    Returns:
        Counts, coverage (share not abstained) and, with gold labels, macro-F1 over the gold labels present, accuracy,
        the accuracy of the sign (SUPPORT against CONTRADICT) on pairs of either gold label where litmine did not
        abstain, macro-F1 of a bag of words and of the claim alone (cross-validated within the file), and the flip
        test: share of supported pairs called SUPPORT as they stand and with the claim's direction turned.
    """
    claims: list[str] = []
    texts: list[str] = []
    gold: list[str | None] = []
    predicted: list[tuple[str, bool]] = []

    ids: list[Any] = []
    for pair in read_jsonl(pairs, ("id", "claim", "evidence")):
        evidence = pair["evidence"]
        ids.append(pair["id"])
        claims.append(str(pair["claim"]))
        texts.append(" ".join(evidence) if isinstance(evidence, list) else str(evidence))
        gold.append(pair.get("label"))

    def lines() -> Iterator[str]:
        labelled = label_pairs(list(zip(claims, texts, strict=True)), extractor)
        for pair_id, result in zip(ids, labelled, strict=True):
            predicted.append((result["label"], result["abstained"]))
            if progress:
                progress(1)
            yield json.dumps({"id": pair_id, **result}, ensure_ascii=False) + "\n"

    write_lines(out, lines())
    measures: dict[str, Any] = {
        "pairs": len(predicted),
        "labels": dict(sorted(Counter(label for label, _ in predicted).items())),
        "coverage": _share(sum(not abstained for _, abstained in predicted), len(predicted)),
    }
    if gold and all(label in LABELS for label in gold):
        labels = [str(label) for label in gold]
        measures |= _scores(labels, predicted)
        if len(labels) > 1:
            measures["bag_of_words"] = macro_f1(labels, bag_of_words(claims, texts, labels))
            measures["claim_only"] = macro_f1(labels, claim_only(claims, texts, labels))
        measures["flip_test"] = _flip_test(claims, texts, labels, predicted, extractor)
    return measures


def macro_f1(gold: Sequence[str], guesses: Sequence[str]) -> float:
    """Mean F1 over the labels that the gold holds."""
    per_label = _f1(gold, guesses)
    return round(sum(per_label.values()) / len(per_label), 4)


def _f1(gold: Sequence[str], guesses: Sequence[str]) -> dict[str, float]:
    made = {}
    for label in sorted(set(gold)):
        right = sum(g == p == label for g, p in zip(gold, guesses, strict=True))
        made[label] = _share(2 * right, list(gold).count(label) + list(guesses).count(label))
    return made


def _flip_test(
    claims: Sequence[str],
    texts: Sequence[str],
    gold: Sequence[str],
    predicted: Sequence[tuple[str, bool]],
    extractor: Extractor,
) -> dict[str, Any]:
    """Supported pairs whose claim has a word of direction: how many stay SUPPORT when that word is turned."""
    able = [i for i, g in enumerate(gold) if g == LABELS[0] and direction_words(claims[i])]
    chosen = sorted(able, key=lambda i: hashlib.sha256(claims[i].encode()).hexdigest())[:FLIPPED]
    pairs = [(flip(claims[i]) or claims[i], texts[i]) for i in chosen]
    turned = [result["label"] for result in label_pairs(pairs, extractor)]
    return {
        "pairs": len(chosen),
        "as they stand": _share(sum(predicted[i][0] == LABELS[0] for i in chosen), len(chosen)),
        "flipped": _share(turned.count(LABELS[0]), len(chosen)),
    }


def _scores(gold: list[str], predicted: list[tuple[str, bool]]) -> dict[str, Any]:
    labels = [label for label, _ in predicted]
    signed = [
        (g, p) for g, (p, abstained) in zip(gold, predicted, strict=True) if g != LABELS[2] and not abstained
    ]
    answered = [(g, p) for g, p in signed if p != LABELS[2]]
    return {
        "accuracy": _share(sum(g == p for g, p in zip(gold, labels, strict=True)), len(gold)),
        "f1": _f1(gold, labels),
        "macro_f1": macro_f1(gold, labels),
        "sign_accuracy": _share(sum(g == p for g, p in answered), len(answered)),
        "sign_coverage": _share(len(answered), sum(g != LABELS[2] for g in gold)),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
