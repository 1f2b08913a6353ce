"""Fit how alignment, wording and the encoder are weighed into one label, on documents that the encoder never saw.

    python training/stance_judge.py ../shared/data --write

Run after `training/stance_encoder.py` and `training/stance_export.py`. Prints, cross-validated by document over these
held-out documents, macro-F1 with each part alone and together, sign accuracy by coverage, and the baselines that see a
bag of words or the claim alone; seeded, minutes on one core (the values of each pair are kept in `--cache`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from stance_encoder import development_pairs

from litmine.assess.opposites import direction_words, flip
from litmine.assess.stance import LABELS, pair_values, torn
from litmine.evaluate.baselines import bag_of_words, claim_only
from litmine.relations import Extractor

OUT = Path(__file__).parent.parent / "litmine" / "models" / "stance" / "weights.json"
PRECISION = 0.85
STRENGTH = 0.1
SETS = ("scifact", "evidence_inference", "digests")
PARTS = {
    "encoder": lambda name: name.startswith("encoder"),
    "encoder without the opposite": lambda name: name in ("encoder_support", "encoder_contradict"),
    "alignment and wording": lambda name: not name.startswith("encoder"),
    "together": lambda name: True,
}


def values_of(pairs, turned, cache: Path | None) -> list[list[dict[str, float]]]:
    """Values of the pairs, and of the supported ones with their claim turned; from the cache where it fits."""
    if cache and cache.is_file():
        kept = json.loads(cache.read_text())
        if [len(part) for part in kept] == [len(pairs), len(turned)]:
            return kept
    texts = (
        [(p.claim, p.evidence) for p in pairs],
        [(flip(pairs[i].claim), pairs[i].evidence) for i in turned],
    )
    made = [pair_values(part, Extractor()) for part in texts]
    if cache:
        cache.write_text(json.dumps(made))
    return made


def guesses(probabilities, rows) -> np.ndarray:
    """Labels; a SUPPORT that the encoder would give the opposite too goes to the next label, as `label_pairs` does."""
    ruled = probabilities.copy()
    ruled[[torn(row) for row in rows], 0] = 0.0
    return np.array(LABELS)[ruled.argmax(1)]


def fit(values, labels, weights) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=3000).fit(values, labels, sample_weight=weights)


def cross_validated(values, labels, groups, weights, others=None, of=()) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities in the order of LABELS, each from a model that did not see the pair's document.

    Args:
        others: further rows, each read by the model that reads the pair numbered in `of`.
    """
    made, further = np.zeros((len(labels), len(LABELS))), np.zeros((len(of), len(LABELS)))
    for train, test in GroupKFold(10).split(values, labels, groups):
        model = fit(values[train], labels[train], weights[train])
        order = [list(model.classes_).index(n) for n in LABELS]
        made[test] = model.predict_proba(values[test])[:, order]
        mine = np.flatnonzero(np.isin(of, test))
        if len(mine):
            further[mine] = model.predict_proba(others[mine])[:, order]
    return made, further


def f1(gold, predicted) -> float:
    return round(float(f1_score(gold, predicted, average="macro", labels=sorted(set(gold)))), 3)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    pairs = [p for p in development_pairs(given.shared) if p.source in SETS]
    turned = [i for i, p in enumerate(pairs) if p.label == LABELS[0] and direction_words(p.claim)]
    rows, turned_rows = values_of(pairs, turned, given.cache)
    names = sorted(rows[0])
    labels, groups = np.array([p.label for p in pairs]), np.array([p.document for p in pairs])
    source = np.array([p.source for p in pairs])
    # each set counts the same, and within it each label
    weights = np.array(
        [
            1 / (len(set(labels[source == s])) * ((source == s) & (labels == n)).sum())
            for s, n in zip(source, labels, strict=True)
        ]
    )
    weights *= len(pairs) / weights.sum()
    raw = np.array([[row[name] for name in names] for row in rows])
    mean, scale = raw.mean(0), raw.std(0) + 1e-9
    values = (raw - mean) / scale
    for part, belongs in PARTS.items():
        columns = [i for i, name in enumerate(names) if belongs(name)]
        guess = np.array(LABELS)[cross_validated(values[:, columns], labels, groups, weights)[0].argmax(1)]
        print(part, {s: f1(labels[source == s], guess[source == s]) for s in SETS})
    others = (np.array([[row[name] for name in names] for row in turned_rows]) - mean) / scale
    probabilities, flipped = cross_validated(values, labels, groups, weights, others, np.array(turned))
    against = np.array([torn(row) for row in rows])
    best = np.where(against & (probabilities.argmax(1) == 0), 0.0, probabilities.max(1))  # a guess
    guess = guesses(probabilities, rows)
    print("as labelled", {s: f1(labels[source == s], guess[source == s]) for s in SETS})
    stands, falls = guess[turned] == LABELS[0], guesses(flipped, turned_rows) == LABELS[0]
    print(f"flip test, {len(turned)} claims: as they stand {stands.mean():.3f}, turned {falls.mean():.3f}")
    for s in SETS:
        here = source == s
        texts = [p for p, h in zip(pairs, here, strict=True) if h]
        claims, evidence = [p.claim for p in texts], [p.evidence for p in texts]
        gold = list(labels[here])
        print(s, "bag of words", f1(gold, bag_of_words(claims, evidence, gold)), end=", ")
        print("claim alone", f1(gold, claim_only(claims, evidence, gold)), "of", len(texts))
        signed = here & (labels != LABELS[2])
        for threshold in (0.4, 0.5, 0.6, 0.7, 0.8):
            sure = signed & (guess != LABELS[2]) & (best >= threshold)
            right = (labels == guess)[sure].mean() if sure.any() else 0.0
            print(f"  at {threshold}: sign right {right:.3f}, coverage {sure.sum() / signed.sum():.3f}")
    right = labels == guess
    able = [
        t
        for t in np.arange(0.4, 0.96, 0.01)
        if (best >= t).sum() > 50 and np.average(right[best >= t], weights=weights[best >= t]) >= PRECISION
    ]
    threshold = round(float(min(able, default=0.9)), 2)
    sure = best >= threshold
    print(f"threshold {threshold}: right {np.average(right[sure], weights=weights[sure]):.3f}, ", end="")
    print(f"coverage {np.average(sure, weights=weights):.3f}")
    if given.write:
        model = fit(values, labels, weights)
        at = {label: list(model.classes_).index(label) for label in LABELS}
        content = {
            "threshold": threshold,
            "mean": dict(zip(names, mean.round(6).tolist(), strict=True)),
            "scale": dict(zip(names, scale.round(6).tolist(), strict=True)),
            "bias": {label: round(float(model.intercept_[at[label]]), 6) for label in LABELS},
            "weights": {
                label: dict(zip(names, model.coef_[at[label]].round(6).tolist(), strict=True))
                for label in LABELS
            },
        }
        OUT.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
