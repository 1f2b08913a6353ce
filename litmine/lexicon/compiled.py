"""The vocabulary as one file on disk: a query looks a few words up, without the second it takes to read all tables."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from litmine.lexicon.tables import Term
from litmine.lexicon.vocabulary import Lexicon

Value = TypeVar("Value")
_KEPT = 4
"""Compiled vocabularies kept in a cache; one of a workspace's own terms is another."""
_LAYOUT = """
CREATE TABLE own (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE heads (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE reach (key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE TABLE kinds (place INTEGER PRIMARY KEY, kind TEXT);
CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT);
"""


def write_compiled(lexicon: Lexicon, path: Path) -> None:
    """Write a vocabulary as a file that `read_compiled` opens; it appears whole or not at all.

    Raises:
        OSError, sqlite3.Error: the folder can't be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    unfinished.unlink(missing_ok=True)
    store = sqlite3.connect(unfinished)
    try:
        store.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _LAYOUT)
        own = ((form, msgspec.msgpack.encode(terms)) for form, terms in sorted(lexicon.by_key.items()))
        store.executemany("INSERT INTO own VALUES (?, ?)", own)
        store.executemany("INSERT INTO heads VALUES (?, 1)", ((head,) for head in sorted(lexicon.heads)))
        store.executemany("INSERT INTO reach VALUES (?, ?)", sorted(lexicon.reach.items()))
        for place, (kind, table) in enumerate(lexicon.generated):
            store.execute("INSERT INTO kinds VALUES (?, ?)", (place, kind))
            store.execute(f"CREATE TABLE rows_{place} (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
            store.executemany(f"INSERT INTO rows_{place} VALUES (?, ?)", sorted(table.items()))
        store.execute("INSERT INTO notes VALUES ('fingerprint', ?)", (lexicon.fingerprint,))
        store.commit()
        store.close()
        unfinished.replace(path)
    finally:
        store.close()
        unfinished.unlink(missing_ok=True)
    for older in sorted(path.parent.glob("lexicon-*.sqlite"), key=_age)[_KEPT:]:
        older.unlink(missing_ok=True)


def read_compiled(path: Path) -> Lexicon:
    """Open a file of `write_compiled`: the same vocabulary, each word looked up on disk.

    Raises:
        sqlite3.Error: it is missing or no such file.
    """
    store = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )
    (fingerprint,) = store.execute("SELECT value FROM notes WHERE key = 'fingerprint'").fetchone()
    terms = msgspec.msgpack.Decoder(tuple[Term, ...]).decode
    own = _OnDisk(store, "own", terms)
    kinds = store.execute("SELECT place, kind FROM kinds ORDER BY place").fetchall()
    generated = tuple((str(kind), _OnDisk(store, f"rows_{place}", str)) for place, kind in kinds)
    return Lexicon(
        fingerprint,
        own,
        generated,
        _Either((own, *(table for _, table in generated))),
        _OnDisk(store, "heads", int).keys(),
        _OnDisk(store, "reach", int),
    )


class _OnDisk(Mapping[str, Value]):
    """A table `key, value` of the file, its values read by a function."""

    def __init__(self, store: sqlite3.Connection, table: str, read: Callable[[Any], Value]) -> None:
        self._store = store
        self._table = table
        self._read = read

    def __getitem__(self, key: str) -> Value:
        row = self._store.execute(f"SELECT value FROM {self._table} WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return self._read(row[0])

    def __contains__(self, key: object) -> bool:
        query = f"SELECT 1 FROM {self._table} WHERE key = ?"
        return self._store.execute(query, (key,)).fetchone() is not None

    def __iter__(self) -> Iterator[str]:
        return (key for (key,) in self._store.execute(f"SELECT key FROM {self._table} ORDER BY key"))

    def __len__(self) -> int:
        return int(self._store.execute(f"SELECT COUNT(*) FROM {self._table}").fetchone()[0])


class _Either(Mapping[str, None]):
    """The keys of several tables."""

    def __init__(self, tables: tuple[Mapping[str, Any], ...]) -> None:
        self._tables = tables

    def __getitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(key in table for table in self._tables)

    def _all(self) -> Set[str]:
        return {key for table in self._tables for key in table}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._all()))

    def __len__(self) -> int:
        return len(self._all())


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0
