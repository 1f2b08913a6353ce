"""Look after records that PubMed gave before: what it has revised, merged or taken back since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from litmine.sources.entrez import BATCH, batches, uid_query
from litmine.update.pubmed import OVERLAP, PubMedUpdate

FETCHED_WHOLE = 1_000
GONE = "PubMed has no such record any more"
WATERMARK = "(records held, by date of last change)"


def refresh(work: PubMedUpdate, today: date) -> None:
    """Fetch held records again; of a large corpus only those that PubMed says were changed, or has no longer.

    Up to 1,000 records are simply fetched: that takes fewer requests than asking what was changed, and rests on no
    date. Of more, those that came from files are asked for from the day after their own last revision, the others
    since the last refresh, with 30 days of overlap. The watermark moves only when nothing failed.
    """
    corpus = work.corpus
    # One wrong answer must not bury a record for good: what was missing lately is looked for again.
    lately = corpus.tombstones((today - OVERLAP).isoformat())
    held = [*corpus.pubmed_ids(), *(i for i in lately if lately[i] == GONE)]
    held = [i for i in dict.fromkeys(held) if i not in work.came]
    before = len(work.not_fetched)
    with work.stage("checking held records for changes", len(held)):
        if len(held) <= FETCHED_WHOLE:
            for batch in batches(held, BATCH):
                with work.noting(_named(batch)):
                    _look_again(work, batch)
        else:
            for batch, since in _dated(work, held):
                _refresh_batch(work, batch, since, today)
    if len(work.not_fetched) == before:
        corpus.move_watermark(WATERMARK, today.isoformat())


def _dated(work: PubMedUpdate, held: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    """Batches of held records, each with the date since when changes of them are asked for."""
    mark = work.corpus.watermark(WATERMARK)
    since = (date.fromisoformat(mark) - OVERLAP).isoformat() if mark else ""
    from_files = set(work.corpus.ids_without(("entrez",)))
    known = {i for i in held if since and i not in from_files}
    revised = {record.id: record.revised for record in work.corpus.records(held)}
    others = sorted((i for i in held if i not in known), key=lambda i: (revised.get(i, ""), i))
    for batch in batches([i for i in held if i in known], BATCH):
        yield batch, since
    for batch in batches(others, BATCH):
        yield batch, _day_after(min(revised.get(i, "") for i in batch))


def _refresh_batch(work: PubMedUpdate, ids: Sequence[str], since: str, today: date) -> None:
    query = uid_query([i.removeprefix("PMID:") for i in ids])
    with work.noting(_named(ids)):
        there = work.ask().search(query, maximum=BATCH, history=False)
        changed = work.ask().search(
            query, since=since, until=today.isoformat(), maximum=BATCH, history=False, date_type="mdat"
        )
        wanted = [i for i in ids if i[5:] in changed.pmids or i[5:] not in there.pmids]
        work.told(len(ids) - len(wanted))
        _look_again(work, wanted)


def _look_again(work: PubMedUpdate, ids: Sequence[str]) -> None:
    work.asked += len(ids)
    work.bury(work.fetch_again([i.removeprefix("PMID:") for i in ids]), GONE)


def _named(ids: Sequence[str]) -> str:
    return f"changes of {len(ids)} records from {ids[0]} on"


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if len(day) == 10 else ""
