"""Look after records that PubMed gave before: what it has revised, merged or taken back since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from litmine.sources.entrez import BATCH, uid_query
from litmine.update.pubmed import OVERLAP, PubMedUpdate

GONE = "PubMed has no such record any more"
WATERMARK = "(records held, by date of last change)"


def refresh(work: PubMedUpdate, today: date) -> None:
    """Ask which held records exist still and which were changed since the last refresh; fetch those.

    Records that came from files are asked for from the day after their own last revision; the others since the last
    refresh, with 30 days of overlap. The watermark moves only when nothing failed.
    """
    corpus = work.corpus
    mark = corpus.watermark(WATERMARK)
    since = (date.fromisoformat(mark) - OVERLAP).isoformat() if mark else ""
    from_files = set(corpus.ids_without(("entrez",)))
    # One wrong answer must not bury a record for good: what was missing lately is looked for again.
    lately = corpus.tombstones((today - OVERLAP).isoformat())
    held = [
        i for i in (*corpus.pubmed_ids(), *(i for i in lately if lately[i] == GONE)) if i not in work.came
    ]
    held = list(dict.fromkeys(held))
    revised = {record.id: record.revised for record in corpus.records(held)}
    before = len(work.not_fetched)
    known = [i for i in held if since and i not in from_files]
    others = sorted((i for i in held if i not in set(known)), key=lambda i: (revised.get(i, ""), i))
    with work.stage("checking held records for changes", len(held)):
        for group, dated in ((known, True), (others, False)):
            for start in range(0, len(group), BATCH):
                batch = group[start : start + BATCH]
                after = since if dated else _day_after(min(revised.get(i, "") for i in batch))
                _refresh_batch(work, batch, after, today)
    if len(work.not_fetched) == before:
        corpus.move_watermark(WATERMARK, today.isoformat())


def _refresh_batch(work: PubMedUpdate, ids: Sequence[str], since: str, today: date) -> None:
    pmids = [i.removeprefix("PMID:") for i in ids]
    with work.noting(f"changes of {len(ids)} records from {ids[0]} on"):
        query = uid_query(pmids)
        there = set(work.ask().search(query, maximum=BATCH, history=False).pmids)
        changed = set(
            work.ask()
            .search(
                query,
                since=since,
                until=today.isoformat(),
                maximum=BATCH,
                history=False,
                date_type="mdat",
            )
            .pmids
        )
        work.told(len(ids))
        wanted = [pmid for pmid in pmids if pmid in changed or pmid not in there]
        work.asked += len(wanted)
        gone = work.fetch_again(wanted)
        work.bury(gone, GONE)


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if len(day) == 10 else ""
