"""The corpus as the rest of litmine uses it: records and their versions, readings."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import msgspec

from litmine.corpus.merge import decode_record, encode
from litmine.corpus.screening import Screening
from litmine.corpus.upsert import Changes, upsert
from litmine.types import Reading, Record

_READINGS_AT_ONCE = 50
_decode_reading = msgspec.json.Decoder(Reading).decode


READERS_KEPT = 3
"""Extractors (versions, lexicons) whose readings stay: going back to one of them costs nothing."""


@dataclass(frozen=True, slots=True)
class Reader:
    """An extractor that read; `base` is its fingerprint without the lexicon."""

    fingerprint: str
    base: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record as a source gave it; `record.id` is what it was called then."""

    record: Record
    source: str
    seen: str
    run: int | None
    hash: str


class Corpus(Screening):
    """The user's corpus. Use `Corpus.open(path)` as a context manager."""

    def upsert(self, records: Iterable[Record], *, run: int | None = None) -> Changes:
        """Take in records, in one transaction: all or none.

        A record that shares a DOI, PMID or PMCID with a stored one is a version of it. The result does not
        depend on the order of `records`, and giving them again changes nothing.

        Raises:
            RecordError: a record has no id or text that is no Unicode; nothing is stored.
            CorpusError: the store is locked or damaged.
        """
        with self._transaction():
            return upsert(self._connection, records, run=run, seen=self._time())

    def get(self, record_id: str) -> Record | None:
        """The record with this id or alias."""
        row = self._row("SELECT json FROM records WHERE id = ?", self.resolve(record_id))
        return decode_record(row[0]) if row else None

    def records(self, ids: Iterable[str] | None = None) -> Iterator[Record]:
        """Records sorted by id: all that count, or those of `ids` (aliases followed, unknown ones left out)."""
        wanted = self.ids() if ids is None else sorted({self.resolve(i) for i in ids})
        for _, json in self._in_chunks("SELECT id, json FROM records WHERE id IN", wanted):
            yield decode_record(json)

    def ids(self) -> list[str]:
        """Ids of all records that count, sorted: those excluded, off topic or taken back by PubMed are left out."""
        return [i for (i,) in self._rows("SELECT id FROM shown ORDER BY id")]

    def holds(self, ids: Iterable[str]) -> set[str]:
        """Which of these ids or aliases the store has, whether they count or not."""
        return {i for i in ids if self._row("SELECT 1 FROM records WHERE id = ?", self.resolve(i))}

    def ids_without(self, sources: Collection[str]) -> list[str]:
        """Ids of records of which none of these sources has given a version, sorted."""
        marks = ", ".join("?" * len(sources))
        rows = self._rows(
            "SELECT id FROM shown WHERE NOT EXISTS (SELECT 1 FROM versions "
            f"WHERE record_id = shown.id AND versions.source IN ({marks})) ORDER BY id",
            *sources,
        )
        return [i for (i,) in rows]

    def __len__(self) -> int:
        return int(self._row("SELECT count(*) FROM shown")[0])

    def versions(self, record_id: str) -> list[Version]:
        """Every version that was ever taken in of a record, oldest first."""
        rows = self._rows(
            "SELECT json, source, seen, run, hash FROM versions WHERE record_id = ? ORDER BY seen, batch, hash",
            self.resolve(record_id),
        )
        return [
            Version(decode_record(json), source, seen, run, hash_) for json, source, seen, run, hash_ in rows
        ]

    def taken_in(self, run: int) -> int:
        """How many versions of records an entry of the log has brought so far."""
        return int(self._row("SELECT count(*) FROM versions WHERE run = ?", run)[0])

    def counts(self) -> dict[str, Any]:
        """Records in all, by source of their text, by depth; versions kept; what was not fetched."""
        return {
            "records": len(self),
            "by_source": dict(self._rows("SELECT source, count(*) FROM shown GROUP BY 1 ORDER BY 1")),
            "by_depth": dict(self._rows("SELECT depth, count(*) FROM shown GROUP BY 1 ORDER BY 1")),
            "versions": int(self._row("SELECT count(*) FROM versions")[0]),
            "not_fetched": len(self.not_fetched()),
        }

    def state(self) -> str:
        """Hash over ids and contents of all records: what an index was built from."""
        digest = hashlib.sha256()
        for record_id, content_hash in self.content_hashes().items():
            digest.update(f"{record_id}\t{content_hash}\n".encode())
        return digest.hexdigest()

    def metadata_state(self) -> str:
        """Hash over ids and whole records, metadata included: what a report was made of."""
        digest = hashlib.sha256()
        for record_id, record_hash in self._rows("SELECT id, record_hash FROM shown ORDER BY id"):
            digest.update(f"{record_id}\t{record_hash}\n".encode())
        return digest.hexdigest()

    def content_hashes(self) -> dict[str, str]:
        """Content hash by record id, sorted by id."""
        return dict(self._rows("SELECT id, content_hash FROM shown ORDER BY id"))

    def save_readings(self, readings: Iterable[Reading], hashes: Mapping[str, str], fingerprint: str) -> None:
        """Keep what an extractor read.

        Args:
            readings: consumed as they come; every 50 are stored in a transaction of their own, so that an
                interrupted run keeps them and the store is never locked while the extractor works.
            hashes: content hash of the text that was read, by record id.
            fingerprint: of the extractor.
        """
        rows = ((r.record_id, hashes[r.record_id], fingerprint, encode(r)) for r in readings)
        while batch := list(islice(rows, _READINGS_AT_ONCE)):
            with self._transaction():
                self._connection.executemany(
                    "INSERT OR REPLACE INTO readings (record_id, content_hash, fingerprint, json) "
                    "VALUES (?, ?, ?, ?)",
                    batch,
                )

    def last_reader(self) -> Reader | None:
        """The extractor that was noted last."""
        row = self._row("SELECT fingerprint, base FROM readers ORDER BY number DESC LIMIT 1")
        return Reader(*row) if row else None

    def note_reader(self, fingerprint: str, base: str) -> None:
        """Note the extractor that reads from now on, and delete what extractors read before the last few."""
        with self._transaction():
            self._connection.execute("DELETE FROM readers WHERE fingerprint = ?", (fingerprint,))
            self._connection.execute(
                "INSERT INTO readers (fingerprint, base, noted) VALUES (?, ?, ?)",
                (fingerprint, base, self._time()),
            )
            self._connection.execute(
                "DELETE FROM readings WHERE fingerprint NOT IN "
                "(SELECT fingerprint FROM readers ORDER BY number DESC LIMIT ?)",
                (READERS_KEPT,),
            )

    def copy_readings(self, record_ids: Sequence[str], earlier: str, fingerprint: str) -> int:
        """Let what an earlier extractor read in the present texts of records stand for another; how many there were."""
        copied = 0
        with self._transaction():
            for record_id in record_ids:
                copied += self._connection.execute(
                    "INSERT OR IGNORE INTO readings (record_id, content_hash, fingerprint, json) "
                    "SELECT record_id, readings.content_hash, ?, readings.json FROM readings "
                    "JOIN records ON records.id = record_id AND records.content_hash = readings.content_hash "
                    "WHERE readings.fingerprint = ? AND record_id = ?",
                    (fingerprint, earlier, record_id),
                ).rowcount
        return copied

    def unread(self, fingerprint: str) -> Iterator[Record]:
        """Records whose present text this extractor has not read, sorted by id."""
        rows = self._rows(
            "SELECT id FROM shown WHERE NOT EXISTS (SELECT 1 FROM readings WHERE fingerprint = ? "
            "AND record_id = shown.id AND content_hash = shown.content_hash) ORDER BY id",
            fingerprint,
        )
        return self.records([i for (i,) in rows])

    def reading(self, record_id: str, fingerprint: str) -> Reading | None:
        """What this extractor read in the present text of a record; None when it has not read it."""
        return next(self._readings(fingerprint, [self.resolve(record_id)]), None)

    def readings(self, fingerprint: str) -> Iterator[Reading]:
        """All readings of present texts by this extractor, sorted by record id."""
        return self._readings(fingerprint, self.ids())

    def _readings(self, fingerprint: str, ids: list[str]) -> Iterator[Reading]:
        query = (
            "SELECT records.id, readings.json FROM records JOIN readings ON readings.record_id = records.id "
            "AND readings.content_hash = records.content_hash WHERE readings.fingerprint = ? AND records.id IN"
        )
        for record_id, json in self._in_chunks(query, ids, fingerprint):
            reading = _decode_reading(json)
            yield reading if reading.record_id == record_id else replace(reading, record_id=record_id)
