"""Ask PubMed for what a corpus lacks: records of known identifiers, references, queries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from litmine.corpus import Changes, Corpus
from litmine.errors import FetchFailed
from litmine.sources.entrez import BATCH, SEARCH_LIMIT, Entrez, Fetched
from litmine.types import Record, Reference, ReferenceMatch
from litmine.update.outcome import QueryLog

OVERLAP = timedelta(days=30)
"""Records reach PubMed's index late; every search looks so far behind its watermark."""
_DOIS_AT_ONCE = 20
_FAILURES_IN_A_ROW = 3
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
        progress: Callable[[int], None] | None,
    ) -> None:
        self._corpus = corpus
        self._client = client
        self._run = run
        self._failures = 0
        self._room = maximum
        self._progress = progress
        self.changes = Changes()
        self.asked = 0
        self.fetched = 0
        self.not_fetched: dict[str, str] = {}
        self.not_found: list[str] = []
        self.deleted: list[str] = []
        self.queries: list[QueryLog] = []

    def fetch_identified(self, ids: Sequence[str]) -> None:
        """Fetch records that are known by PMID, and by DOI where there is no PMID."""
        records = list(self._corpus.records(ids))
        pmids = {
            record.id.removeprefix("PMID:"): record.id for record in records if record.id.startswith("PMID:")
        }
        self._fetch_pmids(list(pmids))
        self._fetch_dois({record.doi: record.id for record in records if record.doi and not record.pmid})

    def resolve(self, references: Sequence[Reference], resolve: Resolve) -> dict[int, str]:
        """Find the records of references: by printed identifier, ECitMatch, then title; all verified by `resolve`.

        Returns:
            Record id by reference number.
        """
        names = {reference.number: f"reference {reference.number}" for reference in references}
        self.asked += len(references)
        candidates: dict[int, list[str]] = {reference.number: [] for reference in references}
        with self._noting(*names.values()):
            for position, pmid in self._ask().match_citations(references).items():
                candidates[references[position].number].append(pmid)
        for reference in references:
            with self._noting(names[reference.number]):
                for query in reference_queries(reference):
                    pmids = self._ask().search(query, maximum=5, history=False).pmids
                    candidates[reference.number] += pmids
                    if pmids:
                        break
        records: dict[str, Record] = {}
        wanted = list(dict.fromkeys(pmid for pmids in candidates.values() for pmid in pmids))
        with self._noting(*(names[number] for number, pmids in candidates.items() if pmids)):
            for fetched in self._ask().fetch(wanted, progress=self._progress):
                records |= {record.id: record for record in fetched.records}
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
        mark = self._corpus.watermark(query)
        start = since or ((date.fromisoformat(mark) - OVERLAP).isoformat() if mark else "")
        self.asked += 1
        with self._noting(f"query {query}"):
            room = SEARCH_LIMIT if self._room is None else self._room
            found = self._ask().search(query, since=start, until=today.isoformat(), maximum=max(1, room))
            if found.count > SEARCH_LIMIT and self._room is None:
                raise FetchFailed(
                    f"{found.count} found, more than {SEARCH_LIMIT}: narrow it with --since or --max"
                )
            came = missing = 0
            for fetched in self._ask().fetch_found(found, progress=self._progress) if room else ():
                came += self._take(fetched)
                missing += len(fetched.missing)
            self.queries.append(QueryLog(query, start, today.isoformat(), found.count, came))
            no_hole = since is None or (mark is not None and since <= mark)
            if came + missing == found.count and no_hole:
                self._corpus.move_watermark(query, today.isoformat())

    def _fetch_pmids(self, pmids: list[str]) -> None:
        pmids = self._within_room(pmids)
        self.asked += len(pmids)
        for start in range(0, len(pmids), BATCH):
            batch = pmids[start : start + BATCH]
            with self._noting(*(f"PMID:{pmid}" for pmid in batch)):
                for fetched in self._ask().fetch(batch, progress=self._progress):
                    self._take(fetched)
                    self.not_found += [f"PMID:{pmid}" for pmid in fetched.missing]

    def _fetch_dois(self, ids: Mapping[str, str]) -> None:
        """Look up DOIs some at a time; a record counts only when it carries one of them itself."""
        dois = self._within_room(sorted(ids))
        self.asked += len(dois)
        for start in range(0, len(dois), _DOIS_AT_ONCE):
            batch = dois[start : start + _DOIS_AT_ONCE]
            with self._noting(*(ids[doi] for doi in batch)):
                query = " OR ".join(f'"{doi}"[aid]' for doi in batch)
                pmids = self._ask().search(query, maximum=10 * len(batch), history=False).pmids
                came: set[str] = set()
                for fetched in self._ask().fetch(pmids, progress=self._progress):
                    good = tuple(record for record in fetched.records if record.doi in batch)
                    came |= {record.doi or "" for record in good}
                    self._take(Fetched(good, (), fetched.deleted))
                self.not_found += [ids[doi] for doi in batch if doi not in came]

    def _take(self, fetched: Fetched) -> int:
        self._store(fetched.records)
        self.deleted += fetched.deleted
        return len(fetched.records)

    def _store(self, records: Sequence[Record]) -> None:
        if records:
            self.changes += self._corpus.upsert(records, run=self._run)
        self.fetched += len(records)
        if self._room is not None:
            self._room = max(0, self._room - len(records))

    def _within_room(self, items: list[str]) -> list[str]:
        return items if self._room is None else items[: self._room]

    @contextmanager
    def _noting(self, *what: str) -> Iterator[None]:
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

    def _ask(self) -> Entrez:
        """The client, unless it has failed too often in a row."""
        if self._failures >= _FAILURES_IN_A_ROW:
            raise FetchFailed(f"not asked, since PubMed had failed {_FAILURES_IN_A_ROW} times in a row")
        return self._client


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
    return queries
