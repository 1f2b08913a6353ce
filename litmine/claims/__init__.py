"""Turn a review's sentences into a ledger of claims, and find where the review disagrees with itself."""

from litmine.claims.clauses import split_clauses
from litmine.claims.conflicts import find_internal_conflicts
from litmine.claims.figures import find_figures, measures_in
from litmine.claims.kinds import classify_claim
from litmine.claims.ledger import build_ledger
from litmine.claims.unknown_names import unknown_drug_names

__all__ = [
    "build_ledger",
    "classify_claim",
    "find_figures",
    "find_internal_conflicts",
    "measures_in",
    "split_clauses",
    "unknown_drug_names",
]
