"""PubMed through the E-utilities: search, resolve citations, fetch records; a failure is never an empty answer."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from litmine.config import Config
from litmine.errors import FetchFailed, RecordError, Unreachable
from litmine.sources.entrez.answers import acceptance, citation_line, only_element
from litmine.sources.entrez.transport import Patience, Refused, Transport
from litmine.sources.identifiers import clean_pmid
from litmine.sources.medline import parse_xml
from litmine.types import Record, Reference

SOURCE = "entrez"
BATCH = 200
"""Records asked for at once: NCBI's advice for a POST, and small enough to repeat."""
SEARCH_LIMIT = 9_999
"""ESearch lists no more ids of PubMed than this: https://www.ncbi.nlm.nih.gov/books/NBK25499/."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: how many in all, the ids listed, and the handle of the server's history."""

    query: str
    count: int
    pmids: tuple[str, ...]
    web_environment: str = ""
    query_key: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Records that came, and ids of which the server answered that it has none."""

    records: tuple[Record, ...]
    missing: tuple[str, ...]
    deleted: tuple[str, ...] = ()


class Entrez:
    """A client of one E-utilities server. The first request is preceded by one quick probe.

    Args:
        config: address, e-mail, tool name and key.
        raw_dir: where answers with records are kept, compressed, before they are parsed; None keeps none.
        patience: attempts, pauses and pace; by default three requests a second, ten with a key.
        now: clock for the names of kept answers.
        transport: replaceable for tests.
    """

    def __init__(
        self,
        config: Config,
        *,
        raw_dir: Path | None = None,
        patience: Patience | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: Transport | None = None,
    ) -> None:
        patience = patience or Patience(per_second=10.0 if config.api_key else 3.0)
        identity = {"tool": config.tool, "email": config.email, "api_key": config.api_key or None}
        self._transport = transport or Transport(config.eutils_url, patience, identity)
        self._raw_dir = raw_dir
        self._now = now
        self._reached: bool | None = None
        self._unreachable = ""
        self._kept = 0

    def reachable(self) -> bool:
        """Whether the server answers; asked once, told within about five seconds."""
        try:
            self.probe()
        except Unreachable:
            return False
        return True

    def probe(self) -> None:
        """Find out once whether the server answers.

        Raises:
            Unreachable: it does not; said at once on every later call.
        """
        if self._reached is None:
            try:
                self._transport.probe()
                self._reached = True
            except Unreachable as error:
                self._reached, self._unreachable = False, str(error)
        if not self._reached:
            raise Unreachable(self._unreachable)

    def search(
        self,
        query: str,
        *,
        since: str = "",
        until: str = "",
        maximum: int = SEARCH_LIMIT,
        history: bool = True,
    ) -> Found:
        """Ids of a query's records, newest first.

        Args:
            query: in PubMed's language.
            since, until: ISO dates of entry into PubMed.
            maximum: ids to list at most (9,999 are the server's limit).
            history: keep the result on the server for `fetch_found`.

        Raises:
            FetchFailed, Unreachable: no usable answer.
        """
        dates = {}
        if since or until:
            dates = {
                "datetype": "edat",
                "mindate": _slashed(since or "1800"),
                "maxdate": _slashed(until or "3000"),
            }
        body = self._ask(
            "esearch",
            "eSearchResult",
            db="pubmed",
            term=query,
            retmax=min(maximum, SEARCH_LIMIT),
            retmode="xml",
            usehistory="y" if history else "n",
            **dates,
        )
        result = only_element(body, "eSearchResult")
        count = result.findtext("Count", "")
        if not count.isdecimal():
            raise FetchFailed(f"esearch for {query!r}: the answer has no count")
        pmids = tuple(e.text or "" for e in result.iterfind("IdList/Id"))
        expected = min(int(count), maximum, SEARCH_LIMIT)
        if not expected <= len(pmids) <= int(count):
            raise FetchFailed(
                f"esearch for {query!r}: {count} found, {expected} ids expected but {len(pmids)} listed"
            )
        return Found(
            query,
            int(count),
            pmids[:expected],
            result.findtext("WebEnv", ""),
            result.findtext("QueryKey", ""),
        )

    def fetch(
        self, pmids: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Iterator[Fetched]:
        """Records of PMIDs, a batch at a time. What a batch lacks is asked for once more before it counts as missing.

        Raises:
            FetchFailed, Unreachable: no usable answer; batches before it have been yielded.
        """
        wanted = list(dict.fromkeys(clean_pmid(pmid) for pmid in pmids))
        for batch in _batches(wanted, BATCH):
            yield self._complete(batch, self._fetch(batch, {"id": ",".join(batch)}))
            if progress:
                progress(len(batch))

    def fetch_found(
        self, found: Found, *, progress: Callable[[int], None] | None = None
    ) -> Iterator[Fetched]:
        """Records of a search through the server's history, a batch at a time; as many as `found` lists.

        Raises:
            FetchFailed, Unreachable: no usable answer; batches before it have been yielded.
        """
        if not (found.web_environment and found.query_key):
            yield from self.fetch(found.pmids, progress=progress)
            return
        for start in range(0, len(found.pmids), BATCH):
            batch = found.pmids[start : start + BATCH]
            history = {"WebEnv": found.web_environment, "query_key": found.query_key}
            yield self._complete(
                batch, self._fetch(batch, {**history, "retstart": start, "retmax": len(batch)})
            )
            if progress:
                progress(len(batch))

    def match_citations(self, references: Sequence[Reference]) -> dict[int, str]:
        """PMIDs by position for references that ECitMatch knows from journal, year, volume, page and author.

        Raises:
            FetchFailed, Unreachable: no usable answer.
        """
        asked = {
            str(i): reference
            for i, reference in enumerate(references)
            if reference.journal and reference.year
        }
        matched: dict[int, str] = {}
        for keys in _batches(list(asked), 50):
            citations = "\r".join(citation_line(asked[key], key) for key in keys)
            body = self._ask("ecitmatch", "", db="pubmed", retmode="xml", bdata=citations)
            for line in body.decode("utf-8", "replace").splitlines():
                *_, key, pmid = ["", *line.strip().split("|")]
                if key in asked and clean_pmid(pmid):
                    matched[int(key)] = clean_pmid(pmid)
        return matched

    def links(
        self, pmids: Sequence[str], link_name: str = "pubmed_pubmed_citedin"
    ) -> dict[str, tuple[str, ...]]:
        """PMIDs linked to each PMID by one of PubMed's links, e.g. those that cite it.

        Raises:
            FetchFailed, Unreachable: no usable answer.
        """
        body = self._ask(
            "elink", "eLinkResult", dbfrom="pubmed", db="pubmed", id=list(pmids), linkname=link_name
        )
        return {
            link_set.findtext("IdList/Id", ""): tuple(
                e.text or ""
                for database in link_set.iterfind("LinkSetDb")
                if database.findtext("LinkName") == link_name
                for e in database.iterfind("Link/Id")
            )
            for link_set in only_element(body, "eLinkResult").iterfind("LinkSet")
        }

    def post(self, pmids: Sequence[str]) -> Found:
        """Put PMIDs into the server's history.

        Raises:
            FetchFailed, Unreachable: no usable answer.
        """
        body = self._ask("epost", "ePostResult", db="pubmed", id=",".join(pmids))
        result = only_element(body, "ePostResult")
        handle = result.findtext("WebEnv", ""), result.findtext("QueryKey", "")
        return Found("", len(pmids), tuple(pmids), *handle)

    def _complete(self, batch: Sequence[str], fetched: Fetched) -> Fetched:
        missing = _missing(batch, fetched.records)
        if not missing:
            return fetched
        again = self._fetch(missing, {"id": ",".join(missing)})
        records = fetched.records + again.records
        return Fetched(records, _missing(batch, records), fetched.deleted + again.deleted)

    def _fetch(self, batch: Sequence[str], which: dict[str, Any]) -> Fetched:
        """One EFetch: kept as it came, then parsed; records that were not asked for are dropped."""
        try:
            body = self._ask("efetch", "PubmedArticleSet", db="pubmed", retmode="xml", **which)
        except Refused as error:
            if error.code == 400 and "ID list is empty" in str(error):
                return Fetched((), ())  # how the server says that it knows none of the ids
            raise
        self._keep(body, "efetch")
        deleted: list[str] = []
        stream = io.BytesIO(body)
        try:
            records = tuple(parse_xml(stream, name="EFetch", source=SOURCE, on_deleted=deleted.append))
        except RecordError as error:
            raise FetchFailed(f"EFetch sent what can't be read: {error}") from error
        asked = {f"PMID:{pmid}" for pmid in batch}
        return Fetched(tuple(r for r in records if r.id in asked), (), tuple(deleted))

    def _ask(self, utility: str, root: str, **parameters: Any) -> bytes:
        self.probe()
        return self._transport.ask(utility, acceptance(root), **parameters)

    def _keep(self, body: bytes, utility: str) -> None:
        if self._raw_dir is None:
            return
        self._kept += 1
        self._raw_dir.mkdir(parents=True, exist_ok=True)
        path = self._raw_dir / f"{self._now():%Y%m%dT%H%M%S%f}-{self._kept:04d}-{utility}.xml.gz"
        path.write_bytes(gzip.compress(body, mtime=0))


def _missing(batch: Sequence[str], records: Iterable[Record]) -> tuple[str, ...]:
    came = {record.pmid for record in records}
    return tuple(pmid for pmid in batch if pmid not in came)


def _batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _slashed(date: str) -> str:
    return date.replace("-", "/")
