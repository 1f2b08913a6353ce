r"""Train the weights of `litmine/models/relation_weights.npz` and score them on documents they never saw.

    python training/relation_weights.py annotations/training/relations.jsonl --judged build/relations.npz \
        --texts ../shared/data/pubmed/her2_breast.jsonl --texts ../shared/data/pubmed/scale.jsonl.gz \
        --not ../shared/data/gold/dev/relations.jsonl --not annotations/gold/relations.jsonl

Two models. A network with one hidden layer over the features of a candidate says whether it is a relation: it learns
from the annotated documents and from what the teacher (`relation_teacher.py`, same arguments) thinks of plain ones. A
multinomial model says which direction a relation has: it learns from the annotated relations.

The documents of `--not` are never trained on; the score printed is that on the first file of them. `--write` writes the
weights; put the checksum it prints into `litmine/relations/model.py`. Seeded; needs torch and scikit-learn; a minute.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from relation_samples import (
    PLAIN_DOCUMENTS,
    SEED,
    Names,
    Row,
    plain_documents,
    plain_samples,
    predicted,
    read_documents,
    samples_of,
    with_texts,
)
from torch import nn

from litmine.relations import Extractor, score
from litmine.relations.model import WEIGHTS_FILE, DirectionWeights, Weights, read_weights, write_weights

ROOT = Path(__file__).resolve().parent.parent
HIDDEN, EPOCHS, BATCH, RATE, DECAY = 32, 5, 512, 2e-3, 0.02
UNIT_DROPOUT, FEATURE_DROPOUT = 0.2, 0.25
LEAST, THRESHOLD = 15, 0.18
DIRECTION_LEAST, DIRECTION_STRENGTH = 3, 0.1


class Network(nn.Module):
    """Sums over features, one hidden layer, and a way past it."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.hidden = nn.EmbeddingBag(features, HIDDEN, mode="sum")
        self.own = nn.EmbeddingBag(features, 1, mode="sum")
        self.biases = nn.Parameter(torch.full((HIDDEN,), 0.1))
        self.out = nn.Linear(HIDDEN, 1)
        self.drop = nn.Dropout(UNIT_DROPOUT)
        nn.init.normal_(self.hidden.weight, 0, 0.05)
        nn.init.zeros_(self.own.weight)

    def forward(self, features: torch.Tensor, begins: torch.Tensor) -> torch.Tensor:
        """Logits; `begins` are the places in `features` where each candidate's begin."""
        hidden = torch.relu(self.hidden(features, begins) + self.biases)
        return (self.out(self.drop(hidden)) + self.own(features, begins))[:, 0]


def train(rows: list[np.ndarray], targets: np.ndarray, features: int) -> Network:
    """A network trained on candidates (numbers of their features) and how probable each is."""
    torch.manual_seed(SEED)
    generator = np.random.default_rng(SEED)
    network = Network(features)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, steps)
    wanted = torch.tensor(targets, dtype=torch.float32)
    lengths = np.array([len(row) for row in rows])
    for _ in range(EPOCHS):
        order = generator.permutation(len(rows))
        for start in range(0, len(rows), BATCH):
            members = order[start : start + BATCH]
            joined = np.concatenate([rows[i] for i in members])
            kept = generator.random(len(joined)) > FEATURE_DROPOUT
            owner = np.repeat(np.arange(len(members)), lengths[members])[kept]
            begins = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(members)))[:-1]])
            logits = network(torch.from_numpy(joined[kept].astype(np.int64)), torch.from_numpy(begins))
            loss = nn.functional.binary_cross_entropy_with_logits(logits, wanted[members])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
    return network


def weights_of(network: Network, names: list[str], threshold: float, direction: DirectionWeights) -> Weights:
    """The network as litmine computes it, rounded as its file is."""
    with torch.no_grad():
        table = torch.cat([network.own.weight, network.hidden.weight], 1).numpy()
        biases = np.concatenate([network.out.bias.numpy(), network.biases.numpy()])
        out = network.out.weight[0].numpy()
    rows = {name: row for row, name in enumerate(names)}
    zero = np.zeros((1, table.shape[1]), np.float32)
    return read_weights(
        write_weights(Weights(rows, np.vstack([table, zero]), biases, out, threshold, direction))
    )


def train_direction(rows: list[Row]) -> DirectionWeights:
    """Which direction a relation has, from the relations among the candidates."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    directed = [row.directed for row in rows if row.directed]
    counts = Counter(name for features, _ in directed for name in set(features))
    names = sorted(name for name, count in counts.items() if count >= DIRECTION_LEAST)
    column = {name: at for at, name in enumerate(names)}
    indices = [sorted({column[n] for n in features if n in column}) for features, _ in directed]
    pointers = np.concatenate([[0], np.cumsum([len(row) for row in indices])])
    flat = np.array([number for row in indices for number in row], dtype=np.int64)
    matrix = csr_matrix((np.ones(len(flat)), flat, pointers), shape=(len(directed), len(names)))
    model = LogisticRegression(C=DIRECTION_STRENGTH, max_iter=1000)
    model.fit(matrix, [direction for _, direction in directed])
    features = {name: row.tolist() for name, row in zip(names, model.coef_.T, strict=True)}
    classes = tuple(str(name) for name in model.classes_)
    return DirectionWeights(classes, tuple(model.intercept_.tolist()), features)  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("annotations", type=Path)
    parser.add_argument("--judged", type=Path, required=True, help="what the teacher wrote")
    parser.add_argument("--texts", type=Path, action="append", required=True)
    parser.add_argument("--not", dest="held", type=Path, action="append", required=True)
    parser.add_argument("--documents", type=int, default=PLAIN_DOCUMENTS)
    parser.add_argument("--threshold", type=float, nargs="+", default=[THRESHOLD])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    texts, names = read_documents(*given.texts), Names()
    labelled = with_texts(read_documents(given.annotations), texts)
    annotated = [row for found in samples_of(labelled, names) for sentence in found for row in sentence.rows]
    plain = plain_samples(
        plain_documents(texts, [*labelled, *read_documents(*given.held)]), names, given.documents
    )
    judged = [row for found in plain for sentence in found for row in sentence.rows]
    logits = np.load(given.judged)["logits"].astype(np.float64)
    if len(logits) != len(judged):
        raise SystemExit(f"{given.judged} judges {len(logits)} candidates, these texts give {len(judged)}")
    rows = [row.features for row in (*annotated, *judged)]
    counts = np.bincount(np.concatenate(rows), minlength=len(names.numbers))
    number = np.full(len(counts), -1)
    number[counts >= LEAST] = np.arange((counts >= LEAST).sum())
    kept = [name for name, old in names.numbers.items() if number[old] >= 0]
    rows = [part[part >= 0] for part in (number[row] for row in rows)]
    labels = np.array([row.label for row in annotated], dtype=np.float64)
    print(f"{len(annotated)} annotated candidates, {int(labels.sum())} relations; {len(judged)} judged ones")
    print(f"{len(kept)} features", flush=True)
    network = train(rows, np.concatenate([labels, 1 / (1 + np.exp(-logits))]), len(kept))
    direction = train_direction(annotated)
    gold = read_documents(given.held[0])
    for threshold in given.threshold:
        weights = weights_of(network, kept, threshold, direction)
        print(threshold, json.dumps(score(gold, predicted(gold, Extractor(weights=weights)))), flush=True)
    if given.write:
        path = ROOT / "litmine" / "models" / WEIGHTS_FILE
        path.write_bytes(write_weights(weights))
        print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
