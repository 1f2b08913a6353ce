"""What an update asks of PubMed: the asking itself, and its rehearsal that only counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from litmine.corpus import Corpus
from litmine.errors import Unreachable
from litmine.sources.entrez import BATCH, Entrez
from litmine.types import Record, Reference
from litmine.update.expand import Expansion, expand, find, seconds_for
from litmine.update.outcome import Flow, NotFetched, QueryLog, UpdateOutcome
from litmine.update.pubmed import PubMedUpdate, Resolve
from litmine.update.refresh import refresh as refresh_held

_PUBMED = ("entrez", "medline")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an update is to look for; see `litmine.update.update`."""

    references: Sequence[Reference]
    queries: Sequence[str]
    since: str | None
    today: date
    resolve: Resolve
    expansion: Expansion | None
    refresh: bool


def rehearse(
    client: Entrez, corpus: Corpus, asked: Asked, outcome: UpdateOutcome, fresh: Sequence[Record]
) -> UpdateOutcome:
    """What an update would ask: counts by query, and the time that takes. Changes nothing."""
    lacking = wanted(corpus, fresh)
    matched, open_ = unresolved(asked.references, [*corpus.records(), *fresh], asked.resolve)
    work = PubMedUpdate(corpus, client, 0, maximum=None)
    found = 0
    try:
        client.probe()
    except Unreachable as error:
        return replace(
            outcome,
            asked=len(lacking) + len(open_) + len(asked.queries),
            reachable=False,
            unreachable_reason=str(error),
        )
    for query in asked.queries:
        start = work.start_of(query, asked.since)
        with work.noting(f"query {query}"):
            count = client.search(
                query, since=start, until=asked.today.isoformat(), maximum=0, history=False
            ).count
            work.queries.append(QueryLog(query, start, asked.today.isoformat(), count, 0))
            found += count
    if asked.expansion:
        hits = find(work, asked.expansion, matched.values(), asked.today)
        work.queries += [hit.log for hit in hits]
        listed = {f"PMID:{pmid}" for hit in hits for pmid in hit.pmids}
        found += len(listed - corpus.holds(listed))
    held = [i for i in corpus.pubmed_ids() if i not in lacking] if asked.refresh else []
    requests = 3 * len(open_) + len(work.queries) + 2 * -(-len(held) // BATCH)
    return replace(
        outcome,
        asked=len(lacking) + len(open_) + len(work.queries),
        queries=tuple(work.queries),
        not_fetched=tuple(NotFetched(what, reason) for what, reason in sorted(work.not_fetched.items())),
        seconds=seconds_for(requests, len(lacking) + found, client),
        reachable=True,
    )


def ask_pubmed(
    work: PubMedUpdate, client: Entrez, corpus: Corpus, asked: Asked, outcome: UpdateOutcome
) -> UpdateOutcome:
    """The part of an update that needs the network: one probe, then references, records, queries, expansions."""
    matched, open_ = unresolved(asked.references, corpus.records(), asked.resolve)
    known = wanted(corpus, [])
    try:
        client.probe()
    except Unreachable as error:
        reason = str(error)
        items = [
            *(f"reference {r.number}" for r in open_),
            *known,
            *(f"query {query}" for query in asked.queries),
        ]
        items += [f"expansion by {kind}" for kind in asked.expansion.kinds] if asked.expansion else []
        return replace(
            outcome,
            asked=len(items),
            not_fetched=tuple(NotFetched(item, reason) for item in items),
            references_matched=tuple(sorted(matched.items())),
            reachable=False,
            unreachable_reason=reason,
        )
    with work.stage("looking references up", len(open_)):
        matched |= work.resolve(open_, asked.resolve) if open_ else {}
    lacking = set(wanted(corpus, []))
    known = [i for i in known if i in lacking]
    with work.stage("fetching records known by their ids", len(known)):
        work.fetch_identified(known)
    for query in asked.queries:
        with work.stage(f"fetching what “{query[:40]}” finds", None):
            work.query(query, since=asked.since, today=asked.today)
    flow, low = Flow(), dict[str, float]()
    if asked.expansion and asked.expansion.kinds:
        newer = replace(asked.expansion, newer_than=max(asked.since or "", asked.expansion.newer_than))
        flow, low = expand(work, newer, matched.values(), asked.today)
    if asked.refresh:
        refresh_held(work, asked.today)
    return replace(
        outcome,
        asked=work.asked,
        fetched=work.fetched,
        not_fetched=tuple(NotFetched(what, reason) for what, reason in sorted(work.not_fetched.items())),
        not_found=tuple(sorted(work.not_found)),
        references_matched=tuple(sorted((number, corpus.resolve(i)) for number, i in matched.items())),
        queries=tuple(work.queries),
        deleted=(*outcome.deleted, *work.deleted),
        events=(*outcome.events, *work.events),
        flow=flow,
        below_cutoff=tuple(sorted(low.items())),
        reachable=True,
    )


def wanted(corpus: Corpus, more: Iterable[Record]) -> list[str]:
    """Ids of records that PubMed has not given yet and can be asked for: those with a PMID, DOI or PMCID."""
    lacking = corpus.records(corpus.ids_without(_PUBMED))
    fresh = (r for r in more if r.source not in _PUBMED and corpus.get(r.id) is None)
    return sorted({r.id for r in (*lacking, *fresh) if not r.id.startswith("litmine:")})


def unresolved(
    references: Sequence[Reference], records: Iterable[Record], resolve: Resolve
) -> tuple[dict[int, str], list[Reference]]:
    """Record id by number of the references that records answer for, and the references they don't."""
    if not references:
        return {}, []
    matches = resolve(references, records)
    matched = {m.reference.number: m.record_id for m in matches if m.record_id is not None}
    return matched, [r for r in references if r.number not in matched]
