"""Search in plain words over sentences and records: hybrid, filtered, explained."""

from litmine.search.filters import Filters
from litmine.search.fusion import Question, Ranking, Scored, make_question, rank_records, rank_sentences
from litmine.search.searcher import RELEVANT, Searcher

__all__ = [
    "RELEVANT",
    "Filters",
    "Question",
    "Ranking",
    "Scored",
    "Searcher",
    "make_question",
    "rank_records",
    "rank_sentences",
]
