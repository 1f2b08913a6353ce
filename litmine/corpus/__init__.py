"""The user's corpus of records in one SQLite file: versions, merges, readings, runs, decisions, reports."""

from __future__ import annotations

from litmine.corpus.log import Run
from litmine.corpus.merge import merge_versions
from litmine.corpus.schema import SCHEMA_VERSION
from litmine.corpus.screening import Decision, Screened
from litmine.corpus.store import Corpus, Version
from litmine.corpus.upsert import Changes

__all__ = ["SCHEMA_VERSION", "Changes", "Corpus", "Decision", "Run", "Screened", "Version", "merge_versions"]
