"""Ask PubMed for what a corpus lacks: records of known identifiers, references, queries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from litmine.corpus import Changes, Corpus
from litmine.errors import FetchFailed
from litmine.progress import Bar, Bars, no_bars
from litmine.sources.entrez import BATCH, Entrez, Fetched
from litmine.types import Record, Reference, ReferenceMatch
from litmine.update.events import events_of
from litmine.update.outcome import Event, QueryLog

OVERLAP = timedelta(days=30)
"""Records reach PubMed's index late; every search looks so far behind its watermark."""
_DOIS_AT_ONCE = 20
_FAILURES_IN_A_ROW = 3
_SAME_TITLE = 0.8
_HALVED = 6
_STOP = frozenset(
    {
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "is",
        "of",
        "on",
        "or",
        "the",
        "to",
        "via",
        "with",
        "within",
        "without",
        "versus",
        "vs",
    }
)

Resolve = Callable[[Sequence[Reference], Iterable[Record]], Sequence[ReferenceMatch]]
"""Matches references against records: one match for each reference, in order."""


class PubMedUpdate:
    """One update over the network. Every failure is noted with what it was about, and the rest goes on."""

    def __init__(
        self,
        corpus: Corpus,
        client: Entrez,
        run: int,
        *,
        maximum: int | None,
        bars: Bars = no_bars,
    ) -> None:
        self.corpus = corpus
        self._client = client
        self.run = run
        self._failures = 0
        self._room = maximum
        self._bars = bars
        self._bar: Bar = lambda _count: None
        self.changes = Changes()
        self.asked = 0
        self.fetched = 0
        self.not_fetched: dict[str, str] = {}
        self.not_found: list[str] = []
        self.deleted: list[str] = []
        self.queries: list[QueryLog] = []
        self.events: list[Event] = []
        self.came: set[str] = set()
        """Ids of records that this update has fetched: asked for once only."""
        self._aside: dict[str, Record] = {}

    def fetch_identified(self, ids: Sequence[str]) -> None:
        """Fetch records that are known by PMID, by DOI where there is no PMID, else by PMCID."""
        records = list(self.corpus.records(ids))
        pmids = {
            record.id.removeprefix("PMID:"): record.id for record in records if record.id.startswith("PMID:")
        }
        self._fetch_pmids(list(pmids))
        self._fetch_dois({record.doi: record.id for record in records if record.doi and not record.pmid})
        self._fetch_pmcids([record.id for record in records if record.id.startswith("PMCID:")])

    def resolve(self, references: Sequence[Reference], resolve: Resolve) -> dict[int, str]:
        """Find the records of references: by printed identifier, ECitMatch, then title; all verified by `resolve`.

        Returns:
            Record id by reference number.
        """
        names = {reference.number: f"reference {reference.number}" for reference in references}
        self.asked += len(references)
        candidates: dict[int, list[str]] = {reference.number: [] for reference in references}
        with self.noting(*names.values()):
            for position, pmid in self.ask().match_citations(references).items():
                candidates[references[position].number].append(pmid)
        for reference in references:
            with self.noting(names[reference.number]):
                for query in reference_queries(reference):
                    pmids = self.ask().search(query, maximum=5, history=False).pmids
                    candidates[reference.number] += pmids
                    if pmids:
                        break
            self.told()
        records: dict[str, Record] = {}
        wanted = list(dict.fromkeys(pmid for pmids in candidates.values() for pmid in pmids))
        with self.noting(*(names[number] for number, pmids in candidates.items() if pmids)):
            for fetched in self.ask().fetch(wanted):
                records |= {record.id: record for record in fetched.records}
        self._aside |= records
        matched: dict[int, str] = {}
        for reference in references:
            near = [records[i] for pmid in candidates[reference.number] if (i := f"PMID:{pmid}") in records]
            match = resolve([reference], near)[0] if near else None
            name = names[reference.number]
            if match is not None and match.record_id in records:
                matched[reference.number] = match.record_id
                self.not_fetched.pop(name, None)
            elif not near and name not in self.not_fetched:
                self.not_found.append(name)  # with a candidate that does not fit it is unresolved, not absent
        self._store([records[i] for i in sorted(set(matched.values()))])
        return matched

    def query(self, query: str, *, since: str | None, today: date) -> None:
        """Fetch what a query finds since its watermark, with 30 days of overlap.

        The watermark moves after everything found is stored, and only when no stretch of time was left out.
        """
        mark = self.corpus.watermark(query)
        start = self.start_of(query, since)
        self.asked += 1
        with self.noting(f"query {query}"):
            until = today.isoformat()
            if self._room is None:
                slices = self.ask().search_all(query, since=start, until=until)
            else:
                slices = [self.ask().search(query, since=start, until=until, maximum=max(1, self._room))]
            came = 0
            missing: list[str] = []
            for found in slices if self._room != 0 else ():
                near, fresh = self._not_asked_yet(found.pmids)
                came += near
                for fetched in (
                    self.ask().fetch_posted(fresh, progress=self._bar)
                    if near
                    else self.ask().fetch_found(found, progress=self._bar)
                ):
                    came += self._take(fetched)
                    missing += fetched.missing
                self.corpus.unscreen(f"PMID:{pmid}" for pmid in found.pmids)
            count = sum(found.count for found in slices)
            self.queries.append(QueryLog(query, start, until, count, came))
            if missing:
                raise FetchFailed(f"{count} found but {came} came; lacking PMID {', '.join(missing)}")
            no_hole = since is None or (mark is not None and since <= mark)
            if came == count and no_hole:
                self.corpus.move_watermark(query, until)

    def _not_asked_yet(self, pmids: Sequence[str]) -> tuple[int, list[str]]:
        """Store what came before while references were looked up; how many came already, and the rest."""
        self._store(
            [self._aside[i] for pmid in pmids if (i := f"PMID:{pmid}") in self._aside and i not in self.came]
        )
        fresh = [pmid for pmid in pmids if f"PMID:{pmid}" not in self.came]
        return len(pmids) - len(fresh), fresh

    def start_of(self, query: str, since: str | None) -> str:
        """From when on a query is asked: a date given, else its watermark less the overlap, else all time."""
        mark = self.corpus.watermark(query)
        return since or ((date.fromisoformat(mark) - OVERLAP).isoformat() if mark else "")

    def _fetch_pmids(self, pmids: list[str]) -> None:
        pmids = self._within_room(pmids)
        self.asked += len(pmids)
        _, pmids = self._not_asked_yet(pmids)
        for start in range(0, len(pmids), BATCH):
            batch = pmids[start : start + BATCH]
            with self.noting(*(f"PMID:{pmid}" for pmid in batch)):
                for fetched in self.ask().fetch(batch, progress=self._bar):
                    self._take(fetched)
                    self.not_found += [f"PMID:{pmid}" for pmid in fetched.missing]

    def _fetch_dois(self, ids: Mapping[str, str]) -> None:
        """Look up DOIs some at a time; a record counts only when it carries one of them itself."""
        dois = self._within_room(sorted(ids))
        self.asked += len(dois)
        for start in range(0, len(dois), _DOIS_AT_ONCE):
            batch = dois[start : start + _DOIS_AT_ONCE]
            with self.noting(*(ids[doi] for doi in batch)):
                query = " OR ".join(f'"{doi}"[aid]' for doi in batch)
                found = self.ask().search(query, maximum=10 * len(batch))
                came: set[str] = set()
                for fetched in self.ask().fetch_found(found, progress=self._bar):
                    good = tuple(record for record in fetched.records if record.doi in batch)
                    came |= {record.doi or "" for record in good}
                    self._take(Fetched(good, (), fetched.deleted))
                self.not_found += [ids[doi] for doi in batch if doi not in came]

    def _fetch_pmcids(self, ids: Sequence[str]) -> None:
        """Look up PMCIDs some at a time; a record counts only when it carries one of them itself."""
        ids = self._within_room(list(ids))
        self.asked += len(ids)
        for start in range(0, len(ids), _DOIS_AT_ONCE):
            batch = ids[start : start + _DOIS_AT_ONCE]
            with self.noting(*batch):
                pmids = self.ask().pmids_of([i.removeprefix("PMCID:") for i in batch])
                came: set[str] = set()
                for fetched in self.ask().fetch(list(pmids.values()), progress=self._bar):
                    good = tuple(record for record in fetched.records if {*record.aliases} & {*batch})
                    came |= {i for record in good for i in record.aliases}
                    self._take(Fetched(good, (), fetched.deleted))
                self.not_found += [i for i in batch if i not in came]

    def fetch_new(
        self, pmids: Sequence[str], before: Callable[[Sequence[Record]], None] = lambda _: None
    ) -> list[Record]:
        """Fetch and store records that an expansion found; those that came before, while references were looked
        up, are not asked for again.

        Args:
            pmids: what was found.
            before: called with records just before they are stored, to note what decides whether they count.
        """
        pmids = self._within_room(list(pmids))
        near = [self._aside[f"PMID:{pmid}"] for pmid in pmids if f"PMID:{pmid}" in self._aside]
        records = list(near)
        before(near)
        self._store(near)
        wanted = [pmid for pmid in pmids if f"PMID:{pmid}" not in self._aside]
        self.asked += len(wanted)
        answered: set[str] = set()
        try:
            for fetched in self.ask().fetch_posted(wanted, progress=self._bar):
                before(fetched.records)
                self._take(fetched)
                records += fetched.records
                answered |= {*fetched.missing, *(record.pmid or "" for record in fetched.records)}
                self.not_found += [f"PMID:{pmid}" for pmid in fetched.missing]
        except FetchFailed as error:
            self._failures += 1
            self.not_fetched |= {f"PMID:{pmid}": str(error) for pmid in wanted if pmid not in answered}
        return records

    def fetch_again(self, pmids: Sequence[str]) -> list[str]:
        """Fetch records that the corpus holds; the ids of those that PubMed answers it has no longer."""
        gone: list[str] = []
        for fetched in self.ask().fetch(pmids, held=True, progress=self._bar):
            self._take(fetched)
            gone += [f"PMID:{pmid}" for pmid in fetched.missing]
        return gone

    def bury(self, ids: Iterable[str], reason: str) -> None:
        """Mark records that PubMed has taken back."""
        buried = self.corpus.bury(ids, reason=reason, run=self.run)
        self.events += [Event("deleted", i) for i in buried]

    def told(self, count: int = 1) -> None:
        """Move the progress bar of this stage."""
        self._bar(count)

    @contextmanager
    def stage(self, what: str, total: int | None) -> Iterator[None]:
        """One part of the work with a progress bar of its own."""
        if total == 0:
            yield
            return
        with self._bars(what, total) as self._bar:
            yield
        self._bar = lambda _count: None

    def _take(self, fetched: Fetched) -> int:
        for pmid, survivor in fetched.merged:
            self._merge(f"PMID:{pmid}", survivor)
        self._store(fetched.records)
        self.deleted += fetched.deleted
        self.bury(fetched.deleted, "taken back by PubMed")
        return len(fetched.records)

    def _merge(self, old: str, survivor: Record) -> None:
        """Believe in a merge only when what came in place of a record is plainly the same work."""
        held = self.corpus.get(old)
        if held is None or not _same_work(held, survivor):
            self.not_found.append(old)
        elif self.corpus.merge(old, survivor.id, run=self.run):
            self._store([survivor])
            self.events.append(Event("merged", old, survivor.id))

    def _store(self, records: Sequence[Record]) -> None:
        if records:
            made = self.corpus.upsert(records, run=self.run)
            self.changes += made
            self.events += events_of(self.corpus, (*made.new, *made.changed), self.run)
            self.came |= {record.id for record in records}
        self.fetched += len(records)
        if self._room is not None:
            self._room = max(0, self._room - len(records))

    def _within_room(self, items: list[str]) -> list[str]:
        return items if self._room is None else items[: self._room]

    @contextmanager
    def noting(self, *what: str) -> Iterator[None]:
        """Note a failure for everything it was about, and go on.

        After three failures in a row the server is left alone: what follows is noted without asking.
        """
        try:
            yield
        except FetchFailed as error:
            self._failures += 1
            self.not_fetched |= {item: str(error) for item in what}
        else:
            self._failures = 0

    def ask(self) -> Entrez:
        """The client, unless it has failed too often in a row."""
        if self._failures >= _FAILURES_IN_A_ROW:
            raise FetchFailed(f"not asked, since PubMed had failed {_FAILURES_IN_A_ROW} times in a row")
        return self._client


def _same_work(one: Record, other: Record) -> bool:
    words = [set(re.findall(r"\w+", record.title.lower())) for record in (one, other)]
    if one.doi and one.doi == other.doi:
        return True
    return len(words[0] & words[1]) >= _SAME_TITLE * max(1, len(words[0] | words[1]))


def reference_queries(reference: Reference) -> list[str]:
    """PubMed queries that would find a reference, most exact first."""
    queries = []
    if reference.pmid:
        queries.append(f"{reference.pmid}[uid]")
    if reference.doi:
        queries.append(f'"{reference.doi}"[aid]')
    words = [w for w in re.findall(r"[^\W_]+(?:-[^\W_]+)*", reference.title) if w.lower() not in _STOP]
    if len(words) >= 3:
        title = " AND ".join(f"{word}[ti]" for word in words[:12])
        queries.append(title)
        if reference.authors and reference.year:
            author = reference.authors[0]
            years = f"{reference.year - 1}:{reference.year + 1}[dp]"
            fewer = " AND ".join(f"{word}[ti]" for word in sorted(words, key=len, reverse=True)[:3])
            queries.append(f"{fewer} AND {author}[1au] AND {years}")
            if len(words) >= _HALVED:  # a misprint spoils one half only
                halves = (words[: len(words) // 2][:8], words[len(words) // 2 :][:8])
                either = " OR ".join(f"({' AND '.join(f'{word}[ti]' for word in half)})" for half in halves)
                queries.append(f"({either}) AND {author}[1au] AND {years}")
    return queries
