"""`litmine eval stance`: pairs of claim and evidence in, labels with scores out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from litmine.assess import stance_scores
from litmine.files import read_jsonl, write_lines
from litmine.relations import Extractor

LABELS = ("SUPPORT", "CONTRADICT", "NOT_ENOUGH_INFO")


def evaluate_stance(
    pairs: Path, out: Path, extractor: Extractor, *, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Label every pair `{id, claim, evidence}`; score against `label` where the pairs carry one.

    Returns:
        Counts, coverage (share not abstained) and, with gold labels, 3-way macro-F1, accuracy, and the accuracy of
        the sign (SUPPORT against CONTRADICT) on pairs of either gold label where litmine did not abstain.
    """
    gold: list[str | None] = []
    predicted: list[tuple[str, bool]] = []

    def lines() -> Iterator[str]:
        for pair in read_jsonl(pairs, ("id", "claim", "evidence")):
            evidence = pair["evidence"]
            result = stance_scores(
                str(pair["claim"]),
                " ".join(evidence) if isinstance(evidence, list) else str(evidence),
                extractor,
            )
            gold.append(pair.get("label"))
            predicted.append((result["label"], result["abstained"]))
            if progress:
                progress(1)
            yield json.dumps({"id": pair["id"], **result}, ensure_ascii=False) + "\n"

    write_lines(out, lines())
    measures: dict[str, Any] = {
        "pairs": len(predicted),
        "labels": dict(sorted(Counter(label for label, _ in predicted).items())),
        "coverage": _share(sum(not abstained for _, abstained in predicted), len(predicted)),
    }
    if gold and all(label in LABELS for label in gold):
        measures |= _scores([str(label) for label in gold], predicted)
    return measures


def _scores(gold: list[str], predicted: list[tuple[str, bool]]) -> dict[str, Any]:
    labels = [label for label, _ in predicted]
    per_label = {}
    for label in sorted(set(gold)):
        right = sum(g == p == label for g, p in zip(gold, labels, strict=True))
        per_label[label] = _share(2 * right, gold.count(label) + labels.count(label))
    signed = [
        (g, p) for g, (p, abstained) in zip(gold, predicted, strict=True) if g != LABELS[2] and not abstained
    ]
    answered = [(g, p) for g, p in signed if p != LABELS[2]]
    return {
        "accuracy": _share(sum(g == p for g, p in zip(gold, labels, strict=True)), len(gold)),
        "f1": per_label,
        "macro_f1": round(sum(per_label.values()) / len(per_label), 4),
        "sign_accuracy": _share(sum(g == p for g, p in answered), len(answered)),
        "sign_coverage": _share(len(answered), sum(g != LABELS[2] for g in gold)),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
