"""Find the records a reference may mean: an in-memory index over title words, authors, volume and page."""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from litmine.references.compare import first_page, same_number, surname, title_words
from litmine.types import Record, Reference


class RecordFinder:
    """Inverted index of records by what a printed reference says.

    Words count by their inverse document frequency; very frequent ones only choose among records that rarer words
    brought in. Memory: about 2 kB a record beside the records themselves.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = sorted(records, key=lambda record: record.id)
        self._words: dict[str, list[int]] = {}
        self._authors: dict[str, list[int]] = {}
        self._places: dict[tuple[str, str], list[int]] = {}
        self._identifiers: dict[str, int] = {}
        for position, record in enumerate(self._records):
            for word in sorted({*title_words(record.title), *title_words(record.vernacular_title)}):
                self._words.setdefault(word, []).append(position)
            for author in record.authors[:1]:
                self._authors.setdefault(surname(author), []).append(position)
            page = first_page(record.pages)
            if page:
                self._places.setdefault((_volume(record.volume), page), []).append(position)
            for identifier in (record.id, *record.aliases):
                self._identifiers.setdefault(identifier, position)
        count = max(1, len(self._records))
        self._weight = {word: math.log(1 + count / len(where)) for word, where in self._words.items()}
        self._common = max(50, count // 10)

    def __len__(self) -> int:
        return len(self._records)

    def find(self, reference: Reference, limit: int = 10) -> list[Record]:
        """Records that may be meant, the likeliest first; at most `limit`, ties by id."""
        scores: dict[int, float] = {}
        words = sorted(
            set(title_words(reference.title)), key=lambda word: (-self._weight.get(word, 0.0), word)
        )
        for word in words:
            where = self._words.get(word, ())
            weight = self._weight.get(word, 0.0)
            if len(where) > self._common and scores:
                for position in scores:
                    if _contains(where, position):
                        scores[position] += weight
            else:
                for position in where:
                    scores[position] = scores.get(position, 0.0) + weight
        page = first_page(reference.pages)
        for position in self._places.get((_volume(reference.volume), page), ()) if page else ():
            scores[position] = scores.get(position, 0.0) + 12.0
        if reference.authors:
            known = self._authors.get(surname(reference.authors[0]), ())
            for position in known:
                if position in scores or self._plausible(position, reference):
                    scores[position] = scores.get(position, 0.0) + 6.0
        for identifier in (f"PMID:{reference.pmid}", f"DOI:{reference.doi}"):
            if identifier in self._identifiers:
                scores[self._identifiers[identifier]] = scores.get(self._identifiers[identifier], 0.0) + 100.0
        best = heapq.nsmallest(limit, scores, key=lambda position: (-scores[position], position))
        return [self._records[position] for position in best]

    def _plausible(self, position: int, reference: Reference) -> bool:
        """An author's record that shares no title word: worth a look when year or volume agree too."""
        record = self._records[position]
        if reference.volume and record.volume and same_number(reference.volume, record.volume):
            return True
        return bool(reference.year and record.year and abs(reference.year - record.year) <= 1)


def _volume(volume: str) -> str:
    return "".join(c for c in volume.split("(")[0].lower() if c.isalnum()).lstrip("0")


def _contains(where: Sequence[int], position: int) -> bool:
    index = bisect_left(where, position)
    return index < len(where) and where[index] == position
