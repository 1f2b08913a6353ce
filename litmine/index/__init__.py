"""Sentences and records as vectors (FAISS) and words (tantivy) on disk, under a manifest that tells what is stale."""

from litmine.index.build import build_index
from litmine.index.current import current_reading
from litmine.index.lexical import Words, stems
from litmine.index.manifest import Manifest, Segment
from litmine.index.reader import Index, Place
from litmine.index.units import MECHANISM_TYPES, RecordUnits, Unit, units_of

__all__ = [
    "MECHANISM_TYPES",
    "Index",
    "Manifest",
    "Place",
    "RecordUnits",
    "Segment",
    "Unit",
    "Words",
    "build_index",
    "current_reading",
    "stems",
    "units_of",
]
