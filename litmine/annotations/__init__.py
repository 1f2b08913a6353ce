"""Annotations in and out: gold relations, PubTator, exports for other tools, and the decisions of curators."""

from litmine.annotations.curation import Curation, Decision, load_curation
from litmine.annotations.exports import EXPORTS, FOLDER_EXPORTS, write_export
from litmine.annotations.gold import from_gold, to_gold
from litmine.annotations.pubtator import PubTatorDocument, read_pubtator, write_pubtator

__all__ = [
    "EXPORTS",
    "FOLDER_EXPORTS",
    "Curation",
    "Decision",
    "PubTatorDocument",
    "from_gold",
    "load_curation",
    "read_pubtator",
    "to_gold",
    "write_export",
    "write_pubtator",
]
