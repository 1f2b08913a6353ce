"""Go beyond the references: what cites them, what is like them, and one search for each claim of the review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from litmine.sources.entrez import BATCH, Entrez, uid_query
from litmine.types import Record
from litmine.update.outcome import Flow, QueryLog
from litmine.update.pubmed import PubMedUpdate
from litmine.update.relevance import CUTOFF

KINDS = ("claims", "cited-by", "similar")
_LINKS = {"cited-by": "pubmed_pubmed_citedin", "similar": "pubmed_pubmed"}
_LINKS_AT_ONCE = 50
_FOR_ONE_CLAIM = 20
_LOOKED_THROUGH = 20
"""Linked records, in caps, that are looked through for recent ones."""


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """The PubMed query written for a claim."""

    claim: str
    query: str


def _no_claims() -> Sequence[ClaimQuery]:
    return ()


def _all_relevant(_record: Record) -> float:
    return 1.0


@dataclass(frozen=True, slots=True)
class Expansion:
    """What to look for beside the references.

    Attributes:
        kinds: of `claims`, `cited-by`, `similar`.
        cap: records that each kind may bring, newest first.
        cutoff: relevance below which a record does not count.
        newer_than: date of entry into PubMed (ISO) from which records are wanted; empty for all years.
        claims: makes the queries; called only when PubMed answers.
        relevance: score of a record from 0 to 1.
    """

    kinds: tuple[str, ...] = ()
    cap: int = 200
    cutoff: float = CUTOFF
    newer_than: str = ""
    claims: Callable[[], Sequence[ClaimQuery]] = _no_claims
    relevance: Callable[[Record], float] = _all_relevant


@dataclass(frozen=True, slots=True)
class _Hits:
    """A query's ids, best first, and its entry for the log."""

    log: QueryLog
    pmids: tuple[str, ...]


def expand(
    work: PubMedUpdate, expansion: Expansion, references: Iterable[str], today: date
) -> tuple[Flow, dict[str, float]]:
    """Find, fetch, score and store.

    Args:
        work: the update; notes what failed.
        expansion: what to look for.
        references: record ids of the review's references.
        today: end of the dates asked for.

    Returns:
        The flow of records, and the score of those below the cut-off that this update found.
    """
    with work.stage("asking what is related and newer", None):
        hits = find(work, expansion, references, today)
    listed = [pmid for hit in hits for pmid in hit.pmids]
    first: dict[str, str] = {}
    for hit in hits:
        for pmid in hit.pmids:
            first.setdefault(pmid, hit.log.query)
    held = work.corpus.holds(f"PMID:{pmid}" for pmid in first)
    fresh = [pmid for pmid in first if f"PMID:{pmid}" not in held and f"PMID:{pmid}" not in work.came]
    scores: dict[str, float] = {}

    def screen(came: Sequence[Record]) -> None:
        """Screened before it is stored: cut off in between, an update must not leave what nobody has scored."""
        for query in dict.fromkeys(first.values()):
            found = {r.id: expansion.relevance(r) for r in came if first.get(r.pmid or "") == query}
            if found:
                work.corpus.screen(found, cutoff=expansion.cutoff, query=query, run=work.run)
                scores.update(found)

    with work.stage("fetching what was found", len(fresh)):
        work.fetch_new(fresh, screen)
    decided = work.corpus.decisions()
    excluded = {i for i in scores if i in decided and not decided[i].include}
    taken = {i for i in scores if i in decided and decided[i].include}
    low = {i: s for i, s in scores.items() if s < expansion.cutoff and i not in excluded | taken}
    for hit in hits:
        work.queries.append(_with_fetched(hit, first, scores))
    flow = Flow(
        found=len(listed),
        duplicates=len(listed) - len(fresh),
        below_cutoff=len(low),
        excluded=len(excluded),
        kept=len(scores) - len(low) - len(excluded),
    )
    return flow, low


def find(work: PubMedUpdate, expansion: Expansion, references: Iterable[str], today: date) -> list[_Hits]:
    """Ask PubMed for the ids of every expansion; fetch nothing."""
    pmids = sorted({i[5:] for i in references if i.startswith("PMID:")}, key=int)
    hits: list[_Hits] = []
    for kind in KINDS:
        if kind not in expansion.kinds:
            continue
        if kind == "claims":
            hits += _by_claims(work, expansion, today)
        elif pmids:
            hits += _by_links(work, expansion, kind, pmids, today)
    return hits


def _by_claims(work: PubMedUpdate, expansion: Expansion, today: date) -> list[_Hits]:
    """The newest of each claim's query in turn, until the cap is full."""
    found: list[_Hits] = []
    asked: dict[str, _Hits] = {}
    for item in expansion.claims():
        if item.query not in asked:
            work.asked += 1
            with work.noting(f"query {item.query}"):
                got = work.ask().search(
                    item.query,
                    since=expansion.newer_than,
                    until=today.isoformat(),
                    maximum=min(_FOR_ONE_CLAIM, expansion.cap),
                    history=False,
                )
                log = QueryLog(
                    item.query, expansion.newer_than, today.isoformat(), got.count, 0, "claim", item.claim
                )
                asked[item.query] = _Hits(log, got.pmids)
                found.append(asked[item.query])
            work.told()
    chosen: dict[str, None] = {}
    for rank in range(_FOR_ONE_CLAIM):
        for hit in found:
            if rank < len(hit.pmids) and len(chosen) < expansion.cap:
                chosen.setdefault(hit.pmids[rank])
    return [_capped(hit, hit.log.found, tuple(pmid for pmid in hit.pmids if pmid in chosen)) for hit in found]


def _by_links(
    work: PubMedUpdate, expansion: Expansion, kind: str, pmids: Sequence[str], today: date
) -> list[_Hits]:
    """What PubMed links to the references: those linked to most of them first, then the newest."""
    name = f"{kind} of {len(pmids)} references ({_LINKS[kind]})"
    work.asked += 1
    counts: Counter[str] = Counter()
    hits: list[_Hits] = []
    with work.noting(name):
        for start in range(0, len(pmids), _LINKS_AT_ONCE):
            links = work.ask().links(pmids[start : start + _LINKS_AT_ONCE], _LINKS[kind])
            for linked in links.values():
                counts.update(set(linked) - set(pmids))
            work.told()
        ranked = sorted(counts, key=lambda pmid: (-counts[pmid], -int(pmid)))
        if kind == "cited-by":
            ranked = sorted(counts, key=lambda pmid: -int(pmid))
        chosen = _entered_since(
            work, ranked, expansion.newer_than, today, expansion.cap, newest_first=kind == "cited-by"
        )
        log = QueryLog(name, expansion.newer_than, today.isoformat(), len(ranked), 0, kind)
        hits.append(_capped(_Hits(log, ()), len(ranked), tuple(chosen)))
    return hits


def _entered_since(
    work: PubMedUpdate, pmids: Sequence[str], since: str, today: date, cap: int, *, newest_first: bool
) -> list[str]:
    """The first `cap` ids of records that entered PubMed since a date, in the order given."""
    if not since:
        return list(pmids[:cap])
    chosen: list[str] = []
    for start in range(0, min(len(pmids), _LOOKED_THROUGH * cap), BATCH):
        if len(chosen) >= cap:
            break
        batch = pmids[start : start + BATCH]
        recent = set(
            work.ask()
            .search(uid_query(batch), since=since, until=today.isoformat(), maximum=BATCH, history=False)
            .pmids
        )
        chosen += [pmid for pmid in batch if pmid in recent]
        if not recent and newest_first:
            break  # what follows is older still
    return chosen[:cap]


def _capped(hit: _Hits, found: int, pmids: tuple[str, ...]) -> _Hits:
    log = hit.log
    capped = found > len(pmids)
    return _Hits(QueryLog(log.query, log.since, log.until, found, 0, log.kind, log.claim, capped), pmids)


def _with_fetched(hit: _Hits, first: Mapping[str, str], scores: Mapping[str, float]) -> QueryLog:
    log = hit.log
    fetched = sum(1 for pmid in hit.pmids if first[pmid] == log.query and f"PMID:{pmid}" in scores)
    return QueryLog(log.query, log.since, log.until, log.found, fetched, log.kind, log.claim, log.capped)


def seconds_for(requests: int, records: int, client: Entrez) -> float:
    """How long so many searches, and fetching so many records, take at the pace that NCBI allows."""
    return (requests + -(-records // BATCH)) / client.per_second
