"""Decide which record a reference denotes, or that none does; say in words what the printed data get wrong.

Each field votes in bits: log2 of how much likelier its agreement (or disagreement) is for the same paper than for two
different ones, after Fellegi & Sunter, "A theory for record linkage" (doi:10.1080/01621459.1969.10501049). The weights
are set from what is known of printed references (a page off by one is common, two papers in one volume with one first
page are not), not fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from litmine.errors import FetchFailed
from litmine.references.compare import (
    first_page,
    lost_words,
    page_slip,
    same_journal,
    same_number,
    surname_similarity,
    title_similarity,
    title_words,
    words_substituted,
)
from litmine.types import Record, Reference, ReferenceMatch, ReferenceStatus

Find = Callable[[Reference], Sequence[Record]]

PRIOR = -14.0
"""Bits against any one candidate before a field is looked at: one in about 16,000 records."""
ACCEPT = 4.0
"""Bits for the match that must remain: odds of 16 to 1."""
LONG_TITLE = 8
"""Words from which the same title alone tells a paper: shorter ones are given to several."""
MARGIN = 4.0
"""Bits by which the best record must lead the second."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How one record agrees with one reference, field by field (None: not printed or not recorded)."""

    record: Record
    title: float | None
    author: float | None
    """Similarity of the first author's surname; 0.5 when the printed first author is a later author of the record."""
    year: int | None
    """Difference in years, printed minus recorded."""
    volume: bool | None
    page: bool | None
    slip: bool
    journal: bool | None
    substituted: bool = False
    """Each title has a word that the other lacks: companion papers, yearly reports."""
    same_title: bool = False
    """Both titles are the same words in the same order."""

    @property
    def bits(self) -> float:
        """Evidence for this record in bits, the prior included."""
        return PRIOR + self._title_bits() + self._author_bits() + self._place_bits()

    def _title_bits(self) -> float:
        if self.title is None:
            return 0.0
        most = min(14.0, 2.0 * len(set(title_words(self.record.title))))
        if self.same_title and len(title_words(self.record.title)) >= LONG_TITLE:
            return 18.0
        if self.title >= 0.85:
            return most * (0.7 + 2 * (self.title - 0.85))
        if self.title >= 0.6:
            return most * (self.title - 0.6) * 2.8
        return -12.0

    def _author_bits(self) -> float:
        if self.author is None:
            return 0.0
        if self.author >= 0.99:
            return 6.0
        if self.author >= 0.8:
            return 4.0
        return 1.0 if self.author == 0.5 else -5.0

    def _place_bits(self) -> float:
        bits = 0.0
        if self.year is not None:
            bits += {0: 3.0, 1: 0.5}.get(abs(self.year), -3.0)
        if self.volume is not None:
            bits += 4.0 if self.volume else -3.0
        if self.page is not None:
            bits += 7.0 if self.page else (4.0 if self.slip else -3.0)
        if self.journal is not None:
            bits += 3.0 if self.journal else -2.0
        return bits

    @property
    def place(self) -> bool:
        """Volume and first page (a slip allowed) point to this record."""
        return bool(self.page or self.slip) and self.volume is not False

    @property
    def convincing(self) -> bool:
        """Enough bits, and no combination that marks another paper by the same hand or under the same title."""
        if self.bits < ACCEPT:
            return False
        if self.title is None:
            return bool(
                self.author
                and self.author >= 0.8
                and self.page
                and self.volume is not False
                and self.journal is not False
            )
        author_wrong = self.author is not None and self.author < 0.8
        if self.place:
            return self.title >= (0.85 if author_wrong else 0.6)
        if author_wrong or self.title < 0.9 or self.substituted:
            return False
        if self.volume is False and self.page is False:
            return bool(self.title >= 0.97 and self.journal and self.year is not None and abs(self.year) <= 1)
        return True


def compare(reference: Reference, record: Record) -> Agreement:
    """Field-by-field agreement of a reference with a record."""
    title: float | None = None
    if title_words(reference.title):
        names = (record.title, record.vernacular_title)
        title = max(title_similarity(reference.title, name) for name in names)
    author: float | None = None
    if reference.authors and record.authors:
        author = surname_similarity(reference.authors[0], record.authors[0])
        if author < 0.8 and any(
            surname_similarity(reference.authors[0], other) >= 0.99 for other in record.authors[1:]
        ):
            author = 0.5
    printed_page, page = first_page(reference.pages), first_page(record.pages)
    return Agreement(
        record=record,
        title=title,
        author=author,
        year=reference.year - record.year if reference.year and record.year else None,
        volume=same_number(reference.volume, record.volume) if reference.volume and record.volume else None,
        page=printed_page == page if printed_page and page else None,
        slip=page_slip(printed_page, page),
        substituted=title is not None and words_substituted(reference.title, record.title),
        same_title=bool(reference.title) and title_words(reference.title) == title_words(record.title),
        journal=same_journal(reference.journal, record.journal)
        if reference.journal and record.journal
        else None,
    )


def match_reference(reference: Reference, find: Find, *, offline: bool) -> ReferenceMatch:
    """Match one reference.

    Args:
        reference: The parsed reference.
        find: Gives candidate records; a FetchFailed from it makes the status `not_fetched`.
        offline: True when `find` asks no server. Offline, `not_in_pubmed` is never concluded.

    Returns:
        matched, or mismatch (this record is meant but important data are printed wrongly), with the record; else
        unresolved, not_in_pubmed or not_fetched without one. `score` is the probability after all fields, 0 to 1.
    """
    try:
        candidates = find(reference)
    except FetchFailed as error:
        return ReferenceMatch(reference, "not_fetched", None, 0.0, (str(error),))
    agreements = sorted(
        (compare(reference, record) for record in candidates), key=lambda a: (-a.bits, a.record.id)
    )
    best = agreements[0] if agreements else None
    score = _probability(best.bits) if best else 0.0
    if best is None or not best.convincing:
        return _without_record(reference, best, score, offline=offline)
    close = (a for a in agreements[1:] if a.convincing and best.bits - a.bits < MARGIN)
    rival = next((a for a in close if not _same_paper(best.record, a.record)), None)
    if rival is not None:
        problem = f"fits {best.record.id} and {rival.record.id} equally well"
        return ReferenceMatch(reference, "unresolved", None, round(score / 2, 4), (problem,))
    problems = find_problems(reference, best)
    status: ReferenceStatus = "mismatch" if _misleads(reference, best) else "matched"
    return ReferenceMatch(reference, status, best.record.id, score, problems)


def match_references(
    references: Sequence[Reference], find: Find, *, offline: bool
) -> tuple[ReferenceMatch, ...]:
    """Match a whole list; two references get one record only when they are the same paper printed twice.

    Where two different references claim one record, the better one keeps it and the other is unresolved.
    """
    matches = [match_reference(reference, find, offline=offline) for reference in references]
    owners: dict[str, int] = {}
    for index in sorted(range(len(matches)), key=lambda i: (-matches[i].score, i)):
        match = matches[index]
        if match.record_id is None:
            continue
        owner = owners.setdefault(match.record_id, index)
        if owner != index and not _printed_twice(matches[owner].reference, match.reference):
            problem = f"reference {matches[owner].reference.number} fits {match.record_id} better"
            matches[index] = replace(match, status="unresolved", record_id=None, problems=(problem,))
    return tuple(matches)


def _same_paper(a: Record, b: Record) -> bool:
    """Two records of one paper that the corpus could not merge: nothing that both state differs."""
    if (
        title_similarity(a.title, b.title) < 0.97
        or surname_similarity((*a.authors, "")[0], (*b.authors, "")[0]) < 0.8
    ):
        return False
    pages = first_page(a.pages), first_page(b.pages)
    return (
        a.year == b.year
        and (not all(pages) or pages[0] == pages[1])
        and a.publication_types == b.publication_types
    )


def _printed_twice(a: Reference, b: Reference) -> bool:
    if a.title and b.title and title_similarity(a.title, b.title) < 0.9:
        return False
    return surname_similarity((*a.authors, "")[0], (*b.authors, "")[0]) >= 0.8


def _probability(bits: float) -> float:
    return round(1 / (1 + 2 ** -max(-40.0, min(40.0, bits))), 4)


def _without_record(
    reference: Reference, best: Agreement | None, score: float, *, offline: bool
) -> ReferenceMatch:
    problems: tuple[str, ...] = ()
    if reference.kind == "thesis":
        problems = ("a dissertation; PubMed does not list these",)
    elif best is not None and best.title is not None and best.title >= 0.85:
        problems = (
            f"nearest is {best.record.id}, but {'; '.join(find_problems(reference, best)) or 'too little agrees'}",
        )
    close = best is not None and best.bits > ACCEPT - 8
    status: ReferenceStatus = "unresolved" if offline or close else "not_in_pubmed"
    return ReferenceMatch(reference, status, None, min(score, 0.49), problems)


def _misleads(reference: Reference, agreement: Agreement) -> bool:
    """Would a reader who follows the printed data go astray?

    One of: wrong first author, title, volume or page; a year off by more than one; two lesser faults together.
    """
    words_lost = lost_words(reference.title, agreement.record.title) if reference.title else []
    if agreement.author is not None and agreement.author < 0.8:
        return True
    if agreement.title is not None and agreement.title < 0.8:
        return True
    if agreement.year is not None and abs(agreement.year) > 1:
        return True
    wrong_page = agreement.page is False and not agreement.slip
    small = (agreement.year, agreement.slip, agreement.journal is False, bool(words_lost))
    return wrong_page or agreement.volume is False or sum(map(bool, small)) >= 2


def find_problems(reference: Reference, agreement: Agreement) -> tuple[str, ...]:
    """What the printed reference gets wrong, in words; empty when all that is printed agrees with the record."""
    record = agreement.record
    problems: list[str] = []
    if agreement.author is not None and agreement.author < 1 and reference.authors:
        problems.append(f'first author printed "{reference.authors[0]}", record says "{record.authors[0]}"')
    if agreement.year:
        problems.append(f"year printed {reference.year}, record says {record.year}")
    problems.extend(_title_problems(reference, record))
    if agreement.journal is False:
        translated = " (translated or another name?)" if agreement.page and agreement.volume else ""
        problems.append(f'journal printed "{reference.journal}", record says "{record.journal}"{translated}')
    if agreement.volume is False:
        problems.append(f"volume printed {reference.volume}, record says {record.volume}")
    if reference.issue and record.issue and not same_number(reference.issue, record.issue):
        problems.append(f"issue printed {reference.issue}, record says {record.issue}")
    if agreement.page is False:
        kind = (
            "article number"
            if _is_article_number(reference.pages) or _is_article_number(record.pages)
            else "first page"
        )
        problems.append(
            f"{kind} printed {reference.pages.split('-')[0]}, record says {record.pages.split('-')[0]}"
        )
    if record.retracted:
        problems.append("the paper has been retracted")
    return tuple(problems)


def _title_problems(reference: Reference, record: Record) -> list[str]:
    if not reference.title:
        return []
    problems: list[str] = []
    lost = lost_words(reference.title, record.title)
    if lost:
        more = f" and {len(lost) - 6} more" if len(lost) > 6 else ""
        problems.append(f'title words lost: "{" ".join(lost[:6])}"{more}')
    elif (
        title_words(reference.title) != title_words(record.title)
        and title_similarity(reference.title, record.title) < 0.995
    ):
        problems.append(f'title printed differently; record says "{record.title}"')
    return problems


def _is_article_number(pages: str) -> bool:
    page = first_page(pages)
    return "-" not in pages and bool(page) and (len(page) >= 5 or not page.isdigit())
