"""Open the SQLite store: schema version, forward migrations after a backup, one-line errors."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from litmine.errors import CorpusError, NewerSchema

_MAGIC = b"SQLite format 3\x00"
_PAGE = 16_384
"""Bytes of a page: a record (about 4 kB) does not leave half of it empty."""
_VERSION_OFFSET = 60
"""Where `PRAGMA user_version` stands in the file: https://www.sqlite.org/fileformat.html#user_version_number."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # `batch` counts calls of upsert: the later of two equally dated versions of a source wins.
        """CREATE TABLE records (
            id TEXT PRIMARY KEY, json BLOB NOT NULL, record_hash TEXT NOT NULL, content_hash TEXT NOT NULL,
            source TEXT NOT NULL, depth TEXT NOT NULL)""",
        """CREATE TABLE versions (
            record_id TEXT NOT NULL, hash TEXT NOT NULL, source TEXT NOT NULL, seen TEXT NOT NULL,
            run INTEGER, batch INTEGER NOT NULL, json BLOB NOT NULL,
            PRIMARY KEY (record_id, hash))""",
        """CREATE TABLE identifiers (
            identifier TEXT NOT NULL, record_id TEXT NOT NULL,
            PRIMARY KEY (identifier, record_id)) WITHOUT ROWID""",
        "CREATE INDEX identifiers_of_record ON identifiers (record_id)",
        """CREATE TABLE aliases (alias TEXT PRIMARY KEY, record_id TEXT NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX aliases_of_record ON aliases (record_id)",
        """CREATE TABLE readings (
            record_id TEXT NOT NULL, content_hash TEXT NOT NULL, fingerprint TEXT NOT NULL, json BLOB NOT NULL,
            PRIMARY KEY (fingerprint, record_id, content_hash))""",
        "CREATE INDEX readings_of_record ON readings (record_id)",
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, started TEXT NOT NULL, finished TEXT,
            arguments BLOB NOT NULL, outcome BLOB)""",
        """CREATE TABLE not_fetched (
            id TEXT PRIMARY KEY, reason TEXT NOT NULL, seen TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE reports (
            id INTEGER PRIMARY KEY AUTOINCREMENT, saved TEXT NOT NULL, json BLOB NOT NULL)""",
        """CREATE TABLE decisions (
            record_id TEXT PRIMARY KEY, include INTEGER NOT NULL, reason TEXT NOT NULL, decided TEXT NOT NULL
            ) WITHOUT ROWID""",
        """CREATE TABLE files (
            name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, source TEXT NOT NULL, read TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE watermarks (
            query TEXT PRIMARY KEY, date TEXT NOT NULL, moved TEXT NOT NULL) WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE tombstones (
            record_id TEXT PRIMARY KEY, reason TEXT NOT NULL, run INTEGER, seen TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE merged (old TEXT PRIMARY KEY, new TEXT NOT NULL, seen TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE screened (
            record_id TEXT PRIMARY KEY, score REAL NOT NULL, kept INTEGER NOT NULL, query TEXT NOT NULL,
            run INTEGER, seen TEXT NOT NULL) WITHOUT ROWID""",
        # What counts: neither excluded, nor below the cut-off (unless a person took it in), nor taken back by PubMed.
        """CREATE VIEW shown AS SELECT * FROM records WHERE
            NOT EXISTS (SELECT 1 FROM tombstones WHERE record_id = records.id)
            AND NOT EXISTS (SELECT 1 FROM decisions WHERE record_id = records.id AND NOT include)
            AND (NOT EXISTS (SELECT 1 FROM screened WHERE record_id = records.id AND NOT kept)
                OR EXISTS (SELECT 1 FROM decisions WHERE record_id = records.id AND include))""",
    ),
    (
        # Articles as printed, by hash: what was read from them is stored, so they need not be read again.
        "CREATE TABLE articles (hash BLOB PRIMARY KEY, record_id TEXT NOT NULL) WITHOUT ROWID",
    ),
    (
        # Who decided: named for what stands in the curator's file, which this table repeats.
        "ALTER TABLE decisions ADD COLUMN decided_by TEXT NOT NULL DEFAULT ''",
    ),
    (
        # The extractors that read, the last one last; `base` is the fingerprint without the lexicon.
        """CREATE TABLE readers (
            number INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT NOT NULL, base TEXT NOT NULL,
            noted TEXT NOT NULL)""",
    ),
)
"""Statements that lead from schema version i to i + 1. Append; never edit one that was released."""

SCHEMA_VERSION = len(MIGRATIONS)


@contextmanager
def told_in_one_line(path: Path) -> Iterator[None]:
    """Turn what SQLite raises about this file into a `CorpusError` with what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        message = str(error)
        if "locked" in message or "busy" in message:
            raise CorpusError(
                f"{path}: another litmine is writing to this corpus; wait until it is done and try again"
            ) from error
        raise CorpusError(f"{path}: can't be used ({message})") from error
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
        raise  # a fault of ours, not of the file
    except sqlite3.DatabaseError as error:
        raise CorpusError(
            f"{path}: the corpus is damaged ({error}); move it away and restore a backup, "
            "or let `litmine update` build a new one"
        ) from error


def open_store(
    path: Path, *, readonly: bool, busy_timeout: float, migrations: Sequence[Sequence[str]] = MIGRATIONS
) -> sqlite3.Connection:
    """Connect to the store, made or migrated to the newest schema.

    A migration runs in one transaction, after a copy of the file to `<name>.v<old version>.backup`.

    Raises:
        NewerSchema: written by a newer litmine; the file is not touched.
        CorpusError: missing (when `readonly`), damaged, locked, or no SQLite file.
    """
    version = _version_on_disk(path)
    if version is None and readonly:
        raise CorpusError(f"{path}: there is no corpus yet; `litmine update` makes it")
    _refuse_newer(path, version or 0, len(migrations))
    with told_in_one_line(path):
        if version is None:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=busy_timeout, isolation_level=None)
        try:
            _prepare(connection, path, migrations, busy_timeout)
            if readonly:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def _version_on_disk(path: Path) -> int | None:
    """Schema version read from the file header without opening a database; None when there is no store yet."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CorpusError(f"{path}: can't be opened ({error.strerror})") from error
    if not header:
        return None
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise CorpusError(
            f"{path}: the corpus is damaged or no corpus (not an SQLite file); move it away and restore a backup, "
            "or let `litmine update` build a new one"
        )
    return int.from_bytes(header[_VERSION_OFFSET : _VERSION_OFFSET + 4], "big")


def _refuse_newer(path: Path, version: int, known: int) -> None:
    if version > known:
        raise NewerSchema(
            f"{path}: written by a newer litmine (schema {version}, this one knows {known}); "
            "upgrade litmine; nothing was changed"
        )


def _prepare(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Sequence[str]], busy_timeout: float
) -> None:
    """Bring an open store to the newest schema; the write-ahead log keeps readers and a writer apart."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    _refuse_newer(path, version, len(migrations))
    if version < len(migrations):
        if version:
            _back_up(connection, path.with_name(f"{path.name}.v{version}.backup"))
        connection.execute(f"PRAGMA page_size = {_PAGE}")  # of a new file; an older one keeps its own
        _write_ahead(connection, busy_timeout)
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have migrated while this one waited for the lock.
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            for statements in migrations[version:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -65536")  # 64 MB: a bulk load must not spill its indexes


def _write_ahead(connection: sqlite3.Connection, busy_timeout: float) -> None:
    """Switch to the write-ahead log. SQLite does not wait for others here by itself, so this does."""
    end = time.monotonic() + busy_timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= end:
                raise
            time.sleep(0.02)


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    copy = sqlite3.connect(path)
    try:
        connection.backup(copy)
    finally:
        copy.close()
