"""One score from meaning, words and named things; the same for `litmine search` and `litmine eval retrieval`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from litmine.embedders import Vectors
from litmine.index import Index, Words, stems

RECORD_MEANING = 0.7
"""Weight of the cosine in a record's score; words have the rest. Cross-validated: docs/benchmarks/retrieval.md."""
SENTENCE_WEIGHTS = {"dense": 0.45, "lexical": 0.15, "record": 0.25, "entities": 0.15}
DEPTH = 1000
"""Candidates each part contributes to a query."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A record or sentence by its number in the index, its score and what that is made of."""

    number: int
    score: float
    dense: float
    lexical: float
    record: float = 0.0
    entities: float = 0.0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A query made ready: its vector is in a matrix of its own."""

    words: tuple[str, ...]
    names: tuple[str, ...] = ()
    """`type:name` of what it mentions."""


def rank_records(index: Index, questions: Sequence[Question], vectors: Vectors) -> list[list[Scored]]:
    """All candidate records of each question, best first, ties by record id.

    Args:
        index: what is searched.
        questions: as many as there are vectors.
        vectors: float32, shape (questions, dimension).
    """
    ranked = []
    for question, dense in zip(questions, index.nearest_records(vectors, DEPTH), strict=True):
        lexical = _words(index.record_words, question)
        scored = [
            Scored(
                number,
                round(RECORD_MEANING * cosine + (1 - RECORD_MEANING) * words, 6),
                cosine,
                words,
            )
            for number, (cosine, words) in _joined(dense, lexical)
        ]
        ranked.append(sorted(scored, key=lambda s: (-s.score, s.number)))
    return ranked


def rank_sentences(
    index: Index,
    questions: Sequence[Question],
    vectors: Vectors,
    records: Sequence[Sequence[Scored]],
    depth: int,
) -> list[list[Scored]]:
    """All candidate sentences of each question, best first, ties by record id and place.

    Args:
        index: what is searched.
        questions: as many as there are vectors.
        vectors: float32, shape (questions, dimension).
        records: from `rank_records`: a sentence gains from standing in a record that fits.
        depth: candidates from meaning and from words, each.
    """
    ranked = []
    for question, dense, of_records in zip(
        questions, index.nearest_sentences(vectors, depth), records, strict=True
    ):
        lexical = _words(index.sentence_words, question, depth)
        record_scores = {scored.number: scored.score for scored in of_records}
        lowest = of_records[-1].score if of_records else 0.0
        mentions = _Mentions(index, question.names)
        scored = []
        for number, (cosine, words) in _joined(dense, lexical):
            record = index.places[number].record
            parts = {
                "dense": cosine,
                "lexical": words,
                "record": record_scores.get(record, lowest),
                "entities": mentions.share(number, record),
            }
            score = sum(SENTENCE_WEIGHTS[name] * value for name, value in parts.items())
            scored.append(Scored(number, round(score, 6), **parts, names=mentions.in_sentence(number)))
        ranked.append(sorted(scored, key=lambda s: (-s.score, s.number)))
    return ranked


def make_question(text: str, names: Iterable[str] = (), synonyms: Iterable[str] = ()) -> Question:
    """Take a query apart.

    Args:
        text: the query.
        names: `type:name` of the things it mentions.
        synonyms: further words that mean the same, e.g. the generic name of a brand.
    """
    words = dict.fromkeys(stems(text))
    for synonym in synonyms:
        words.update(dict.fromkeys(stems(synonym)))
    return Question(tuple(words), tuple(sorted(set(names))))


def _words(words: Words, question: Question, depth: int = DEPTH) -> dict[int, float]:
    """BM25 as a share of the most that any text could score for these words, so that queries compare."""
    most = words.most(question.words)
    return {row: score / most for row, score in words.search(question.words, depth)} if most else {}


def _joined(
    dense: Mapping[int, float], lexical: Mapping[int, float]
) -> Iterable[tuple[int, tuple[float, float]]]:
    """Both scores of every candidate; a candidate that one part did not offer gets the lowest score it did offer."""
    far = min(dense.values(), default=0.0)
    for number in sorted({*dense, *lexical}):
        yield number, (dense.get(number, far), lexical.get(number, 0.0))


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
