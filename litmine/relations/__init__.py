"""Drug - mechanism - outcome relations: patterns as data, the extractor, and its score."""

from litmine.relations.extractor import Extractor
from litmine.relations.scoring import score

__all__ = ["Extractor", "score"]
