"""BM25 over words (tantivy): English stems, Greek letters kept, one index of records and one of sentences.

BM25 after Robertson & Zaragoza 2009, doi:10.1561/1500000019, with k1 = 1.2, b = 0.75.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from litmine.errors import IndexDamaged

RECORD_FIELDS: Mapping[str, float] = {"body": 1.0, "title": 0.2, "headings": 0.2}
"""Fields of a record and what a match in each weighs; `body` is title and text. Chosen on SciFact's train queries."""
SENTENCE_FIELDS: Mapping[str, float] = {"body": 1.0}
_K1 = 1.2
_HEAP = 128_000_000


class Words:
    """A lexical index of rows 0, 1, 2 …; a row's score is its BM25 to the words of a query."""

    def __init__(self, index: Any, fields: Mapping[str, float]) -> None:
        self._index = index
        self._searcher = index.searcher()
        self._fields = fields

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, words: Sequence[str], count: int) -> list[tuple[int, float]]:
        """Best rows for stemmed words (see `stems`), best first, ties by row."""
        import tantivy

        if not words or count < 1:
            return []
        schema = self._index.schema
        parts = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(schema, field, word, index_option="freq"), boost
                ),
            )
            for field, boost in self._fields.items()
            for word in words
        ]
        query = tantivy.Query.boolean_query(parts)
        # Rows that tie at the cut must not depend on where tantivy put them: look a little further, then cut.
        found = self._searcher.search(query, count + 50, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in found]) if found else []
        ranked = [(int(row), round(float(score), 5)) for (score, _), row in zip(found, rows, strict=True)]
        return sorted(ranked, key=lambda hit: (-hit[1], hit[0]))[:count]

    def most(self, words: Sequence[str]) -> float:
        """The most that BM25 can give a text for these words: each saturated in every field."""
        total = 0.0
        for field, boost in self._fields.items():
            for word in words:
                rows = self._searcher.doc_freq(field, word)
                total += boost * (1 + _K1) * math.log(1 + (len(self) - rows + 0.5) / (rows + 0.5))
        return total


def stems(text: str) -> list[str]:
    """Words of a text as the index holds them: lower case, English stop words left out, stemmed."""
    return list(_analyzer().analyze(text))


def build_words(
    rows: Iterable[Mapping[str, str]], fields: Mapping[str, float], folder: Path | None = None
) -> Words:
    """Index the texts of rows 0, 1, 2 … in the order given.

    Args:
        rows: text by field.
        fields: fields and their weights.
        folder: where to write; in memory when None.
    """
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", fast=True)
    for field in fields:
        builder.add_text_field(field, tokenizer_name="english", index_option="freq")
    if folder is not None:
        folder.mkdir(parents=True)
    index = tantivy.Index(builder.build(), path=str(folder) if folder is not None else None)
    index.register_tokenizer("english", _analyzer())
    writer = index.writer(_HEAP, 1)
    for number, row in enumerate(rows):
        document = tantivy.Document()
        document.add_unsigned("row", number)
        for field in fields:
            if row.get(field):
                document.add_text(field, row[field])
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return Words(index, fields)


def open_words(folder: Path, fields: Mapping[str, float]) -> Words:
    """Open a lexical index for reading.

    Raises:
        IndexDamaged: it is missing or can't be read.
    """
    import tantivy

    try:
        index = tantivy.Index.open(str(folder))
    except (ValueError, OSError) as error:
        raise IndexDamaged(f"{folder} can't be read: run `litmine index` to build the index again") from error
    index.register_tokenizer("english", _analyzer())
    return Words(index, fields)


@cache
def _analyzer() -> Any:
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.lowercase(),
        tantivy.Filter.stopword("english"),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()
