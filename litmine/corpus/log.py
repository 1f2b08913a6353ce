"""What the corpus remembers beside records: runs, files read, watermarks, failed fetches, decisions, reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from litmine.corpus.connection import Store
from litmine.errors import CorpusError

_REPORTS_KEPT = 5
_HASHES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Run:
    """An entry of the log; `finished` is empty and `outcome` None while it runs, or when it was cut off."""

    id: int
    kind: str
    started: str
    finished: str
    arguments: dict[str, Any]
    outcome: dict[str, Any] | None


class Log(Store):
    """The parts of a corpus that are no records."""

    def start_run(self, kind: str, arguments: Mapping[str, Any]) -> int:
        """Open an entry in the log; its number."""
        return self._change(
            "INSERT INTO runs (kind, started, arguments) VALUES (?, ?, ?)",
            kind,
            self._time(),
            msgspec.json.encode(dict(arguments)),
        )

    def finish_run(self, run: int, outcome: Mapping[str, Any]) -> None:
        """Close an entry of the log. An entry is closed once; the log is only ever added to."""
        self._change(
            "UPDATE runs SET finished = ?, outcome = ? WHERE id = ? AND finished IS NULL",
            self._time(),
            msgspec.json.encode(dict(outcome)),
            run,
        )

    def runs(self, kind: str | None = None) -> list[Run]:
        """The log, oldest first: all, or one kind of run."""
        rows = self._rows(
            "SELECT id, kind, started, finished, arguments, outcome FROM runs "
            "WHERE ?1 IS NULL OR kind = ?1 ORDER BY id",
            kind,
        )
        decode = msgspec.json.decode
        return [
            Run(id_, kind_, started, finished or "", decode(arguments), decode(outcome) if outcome else None)
            for id_, kind_, started, finished, arguments, outcome in rows
        ]

    def last_outcome(self, kind: str) -> dict[str, Any]:
        """What the last finished run of a kind did; empty when there was none."""
        row = self._row(
            "SELECT outcome FROM runs WHERE kind = ? AND outcome IS NOT NULL ORDER BY id DESC LIMIT 1", kind
        )
        return msgspec.json.decode(row[0], type=dict[str, Any]) if row else {}

    def file_read(self, name: str) -> str | None:
        """SHA-256 that a file had when it was last taken in; None when it never was."""
        row = self._row("SELECT sha256 FROM files WHERE name = ?", name)
        return str(row[0]) if row else None

    def remember_file(self, name: str, sha256: str, source: str) -> None:
        """Note that a file was taken in as it is now."""
        self._change(
            "INSERT OR REPLACE INTO files (name, sha256, source, read) VALUES (?, ?, ?, ?)",
            name,
            sha256,
            source,
            self._time(),
        )

    def articles_known(self, hashes: Sequence[bytes]) -> dict[bytes, str]:
        """Record id by hash of those articles that would change nothing: theirs is the only version of a record
        that PubMed has not taken back.
        """
        found: dict[bytes, str] = {}
        for start in range(0, len(hashes), _HASHES_AT_ONCE):
            chunk = hashes[start : start + _HASHES_AT_ONCE]
            found |= self._rows(
                f"SELECT hash, record_id FROM articles WHERE hash IN ({', '.join('?' * len(chunk))}) "
                "AND (SELECT count(*) FROM versions WHERE versions.record_id = articles.record_id) = 1 "
                "AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.record_id = articles.record_id)",
                *chunk,
            )
        return found

    def remember_articles(self, hashes: Mapping[bytes, str]) -> None:
        """Note the hashes of articles, with the record read from each; call it when the records are stored."""
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO articles (hash, record_id) VALUES (?, ?)", sorted(hashes.items())
            )

    def watermark(self, query: str) -> str | None:
        """Date (ISO) up to which a query has been fetched; None when it never was."""
        row = self._row("SELECT date FROM watermarks WHERE query = ?", query)
        return str(row[0]) if row else None

    def move_watermark(self, query: str, date: str) -> None:
        """Note that everything the query finds up to this date is stored; call it after the commit."""
        self._change(
            "INSERT OR REPLACE INTO watermarks (query, date, moved) VALUES (?, ?, ?)",
            query,
            date,
            self._time(),
        )

    def not_fetched(self) -> list[str]:
        """What was asked for and could not be fetched, sorted. It may well exist."""
        return [i for (i,) in self._rows("SELECT id FROM not_fetched ORDER BY id")]

    def not_fetched_reasons(self) -> dict[str, str]:
        """The reason by what was asked for."""
        return dict(self._rows("SELECT id, reason FROM not_fetched ORDER BY id"))

    def set_not_fetched(self, reasons: Mapping[str, str]) -> None:
        """Replace the list of what could not be fetched."""
        with self._transaction():
            self._connection.execute("DELETE FROM not_fetched")
            self._connection.executemany(
                "INSERT INTO not_fetched (id, reason, seen) VALUES (?, ?, ?)",
                [(id_, reason, self._time()) for id_, reason in sorted(reasons.items())],
            )

    def save_report(self, report: bytes | Mapping[str, Any]) -> None:
        """Keep a report (JSON, or what becomes it) for the next run's "since the last run"; the last few are kept.

        Raises:
            CorpusError: it is no JSON object.
        """
        if not isinstance(report, bytes):
            report = msgspec.json.encode(report)
        try:
            msgspec.json.decode(report, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise CorpusError(f"the report to keep is no JSON object ({error})") from error
        with self._transaction():
            self._connection.execute(
                "INSERT INTO reports (saved, json) VALUES (?, ?)", (self._time(), report)
            )
            self._connection.execute(
                "DELETE FROM reports WHERE id NOT IN (SELECT id FROM reports ORDER BY id DESC LIMIT ?)",
                (_REPORTS_KEPT,),
            )

    def report_number(self) -> int:
        """Number of the report that was kept last; it grows with every report. 0 when there is none."""
        return int(self._row("SELECT coalesce(max(id), 0) FROM reports")[0])

    def last_report(self) -> dict[str, Any] | None:
        """The report that was kept last, as data."""
        row = self._row("SELECT json FROM reports ORDER BY id DESC LIMIT 1")
        return msgspec.json.decode(row[0], type=dict[str, Any]) if row else None
