"""One score from meaning, words and named things; the same for `litmine search` and `litmine eval retrieval`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap

import numpy as np
from numpy.typing import NDArray

from litmine.embedders import Vectors
from litmine.index import Index, Words, stems

Numbers = NDArray[np.int64]
Values = NDArray[np.float64]
MEANING = 0.4
"""Weight of meaning in a record's score; words have the rest. Cross-validated: docs/benchmarks/retrieval.md."""
OPENING = 0.4
"""Weight of a record's opening in its meaning; its best sentence has the rest."""
SENTENCE_WEIGHTS = {"dense": 0.3, "lexical": 0.2, "record": 0.5}
"""What makes a sentence fit: its own meaning and words, and the score of its record."""
NAMED = 0.15
"""Weight of naming the things that the query names, in the order of sentences; fitting has the rest."""
DEPTH = 1000
"""Records that meaning and words each offer for a question; and three times as many sentences."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query taken apart: stemmed words, other words for the same, and `type:name` of what it mentions."""

    words: tuple[str, ...]
    also: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """A record or sentence by its number in the index, its score and what that is made of.

    `fit` is the score without the named things: it means the same for every query, so that it can be held
    against a threshold.
    """

    number: int
    score: float
    fit: float
    dense: float
    lexical: float
    record: float = 0.0
    entities: float = 0.0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ranking:
    """The candidate records of a question, best first, ties by id; with the cosines of the nearest sentences.

    `numbers`, `scores`, `dense` and `lexical` belong together, one place for each record.
    """

    question: Question
    numbers: Numbers
    scores: Values
    dense: Values
    lexical: Values
    sentences: Mapping[int, float]

    @cached_property
    def records(self) -> tuple[Scored, ...]:
        """The same, one object for each record."""
        columns = (self.numbers, self.scores, self.scores, self.dense, self.lexical)
        return tuple(starmap(Scored, zip(*(column.tolist() for column in columns), strict=True)))


def rank_records(
    index: Index, questions: Sequence[Question], vectors: Vectors, depth: int = DEPTH
) -> Iterator[Ranking]:
    """Rank the records of an index for each question.

    A record's meaning is a mean of two cosines: of its opening and of its best sentence (`OPENING`).

    Args:
        index: what is searched.
        questions: as many as there are vectors.
        vectors: float32, shape (questions, dimension).
        depth: records that meaning and words each offer; three times as many sentences.
    """
    near_openings = index.nearest_records(vectors, depth)
    near_sentences = index.nearest_sentences(vectors, 3 * depth)
    for question, openings, sentences in zip(questions, near_openings, near_sentences, strict=True):
        numbers, opening, sentence = _joined(openings, _best_of_records(index, sentences), None)
        meaning = OPENING * opening + (1 - OPENING) * sentence
        dense = dict(zip(numbers.tolist(), meaning.tolist(), strict=True))
        numbers, cosine, words = _joined(dense, _words(index.record_words, question, depth), 0.0)
        scores = np.round(MEANING * cosine + (1 - MEANING) * words, 6)
        order = np.lexsort((numbers, -scores))
        yield Ranking(question, numbers[order], scores[order], cosine[order], words[order], sentences)


def _best_of_records(index: Index, sentences: Mapping[int, float]) -> dict[int, float]:
    """Cosine of the nearest sentence of each record that has one."""
    best: dict[int, float] = {}
    for record, cosine in zip(index.record_of[list(sentences)].tolist(), sentences.values(), strict=True):
        if cosine > best.get(record, -2.0):
            best[record] = cosine
    return best


def rank_sentences(index: Index, ranking: Ranking, depth: int = DEPTH) -> Iterator[Scored]:
    """The candidate sentences of a question, best first, ties by record id and place.

    Args:
        index: what is searched.
        ranking: of the records: a sentence gains from standing in a record that fits.
        depth: sentences that words offer.
    """
    lexical = _words(index.sentence_words, ranking.question, depth)
    numbers, cosine, words = _joined(ranking.sentences, lexical, 0.0)
    known = dict(zip(ranking.numbers.tolist(), ranking.scores.tolist(), strict=True))
    lowest = float(ranking.scores[-1]) if len(ranking.scores) else 0.0
    owners = index.record_of[numbers]
    record = np.array([known.get(owner, lowest) for owner in owners.tolist()], dtype=np.float64)
    weights = SENTENCE_WEIGHTS
    fit = weights["dense"] * cosine + weights["lexical"] * words + weights["record"] * record
    mentions = _Mentions(index, ranking.question.names)
    named = mentions.shares(numbers, owners)
    score = np.round((1 - NAMED) * fit + NAMED * named, 6)
    fit = np.round(fit, 6)
    order = np.lexsort((numbers, -score))
    columns = (column[order].tolist() for column in (numbers, score, fit, cosine, words, record, named))
    for number, total, fits, near, shared, paper, share in zip(*columns, strict=True):
        names = mentions.in_sentence(number)
        yield Scored(number, total, fits, near, shared, paper, share, names)


def make_question(text: str, names: Iterable[str] = (), also: str = "") -> Question:
    """Take a query apart.

    Args:
        text: the query.
        names: `type:name` of the things it mentions.
        also: further words to look for, e.g. a brand whose generic name stands in the query.
    """
    words = tuple(dict.fromkeys(stems(text)))
    further = tuple(word for word in dict.fromkeys(stems(also)) if word not in words)
    return Question(words, further, tuple(sorted(set(names))))


def _words(words: Words, question: Question, depth: int) -> dict[int, float]:
    """BM25 as a share of the most that any text could score for the query's words, so that queries compare."""
    most = words.most(question.words)
    found = words.search((*question.words, *question.also), depth) if most else []
    return {row: min(score / most, 1.0) for row, score in found}


def _joined(
    left: Mapping[int, float], right: Mapping[int, float], absent: float | None
) -> tuple[Numbers, Values, Values]:
    """All candidates by number, and both scores of each.

    A candidate that a part did not offer gets the lowest score that the part did offer: it can't be nearer than
    that. On the right it gets `absent`, if that is given.
    """
    far = min(left.values(), default=0.0)
    missing = min(right.values(), default=0.0) if absent is None else absent
    numbers = sorted({*left, *right})
    return (
        np.array(numbers, dtype=np.int64),
        np.array([left.get(number, far) for number in numbers], dtype=np.float64),
        np.array([right.get(number, missing) for number in numbers], dtype=np.float64),
    )


class _Mentions:
    """Which of a question's named things a sentence mentions, rare ones counting more (inverse frequency)."""

    def __init__(self, index: Index, names: Sequence[str]) -> None:
        total = len(index.places)
        self._index = index
        self._sentences = {name: frozenset(index.names.get(name, ())) for name in names}
        self._weights = {
            name: math.log(1 + (total + 1) / (len(numbers) + 1)) for name, numbers in self._sentences.items()
        }

    def shares(self, numbers: Numbers, records: Numbers) -> Values:
        """For each sentence 1 when it mentions all of them; a mention elsewhere in its record counts half."""
        got = np.zeros(len(numbers))
        for name, weight in self._weights.items():
            mentioning = np.fromiter(self._sentences[name], dtype=np.int64)
            nearby = np.isin(records, self._index.record_of[mentioning])
            got += weight * np.where(np.isin(numbers, mentioning), 1.0, 0.5 * nearby)
        return np.round(got / (sum(self._weights.values()) or 1.0), 6)

    def in_sentence(self, number: int) -> tuple[str, ...]:
        return tuple(name for name, numbers in self._sentences.items() if number in numbers)
