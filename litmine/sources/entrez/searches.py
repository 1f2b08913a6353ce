"""What PubMed holds, without fetching it: searches, resolved citations, links, the server's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from litmine.errors import FetchFailed
from litmine.sources.entrez.answers import citation_line, only_element
from litmine.sources.entrez.server import SEARCH_LIMIT, Server
from litmine.sources.identifiers import clean_pmid
from litmine.types import Reference


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: how many in all, the ids listed, and the handle of the server's history."""

    query: str
    count: int
    pmids: tuple[str, ...]
    web_environment: str = ""
    query_key: str = ""


class Searches(Server):
    """Questions to PubMed whose answers are ids and counts."""

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
        for keys in batches(list(asked), 50):
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
        return self._linked(pmids, "pubmed", link_name)

    def pmids_of(self, pmcids: Sequence[str]) -> dict[str, str]:
        """PMID by PMCID (`PMC123`), for those articles of PMC that PubMed has.

        Raises:
            FetchFailed, Unreachable: no usable answer.
        """
        numbers = {pmcid.removeprefix("PMC"): pmcid for pmcid in pmcids}
        links = self._linked(list(numbers), "pmc", "pmc_pubmed")
        return {numbers[number]: linked[0] for number, linked in links.items() if linked}

    def _linked(self, ids: Sequence[str], database: str, link_name: str) -> dict[str, tuple[str, ...]]:
        body = self._ask(
            "elink", "eLinkResult", dbfrom=database, db="pubmed", id=list(ids), linkname=link_name
        )
        links = {
            link_set.findtext("IdList/Id", ""): tuple(
                e.text or ""
                for found in link_set.iterfind("LinkSetDb")
                if found.findtext("LinkName") == link_name
                for e in found.iterfind("Link/Id")
            )
            for link_set in only_element(body, "eLinkResult").iterfind("LinkSet")
        }
        if lacking := [i for i in ids if i not in links]:
            raise FetchFailed(f"ELink says nothing of {database} id {', '.join(lacking)}")
        return links

    def post(self, pmids: Sequence[str]) -> Found:
        """Put PMIDs into the server's history.

        Raises:
            FetchFailed, Unreachable: no usable answer.
        """
        body = self._ask("epost", "ePostResult", db="pubmed", id=",".join(pmids))
        result = only_element(body, "ePostResult")
        handle = result.findtext("WebEnv", ""), result.findtext("QueryKey", "")
        return Found("", len(pmids), tuple(pmids), *handle)


def uid_query(pmids: Sequence[str]) -> str:
    """A query for exactly these records."""
    return " OR ".join(f"{pmid}[uid]" for pmid in pmids)


def batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Items in runs of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _slashed(day: str) -> str:
    return day.replace("-", "/")
