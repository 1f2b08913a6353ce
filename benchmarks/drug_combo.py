"""Which drugs of a sentence are given together to good effect: positive combinations of drug-combo-extraction.

    python benchmarks/drug_combo.py ../shared/data/benchmarks/drug_combo/train.jsonl

The set (Tiktinsky et al. 2022, doi:10.18653/v1/2022.naacl-main.233) marks the drugs of a sentence and which of them are
a combination with a positive effect (POS), an unclear one (COMB) or a negative one (NEG). Its licence is not stated, so
it gives figures and trains nothing that litmine ships. About every fifth document of its train file (by a checksum of
its id) is the development split; no other split is used. A combination is predicted POS when litmine reads a relation
whose drugs are these, with an outcome that got better. Drugs meet the given spans by overlap; one that litmine does not
see is missed.
"""

from __future__ import annotations

import argparse
import json
import zlib
from pathlib import Path

from litmine.relations import Extractor

SPLIT = 5
GOOD = {
    "resistance": "decreases",
    "sensitivity": "increases",
    "response_rate": "increases",
    "survival": "increases",
    "tumour_growth": "decreases",
    "apoptosis": "increases",
}


def is_development(document):
    return zlib.crc32(document["doc_id"].encode()) % SPLIT == 0


def predicted(extractor, document):
    """Sets of span numbers that litmine reads as a combination with a good outcome, and as any combination."""
    reading = extractor.read(document["doc_id"], "", document["sentence"])
    good, any_effect = set(), set()
    for relation in reading.relations:
        spans = frozenset(
            span["span_id"]
            for span in document["spans"]
            if any(slot.start - 1 < span["end"] and span["start"] < slot.end - 1 for slot in relation.drug)
        )
        if len(spans) >= 2:
            any_effect.add(spans)
            if relation.assertion != "aim" and GOOD.get(relation.outcome_type) == relation.direction:
                good.add(spans)
    return good, any_effect


def partial(one, others):
    """The paper's partial match: how much of a combination the best other one covers, from two shared drugs on."""
    shares = (len(one & other) / len(one | other) for other in others if len(one & other) >= 2)
    return max(shares, default=0.0)


def figures(gold, ours, credit):
    found = sum(credit(one, truth) for truth, mine in zip(gold, ours, strict=True) for one in mine)
    reached = sum(credit(one, mine) for truth, mine in zip(gold, ours, strict=True) for one in truth)
    precision = found / max(1, sum(map(len, ours)))
    recall = reached / max(1, sum(map(len, gold)))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("train", type=Path)
    arguments = parser.parse_args()
    lines = arguments.train.read_text(encoding="utf-8").splitlines()
    documents = [document for document in map(json.loads, lines) if is_development(document)]
    extractor = Extractor()
    read = [predicted(extractor, document) for document in documents]
    print(f"{len(documents)} sentences of the development split\n")
    print("| combinations | matching | n | precision | recall | F1 |\n|---|---|---:|---:|---:|---:|")
    for name, classes, ours in (
        ("positive", {"POS"}, [good for good, _ in read]),
        ("any", {"POS", "COMB", "NEG"}, [both for _, both in read]),
    ):
        gold = [
            {frozenset(relation["spans"]) for relation in document["rels"] if relation["class"] in classes}
            for document in documents
        ]
        for matching, credit in (("exact", lambda one, others: one in others), ("partial", partial)):
            cells = " | ".join(f"{value:.3f}" for value in figures(gold, ours, credit))
            print(f"| {name} | {matching} | {sum(map(len, gold))} | {cells} |")


if __name__ == "__main__":
    main()
