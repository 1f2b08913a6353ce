"""Fit the small stance model: logistic regression over features that carry no word of either text.

    python training/stance_features.py ../shared/data/benchmarks --write

Data: SciFact (CC BY 4.0) and Evidence Inference 2 (MIT), training parts. Prints cross-validated macro-F1 (folds by
document) beside the claim-only and bag-of-words baselines fitted in the same folds; seeded, a minute on one core.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold

from litmine.assess.stance import LABELS, features

OUT = Path(__file__).parent.parent / "litmine" / "models" / "stance" / "weights.json"
PRECISION = 0.85


def read_pairs(path: Path, document: str) -> list[tuple[str, str, str, str]]:
    """(claim, evidence, label, document) of a JSON lines file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(r["claim"], r["evidence"], r["label"], f"{path.parent.name}:{r[document]}") for r in rows]


def matrix(pairs: list[tuple[str, str, str, str]]) -> tuple[list[str], np.ndarray]:
    """Names and values of the features."""
    made = [features(claim, evidence) for claim, evidence, _, _ in pairs]
    names = sorted(made[0])
    return names, np.array([[row[name] for name in names] for row in made])


def fit(values: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=0.3, max_iter=2000).fit(values, labels, sample_weight=weights)


def main() -> None:
    """Cross-validate, print, and write the weights fitted on all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("benchmarks", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    scifact = read_pairs(arguments.benchmarks / "scifact" / "pairs_train.jsonl", "doc")
    inference = read_pairs(arguments.benchmarks / "evidence_inference" / "pairs_train.jsonl", "pmcid")
    pairs = [*scifact, *inference]
    names, raw = matrix(pairs)
    labels, groups = np.array([p[2] for p in pairs]), np.array([p[3] for p in pairs])
    source = np.array(["scifact"] * len(scifact) + ["evidence_inference"] * len(inference))
    weights = np.where(source == "scifact", len(inference) / len(scifact), 1.0)
    mean, scale = raw.mean(0), raw.std(0) + 1e-9
    values = (raw - mean) / scale
    predicted = np.empty(len(pairs), dtype=object)
    probabilities = np.zeros((len(pairs), len(LABELS)))
    for train, test in GroupKFold(5).split(values, labels, groups):
        model = fit(values[train], labels[train], weights[train])
        order = [list(model.classes_).index(label) for label in LABELS]
        probabilities[test] = model.predict_proba(values[test])[:, order]
    predicted = np.array(LABELS)[probabilities.argmax(1)]
    report = {}
    for name in ("scifact", "evidence_inference"):
        here = source == name
        row = {"features": f1(labels[here], predicted[here])}
        row |= baselines([p for p, h in zip(pairs, here, strict=True) if h], labels[here], groups[here])
        best = probabilities[here].max(1)
        signed = (labels[here] != LABELS[2]) & (predicted[here] != LABELS[2])
        for threshold in (0.5, 0.6, 0.7, 0.8):
            sure = signed & (best >= threshold)
            accuracy = float((labels[here] == predicted[here])[sure].mean()) if sure.any() else 0.0
            coverage = float(sure.sum() / (labels[here] != LABELS[2]).sum())
            row[f"sign accuracy at {threshold}"] = f"{accuracy:.3f} (coverage {coverage:.3f})"
        report[name] = row
    print(json.dumps(report, indent=2))
    right, confidence = labels == predicted, probabilities.max(1)
    candidates = [
        t
        for t in np.arange(0.4, 0.96, 0.01)
        if (confidence >= t).sum() > 50 and right[confidence >= t].mean() >= PRECISION
    ]
    threshold = round(float(min(candidates, default=0.9)), 2)
    print(
        f"abstention threshold {threshold}: precision {right[confidence >= threshold].mean():.3f}, ", end=""
    )
    print(f"coverage {(confidence >= threshold).mean():.3f}")
    if arguments.write:
        model = fit(values, labels, weights)
        content = {
            "threshold": threshold,
            "mean": dict(zip(names, mean.round(6).tolist(), strict=True)),
            "scale": dict(zip(names, scale.round(6).tolist(), strict=True)),
            "bias": {
                label: round(float(model.intercept_[list(model.classes_).index(label)]), 6)
                for label in LABELS
            },
            "weights": {
                label: dict(
                    zip(names, model.coef_[list(model.classes_).index(label)].round(6).tolist(), strict=True)
                )
                for label in LABELS
            },
        }
        OUT.parent.mkdir(parents=True, exist_ok=True)
        OUT.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def f1(gold: np.ndarray, predicted: np.ndarray) -> float:
    return round(float(f1_score(gold, predicted, average="macro", labels=sorted(set(gold)))), 4)


def baselines(
    pairs: list[tuple[str, str, str, str]], labels: np.ndarray, groups: np.ndarray
) -> dict[str, float]:
    """Macro-F1 of the claim alone and of a bag of words, in the same kind of folds."""
    scores = {}
    for name, texts in (
        ("claim only", [p[0] for p in pairs]),
        ("bag of words", [f"{p[0]} {' '.join('e_' + w for w in p[1].split())}" for p in pairs]),
    ):
        predicted = np.empty(len(pairs), dtype=object)
        for train, test in GroupKFold(5).split(texts, labels, groups):
            vectors = TfidfVectorizer(min_df=2, ngram_range=(1, 2), sublinear_tf=True)
            model = LogisticRegression(C=4.0, max_iter=2000, class_weight="balanced")
            model.fit(vectors.fit_transform([texts[i] for i in train]), labels[train])
            predicted[test] = model.predict(vectors.transform([texts[i] for i in test]))
        scores[name] = f1(labels, predicted)
    return scores


if __name__ == "__main__":
    main()
