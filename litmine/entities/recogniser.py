"""A statistical recogniser: any spaCy or scispaCy pipeline with named entities, its labels read as litmine's types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from litmine.pipeline import load_recogniser, model_version

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

TYPES = {
    "chemical": "drug",
    "simple_chemical": "drug",
    "disease": "disease",
    "cancer": "disease",
    "gene": "gene",
    "gene_or_gene_product": "gene",
    "protein": "gene",
    "dna": "gene",
    "rna": "gene",
    "ggp": "gene",
    "cell_line": "cell_line",
}
"""Label of a model, in lower case → litmine's entity type. Other labels (PERSON, ENTITY, ...) are not used."""

HEADS = {"cdr": ("Chemical", "Disease"), "cg": ("Gene",)}
"""What is taken from each head of a pipeline that has several (`doc.spans`); why: docs/benchmarks/entities.md."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A span [start, end) of a document that a model takes for a thing of one of litmine's entity types."""

    type: str
    start: int
    end: int


@dataclass(frozen=True)
class Recogniser:
    """A named pipeline that finds mentions. It is loaded at first use.

    Args:
        model: name of an installed model or a path: `litmine`, `en_ner_bc5cdr_md`, `en_ner_bionlp13cg_md`.
    """

    model: str

    @cached_property
    def version(self) -> str:
        """Name and version, as written into the provenance of each entity."""
        return model_version(self.model)

    def mentions(self, document: str) -> tuple[Mention, ...]:
        """Mentions in order; those of different types may overlap.

        Raises:
            ModelError: the model is not installed, can't be read or finds no named entities.
        """
        doc = load_recogniser(self.model)(document)
        spans = [
            span for head, labels in HEADS.items() for span in _of_head(doc, head) if span.label_ in labels
        ]
        found = {
            Mention(TYPES[span.label_.lower()], span.start_char, span.end_char)
            for span in (*spans, *doc.ents)
            if span.label_.lower() in TYPES
        }
        return tuple(sorted(found, key=lambda mention: (mention.start, mention.end, mention.type)))


def _of_head(doc: Doc, head: str) -> Sequence[Span]:
    return tuple(doc.spans[head]) if head in doc.spans else ()
