"""Score litmine on annotations/gold: relations and search over the bundled digests; what docs/benchmarks.md quotes.

python benchmarks/gold.py
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from litmine.evaluate.relations import evaluate_relations
from litmine.evaluate.retrieval import PARTS, measure, rank_collection
from litmine.relations import Extractor
from litmine.sources import digests

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "annotations" / "gold"
DIGESTS = ROOT / "corpora" / "her2_resistance" / "seeds" / "digests.jsonl"


def write_collection(folder: Path) -> None:
    """Lay the digests and the judged queries out as a BEIR folder."""
    (folder / "qrels").mkdir()
    for name in ("queries.jsonl", "qrels/test.tsv"):
        (folder / name).write_text((GOLD / name).read_text(encoding="utf-8"), encoding="utf-8")
    lines = (
        json.dumps({"_id": record.id, "title": record.title, "text": record.text})
        for record in digests.read(DIGESTS)
    )
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        relations = evaluate_relations(GOLD / "relations.jsonl", folder / "relations.jsonl", Extractor())
        print(json.dumps(relations, indent=1))
        write_collection(folder)
        collection = rank_collection(folder, "test")
        for part, score in PARTS.items():
            run = collection.run(score, len(collection.documents))
            told = above = 0
            for query, judged in collection.relevance.items():
                rank = {document: place for place, (document, _) in enumerate(run[query])}
                last = len(rank)
                for right in (document for document, grade in judged.items() if grade == 2):
                    for wrong in (document for document, grade in judged.items() if grade == 0):
                        told += 1
                        above += rank.get(right, last) < rank.get(wrong, last)
            measures = measure(run, collection.relevance)
            print(f"{part:<8} {measures}  right above wrong: {above} of {told}")


if __name__ == "__main__":
    main()
