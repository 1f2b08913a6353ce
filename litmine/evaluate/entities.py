"""`litmine eval entities`: PubTator in, litmine's entities in PubTator out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from litmine.annotations import PubTatorDocument, read_pubtator, write_pubtator
from litmine.files import write_lines
from litmine.relations import Extractor

PUBTATOR_TYPES = {
    "drug": "Chemical",
    "gene": "Gene",
    "disease": "Disease",
    "adverse_effect": "Disease",
    "cell_line": "CellLine",
}
"""litmine's entity type → PubTator's. Types without a counterpart are not written."""


def evaluate_entities(
    documents: Path, out: Path, extractor: Extractor, *, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Tag the documents; where the input carries mentions, score exact spans per PubTator type.

    Returns:
        Counts and, per type that the input annotates, precision, recall and F1 of strict spans.
    """
    gold: dict[str, set[tuple[str, int, int]]] = defaultdict(set)
    found: dict[str, set[tuple[str, int, int]]] = defaultdict(set)

    def tagged() -> Iterator[PubTatorDocument]:
        for document in read_pubtator(documents):
            reading = extractor.read(document.id, document.title, document.text)
            entities = tuple(
                replace(entity, type=PUBTATOR_TYPES[entity.type])
                for entity in reading.entities
                if entity.type in PUBTATOR_TYPES
            )
            for mentions, target in ((document.entities, gold), (entities, found)):
                for mention in mentions:
                    target[mention.type].add((document.id, mention.start, mention.end))
            if progress:
                progress(1)
            yield replace(document, entities=entities)

    write_lines(out, write_pubtator(tagged()))
    measures: dict[str, Any] = {"mentions": {kind: len(spans) for kind, spans in sorted(found.items())}}
    for kind in sorted(gold):
        right = len(gold[kind] & found[kind])
        measures[kind] = {
            "precision": round(right / len(found[kind]), 4) if found[kind] else 0.0,
            "recall": round(right / len(gold[kind]), 4),
            "f1": round(2 * right / (len(gold[kind]) + len(found[kind])), 4),
        }
    return measures
