"""Search in plain words over sentences and records: hybrid, filtered, explained."""

from litmine.search.answers import Answer, by_record
from litmine.search.filters import Filters
from litmine.search.fusion import Question, Ranking, Scored, make_question, rank_records, rank_sentences
from litmine.search.searcher import RELEVANT, Searcher

__all__ = [
    "RELEVANT",
    "Answer",
    "Filters",
    "Question",
    "Ranking",
    "Scored",
    "Searcher",
    "by_record",
    "make_question",
    "rank_records",
    "rank_sentences",
]
