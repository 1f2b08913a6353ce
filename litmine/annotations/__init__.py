"""Annotations in and out: gold relations, PubTator, exports for other tools, and the decisions of curators."""

from litmine.annotations.curation import KEYS, NO_RECORD, VALUES, Curation, Decision, Key, Kind, load_curation
from litmine.annotations.curator import Entry, add_decisions
from litmine.annotations.exports import EXPORTS, FOLDER_EXPORTS, write_export
from litmine.annotations.gold import from_gold, to_gold
from litmine.annotations.pubtator import PubTatorDocument, read_pubtator, write_pubtator

__all__ = [
    "EXPORTS",
    "FOLDER_EXPORTS",
    "KEYS",
    "NO_RECORD",
    "VALUES",
    "Curation",
    "Decision",
    "Entry",
    "Key",
    "Kind",
    "PubTatorDocument",
    "add_decisions",
    "from_gold",
    "load_curation",
    "read_pubtator",
    "to_gold",
    "write_export",
    "write_pubtator",
]
