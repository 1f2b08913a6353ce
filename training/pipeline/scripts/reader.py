"""The corpus reader of these configs: documents with the dictionary's features, read once and used in every epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training import Example

from litmine.entities import components


@spacy.registry.readers("litmine.Documents.v1")
def documents(path: Path, dictionary: bool = True) -> Callable[[Language], Iterable[Example]]:
    """Examples of a DocBin; `predicted` is tokenised anew and marked by the dictionary."""
    cache: list[Example] = []

    def read(nlp: Language) -> Iterable[Example]:
        if not cache:
            for reference in DocBin().from_disk(path).get_docs(nlp.vocab):
                predicted = nlp.make_doc(reference.text)
                if dictionary:
                    components.mark_dictionary(predicted)
                cache.append(Example(predicted, reference))
        return iter(cache)

    return read
