"""Find what the evidence lacks for each claim, rank it, and say how to look for it; and what the review lacks."""

from litmine.gaps.codes import CODES, find_gaps, rank_gaps
from litmine.gaps.missing import missing_from_review
from litmine.gaps.query import claim_query

__all__ = ["CODES", "claim_query", "find_gaps", "missing_from_review", "rank_gaps"]
