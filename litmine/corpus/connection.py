"""A store's connection: opening, closing, transactions, rows; every SQLite error told in one line."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from litmine.corpus.schema import open_store, told_in_one_line

_CHUNK = 500


class Store:
    """An open SQLite file with the schema of this version. Use `open` as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._now = now
        self.path = path

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        readonly: bool = False,
        busy_timeout: float = 30.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Self:
        """Open the store at `path`; unless `readonly`, it is made when absent.

        Args:
            path: the SQLite file.
            readonly: refuse to make a store or to change one (an older schema is still migrated).
            busy_timeout: seconds to wait for another process that writes.
            now: clock for the log.

        Raises:
            NewerSchema: written by a newer litmine; nothing was touched.
            CorpusError: missing, damaged, locked, or no SQLite file.
        """
        return cls(open_store(path, readonly=readonly, busy_timeout=busy_timeout), path, now)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def freeze(self) -> None:
        """Read from now on what is committed at this moment, whatever others write, until the store is closed."""
        self._rows("BEGIN")
        self._rows("SELECT count(*) FROM sqlite_master")

    def check(self) -> list[str]:
        """What SQLite finds wrong with the file; empty when it is sound."""
        return [line for (line,) in self._rows("PRAGMA quick_check") if line != "ok"]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing. Takes the write lock at once, so that two writers wait instead of colliding."""
        with told_in_one_line(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _change(self, statement: str, *values: Any) -> int:
        """Run one writing statement; the row id it made."""
        with told_in_one_line(self.path):
            return self._connection.execute(statement, values).lastrowid or 0

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with told_in_one_line(self.path):
            return self._connection.execute(query, values).fetchall()

    def _row(self, query: str, *values: Any) -> Any:
        with told_in_one_line(self.path):
            return self._connection.execute(query, values).fetchone()

    def _in_chunks(self, query: str, ids: Sequence[str], *values: Any) -> Iterator[Any]:
        """Rows of `query … (ids)`, some at a time: memory stays flat, and the store may change in between."""
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            yield from self._rows(f"{query} ({', '.join('?' * len(chunk))}) ORDER BY 1", *values, *chunk)

    def _time(self) -> str:
        return self._now().isoformat(timespec="seconds")
