"""Answer a question with sentences: meaning, words and named things fused, filtered, sorted, explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import Literal, NamedTuple

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.embedders import Embedder, Vectors, encode_cached, load_embedder
from litmine.entities import find_entities
from litmine.errors import StaleIndex
from litmine.grading import grade
from litmine.index import Index
from litmine.lexicon import Lexicon, open_lexicon
from litmine.search.answers import Answer, answer_of
from litmine.search.filters import Filters, allowed_sentences, record_passes
from litmine.search.fusion import (
    DEPTH,
    Question,
    Scored,
    make_question,
    rank_records,
    rank_sentences,
)
from litmine.search.wording import opposed, wording
from litmine.types import LEVELS, Grade, Hit, Level, Reading, Record, Relation

Sort = Literal["relevance", "year", "level"]
NO_FILTERS = Filters()
RELEVANT = 0.27
"""A query whose best sentence fits less is not answered: nothing here bears on it.

Of SciFact's train queries 97 % reach it among their own abstracts, 10 % among the abstracts of another subject.
"""
PER_RECORD = 3
"""Sentences one record may give to an answer as long as others have something to say."""
FLOOR = 0.2
"""A sentence that fits less is not offered as an answer."""


_WIDER = 5
"""Times as many sentences are looked through for those that go against a claim."""
_AT_ONCE = 4
"""Up to so many queries are encoded anew each time: sooner done than looked up and kept."""
_CHANGED = "the corpus has changed since the search was opened: run `litmine index`"


class _Understood(NamedTuple):
    """Queries taken apart, their vectors, and the claims of those that ask for what contradicts them."""

    questions: list[Question]
    vectors: Vectors
    against: list[tuple[Relation, ...]]


class Searcher:
    """Searches one workspace. Open one with `Searcher.open`; it answers only while the index fits the corpus."""

    def __init__(self, config: Config, corpus: Corpus, index: Index, embedder: Embedder) -> None:
        self._config = config
        self._corpus = corpus
        self._index = index
        self._embedder = embedder
        self._grades: dict[str, Grade] = {}
        self._records: dict[int, Record] = {}

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
            query: plain words, a question, a statement or an abstract; of "papers that contradict" a statement,
                sentences whose relations go against it come first.
            k: how many at most.
            filters: conditions a sentence must meet.
            sort: order of the k most relevant: by relevance, newest first, or strongest evidence first.
        """
        return self.search_many([query], k=k, filters=filters, sort=sort)[0]

    def answers(
        self,
        query: str,
        *,
        k: int = 10,
        filters: Filters = NO_FILTERS,
        sort: Sort = "relevance",
    ) -> list[Answer]:
        """Like `search`, each hit with its paper, its place in it and what the query asked for marked."""
        return self.answers_many([query], k=k, filters=filters, sort=sort)[0]

    def answers_many(
        self,
        queries: Sequence[str],
        *,
        k: int = 10,
        filters: Filters = NO_FILTERS,
        sort: Sort = "relevance",
    ) -> list[list[Answer]]:
        """Like `answers`, for many queries, which are encoded together."""
        understood = self._understand(queries)
        found = self._answer(understood, k, filters, sort, relevant_only=True)
        read = cache(self._read)
        return [
            [answer_of(hit, *read(hit.record_id), question) for hit in hits]
            for hits, question in zip(found, understood.questions, strict=True)
        ]

    def _read(self, record_id: str) -> tuple[Record, Grade, Reading | None]:
        record = self._corpus.get(record_id)
        if record is None:
            raise StaleIndex(_CHANGED)
        return record, self._grade(record), self._reading(record_id)

    def search_many(
        self,
        queries: Sequence[str],
        *,
        k: int = 10,
        filters: Filters = NO_FILTERS,
        sort: Sort = "relevance",
        relevant_only: bool = True,
    ) -> list[list[Hit]]:
        """Answers to many queries, which are encoded together; see `search`.

        Args:
            queries: plain words, questions or statements.
            k: how many at most for each.
            filters: conditions a sentence must meet.
            sort: see `search`.
            relevant_only: False gives the k nearest even where nothing bears on the query.
        """
        return self._answer(self._understand(queries), k, filters, sort, relevant_only)

    def _answer(
        self, understood: _Understood, k: int, filters: Filters, sort: Sort, relevant_only: bool
    ) -> list[list[Hit]]:
        allowed = allowed_sentences(filters, self._index, lambda: self._lexicon)
        narrow = allowed is not None or filters.about_record
        depth = max(DEPTH, k, len(self._index.places) if narrow else 0)
        answers = []
        rankings = rank_records(self._index, understood.questions, understood.vectors, depth)
        for ranking, claimed in zip(rankings, understood.against, strict=True):
            eligible = (
                scored
                for scored in rank_sentences(self._index, ranking, depth)
                if (not relevant_only or scored.fit >= FLOOR)
                and (allowed is None or scored.number in allowed)
                and (not filters.about_record or record_passes(filters, self._record(scored), self._level))
            )
            kept = _spread(eligible, self._index, _WIDER * k if claimed else k)
            if relevant_only and max((scored.fit for scored in kept), default=0.0) < RELEVANT:
                kept = []
            against = {
                scored.number: way for scored in kept if claimed and (way := self._opposed(scored, claimed))
            }
            kept = sorted(kept, key=lambda scored: scored.number not in against)[:k]
            found = [(scored, self._record(scored)) for scored in kept]
            answers.append(
                [
                    _hit(self._index, scored, record, against.get(scored.number, ""))
                    for scored, record in self._sorted(found, sort)
                ]
            )
        return answers

    def _opposed(self, scored: Scored, claimed: Sequence[Relation]) -> str:
        """How a sentence goes against a claim, as far as its relations tell."""
        place = self._index.places[scored.number]
        reading = self._reading(self._index.record_ids[place.record])
        return opposed(
            claimed, (r for r in (reading.relations if reading else ()) if r.sentence == place.index)
        )

    def search_records(self, query: str, k: int = 10) -> list[tuple[str, float]]:
        """Ids and scores of the records that fit a query best, whether or not they bear on it."""
        understood = self._understand([query])
        (ranking,) = rank_records(self._index, understood.questions, understood.vectors, max(DEPTH, k))
        return [(self._index.record_ids[scored.number], scored.score) for scored in ranking.records[:k]]

    @cached_property
    def _lexicon(self) -> Lexicon:
        return open_lexicon(self._config.lexicon_dir, self._config.cache_dir)

    def _understand(self, queries: Sequence[str]) -> _Understood:
        """Words, names and vectors of queries, each drug by its standard name: encoders know few brands."""
        questions, texts, against = [], [], []
        for asked in queries:
            query, contradict = wording(asked)
            against.append(self._claimed(query) if contradict else ())
            entities = find_entities(query, self._lexicon)
            renamed, brands = query, []
            for entity in reversed(entities):
                if entity.type == "drug" and entity.name and entity.name.casefold() != entity.text.casefold():
                    renamed = renamed[: entity.start] + entity.name + renamed[entity.end :]
                    brands.append(entity.text)
            names = [f"{entity.type}:{entity.name}" for entity in entities if entity.name]
            questions.append(make_question(renamed, names, " ".join(brands)))
            texts.append(renamed)
        if len(texts) <= _AT_ONCE:
            return _Understood(questions, self._embedder.encode(texts), against)
        return _Understood(questions, encode_cached(texts, self._embedder, self._config.cache_dir), against)

    def _claimed(self, query: str) -> tuple[Relation, ...]:
        """The relations that a claim states."""
        from litmine.relations import Extractor

        extractor = Extractor(lexicon_dir=self._config.lexicon_dir)
        extractor.lexicon = self._lexicon
        return extractor.read("query", "", query).relations

    def _reading(self, record_id: str) -> Reading | None:
        fingerprint = self._index.manifest.extractor_fingerprint if self._index.manifest else ""
        return self._corpus.reading(record_id, fingerprint)

    def _record(self, scored: Scored) -> Record:
        number = self._index.places[scored.number].record
        if number not in self._records:
            record = self._corpus.get(self._index.record_ids[number])
            if record is None:
                raise StaleIndex(_CHANGED)
            self._records[number] = record
        return self._records[number]

    def _level(self, record: Record) -> Level:
        return self._grade(record).level

    def _grade(self, record: Record) -> Grade:
        if record.id not in self._grades:
            self._grades[record.id] = grade(record)
        return self._grades[record.id]

    def _sorted(self, found: list[tuple[Scored, Record]], sort: Sort) -> list[tuple[Scored, Record]]:
        if sort == "year":
            return sorted(found, key=lambda item: -(item[1].year or 0))
        if sort == "level":
            return sorted(found, key=lambda item: LEVELS.index(self._level(item[1])))
        return found


def _spread(ranked: Iterable[Scored], index: Index, k: int) -> list[Scored]:
    """The k best sentences, no record giving more than its share unless there are too few others; best first."""
    kept: list[Scored] = []
    over: list[Scored] = []
    given: Counter[int] = Counter()
    for scored in ranked:
        record = index.places[scored.number].record
        given[record] += 1
        (kept if given[record] <= PER_RECORD else over).append(scored)
        if len(kept) == k:
            break
    kept += over[: k - len(kept)]
    return sorted(kept, key=lambda scored: (-scored.score, scored.number))


def _hit(index: Index, scored: Scored, record: Record, against: str = "") -> Hit:
    place = index.places[scored.number]
    why: list[tuple[str, float | str]] = [
        ("dense", round(scored.dense, 4)),
        ("lexical", round(scored.lexical, 4)),
        ("record", round(scored.record, 4)),
    ]
    if scored.names:
        why.append(("entities", ", ".join(dict.fromkeys(name.split(":", 1)[1] for name in scored.names))))
    if against:
        why.append(("against the claim", against))
    return Hit(
        record_id=record.id,
        sentence=place.index,
        start=place.start,
        end=place.end,
        text=record.document[place.start : place.end],
        score=scored.score,
        why=tuple(why),
    )
