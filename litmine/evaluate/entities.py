"""`litmine eval entities`: PubTator in, litmine's entities in PubTator out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from litmine.annotations import PubTatorDocument, read_pubtator, write_pubtator
from litmine.entities import Recogniser, combine, find_entities
from litmine.files import write_lines
from litmine.lexicon import Lexicon
from litmine.pipeline import find_abbreviations
from litmine.types import Entity

PUBTATOR_TYPES = {
    "drug": "Chemical",
    "gene": "Gene",
    "disease": "Disease",
    "adverse_effect": "Disease",
    "cell_line": "CellLine",
}
"""litmine's entity type → PubTator's. Types without a counterpart are not written."""

Spans = dict[str, set[tuple[str, int, int]]]
"""Type → (document, start, end)."""


def evaluate_entities(
    documents: Path,
    out: Path,
    lexicon: Lexicon,
    recogniser: Recogniser | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Tag the documents; where the input carries mentions, score exact spans per PubTator type.

    Names are written as corpora annotate them: EGFR in "EGFR inhibitor", not the drug class.

    Args:
        documents: a PubTator file.
        out: where the tagged documents are written.
        lexicon: the dictionary.
        recogniser: a model that reads beside the dictionary; None for the dictionary alone.

    Returns:
        Counts and, per type that the input annotates, precision, recall and F1 of strict spans; with a recogniser also
        those of the dictionary alone, under `dictionary alone: <type>`.
    """
    gold: Spans = defaultdict(set)
    found: Spans = defaultdict(set)
    alone: Spans = defaultdict(set)

    def tagged() -> Iterator[PubTatorDocument]:
        for document in read_pubtator(documents):
            listed, entities = read_names(f"{document.title}\n{document.text}", lexicon, recogniser)
            for mentions, target in ((listed, alone), (entities, found)):
                _add(target, document.id, _as_pubtator(mentions))
            _add(gold, document.id, document.entities)
            if progress:
                progress(1)
            yield replace(document, entities=_as_pubtator(entities))

    write_lines(out, write_pubtator(tagged()))
    measures: dict[str, Any] = {"mentions": {kind: len(spans) for kind, spans in sorted(found.items())}}
    for kind in sorted(gold):
        measures[kind] = _figures(gold[kind], found[kind])
    for kind in sorted(gold) if recogniser else ():
        measures[f"dictionary alone: {kind}"] = _figures(gold[kind], alone[kind])
    return measures


def read_names(
    text: str, lexicon: Lexicon, recogniser: Recogniser | None
) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    """The names of PubTator's types in a text: by the dictionary alone, and together with the recogniser."""
    abbreviations = find_abbreviations(text)
    found = find_entities(text, lexicon, abbreviations, composed=False)
    listed = tuple(entity for entity in found if entity.type in PUBTATOR_TYPES)
    if recogniser is None:
        return listed, listed
    mentions = recogniser.mentions(text)
    return listed, combine(text, listed, mentions, lexicon, abbreviations, recogniser.version)


def _as_pubtator(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    return tuple(replace(entity, type=PUBTATOR_TYPES[entity.type]) for entity in entities)


def _add(target: Spans, document: str, entities: tuple[Entity, ...]) -> None:
    for entity in entities:
        target[entity.type].add((document, entity.start, entity.end))


def _figures(gold: set[tuple[str, int, int]], found: set[tuple[str, int, int]]) -> dict[str, float]:
    right = len(gold & found)
    return {
        "precision": round(right / len(found), 4) if found else 0.0,
        "recall": round(right / len(gold), 4),
        "f1": round(2 * right / (len(gold) + len(found)), 4),
    }
