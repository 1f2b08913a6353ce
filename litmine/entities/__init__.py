"""Named things in a text: by dictionary, and by a statistical recogniser where the dictionary ends."""

from litmine.entities.combining import combine
from litmine.entities.dictionary import find_entities, unknown_drug_names
from litmine.entities.recogniser import Mention, Recogniser

__all__ = ["Mention", "Recogniser", "combine", "find_entities", "unknown_drug_names"]
