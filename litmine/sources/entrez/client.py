"""PubMed through the E-utilities: search, resolve citations, fetch records; a failure is never an empty answer."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import tostring

from litmine.errors import CorpusError, FetchFailed, NotFound, RecordError, Unreachable
from litmine.sources.entrez.answers import KnowsNone, knows_none, only_element
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
        self, pmids: Sequence[str], *, held: bool = False, progress: Callable[[int], None] | None = None
    ) -> Iterator[Fetched]:
        """Records of PMIDs, a batch at a time, each through the server's history.

        Args:
            pmids: what to fetch.
            held: the corpus has these records; an id counts as missing only after EFetch, asked twice, lacks it, and
                each is asked for by itself too, since it may have been merged into another.
            progress: called with the number of ids answered.

        Raises:
            FetchFailed, Unreachable: no usable answer; batches before it have been yielded.
        """
        wanted = list(dict.fromkeys(clean_pmid(pmid) for pmid in pmids))
        for batch in batches(wanted, BATCH):
            yield self._complete(batch, self._first_of(batch), held=held)
            if progress:
                progress(len(batch))

    def fetch_found(
        self, found: Found, *, progress: Callable[[int], None] | None = None
    ) -> Iterator[Fetched]:
        """Records of a search through the server's history, a batch at a time; as many as `found` lists.

        The ids that did not come are asked for at the end, and all of them when the server has forgotten the search.

        Raises:
            FetchFailed, Unreachable: no usable answer; batches before it have been yielded.
        """
        left = dict.fromkeys(found.pmids)
        if found.web_environment and found.query_key:
            for start in range(0, len(found.pmids), BATCH):
                try:
                    got = self._from_history(found, start, min(BATCH, len(found.pmids) - start))
                except Unreachable:
                    raise
                except FetchFailed:
                    break
                fresh = tuple(record for record in got.records if record.pmid in left)
                for record in fresh:
                    del left[record.pmid or ""]
                yield Fetched(fresh, (), got.deleted)
                if progress:
                    progress(len(fresh))
        yield from self.fetch(list(left), progress=progress)

    def fetch_posted(
        self, pmids: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Iterator[Fetched]:
        """Like `fetch`, for many: the ids are sent once, into the server's history, and records come from there.

        Raises:
            FetchFailed, Unreachable: no usable answer; batches before it have been yielded.
        """
        wanted = list(dict.fromkeys(clean_pmid(pmid) for pmid in pmids))
        found = self._posted(wanted) if len(wanted) > BATCH else Found("", len(wanted), tuple(wanted))
        yield from self.fetch_found(found, progress=progress)

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

    def _first_of(self, batch: Sequence[str]) -> Fetched:
        """A batch from the server's history; by its ids when there is but one, or the history does not work."""
        if len(batch) > 1:
            posted = self._posted(batch)
            if posted.web_environment:
                try:
                    return self._from_history(posted, 0, len(batch))
                except Unreachable:
                    raise
                except FetchFailed:
                    pass
        return self._fetch(batch, {"id": ",".join(batch)})

    def _posted(self, pmids: Sequence[str]) -> Found:
        """Ids put into the server's history; without a handle when it does not take them."""
        try:
            return self.post(pmids)
        except Unreachable:
            raise
        except FetchFailed:
            return Found("", len(pmids), tuple(pmids))

    def _from_history(self, found: Found, start: int, size: int) -> Fetched:
        handle = {"WebEnv": found.web_environment, "query_key": found.query_key}
        return self._fetch(found.pmids, {**handle, "retstart": start, "retmax": size})

    def _complete(self, batch: Sequence[str], fetched: Fetched, *, held: bool) -> Fetched:
        """Find out about what an answer lacks.

        A search that lists a record which came tells whether it lists what did not come: what two utilities lack is
        missing. Where no search can tell, and for records held, EFetch is asked again first.
        """
        missing = _missing(batch, fetched.records)
        if not missing:
            return fetched
        records, deleted, strange = fetched.records, fetched.deleted, bool(fetched.strangers)
        listed = None if held else self._listed_of(missing, fetched.records[:1])
        if doubtful := [pmid for pmid in missing if listed is None or pmid in listed]:
            again = self._fetch(doubtful, {"id": ",".join(doubtful)})
            records, deleted = records + again.records, deleted + again.deleted
            strange |= bool(again.strangers)
            missing = _missing(batch, records)
        merged: tuple[tuple[str, Record], ...] = ()
        if missing and (strange or (held and len(missing) <= _ASKED_ALONE)):
            alone = [(pmid, self._fetch_alone(pmid)) for pmid in missing]
            records += tuple(record for _, one in alone for record in one.records)
            merged = tuple((pmid, one.strangers[0]) for pmid, one in alone if len(one.strangers) == 1)
            missing = tuple(pmid for pmid in _missing(batch, records) if pmid not in dict(merged))
        if missing:
            if listed is None:
                listed = set(self.search(uid_query(missing), maximum=len(missing), history=False).pmids)
            if lost := [pmid for pmid in missing if pmid in listed]:
                raise FetchFailed(f"EFetch leaves out what ESearch lists: PMID {', '.join(lost)}")
        return Fetched(records, missing, deleted, (), merged)

    def _listed_of(self, missing: Sequence[str], came: Sequence[Record]) -> set[str] | None:
        """Those of the ids that ESearch lists; None when it does not even list a record that came."""
        known = [record.pmid or "" for record in came]
        if not known:
            return None
        asked = [*missing, *known]
        listed = set(self.search(uid_query(asked), maximum=len(asked), history=False).pmids)
        return listed if listed.issuperset(known) else None

    def _fetch_alone(self, pmid: str) -> Fetched:
        """A record asked for by itself, twice when nothing comes: under load the server leaves records out."""
        one = self._fetch([pmid], {"id": pmid})
        return one if one.records or one.strangers else self._fetch([pmid], {"id": pmid})

    def _fetch(self, batch: Sequence[str], which: dict[str, Any]) -> Fetched:
        """One EFetch: kept as it came, then parsed; records that were not asked for are dropped."""
        try:
            body = self._ask("efetch", "PubmedArticleSet", db="pubmed", retmode="xml", **which)
        except KnowsNone:
            return Fetched((), ())
        except Refused as error:
            if error.code == 400 and knows_none(str(error).encode()):
                return Fetched((), ())
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
        """Keep an answer as it came, before it is read; one that was kept before is not kept twice."""
        if self._raw_dir is None:
            return
        digest = hashlib.sha256(body).hexdigest()[:16]
        try:
            self._raw_dir.mkdir(parents=True, exist_ok=True)
            if any(self._raw_dir.glob(f"*-{digest}.xml.gz")):
                return
            self._kept += 1
            path = self._raw_dir / (
                f"{self._now():%Y%m%dT%H%M%S%f}-{self._kept:04d}-{utility}-{digest}.xml.gz"
            )
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(gzip.compress(body, mtime=0))
            unfinished.replace(path)
        except OSError as error:
            raise CorpusError(f"{self._raw_dir}: can't be written ({error.strerror})") from error


def _missing(batch: Sequence[str], records: Iterable[Record]) -> tuple[str, ...]:
    came = {record.pmid for record in records}
    return tuple(pmid for pmid in batch if pmid not in came)
