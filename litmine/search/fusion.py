"""One score from meaning, words and named things; the same for `litmine search` and `litmine eval retrieval`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from litmine.embedders import Vectors
from litmine.index import Index, Words, stems

MEANING = 0.4
"""Weight of meaning in a record's score; words have the rest. Cross-validated: docs/benchmarks/retrieval.md."""
OPENING = 0.5
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


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidate records of a question, best first, ties by id; with the cosines of the nearest sentences."""

    question: Question
    records: tuple[Scored, ...]
    sentences: Mapping[int, float]


def rank_records(
    index: Index, questions: Sequence[Question], vectors: Vectors, depth: int = DEPTH
) -> Iterator[Ranking]:
    """Rank the records of an index for each question.

    A record's meaning is the mean of two cosines: of its opening and of its best sentence.

    Args:
        index: what is searched.
        questions: as many as there are vectors.
        vectors: float32, shape (questions, dimension).
        depth: records that meaning and words each offer; three times as many sentences.
    """
    near_openings = index.nearest_records(vectors, depth)
    near_sentences = index.nearest_sentences(vectors, 3 * depth)
    for question, openings, sentences in zip(questions, near_openings, near_sentences, strict=True):
        best: dict[int, float] = {}
        for number, cosine in sentences.items():
            record = index.places[number].record
            best[record] = max(cosine, best.get(record, -1.0))
        dense = {
            number: OPENING * opening + (1 - OPENING) * sentence
            for number, (opening, sentence) in _joined(openings, best, min(best.values(), default=0.0))
        }
        lexical = _words(index.record_words, question, depth)
        scored = []
        for number, (cosine, words) in _joined(dense, lexical):
            score = round(MEANING * cosine + (1 - MEANING) * words, 6)
            scored.append(Scored(number, score, score, cosine, words))
        yield Ranking(question, tuple(sorted(scored, key=lambda s: (-s.score, s.number))), sentences)


def rank_sentences(index: Index, ranking: Ranking, depth: int = DEPTH) -> list[Scored]:
    """The candidate sentences of a question, best first, ties by record id and place.

    Args:
        index: what is searched.
        ranking: of the records: a sentence gains from standing in a record that fits.
        depth: sentences that words offer.
    """
    lexical = _words(index.sentence_words, ranking.question, depth)
    record_scores = {scored.number: scored.score for scored in ranking.records}
    lowest = ranking.records[-1].score if ranking.records else 0.0
    mentions = _Mentions(index, ranking.question.names)
    ranked = []
    for number, (cosine, words) in _joined(ranking.sentences, lexical):
        record = index.places[number].record
        parts = {"dense": cosine, "lexical": words, "record": record_scores.get(record, lowest)}
        fit = sum(SENTENCE_WEIGHTS[name] * value for name, value in parts.items())
        named = mentions.share(number, record)
        score = (1 - NAMED) * fit + NAMED * named
        ranked.append(
            Scored(
                number,
                round(score, 6),
                round(fit, 6),
                **parts,
                entities=named,
                names=mentions.in_sentence(number),
            )
        )
    return sorted(ranked, key=lambda s: (-s.score, s.number))


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
    left: Mapping[int, float], right: Mapping[int, float], absent: float = 0.0
) -> Iterator[tuple[int, tuple[float, float]]]:
    """Both scores of every candidate, by number.

    A candidate that the left part did not offer gets the lowest score it did offer: it can't be nearer than that.
    One that the right part did not offer gets `absent`.
    """
    far = min(left.values(), default=0.0)
    for number in sorted({*left, *right}):
        yield number, (left.get(number, far), right.get(number, absent))


class _Mentions:
    """Which of a question's named things a sentence mentions, rare ones counting more (inverse frequency)."""

    def __init__(self, index: Index, names: Sequence[str]) -> None:
        total = len(index.places)
        self._sentences = {name: frozenset(index.names.get(name, ())) for name in names}
        self._records = {
            name: {index.places[number].record for number in numbers}
            for name, numbers in self._sentences.items()
        }
        self._weights = {
            name: math.log(1 + (total + 1) / (len(numbers) + 1)) for name, numbers in self._sentences.items()
        }

    def share(self, number: int, record: int) -> float:
        """1 when the sentence mentions all of them; a mention elsewhere in its record counts half."""
        total = sum(self._weights.values())
        if not total:
            return 0.0
        got = sum(
            weight
            * (1.0 if number in self._sentences[name] else 0.5 if record in self._records[name] else 0.0)
            for name, weight in self._weights.items()
        )
        return round(got / total, 6)

    def in_sentence(self, number: int) -> tuple[str, ...]:
        return tuple(name for name, numbers in self._sentences.items() if number in numbers)
