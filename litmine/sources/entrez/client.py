"""PubMed through the E-utilities: search, resolve citations, fetch records; a failure is never an empty answer."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import tostring

from litmine.config import Config
from litmine.errors import FetchFailed, NotFound, RecordError, Unreachable
from litmine.sources.entrez.answers import acceptance, citation_line, only_element
from litmine.sources.entrez.transport import Patience, Refused, Transport
from litmine.sources.identifiers import clean_pmcid, clean_pmid
from litmine.sources.medline import parse_xml
from litmine.types import Record, Reference

SOURCE = "entrez"
BATCH = 200
"""Records asked for at once: NCBI's advice for a POST, and small enough to repeat."""
_ASKED_ALONE = 20
"""Missing records, at most, that are asked for one by one to learn whether they were merged into others."""
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
    strangers: tuple[Record, ...] = ()
    """Records that came in place of those asked for: the id was merged into theirs, or the answer is wrong."""
    merged: tuple[tuple[str, Record], ...] = ()
    """PMIDs for which the server, asked for each alone, sends one record of another PMID."""


class Entrez:
    """A client of one E-utilities server. The first request is preceded by one quick probe.

    Args:
        config: address, e-mail, tool name and key.
        raw_dir: where answers with records are kept, compressed, before they are parsed; None keeps none.
        patience: attempts, pauses and pace; by default three requests a second, ten with a key.
        now: clock for the names of kept answers.
        transport: replaceable for tests.
        search_limit: ids that the server lists at most for one search.
    """

    def __init__(
        self,
        config: Config,
        *,
        raw_dir: Path | None = None,
        patience: Patience | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: Transport | None = None,
        search_limit: int = SEARCH_LIMIT,
    ) -> None:
        patience = patience or Patience(per_second=10.0 if config.api_key else 3.0)
        identity = {"tool": config.tool, "email": config.email, "api_key": config.api_key or None}
        self._transport = transport or Transport(
            config.eutils_url, patience, identity, pace_file=_pace_file(config)
        )
        self._search_limit = search_limit
        self.per_second = patience.per_second
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
        date_type: str = "edat",
    ) -> Found:
        """Ids of a query's records, newest first.

        Args:
            query: in PubMed's language.
            since, until: ISO dates of entry into PubMed, or of what `date_type` says.
            date_type: `edat` (entry), `mdat` (last change), `pdat` (publication).
            maximum: ids to list at most (9,999 are the server's limit).
            history: keep the result on the server for `fetch_found`.

        Raises:
            FetchFailed, Unreachable: no usable answer.
        """
        dates = {}
        if since or until:
            dates = {
                "datetype": date_type,
                "mindate": _slashed(since or "1800"),
                "maxdate": _slashed(until or "3000"),
            }
        body = self._ask(
            "esearch",
            "eSearchResult",
            db="pubmed",
            term=query,
            retmax=min(maximum, self._search_limit),
            retmode="xml",
            usehistory="y" if history else "n",
            **dates,
        )
        result = only_element(body, "eSearchResult")
        count = result.findtext("Count", "")
        if not count.isdecimal():
            raise FetchFailed(f"esearch for {query!r}: the answer has no count")
        pmids = tuple(e.text or "" for e in result.iterfind("IdList/Id"))
        expected = min(int(count), maximum, self._search_limit)
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

    def search_all(self, query: str, *, since: str = "", until: str = "") -> list[Found]:
        """A query's records in as many searches as the server's limit takes, split by date of entry.

        A single day that holds more is split by year of publication.

        Returns:
            Slices that share nothing and add up to the whole.

        Raises:
            FetchFailed: the slices don't add up, or one can't be split any further; nothing is left out in silence.
        """
        whole = self.search(query, since=since, until=until)
        if whole.count <= self._search_limit:
            return [whole]
        first = date.fromisoformat(since) if since else date(1800, 1, 1)
        last = date.fromisoformat(until) if until else self._now().date()
        slices = self._sliced(query, first, last)
        total = sum(found.count for found in slices)
        if total != whole.count:
            raise FetchFailed(
                f"esearch for {query!r}: {whole.count} found, but its slices by date hold {total}"
            )
        return slices

    def _sliced(self, query: str, first: date, last: date) -> list[Found]:
        found = self.search(query, since=first.isoformat(), until=last.isoformat())
        if found.count <= self._search_limit:
            return [found] if found.count else []
        if first == last:
            return self._sliced_by_year(query, first, 1500, last.year + 10)
        middle = first + (last - first) // 2
        return self._sliced(query, first, middle) + self._sliced(query, middle + timedelta(days=1), last)

    def _sliced_by_year(self, query: str, day: date, first: int, last: int) -> list[Found]:
        narrowed = f"({query}) AND {first}:{last}[dp]"
        found = self.search(narrowed, since=day.isoformat(), until=day.isoformat())
        if found.count <= self._search_limit:
            return [found] if found.count else []
        if first == last:
            raise FetchFailed(
                f"esearch for {query!r}: {found.count} found for one day and year; narrow the query"
            )
        middle = (first + last) // 2
        return self._sliced_by_year(query, day, first, middle) + self._sliced_by_year(
            query, day, middle + 1, last
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

    def fetch_posted(
        self, pmids: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Iterator[Fetched]:
        """Like `fetch`, for many: the ids are sent once, into the server's history, and records come from there.

        Raises:
            FetchFailed, Unreachable: no usable answer; batches before it have been yielded.
        """
        wanted = list(dict.fromkeys(clean_pmid(pmid) for pmid in pmids))
        left = set(wanted)
        if len(wanted) > BATCH:
            posted = self.post(wanted)
            history = {"WebEnv": posted.web_environment, "query_key": posted.query_key}
            for start in range(0, len(wanted), BATCH):
                got = self._fetch(wanted, {**history, "retstart": start, "retmax": BATCH})
                fresh = tuple(record for record in got.records if record.pmid in left)
                left -= {record.pmid for record in fresh if record.pmid}
                yield Fetched(fresh, (), got.deleted)
                if progress:
                    progress(len(fresh))
        yield from self.fetch([pmid for pmid in wanted if pmid in left], progress=progress)

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
        links = {
            link_set.findtext("IdList/Id", ""): tuple(
                e.text or ""
                for database in link_set.iterfind("LinkSetDb")
                if database.findtext("LinkName") == link_name
                for e in database.iterfind("Link/Id")
            )
            for link_set in only_element(body, "eLinkResult").iterfind("LinkSet")
        }
        if lacking := [pmid for pmid in pmids if pmid not in links]:
            raise FetchFailed(f"ELink says nothing of PMID {', '.join(lacking)}")
        return links

    def full_text(self, *, pmid: str = "", doi: str = "") -> tuple[str, bytes]:
        """The open-access full text of an article, from PMC.

        Returns:
            Its PMCID, and the JATS article.

        Raises:
            NotFound: PMC answered, and has no such article or does not give its text away.
            FetchFailed, Unreachable: no usable answer.
        """
        what = f"PMID {pmid}" if pmid else f"DOI {doi}"
        term = f"{pmid}[pmid]" if pmid else f'"{doi}"[doi]'
        body = self._ask("esearch", "eSearchResult", db="pmc", term=term, retmax=5, retmode="xml")
        ids = [e.text or "" for e in only_element(body, "eSearchResult").iterfind("IdList/Id")]
        if not ids:
            raise NotFound(
                f"PMC has no full text of {what}; save the article yourself and give it with --review"
            )
        body = self._ask("efetch", "pmc-articleset", db="pmc", id=",".join(ids), retmode="xml")
        for article in only_element(body, "pmc-articleset").iter("article"):
            known = {
                (e.get("pub-id-type"), (e.text or "").lower())
                for e in article.iterfind(".//article-meta/article-id")
            }
            if {("pmid", pmid), ("doi", doi)} & known and article.find("body") is not None:
                pmcid = next(
                    (clean_pmcid(text) for kind, text in known if kind in {"pmc", "pmcid"}), f"PMC{ids[0]}"
                )
                return pmcid, tostring(article, encoding="utf-8", xml_declaration=True)
        raise NotFound(
            f"PMC does not give the full text of {what} away; save the article yourself and give it with --review"
        )

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
        """Ask once more for what an answer lacks; then have it confirmed by a search that it does not exist."""
        missing = _missing(batch, fetched.records)
        if not missing:
            return fetched
        again = self._fetch(missing, {"id": ",".join(missing)})
        records = fetched.records + again.records
        missing = _missing(batch, records)
        merged: tuple[tuple[str, Record], ...] = ()
        if missing and (fetched.strangers or again.strangers or len(missing) <= _ASKED_ALONE):
            alone = [(pmid, self._fetch_alone(pmid)) for pmid in missing]
            records += tuple(record for _, one in alone for record in one.records)
            merged = tuple((pmid, one.strangers[0]) for pmid, one in alone if len(one.strangers) == 1)
            missing = tuple(pmid for pmid in _missing(batch, records) if pmid not in dict(merged))
        if missing:
            listed = self.search(uid_query(missing), maximum=len(missing), history=False).pmids
            if lost := [pmid for pmid in missing if pmid in listed]:
                raise FetchFailed(f"EFetch leaves out what ESearch lists: PMID {', '.join(lost)}")
        return Fetched(records, missing, fetched.deleted + again.deleted, (), merged)

    def _fetch_alone(self, pmid: str) -> Fetched:
        """A record asked for by itself, twice when nothing comes: under load the server leaves records out."""
        one = self._fetch([pmid], {"id": pmid})
        return one if one.records or one.strangers else self._fetch([pmid], {"id": pmid})

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
        came = {record.id: record for record in records}  # sent twice is one
        good = tuple(record for record in came.values() if record.id in asked)
        strangers = tuple(record for record in came.values() if record.id not in asked)
        return Fetched(good, (), tuple(deleted), strangers)

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


def _pace_file(config: Config) -> Path:
    """One for each server, since the limit is the server's."""
    host = urlsplit(config.eutils_url).netloc
    return config.cache_dir / f"pace-{re.sub(r'[^A-Za-z0-9.]+', '-', host)}"


def uid_query(pmids: Sequence[str]) -> str:
    """A query for exactly these records."""
    return " OR ".join(f"{pmid}[uid]" for pmid in pmids)


def _missing(batch: Sequence[str], records: Iterable[Record]) -> tuple[str, ...]:
    came = {record.pmid for record in records}
    return tuple(pmid for pmid in batch if pmid not in came)


def _batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _slashed(day: str) -> str:
    return day.replace("-", "/")
