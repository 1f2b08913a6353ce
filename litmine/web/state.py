"""What the pages read: the last report, the corpus, people's decisions; each read again when it has changed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litmine.annotations import Curation, load_curation
from litmine.config import Config
from litmine.corpus import Corpus
from litmine.errors import IndexDamaged
from litmine.index.manifest import MANIFEST_FILE, Manifest, read_manifest

Entry = Mapping[str, Any]
Stamp = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, eq=False)
class Report:
    """The last report, with the ways into it that pages need."""

    number: int
    document: Entry
    claims: Mapping[str, Entry] = field(init=False)
    records: Mapping[str, Entry] = field(init=False)
    references: Mapping[int, Entry] = field(init=False)
    touching: Mapping[str, list[tuple[Entry, str]]] = field(init=False)
    """Record id → the claims it touches, each with how: a stance, or `cited`."""

    def __post_init__(self) -> None:
        document = self.document
        object.__setattr__(self, "claims", {claim["id"]: claim for claim in document["claims"]})
        object.__setattr__(self, "records", {record["id"]: record for record in document["records"]})
        object.__setattr__(self, "references", {r["number"]: r for r in document["references"]})
        object.__setattr__(self, "touching", _touching(document))


def _touching(document: Entry) -> dict[str, list[tuple[Entry, str]]]:
    found: dict[str, dict[str, tuple[Entry, str]]] = defaultdict(dict)
    for claim in document["claims"]:
        for check in claim["citation_check"]:
            if check["record"]:
                found[check["record"]][claim["id"]] = (claim, "cited")
        for entry in reversed(claim["evidence"]):
            found[entry["record"]][claim["id"]] = (claim, entry["stance"])
    return {record: list(claims.values()) for record, claims in found.items()}


class Workspace:
    """One workspace as the server sees it; safe to use from several threads."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._lock = threading.Lock()
        self._report: Report | None = None
        self._curation: tuple[Stamp, Curation] | None = None
        self._manifest: tuple[Stamp, Manifest | None] | None = None
        self._state: tuple[Stamp, str] | None = None

    def corpus(self) -> Corpus:
        """The corpus, opened for reading what is committed now; close it."""
        return Corpus.open(self.config.corpus_path, readonly=True, busy_timeout=5)

    def report(self) -> Report | None:
        """The last report; None before the first."""
        with self._lock, self.corpus() as corpus:
            number = corpus.report_number()
            if not number:
                self._report = None
            elif self._report is None or self._report.number != number:
                document = corpus.last_report()
                self._report = Report(number, document) if document else None
            return self._report

    def curation(self) -> Curation:
        """People's decisions as the file has them now."""
        path = self.config.curation_path
        with self._lock:
            stamp = (*stamp_of(path), *self._corpus_stamp())
            if self._curation is None or self._curation[0] != stamp:
                with self.corpus() as corpus:
                    self._curation = stamp, load_curation(path, corpus.resolve)
            return self._curation[1]

    def _corpus_stamp(self) -> Stamp:
        path = self.config.corpus_path
        return stamp_of(path, path.with_name(f"{path.name}-wal"))

    def manifest(self) -> Manifest | None:
        """What the index was made of; None when there is none."""
        stamp = stamp_of(self.config.index_dir / MANIFEST_FILE)
        with self._lock:
            if self._manifest is None or self._manifest[0] != stamp:
                try:
                    self._manifest = stamp, read_manifest(self.config.index_dir)
                except IndexDamaged:
                    self._manifest = stamp, None
            return self._manifest[1]

    def index_is_behind(self) -> bool:
        """Does the corpus hold what the index does not know yet?"""
        manifest = self.manifest()
        stamp = self._corpus_stamp()
        with self._lock:
            if self._state is None or self._state[0] != stamp:
                with self.corpus() as corpus:
                    self._state = stamp, corpus.state()
            return manifest is not None and manifest.corpus_state != self._state[1]


def stamp_of(*paths: Path) -> Stamp:
    """What changes when files change: inode, size and time of each; zeros for one that is absent."""
    stamps = []
    for path in paths:
        try:
            stat = path.stat()
            stamps.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
        except OSError:
            stamps.append((0, 0, 0))
    return tuple(stamps)
