"""Quality and time of retrieval on a BEIR folder: each part alone and fused, the weight cross-validated.

    python benchmarks/retrieval.py DIR --split train          # vectors from the cache where it has them
    python benchmarks/retrieval.py DIR --split train --cold   # every vector made anew

Prints the tables of docs/benchmarks/retrieval.md.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from litmine.embedders.base import usable_threads
from litmine.evaluate.retrieval import PARTS, measure, ndcg, rank_collection
from litmine.search.fusion import MEANING

WEIGHTS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--embedder", default="minilm")
    parser.add_argument("--cold", action="store_true", help="use an empty cache of vectors")
    arguments = parser.parse_args()
    wall, cpu = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as empty:
        cache = Path(empty) if arguments.cold else None
        collection = rank_collection(
            arguments.folder, arguments.split, embedder=arguments.embedder, cache_dir=cache
        )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    start = "empty cache" if arguments.cold else "cache as it was"
    print(f"{arguments.folder.name}, split {arguments.split}: {len(collection.relevance)} queries,")
    print(
        f"{len(collection.documents)} documents; encoder {arguments.embedder}, {start}, {usable_threads()} threads"
    )
    print(f"of {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}: {wall:.0f} s, {cpu:.0f} CPU s\n")
    print("| ranking | nDCG@10 | recall@100 | MAP |\n|---|---|---|---|")
    for part, score in PARTS.items():
        values = measure(collection.run(score, 100), collection.relevance)
        print(f"| {part} | " + " | ".join(f"{value:.4f}" for value in values.values()) + " |")
    print("\n| weight of meaning | nDCG@10 |\n|---|---|")
    by_weight = {weight: _ndcg_by_query(collection, weight) for weight in WEIGHTS}
    for weight, by_query in by_weight.items():
        print(f"| {weight:.2f}{' (shipped)' if weight == MEANING else ''} | {_mean(by_query.values()):.4f} |")
    print(f"\n{FOLDS}-fold cross-validation of this weight: nDCG@10 {_cross_validated(by_weight):.4f}")


def _ndcg_by_query(collection, weight):
    run = collection.run(lambda s: weight * s.dense + (1 - weight) * s.lexical, 10)
    return {
        query: ndcg([document for document, _ in hits], collection.relevance[query], 10)
        for query, hits in run.items()
    }


def _cross_validated(by_weight):
    """Mean over queries, each with the weight that is best on the other folds."""
    queries = sorted(next(iter(by_weight.values())))
    total = 0.0
    for fold in range(FOLDS):
        held_out = queries[fold::FOLDS]
        others = set(queries).difference(held_out)
        best = max(WEIGHTS, key=lambda weight: sum(by_weight[weight][query] for query in others))
        total += sum(by_weight[best][query] for query in held_out)
    return total / len(queries)


def _mean(values):
    values = list(values)
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
