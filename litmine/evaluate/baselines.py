"""What a pair's words alone tell: bag-of-words and claim-only baselines, cross-validated beside litmine's scores."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

_WORD = re.compile(r"[^\W_][\w-]*")
FOLDS = 5
_PENALTY = 3.0
"""Of squared weights; of 0.1 to 4 the one that makes the baselines strongest."""


def bag_of_words(claims: Sequence[str], evidence: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Labels that a logistic regression over the words of both texts gives, each fold left out once."""
    texts = [
        [*_terms(c), *(f"e_{term}" for term in _terms(e))] for c, e in zip(claims, evidence, strict=True)
    ]
    return _cross_validated(texts, labels, folds_of(claims, evidence))


def claim_only(claims: Sequence[str], evidence: Sequence[str], labels: Sequence[str]) -> list[str]:
    """The same from the claim's words alone; what it gets above chance, the claims' wording gives away."""
    return _cross_validated([_terms(c) for c in claims], labels, folds_of(claims, evidence))


def folds_of(claims: Sequence[str], evidence: Sequence[str]) -> NDArray[np.int64]:
    """Fold of each pair; pairs that share a claim or an evidence text, also by way of others, share a fold."""
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for c, e in zip(claims, evidence, strict=True):
        one, other = find(f"c:{c}"), find(f"e:{e}")
        parent[max(one, other)] = min(one, other)
    made = [int(hashlib.sha256(find(f"c:{c}").encode()).hexdigest(), 16) % FOLDS for c in claims]
    return np.array(made, dtype=np.int64)


def _terms(text: str) -> list[str]:
    words = _WORD.findall(text.casefold())
    return [*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))]


def _cross_validated(
    texts: Sequence[list[str]], labels: Sequence[str], folds: NDArray[np.int64]
) -> list[str]:
    names = sorted(set(labels))
    gold = np.array([names.index(label) for label in labels])
    guesses = np.zeros(len(texts), dtype=np.int64)
    for fold in range(FOLDS):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if not len(train) or not len(test):
            guesses[test] = Counter(gold.tolist()).most_common(1)[0][0]
            continue
        given = [texts[i] for i in train]
        documents = Counter(term for text in given for term in set(text))
        vocabulary = {term: n for n, term in enumerate(sorted(t for t, c in documents.items() if c > 1))}
        rarity = np.array([np.log((1 + len(train)) / (1 + documents[t])) + 1 for t in vocabulary])
        weights = _fit(_matrix(given, vocabulary, rarity), gold[train], len(names))
        guesses[test] = (_matrix([texts[i] for i in test], vocabulary, rarity) @ weights).argmax(axis=1)
    return [names[g] for g in guesses]


def _matrix(
    texts: Sequence[list[str]], vocabulary: dict[str, int], rarity: NDArray[np.float64]
) -> csr_matrix:
    """Rows of length 1: (1 + log count) x rarity per term, and a last column of ones."""
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        counts = {vocabulary[t]: n for t, n in Counter(text).items() if t in vocabulary}
        weighed = {column: (1 + np.log(n)) * rarity[column] for column, n in counts.items()}
        length = np.sqrt(sum(v * v for v in weighed.values())) or 1.0
        for column, value in weighed.items():
            rows.append(row)
            columns.append(column)
            values.append(value / length)
        rows.append(row)
        columns.append(len(vocabulary))
        values.append(1.0)
    return csr_matrix((values, (rows, columns)), shape=(len(texts), len(vocabulary) + 1))


def _fit(x: csr_matrix, gold: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """Weights of a softmax regression with balanced classes; shape (terms + 1, classes)."""
    counts = np.maximum(np.bincount(gold, minlength=classes), 1)
    share = (len(gold) / (classes * counts))[gold]
    target = np.eye(classes)[gold]
    penalty = np.full((x.shape[1], 1), _PENALTY)
    penalty[-1] = 0.0

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(x.shape[1], classes)
        scores = x @ weights
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        slope = x.T @ (share[:, None] * (np.exp(logs) - target)) + penalty * weights
        value = -(share[:, None] * target * logs).sum() + (penalty * weights**2).sum() / 2
        return float(value), slope.ravel()

    start = np.zeros(x.shape[1] * classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100})
    made: NDArray[np.float64] = found.x.reshape(x.shape[1], classes)
    return made
