"""Readings that a change of the workspace's own lexicon does not touch are carried over to it instead of made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from litmine.corpus.store import Corpus
from litmine.lexicon import tokenise
from litmine.types import Record

Terms = frozenset[tuple[str, str]]
"""Of a lexicon: the form that is looked for in a text, and everything else the line says."""


def carry_over(corpus: Corpus, fingerprint: str, base: str, terms: Terms) -> int:
    """Take over what the same extractor read with other terms, where a text holds none of those that changed.

    Args:
        corpus: open for writing.
        fingerprint: of the extractor as it is.
        base: of the extractor without the workspace's own terms.
        terms: these terms.

    Returns:
        How many readings were taken over. The lexicon is noted, so that the next change is compared with it.
    """
    taken = 0
    before = corpus.lexicon_before(fingerprint, base)
    if before is not None:
        earlier, known = before
        changed = {form for form, _ in known ^ terms}
        untouched = [r.id for r in corpus.unread(fingerprint) if not _holds_any(r, changed)]
        taken = corpus.copy_readings(untouched, earlier, fingerprint)
    corpus.note_lexicon(fingerprint, base, terms)
    return taken


def _holds_any(record: Record, forms: Collection[str]) -> bool:
    """Does a text hold one of the forms? Parts of words count too: a text too many is read, never one too few."""
    words = " ".join(tokenise(record.document).words)
    return any(form in words for form in _bare(forms))


def _bare(forms: Iterable[str]) -> set[str]:
    """Forms without a plural's ending: a term is also found as its plural, and the other way round."""
    return {form.removesuffix("s") for form in forms}
