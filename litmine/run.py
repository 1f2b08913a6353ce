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


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did: the report as a dict, the files written, what the update got, and whether anything changed."""

    document: dict[str, Any]
    written: tuple[Path, ...]
    outcome: UpdateOutcome
    reused: bool


def run(config: Config, folder: Path, *, offline: bool = False, bars: Bars = no_bars) -> RunResult:
    """Do the main job: update the corpus, read, index, assess, and write the report into `folder`.

    Without a network the run goes on with what the corpus holds; the report says what was not fetched.

    Raises:
        LitmineError: the review or the settings can't be used.
    """
    review = read_review(config.review)
    extractor = make_extractor(config)
    with Corpus.open(config.corpus_path) as corpus:
        outcome = update_corpus(config, corpus, review, offline=offline, bars=bars)
        document, reused = current_document(config, corpus, review, extractor, outcome=outcome, bars=bars)
    written = write_report(document, folder, ("json", "html"))
    return RunResult(document, tuple(written), outcome, reused)


def update_corpus(
    config: Config, corpus: Corpus, review: Review, *, bars: Bars = no_bars, **options: Any
) -> UpdateOutcome:
    """Bring the corpus up to date: seeds, files, and what PubMed has on the review's references."""
    with bars("updating", None) as bar:
        return update(config, corpus, references=_references(review), progress=bar, **options)


def current_document(
    config: Config,
    corpus: Corpus,
    review: Review,
    extractor: Extractor,
    *,
    outcome: UpdateOutcome | None = None,
    bars: Bars = no_bars,
) -> tuple[dict[str, Any], bool]:
    """The report of the corpus as it stands: the last one when nothing it rests on has changed, else a new one.

    Returns:
        The report document, and True when it was reused.
    """
    made_of = _manifest(config, corpus, extractor, outcome)
    previous = corpus.last_report()
    if previous is not None and previous.get("manifest") == made_of and config.index_dir.is_dir():
        return previous, True
    extract(corpus, extractor, workers=config.workers, bars=bars)
    index(config, corpus, extractor, bars=bars)
    with bars("assessing", None):
        document = _assess(config, corpus, review, extractor, made_of, outcome)
    document["since_last_run"] = since_last_run(previous, document)
    corpus.save_report(document)
    return document, False


def make_extractor(config: Config) -> Extractor:
    """The extractor of a workspace: its spaCy pipeline, the shipped lexicon and the field's own terms."""
    return Extractor(config.pipeline_model, config.lexicon_dir if config.lexicon_dir.is_dir() else None)


def extract(corpus: Corpus, extractor: Extractor, *, workers: int = 1, bars: Bars = no_bars) -> int:
    """Read what is new or changed, keeping every finished batch; returns the number of records read."""
    unread = list(corpus.unread(extractor.fingerprint))
    hashes = {record.id: record.content_hash for record in unread}
    with bars("reading records", len(unread)) as bar:
        readings = extractor.read_many(
            ((record.id, record.title, record.text, record.sections) for record in unread),
            workers=workers,
            progress=bar,
        )
        corpus.save_readings(readings, hashes, extractor.fingerprint)
    return len(unread)


def index(config: Config, corpus: Corpus, extractor: Extractor, *, bars: Bars = no_bars) -> Manifest:
    """Embed and index what is new or changed."""
    if config.embedder not in EMBEDDERS:
        raise ConfigError(f"unknown embedder {config.embedder!r}; known are {', '.join(sorted(EMBEDDERS))}")
    with bars("embedding", None) as bar:
        return build_index(config, corpus, extractor.fingerprint, EMBEDDERS[config.embedder](), progress=bar)
