"""Which records count: decisions of people, the relevance cut-off, and what PubMed merged or took back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from litmine.corpus.log import Log
from litmine.corpus.merge import PUBMED, decode_record, redirected
from litmine.corpus.upsert import upsert


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's screening decision about a record."""

    record_id: str
    include: bool
    reason: str
    decided: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Screened:
    """A record that an expansion found: its relevance to the review (0 to 1), and the query that found it."""

    record_id: str
    score: float
    kept: bool
    query: str


class Screening(Log):
    """The parts of a corpus that decide which records are assessed, searched and counted."""

    def resolve(self, identifier: str) -> str:
        """The id under which a record of that id or alias is kept; the identifier itself when there is none."""
        row = self._row("SELECT record_id FROM aliases WHERE alias = ?", identifier)
        row = row or self._row("SELECT new FROM merged WHERE old = ?", identifier)
        return str(row[0]) if row else identifier

    def resolve_all(self, identifiers: Sequence[str]) -> tuple[str, ...]:
        """As `resolve`, for many at once, in their order."""
        merged = dict(self._in_chunks("SELECT old, new FROM merged WHERE old IN", identifiers))
        kept = dict(self._in_chunks("SELECT alias, record_id FROM aliases WHERE alias IN", identifiers))
        return tuple(kept.get(i) or merged.get(i, i) for i in identifiers)

    def decide(self, record_id: str, *, include: bool, reason: str = "") -> None:
        """Keep a screening decision; it survives updates and follows the record to a new id."""
        self._change(
            "INSERT OR REPLACE INTO decisions (record_id, include, reason, decided) VALUES (?, ?, ?, ?)",
            self.resolve(record_id),
            int(include),
            reason,
            self._time(),
        )

    def repeat_decisions(self, decisions: Mapping[str, Decision]) -> None:
        """Make the screening decisions what the curator's file says, by record id; those made without it stand.

        A record the store does not hold yet is decided too, and counts accordingly once it comes.
        """
        wanted = {self.resolve(id_): d for id_, d in decisions.items()}
        present = {
            id_: (bool(include), reason, by)
            for id_, include, reason, by in self._rows(
                "SELECT record_id, include, reason, decided_by FROM decisions"
            )
        }
        gone = [id_ for id_, (_, _, by) in present.items() if by and id_ not in wanted]
        new = {id_: d for id_, d in wanted.items() if present.get(id_) != (d.include, d.reason, d.by)}
        if not gone and not new:
            return
        with self._transaction():
            self._connection.executemany("DELETE FROM decisions WHERE record_id = ?", [(i,) for i in gone])
            self._connection.executemany(
                "INSERT OR REPLACE INTO decisions (record_id, include, reason, decided, decided_by) "
                "VALUES (?, ?, ?, ?, ?)",
                [
                    (i, int(d.include), d.reason, d.decided or self._time(), d.by)
                    for i, d in sorted(new.items())
                ],
            )

    def decisions(self) -> dict[str, Decision]:
        """Screening decisions by record id, sorted."""
        rows = self._rows(
            "SELECT record_id, include, reason, decided, decided_by FROM decisions ORDER BY record_id"
        )
        return {
            id_: Decision(id_, bool(include), reason, decided, by)
            for id_, include, reason, decided, by in rows
        }

    def screen(
        self, scores: Mapping[str, float], *, cutoff: float, query: str, run: int | None = None
    ) -> None:
        """Note the relevance of records that `query` found; those below the cut-off do not count."""
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO screened (record_id, score, kept, query, run, seen) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (self.resolve(i), score, int(score >= cutoff), query, run, self._time())
                    for i, score in sorted(scores.items())
                ],
            )

    def apply_cutoff(self, cutoff: float) -> None:
        """Judge every screened record anew by this cut-off."""
        self._change("UPDATE screened SET kept = score >= ? WHERE kept != (score >= ?)", cutoff, cutoff)

    def unscreen(self, ids: Iterable[str]) -> None:
        """Records that the user gave or the review cites count, whatever their relevance."""
        held = {i for (i,) in self._rows("SELECT record_id FROM screened")}
        given = held.intersection(self.resolve_all(sorted(set(ids)))) if held else set()
        with self._transaction():
            self._connection.executemany(
                "DELETE FROM screened WHERE record_id = ?", [(i,) for i in sorted(given)]
            )

    def screened(self) -> list[Screened]:
        """What expansions found, sorted by score, lowest first."""
        rows = self._rows("SELECT record_id, score, kept, query FROM screened ORDER BY score, record_id")
        return [Screened(id_, score, bool(kept), query) for id_, score, kept, query in rows]

    def counts_record(self, record_id: str) -> bool:
        """Is this record assessed, searched and counted?"""
        return bool(self._row("SELECT 1 FROM shown WHERE id = ?", self.resolve(record_id)))

    def bury(self, ids: Iterable[str], *, reason: str, run: int | None = None) -> list[str]:
        """Mark records that PubMed has taken back: kept, but not counted. Returns the ids newly marked."""
        held = sorted(
            {i for i in ids if self._row("SELECT 1 FROM records WHERE id = ?", i)}
            - {i for (i,) in self._rows("SELECT record_id FROM tombstones")}
        )
        with self._transaction():
            self._connection.executemany(
                "INSERT OR IGNORE INTO tombstones (record_id, reason, run, seen) VALUES (?, ?, ?, ?)",
                [(i, reason, run, self._time()) for i in held],
            )
        return held

    def tombstones(self, since: str = "") -> dict[str, str]:
        """The reason by id of the records that PubMed has taken back, sorted; of those noted since a date (ISO)."""
        return dict(
            self._rows("SELECT record_id, reason FROM tombstones WHERE seen >= ? ORDER BY record_id", since)
        )

    def merge(self, old: str, new: str, *, run: int | None = None) -> bool:
        """Unite two ids that PubMed has merged: `old` becomes another name of `new`, with all that hangs on it.

        Returns:
            False when that was known already.
        """
        with self._transaction():
            known = self._row("SELECT new FROM merged WHERE old = ?", old)
            if old == new or (known and known[0] == new):
                return False
            change = self._connection.execute
            change("UPDATE merged SET new = ? WHERE new = ?", (new, old))
            change(
                "INSERT OR REPLACE INTO merged (old, new, seen) VALUES (?, ?, ?)", (old, new, self._time())
            )
            given = self._rows("SELECT json FROM versions WHERE record_id = ? ORDER BY batch, hash", old)
            for table in ("readings", "decisions", "screened"):
                change(f"UPDATE OR IGNORE {table} SET record_id = ? WHERE record_id = ?", (new, old))
                change(f"DELETE FROM {table} WHERE record_id = ?", (old,))
            for table in ("versions", "identifiers", "aliases", "tombstones"):
                change(f"DELETE FROM {table} WHERE record_id = ?", (old,))
            change("DELETE FROM records WHERE id = ?", (old,))
            versions = [redirected(decode_record(json), new) for (json,) in given]
            upsert(self._connection, versions, run=run, seen=self._time())
        return True

    def merges(self) -> dict[str, str]:
        """New id by old id of what PubMed has merged, sorted."""
        return dict(self._rows("SELECT old, new FROM merged ORDER BY old"))

    def pubmed_ids(self) -> list[str]:
        """Ids of records of which PubMed gave a version and which it has not taken back, sorted."""
        marks = ", ".join("?" * len(PUBMED))
        rows = self._rows(
            f"SELECT DISTINCT record_id FROM versions WHERE source IN ({marks}) AND record_id LIKE 'PMID:%' "
            "AND record_id NOT IN (SELECT record_id FROM tombstones) ORDER BY record_id",
            *sorted(PUBMED),
        )
        return [i for (i,) in rows]

    def prisma(self) -> dict[str, int]:
        """Flow of records, after PRISMA 2020 (doi:10.1136/bmj.n71).

        `found` is what all sources gave, `duplicates` what two of them gave alike; less those `deleted` by PubMed,
        `excluded` by people and `below_cutoff`, it leaves `kept`.
        """
        count = "SELECT count(*) FROM "
        distinct, kept = self._row(count + "records")[0], self._row(count + "shown")[0]
        pubmed = ", ".join(f"'{source}'" for source in sorted(PUBMED))
        found = self._row(
            f"{count}(SELECT DISTINCT record_id, CASE WHEN source IN ({pubmed}) THEN 'pubmed' ELSE source END "
            "FROM versions)"
        )[0]
        deleted = self._row(count + "records WHERE id IN (SELECT record_id FROM tombstones)")[0]
        excluded = self._row(
            count + "records WHERE id IN (SELECT record_id FROM decisions WHERE NOT include) "
            "AND id NOT IN (SELECT record_id FROM tombstones)"
        )[0]
        return {
            "found": found,
            "duplicates": found - distinct,
            "deleted": deleted,
            "excluded": excluded,
            "below_cutoff": distinct - deleted - excluded - kept,
            "kept": kept,
        }
