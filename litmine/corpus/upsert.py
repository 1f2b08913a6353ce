"""Write records into the store: find what they already are there, merge, keep every version once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from litmine.corpus.merge import (
    PUBMED,
    Given,
    decode_record,
    encode,
    given,
    group_by_identity,
    hash_of,
    identifier_key,
    merge_versions,
    redirected,
)
from litmine.types import Record

_INSERT_VERSION = (
    "INSERT INTO versions (record_id, hash, source, seen, run, batch, json) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_RECORD = (
    "INSERT OR REPLACE INTO records (id, json, record_hash, content_hash, source, depth) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_INSERT_NAME = "INSERT INTO identifiers (identifier, record_id) VALUES (?, ?)"
_INSERT_ALIAS = "INSERT INTO aliases (alias, record_id) VALUES (?, ?)"
_AT_ONCE = 200
"""Records looked up together."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an upsert did, as sorted record ids; `unchanged` were given again with nothing new."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()

    def __add__(self, other: Changes) -> Changes:
        """Two upserts seen as one: new stays new, changed wins over unchanged."""
        new = {*self.new, *other.new}
        changed = {*self.changed, *other.changed} - new
        unchanged = {*self.unchanged, *other.unchanged} - new - changed
        return Changes(*(tuple(sorted(ids)) for ids in (new, changed, unchanged)))


def upsert(
    connection: sqlite3.Connection, records: Iterable[Record], *, run: int | None, seen: str
) -> Changes:
    """Take in records inside the caller's transaction.

    Args:
        connection: the store.
        records: any number, consumed once; several may be versions of one record.
        run: the run that brought them, None outside a run.
        seen: time of this upsert, ISO 8601.
    """
    batch = connection.execute("SELECT coalesce(max(batch), 0) + 1 FROM versions").fetchone()[0]
    writer = _Writer(connection, run, seen, batch)
    source = iter(records)
    while chunk := list(islice(source, _AT_ONCE)):
        writer.take_all(chunk)
    return writer.changes()


class _Writer:
    """One upsert: remembers what stood in the store before, to say what became of it."""

    def __init__(self, connection: sqlite3.Connection, run: int | None, seen: str, batch: int) -> None:
        self.execute = connection.execute
        self.executemany = connection.executemany
        self.run = run
        self.seen = seen
        self.batch = batch
        self.hash_before: dict[str, str] = {}
        self.written: set[str] = set()
        self.fresh: dict[str, tuple[Given, bytes]] = {}
        """Versions that share no identifier with the store or each other, by record id, not written yet."""
        self.fresh_written: set[str] = set()
        self.merged = dict(self.execute("SELECT old, new FROM merged").fetchall())
        self.buried = {i for (i,) in self.execute("SELECT record_id FROM tombstones")}

    def take_all(self, records: Sequence[Record]) -> None:
        """Store versions in their order; those that nothing is known of are written together."""
        versions = [given(self._current(record), self.batch) for record in records]
        known = self._known({i for version, _ in versions for i in version.identifiers})
        for version, encoded in versions:
            identifiers = version.identifiers
            if known.isdisjoint(identifiers):
                (record_id,) = group_by_identity([version])
                self.fresh[record_id] = version, encoded
            else:
                self._write_fresh()
                self._take(version, encoded)
            known.update(identifiers)
        self._write_fresh()

    def _current(self, record: Record) -> Record:
        """A record under the id that PubMed gives it today; one taken back and given again is no longer buried."""
        if record.id in self.merged:
            record = redirected(record, self.merged[record.id])
        if record.id in self.buried and record.source in PUBMED:
            self.execute("DELETE FROM tombstones WHERE record_id = ?", (record.id,))
            self.buried.discard(record.id)
        return record

    def _known(self, identifiers: set[str]) -> set[str]:
        """Those of the identifiers that some stored record has."""
        asked = sorted(identifiers)
        found: set[str] = set()
        for start in range(0, len(asked), _AT_ONCE):
            chunk = asked[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(chunk))
            found.update(
                i
                for (i,) in self.execute(
                    f"SELECT identifier FROM identifiers WHERE identifier IN ({marks})", chunk
                )
            )
        return found

    def _write_fresh(self) -> None:
        """Write the versions that nothing is known of, each as a record of its own."""
        if not self.fresh:
            return
        versions, records, names, aliases = [], [], [], []
        for record_id, (version, encoded) in self.fresh.items():
            merged = merge_versions(record_id, [version])
            versions.append(self._version_row(record_id, version, encoded))
            records.append(_record_row(merged, (encoded, version.hash) if merged is version.record else None))
            identifiers = sorted(set(version.identifiers))
            names += [(identifier, record_id) for identifier in identifiers]
            aliases += [(identifier, record_id) for identifier in identifiers if identifier != record_id]
        self.executemany(_INSERT_VERSION, versions)
        self.executemany(_INSERT_RECORD, records)
        self.executemany(_INSERT_NAME, names)
        self.executemany(_INSERT_ALIAS, aliases)
        self.written.update(self.fresh)
        self.fresh_written.update(self.fresh)
        self.fresh.clear()

    def _take(self, version: Given, encoded: bytes) -> None:
        """Store one version and rewrite the records that it belongs to or connects."""
        ids = self._connected(version)
        self.fresh_written -= ids
        for record_id in ids - self.written:
            self._remember(record_id)
        stored = {
            hash_: (record_id, Given(decode_record(json), hash_, batch))
            for record_id in sorted(ids)
            for hash_, batch, json in self.execute(
                "SELECT hash, batch, json FROM versions WHERE record_id = ?", (record_id,)
            )
        }
        twin = stored.get(version.hash)
        self.written |= ids
        if twin is not None and (len(stored) == 1 or twin[1].batch == self.batch):
            return
        versions = {hash_: member for hash_, (_, member) in stored.items()} | {version.hash: version}
        groups = group_by_identity(versions.values())
        self._forget(ids - groups.keys(), groups)
        for record_id in sorted(groups, key=identifier_key):
            for member in groups[record_id]:
                self._place(record_id, member, stored.get(member.hash), encoded)
            merged = merge_versions(record_id, groups[record_id])
            known = (encoded, version.hash) if merged is version.record else None
            self.execute(_INSERT_RECORD, _record_row(merged, known))
        self._name(ids, groups)
        self.written.update(groups)

    def changes(self) -> Changes:
        """Compare the store with what was remembered of it."""
        found: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
        for record_id in sorted(self.written):
            if record_id in self.fresh_written:
                found["new"].append(record_id)
                continue
            row = self.execute("SELECT record_hash FROM records WHERE id = ?", (record_id,)).fetchone()
            if row is None:
                continue
            names = self.execute(
                "SELECT identifier FROM identifiers WHERE record_id = ?", (record_id,)
            ).fetchall()
            if self.hash_before.get(record_id) == row[0]:
                found["unchanged"].append(record_id)
            elif any(name in self.hash_before for (name,) in names):
                found["changed"].append(record_id)
            else:
                found["new"].append(record_id)
        return Changes(*(tuple(ids) for ids in found.values()))

    def _connected(self, version: Given) -> set[str]:
        """Ids of all stored records that share an identifier with this version, directly or through others."""
        ids: set[str] = set()
        asked: set[str] = set()
        open_ = set(version.identifiers)
        while open_:
            asked |= open_
            more = {
                record_id
                for identifier in open_
                for (record_id,) in self.execute(
                    "SELECT record_id FROM identifiers WHERE identifier = ?", (identifier,)
                )
            } - ids
            ids |= more
            open_ = {
                identifier
                for record_id in more
                for (identifier,) in self.execute(
                    "SELECT identifier FROM identifiers WHERE record_id = ?", (record_id,)
                )
            } - asked
        return ids

    def _remember(self, record_id: str) -> None:
        row = self.execute("SELECT record_hash FROM records WHERE id = ?", (record_id,)).fetchone()
        if row is not None:
            self.hash_before.setdefault(record_id, row[0])

    def _forget(self, gone: set[str], groups: dict[str, list[Given]]) -> None:
        """Take out ids that a stronger one replaces; what hangs on them follows to the stronger one."""
        for old in sorted(gone):
            new = min(
                (i for i, members in groups.items() if any(old in m.identifiers for m in members)),
                key=identifier_key,
            )
            for table in ("readings", "decisions", "screened", "tombstones"):
                self.execute(f"UPDATE OR IGNORE {table} SET record_id = ? WHERE record_id = ?", (new, old))
                self.execute(f"DELETE FROM {table} WHERE record_id = ?", (old,))
            self.execute("DELETE FROM records WHERE id = ?", (old,))

    def _place(self, record_id: str, member: Given, stored: tuple[str, Given] | None, encoded: bytes) -> None:
        """Store a new version, or move or refresh one that is there."""
        if stored is None:
            self.execute(_INSERT_VERSION, self._version_row(record_id, member, encoded))
        elif stored[0] != record_id or stored[1].batch != member.batch:
            self.execute(
                "UPDATE versions SET record_id = ?, batch = ? WHERE record_id = ? AND hash = ?",
                (record_id, member.batch, stored[0], member.hash),
            )

    def _version_row(self, record_id: str, version: Given, encoded: bytes) -> tuple[Any, ...]:
        return record_id, version.hash, version.record.source, self.seen, self.run, self.batch, encoded

    def _name(self, ids: set[str], groups: dict[str, list[Given]]) -> None:
        """Say which record each identifier stands for; a shared one stands for the lower PMID."""
        for record_id in ids:
            self.execute("DELETE FROM identifiers WHERE record_id = ?", (record_id,))
            self.execute("DELETE FROM aliases WHERE record_id = ?", (record_id,))
        owner: dict[str, str] = {record_id: record_id for record_id in groups}
        for record_id in sorted(groups, key=identifier_key):
            identifiers = sorted({i for member in groups[record_id] for i in member.identifiers})
            self.executemany(_INSERT_NAME, [(identifier, record_id) for identifier in identifiers])
            for identifier in identifiers:
                owner.setdefault(identifier, record_id)
        self.executemany(
            _INSERT_ALIAS,
            sorted((alias, record_id) for alias, record_id in owner.items() if alias != record_id),
        )


def _record_row(record: Record, encoded: tuple[bytes, str] | None) -> tuple[Any, ...]:
    """A record as it is shown; its encoding and hash are given where they are known."""
    if encoded is None:
        json = encode(record)
        encoded = json, hash_of(json)
    return record.id, *encoded, record.content_hash, record.source, record.depth
