"""Parse printed references and match them against records, or abstain."""

from litmine.references.find import RecordFinder
from litmine.references.match import compare, find_problems, match_reference, match_references
from litmine.references.parse import parse_reference

__all__ = [
    "RecordFinder",
    "compare",
    "find_problems",
    "match_reference",
    "match_references",
    "parse_reference",
]
