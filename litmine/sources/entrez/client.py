"""PubMed through the E-utilities: search, resolve citations, fetch records; a failure is never an empty answer."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import tostring

from litmine.errors import FetchFailed, NotFound, RecordError
from litmine.sources.entrez.answers import only_element
from litmine.sources.entrez.searches import Found, Searches, batches, uid_query
from litmine.sources.entrez.transport import Refused
from litmine.sources.identifiers import clean_pmcid, clean_pmid
from litmine.sources.medline import parse_xml
from litmine.types import Record

SOURCE = "entrez"
BATCH = 200
"""Records asked for at once: NCBI's advice for a POST, and small enough to repeat."""
_ASKED_ALONE = 20
"""Missing records, at most, that are asked for one by one to learn whether they were merged into others."""


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


class Entrez(Searches):
    """A client of one E-utilities server that also fetches. The first request is preceded by one quick probe."""

    def fetch(
        self, pmids: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Iterator[Fetched]:
        """Records of PMIDs, a batch at a time. What a batch lacks is asked for once more before it counts as missing.

        Raises:
            FetchFailed, Unreachable: no usable answer; batches before it have been yielded.
        """
        wanted = list(dict.fromkeys(clean_pmid(pmid) for pmid in pmids))
        for batch in batches(wanted, BATCH):
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
