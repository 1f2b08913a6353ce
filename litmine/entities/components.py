"""What litmine's own spaCy pipelines are made of: their tokenizer, the dictionary as a feature, heads side by side.

spaCy finds these through the entry points in pyproject.toml, so that a pipeline can be loaded without importing this.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from spacy import registry
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokens import Doc

from litmine.entities.dictionary import dictionary_readings
from litmine.lexicon import load_lexicon
from litmine.pipeline import find_abbreviations

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.vocab import Vocab

    from litmine.lexicon import Lexicon

TOKEN = re.compile(r"\d+\.\d+|[^\W_]+|[^\w\s]|_|\s+")


class WordTokenizer:
    """Words, numbers and single marks: an entity can begin or end at any hyphen, slash, plus or bracket."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Cut a text; every character of it is kept."""
        words: list[str] = []
        spaces: list[bool] = []
        for match in TOKEN.finditer(text):
            word = match.group()
            if word[0].isspace():
                if word[0] == " " and words and not spaces[-1]:
                    spaces[-1] = True
                    word = word[1:]
                if not word:
                    continue
            words.append(word)
            spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing to save: the rule is in the code."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> WordTokenizer:
        """Nothing to read."""
        return self

    def to_disk(self, _path: Any, **_: Any) -> None:
        """Nothing to save."""

    def from_disk(self, _path: Any, **_: Any) -> WordTokenizer:
        """Nothing to read."""
        return self


def make_word_tokenizer() -> Callable[[Language], WordTokenizer]:
    """What the config of a pipeline names as its tokenizer."""
    return lambda nlp: WordTokenizer(nlp.vocab)


def blank_pipeline() -> Language:
    """An English pipeline with nothing but this tokenizer."""
    return English.from_config({"nlp": {"tokenizer": {"@tokenizers": "litmine.WordTokenizer.v1"}}})


@cache
def _lexicon() -> Lexicon:
    return load_lexicon(None)


def make_dictionary(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """The component that tells the heads after it what the dictionary says of each token."""
    return mark_dictionary


def mark_dictionary(doc: Doc) -> Doc:
    """Write what the dictionary says of each token ("drug-B", "gene-I", "stem") where spaCy keeps the lemma.

    The lemma is a feature that a tok2vec layer can embed and that nothing else in these pipelines fills.
    """
    text = doc.text
    place, count = 0, len(doc)
    for start, end, label in dictionary_readings(text, _lexicon(), find_abbreviations(text)):
        while place < count and doc[place].idx < start:
            place += 1
        first = True
        while place < count and doc[place].idx < end:
            doc[place].lemma_ = f"{label}-{'B' if first else 'I'}"
            first = False
            place += 1
    return doc


def make_keep_spans(nlp: Language, name: str, key: str) -> Callable[[Doc], Doc]:
    """The component that moves the entities of the head before it to `doc.spans[key]`, out of the next one's way."""

    def keep_spans(doc: Doc) -> Doc:
        doc.spans[key] = list(doc.ents)
        doc.set_ents([], default="missing")
        return doc

    return keep_spans


registry.tokenizers("litmine.WordTokenizer.v1", func=make_word_tokenizer)
Language.factory("litmine_dictionary", func=make_dictionary)
Language.factory("litmine_keep_spans", default_config={"key": "ner"}, func=make_keep_spans)
