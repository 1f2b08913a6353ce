"""`litmine eval references`: printed references in, the records they denote in the workspace's corpus out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from litmine.corpus import Corpus
from litmine.files import read_jsonl, write_lines
from litmine.references import RecordFinder, match_reference, parse_reference


def evaluate_references(
    references: Path, out: Path, corpus: Corpus, *, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Match every `{id, printed}`; score against `gold` (a PMID or null) where the file carries it.

    Returns:
        Counts by status and, with gold, precision, recall and the number of decoys (gold null) matched.
    """
    finder = RecordFinder(corpus.records())
    results: list[tuple[str | None, str | None]] = []
    statuses: Counter[str] = Counter()
    with_gold = True

    def lines() -> Iterator[str]:
        nonlocal with_gold
        for entry in read_jsonl(references, ("id", "printed")):
            match = match_reference(parse_reference(str(entry["printed"])), finder.find, offline=True)
            statuses[match.status] += 1
            with_gold &= "gold" in entry
            gold = entry.get("gold")
            results.append((f"PMID:{gold}" if gold else None, match.record_id))
            if progress:
                progress(1)
            answer = {
                "id": entry["id"],
                "record_id": match.record_id,
                "score": round(match.score, 4),
                "status": match.status,
            }
            yield json.dumps(answer, ensure_ascii=False) + "\n"

    write_lines(out, lines())
    measures: dict[str, Any] = {"references": len(results), "statuses": dict(sorted(statuses.items()))}
    if with_gold and results:
        matched = [(gold, found) for gold, found in results if found]
        right = sum(gold == found for gold, found in matched)
        real = sum(gold is not None for gold, _ in results)
        measures |= {
            "precision": round(right / len(matched), 4) if matched else 0.0,
            "recall": round(right / real, 4) if real else 0.0,
            "decoys_matched": sum(gold is None for gold, _ in matched),
        }
    return measures
