"""What PubMed holds, without fetching it: searches, resolved citations, links, the server's history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from litmine.errors import FetchFailed
from litmine.sources.entrez.answers import citation_answers, citation_line, only_element
from litmine.sources.entrez.server import SEARCH_LIMIT, Server
from litmine.sources.identifiers import clean_pmid
from litmine.types import Reference

_CITATIONS_AT_ONCE = 50


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
        asked = {"usehistory": "y"} if history else {}
        if since or until:
            asked |= {
                "datetype": date_type,
                "mindate": _slashed(since or "1800"),
                "maxdate": _slashed(until or "3000"),
            }
        wanted = min(maximum, self._search_limit)
        found = self._listed(query, wanted, asked)
        if _contradicts(found, wanted):
            found = self._listed(query, wanted, asked)
        if _contradicts(found, wanted):
            raise FetchFailed(
                f"esearch for {query!r}: {found.count} found, {min(found.count, wanted)} ids expected "
                f"but {len(found.pmids)} listed"
            )
        return replace(found, pmids=found.pmids[:wanted])

    def _listed(self, query: str, wanted: int, asked: Mapping[str, str]) -> Found:
        """The ids of a search as the server lists them; page by page when it gives fewer at once than it was asked."""
        first: Found | None = None
        pmids: dict[str, None] = {}
        while True:
            page = self._page(query, wanted - len(pmids), {**asked, "retstart": str(len(pmids))})
            first = first or page
            before = len(pmids)
            pmids.update(dict.fromkeys(page.pmids))
            complete = len(pmids) >= min(first.count, wanted)
            if complete or len(pmids) == before or page.count != first.count:
                return replace(first, pmids=tuple(pmids))

    def _page(self, query: str, size: int, asked: Mapping[str, str]) -> Found:
        body = self._ask(
            "esearch", "eSearchResult", db="pubmed", term=query, retmax=size, retmode="xml", **asked
        )
        result = only_element(body, "eSearchResult")
        count = _text(result, "Count")
        if not (count.isascii() and count.isdecimal()):
            raise FetchFailed(f"esearch for {query!r}: the answer has no count")
        pmids = tuple(pmid for e in result.iterfind("IdList/Id") if (pmid := clean_pmid(e.text or "")))
        return Found(query, int(count), pmids, _text(result, "WebEnv"), _text(result, "QueryKey"))

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
        for keys in batches(list(asked), _CITATIONS_AT_ONCE):
            said = self._cited(keys, asked)
            # A line for each citation is what the server owes; what a short answer lacks is asked for once more.
            if lacking := [key for key in keys if key not in said]:
                said |= self._cited(lacking, asked)
            matched |= {int(key): pmid for key, answer in said.items() if (pmid := clean_pmid(answer))}
        return matched

    def _cited(self, keys: Sequence[str], asked: Mapping[str, Reference]) -> dict[str, str]:
        """What ECitMatch says to each citation, by its key: a PMID, or why there is none."""
        citations = "\r".join(citation_line(asked[key], key) for key in keys)
        body = self._ask("ecitmatch", "", db="pubmed", retmode="xml", bdata=citations)
        return citation_answers(body, keys)

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
        found = self._link_sets(ids, database, link_name)
        # An id of which nothing is said has no links, or the answer is short: asked once more to tell.
        if lacking := [i for i in ids if i not in found]:
            found |= self._link_sets(lacking, database, link_name)
        return {i: found.get(i, ()) for i in ids}

    def _link_sets(self, ids: Sequence[str], database: str, link_name: str) -> dict[str, tuple[str, ...]]:
        """One ELink. NCBI gives each id a set of its own; a server that joins them gives all of them the same links."""
        body = self._ask(
            "elink", "eLinkResult", dbfrom=database, db="pubmed", id=list(ids), linkname=link_name
        )
        found: dict[str, tuple[str, ...]] = {}
        for link_set in only_element(body, "eLinkResult").iterfind("LinkSet"):
            linked = tuple(
                pmid
                for links in link_set.iterfind("LinkSetDb")
                if _text(links, "LinkName") in {link_name, ""}
                for e in links.iterfind("Link/Id")
                if (pmid := clean_pmid(e.text or ""))
            )
            for asked in link_set.iterfind("IdList/Id"):
                found[(asked.text or "").strip()] = linked
        return found

    def post(self, pmids: Sequence[str]) -> Found:
        """Put PMIDs into the server's history.

        Raises:
            FetchFailed, Unreachable: no usable answer.
        """
        body = self._ask("epost", "ePostResult", db="pubmed", id=",".join(pmids))
        result = only_element(body, "ePostResult")
        handle = _text(result, "WebEnv"), _text(result, "QueryKey")
        if not all(handle):
            raise FetchFailed("epost: the answer names no place in the server's history")
        return Found("", len(pmids), tuple(pmids), *handle)


def uid_query(pmids: Sequence[str]) -> str:
    """A query for exactly these records."""
    return " OR ".join(f"{pmid}[uid]" for pmid in pmids)


def batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Items in runs of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _contradicts(found: Found, wanted: int) -> bool:
    """Whether an answer lists fewer ids than it should, or more than it says there are."""
    return not min(found.count, wanted) <= len(found.pmids) <= found.count


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _slashed(day: str) -> str:
    return day.replace("-", "/")
