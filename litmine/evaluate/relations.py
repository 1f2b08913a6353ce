"""`litmine eval relations`: documents in, litmine's own sentences and relations out, in the gold format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from litmine.annotations import to_gold
from litmine.files import read_jsonl, write_lines
from litmine.relations import Extractor, score


def evaluate_relations(
    gold: Path,
    out: Path,
    extractor: Extractor,
    *,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Predict the relations of `gold`'s documents (only id, title and text are read) and score what can be.

    Returns:
        The measures of `litmine.relations.score` where the file carries relations, and the counts.
    """
    documents = list(read_jsonl(gold, ("id", "text")))
    texts = [(str(d["id"]), d.get("title") or "", d["text"] or "", ()) for d in documents]
    predicted: list[dict[str, Any]] = []

    def lines() -> Iterator[str]:
        readings = extractor.read_many(texts, workers=workers, progress=progress)
        for document, (identifier, title, text, _), reading in zip(documents, texts, readings, strict=True):
            prediction = to_gold(identifier, title, text, reading)
            prediction["id"] = document["id"]
            predicted.append(prediction)
            yield json.dumps(prediction, ensure_ascii=False) + "\n"

    write_lines(out, lines())
    counts = {"documents": len(predicted), "relations": sum(len(d["relations"]) for d in predicted)}
    if all("relations" in document for document in documents) and documents:
        return {**counts, **score(documents, predicted)}
    return counts
