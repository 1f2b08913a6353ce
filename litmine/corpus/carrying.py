"""Readings that a change of the lexicon does not touch are carried over to it instead of made anew."""

from __future__ import annotations

from collections.abc import Iterator

from litmine.corpus.store import Corpus
from litmine.progress import Bars, no_bars
from litmine.relations import Extractor


def carry_over(corpus: Corpus, extractor: Extractor, *, bars: Bars = no_bars) -> int:
    """Take over what the same extractor read with another lexicon, where it finds the same entities in a text.

    All else that a reading holds is made of the text and its entities. The extractor is noted, so that the next one is
    compared with it.

    Returns:
        How many readings were taken over.
    """
    last = corpus.last_reader()
    if last is not None and last.fingerprint == extractor.fingerprint:
        return 0
    kept = 0
    if last is not None and last.base == extractor.base_fingerprint:
        untouched = list(_untouched(corpus, extractor, last.fingerprint, bars))
        kept = corpus.copy_readings(untouched, last.fingerprint, extractor.fingerprint)
    corpus.note_reader(extractor.fingerprint, extractor.base_fingerprint)
    return kept


def _untouched(corpus: Corpus, extractor: Extractor, earlier: str, bars: Bars) -> Iterator[str]:
    unread = list(corpus.unread(extractor.fingerprint))
    with bars("looking for what the lexicon's change touches", len(unread)) as bar:
        for record in unread:
            reading = corpus.reading(record.id, earlier)
            if reading and reading.entities == extractor.entities(record.title, record.text):
                yield record.id
            bar(1)
