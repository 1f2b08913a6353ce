"""The main job, top to bottom: update → extract → index → assess → report, each stage skipped when nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import litmine
from litmine.annotations import load_curation
from litmine.assess import assess
from litmine.claims import build_ledger, find_internal_conflicts
from litmine.config import Config
from litmine.corpus import Corpus
from litmine.embedders import EMBEDDERS
from litmine.errors import ConfigError
from litmine.gaps import missing_from_review, rank_gaps
from litmine.grading import grade
from litmine.index import Manifest, build_index
from litmine.lexicon import load_lexicon
from litmine.references import RecordFinder, match_references, parse_reference
from litmine.relations import Extractor
from litmine.reports import report_document, since_last_run, write_report
from litmine.review import read_review
from litmine.search import Searcher
from litmine.types import Claim, Reference, ReferenceMatch, Review
from litmine.update import UpdateOutcome, update

Bars = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Makes a progress bar: (what, how many) → context whose value is called with the number of new items."""


def no_bars(_what: str, _total: int | None = None) -> AbstractContextManager[Callable[[int], None]]:
    """Bars for those who want none."""
    return nullcontext(lambda _count: None)
