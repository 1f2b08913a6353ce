"""The update command's work: take in seeds and files, resolve references, fetch from PubMed, log what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from litmine.config import Config
from litmine.corpus import Changes, Corpus
from litmine.errors import UsageError
from litmine.locks import held
from litmine.progress import Bars, no_bars
from litmine.sources.entrez import Entrez
from litmine.types import Record, Reference, ReferenceMatch
from litmine.update.events import events_of
from litmine.update.expand import KINDS, ClaimQuery, Expansion
from litmine.update.files import plan_files, read_planned, take_in
from litmine.update.online import Asked, ask_pubmed, rehearse, unresolved
from litmine.update.outcome import Event, FileLog, Flow, NotFetched, QueryLog, UpdateOutcome
from litmine.update.pubmed import PubMedUpdate, Resolve
from litmine.update.relevance import relevance_to

__all__ = [
    "KINDS",
    "ClaimQuery",
    "Event",
    "Expansion",
    "FileLog",
    "Flow",
    "NotFetched",
    "QueryLog",
    "UpdateOutcome",
    "match_by_default",
    "relevance_to",
    "update",
]


def update(
    config: Config,
    corpus: Corpus,
    *,
    references: Sequence[Reference] = (),
    queries: Sequence[str] = (),
    source: str | None = None,
    paths: Sequence[Path] = (),
    since: str | date | None = None,
    maximum: int | None = None,
    offline: bool = False,
    dry_run: bool = False,
    resolve: Resolve | None = None,
    expansion: Expansion | None = None,
    refresh: bool = False,
    terms: str = "",
    bars: Bars = no_bars,
    client: Entrez | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> UpdateOutcome:
    """Bring a corpus up to date.

    Args:
        config: the workspace: seeds, address of the E-utilities.
        corpus: changed in small transactions, so that an interrupted update keeps what it got.
        references: those of the review; what the corpus lacks of them is looked up in PubMed.
        queries: PubMed queries, each with a watermark of its own.
        source: only this source: `digests`, `medline` and `ris` read files, `entrez` asks PubMed.
        paths: files, and folders of files, to take in beside the seeds.
        since: only records entered into PubMed since this date (ISO).
        maximum: fetch at most so many records.
        offline: ask no network.
        dry_run: change nothing; ask PubMed only for the counts of queries.
        expansion: what to look for beside the references; None for nothing.
        refresh: look for changes of the records that PubMed gave before.
        terms: query terms; of `paths` only records that match are taken in.
        resolve: matches references against records; default litmine's own matching.
        bars: progress bars, one for each part of the work.
        client: replaces the E-utilities client.
        now: clock.

    Raises:
        InputError: a file can't be read; of that file nothing is stored.
        UsageError: `since` is no date, or `source` does not fit `paths`.
        CorpusError: the store is locked or damaged, or another update is at work (named with its process).
    """
    start = _iso(since)
    resolve = resolve or match_by_default
    asked = Asked(references, queries, start, now().date(), resolve, expansion, refresh)
    seeds = config.seeds if source in (None, "digests") else ()
    planned = plan_files(config, corpus, seeds, paths, source, terms)
    online = not offline and source in (None, "entrez")
    if online:
        client = client or Entrez(config, raw_dir=None if dry_run else config.corpus_dir / "raw", now=now)
    if dry_run:
        given = [
            (file, list(read_planned(file, terms, lambda _id: None)))
            for file in planned
            if not file.unchanged
        ]
        files = tuple(
            FileLog(file.name, file.source, len(records), unchanged=False) for file, records in given
        )
        outcome = UpdateOutcome(files=files, dry_run=True)
        if client is None or not online:
            return outcome
        fresh = [record for _, records in given for record in records]
        return rehearse(client, corpus, asked, outcome, fresh)
    with held(config.corpus_dir / "update.lock", "an update"):
        run = corpus.start_run(
            "update",
            {
                "source": source,
                "paths": [str(p) for p in paths],
                "since": start,
                "maximum": maximum,
                "offline": offline,
                "queries": list(queries),
                "terms": terms,
                "expand": list(expansion.kinds) if expansion else [],
                "cutoff": expansion.cutoff if expansion else None,
            },
        )
        if expansion:
            corpus.apply_cutoff(expansion.cutoff)
        changes, files_read, deleted = take_in(corpus, planned, seeds, terms, run, bars)
        events = events_of(corpus, changes.changed, run)
        outcome = UpdateOutcome(files=tuple(files_read), deleted=tuple(deleted), events=tuple(events))
        if online and client is not None:
            work = PubMedUpdate(corpus, client, run, maximum=maximum, bars=bars)
            outcome = ask_pubmed(work, client, corpus, asked, outcome)
            changes += work.changes
            corpus.set_not_fetched({item.what: item.reason for item in outcome.not_fetched})
        else:
            outcome = replace(
                outcome, references_matched=_matched_offline(corpus, references, changes, resolve)
            )
        corpus.unscreen(record_id for _, record_id in outcome.references_matched)
        # A record that was new as a digest may have gained a PMID since: it is one new record, under its present id.
        changes = Changes(*map(corpus.resolve_all, (changes.new, changes.changed, changes.unchanged)))
        changes += Changes()
        outcome = replace(
            outcome,
            new=changes.new,
            changed=changes.changed,
            unchanged=changes.unchanged,
            prisma=corpus.prisma(),
        )
        corpus.finish_run(run, msgspec.to_builtins(outcome))
        return outcome


def match_by_default(references: Sequence[Reference], records: Iterable[Record]) -> Sequence[ReferenceMatch]:
    """Match references against records with litmine's own matching, which abstains rather than guess."""
    from litmine.references import RecordFinder, match_references

    return match_references(references, RecordFinder(records).find, offline=True)


def _matched_offline(
    corpus: Corpus, references: Sequence[Reference], changes: Changes, resolve: Resolve
) -> tuple[tuple[int, str], ...]:
    """Records of references in an update that asks no network.

    Matching anew costs more than taking in a file does. It can change what counts only where an expansion's finding
    may be a reference; else the answer of the last update stands.
    """
    if corpus.screened() and (changes.new or changes.changed):
        return tuple(sorted(unresolved(references, corpus.records(), resolve)[0].items()))
    before = corpus.last_outcome("update").get("references_matched", ())
    numbers = {reference.number for reference in references}
    return tuple((number, corpus.resolve(i)) for number, i in before if number in numbers)


def _iso(since: str | date | None) -> str | None:
    if since is None or isinstance(since, date):
        return since.isoformat() if since else None
    try:
        return date.fromisoformat(since).isoformat()
    except ValueError as error:
        raise UsageError(f"--since {since!r} is no date; write it as 2025-06-30") from error
