"""Answer a question with sentences: meaning, words and named things fused, filtered, sorted, explained."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.embedders import Embedder, encode_cached, load_embedder
from litmine.grading import grade
from litmine.index import Index
from litmine.lexicon import Lexicon, load_lexicon
from litmine.search.filters import Filters, allowed_sentences, record_passes
from litmine.search.fusion import (
    Question,
    Scored,
    make_question,
    rank_records,
    rank_sentences,
)
from litmine.types import LEVELS, Hit, Level, Record

Sort = Literal["relevance", "year", "level"]
NO_FILTERS = Filters()
SENTENCE_DEPTH = 400
RELEVANT = 0.25
"""Score below which a sentence does not bear on the query. Calibrated, see docs/benchmarks/retrieval.md."""


class Searcher:
    """Searches one workspace. Open one with `Searcher.open`; it answers only while the index fits the corpus."""

    def __init__(self, config: Config, corpus: Corpus, index: Index, embedder: Embedder) -> None:
        self._config = config
        self._corpus = corpus
        self._index = index
        self._embedder = embedder
        self._levels: dict[str, Level] = {}

    @classmethod
    def open(cls, config: Config, corpus: Corpus, extractor_fingerprint: str | None = None) -> Searcher:
        """Open the workspace's index.

        Raises:
            StaleIndex: the corpus, the encoder or the extractor is not the one it was built with.
            IndexDamaged: there is none, or it is not whole.
        """
        index = Index.open(config, corpus, extractor_fingerprint)
        return cls(config, corpus, index, load_embedder(config.embedder))

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        filters: Filters = NO_FILTERS,
        sort: Sort = "relevance",
    ) -> list[Hit]:
        """The sentences that answer a query best; empty when nothing bears on it.

        Args:
            query: plain words, a question or a statement.
            k: how many at most.
            filters: conditions a sentence must meet.
            sort: order of the k most relevant: by relevance, newest first, or strongest evidence first.
        """
        return self.search_many([query], k=k, filters=filters, sort=sort)[0]

    def search_many(
        self,
        queries: Sequence[str],
        *,
        k: int = 10,
        filters: Filters = NO_FILTERS,
        sort: Sort = "relevance",
    ) -> list[list[Hit]]:
        """Answers to many queries, which are encoded together; see `search`."""
        questions = [self._question(query) for query in queries]
        vectors = encode_cached(list(queries), self._embedder, self._config.cache_dir)
        records = rank_records(self._index, questions, vectors)
        allowed = allowed_sentences(filters, self._index, lambda: self._lexicon)
        narrow = allowed is not None or filters.about_record
        depth = len(self._index.places) if narrow else max(SENTENCE_DEPTH, 2 * k)
        answers = []
        for ranked in rank_sentences(self._index, questions, vectors, records, depth):
            kept: list[tuple[Scored, Record]] = []
            for scored in ranked:
                if len(kept) == k or scored.score < RELEVANT:
                    break
                if allowed is not None and scored.number not in allowed:
                    continue
                record = self._record(scored)
                if record_passes(filters, record, self._level):
                    kept.append((scored, record))
            answers.append([_hit(self._index, *item) for item in self._sorted(kept, sort)])
        return answers

    def search_records(self, query: str, k: int = 10) -> list[tuple[str, float]]:
        """Ids and scores of the records that fit a query best, whether or not they bear on it."""
        vectors = encode_cached([query], self._embedder, self._config.cache_dir)
        (ranked,) = rank_records(self._index, [self._question(query)], vectors)
        return [(self._index.record_ids[scored.number], scored.score) for scored in ranked[:k]]

    @cached_property
    def _lexicon(self) -> Lexicon:
        folder = self._config.lexicon_dir
        return load_lexicon(folder if folder.is_dir() else None)

    def _question(self, query: str) -> Question:
        from litmine.entities import find_entities

        entities = find_entities(query, self._lexicon)
        known = {f"{entity.type}:{entity.name}": entity for entity in entities if entity.name}
        return make_question(
            query, known, [entity.name for entity in known.values() if entity.type == "drug"]
        )

    def _record(self, scored: Scored) -> Record:
        record_id = self._index.record_ids[self._index.places[scored.number].record]
        record = self._corpus.get(record_id)
        assert record is not None, record_id  # noqa: S101 - the index fits the corpus, or it was refused
        return record

    def _level(self, record: Record) -> Level:
        if record.id not in self._levels:
            self._levels[record.id] = grade(record).level
        return self._levels[record.id]

    def _sorted(self, found: list[tuple[Scored, Record]], sort: Sort) -> list[tuple[Scored, Record]]:
        if sort == "year":
            return sorted(found, key=lambda item: -(item[1].year or 0))
        if sort == "level":
            return sorted(found, key=lambda item: LEVELS.index(self._level(item[1])))
        return found


def _hit(index: Index, scored: Scored, record: Record) -> Hit:
    place = index.places[scored.number]
    why: list[tuple[str, float | str]] = [
        ("dense", round(scored.dense, 4)),
        ("lexical", round(scored.lexical, 4)),
        ("record", round(scored.record, 4)),
    ]
    if scored.names:
        why.append(("entities", ", ".join(dict.fromkeys(name.split(":", 1)[1] for name in scored.names))))
    return Hit(
        record_id=record.id,
        sentence=place.index,
        start=place.start,
        end=place.end,
        text=record.document[place.start : place.end],
        score=scored.score,
        why=tuple(why),
    )
