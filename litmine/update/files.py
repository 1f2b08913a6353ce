"""Take in files of records: the workspace's seeds and those the user names, one transaction for each file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litmine.config import Config
from litmine.corpus import Changes, Corpus
from litmine.errors import InputError, UsageError
from litmine.progress import Bar, Bars
from litmine.sources import SOURCES
from litmine.sources.terms import term_filter
from litmine.types import Record
from litmine.update.outcome import FileLog

_BY_SUFFIX = {".jsonl": "digests", ".ris": "ris"}
_FILE_SOURCES = ("digests", "medline", "ris")
_IN_FOLDERS = (".xml", ".xml.gz", ".nbib", ".ris", ".jsonl")
_MD5 = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", re.IGNORECASE)
_TOLD_EVERY = 100


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to take in: where, what reads it, its name and hash for the log, and whether it is there already."""

    path: Path
    name: str
    source: str
    sha256: str
    unchanged: bool


def source_of(path: Path, source: str | None) -> str:
    """Which source reads a file: the one that was named, else by its suffix.

    Raises:
        UsageError: the named source reads no files.
    """
    if source is None:
        return _BY_SUFFIX.get(path.suffix, "medline")
    if source not in _FILE_SOURCES:
        raise UsageError(
            f"--source {source} reads no files; name {' or '.join(_FILE_SOURCES)}, or leave it out"
        )
    return source


def plan_files(
    config: Config,
    corpus: Corpus,
    seeds: Iterable[Path],
    paths: Sequence[Path],
    source: str | None,
    terms: str = "",
) -> list[PlannedFile]:
    """The files to take in: what the user named, then the seeds; folders stand for the files in them, by name.

    A file with an `.md5` file beside it, as NLM puts them, is checked against it.

    Args:
        config: the workspace.
        corpus: remembers what was taken in.
        seeds: read whole.
        paths: files and folders the user named.
        source: reads `paths`; by suffix when None.
        terms: query terms that filter `paths`; another filter reads a file again.

    Raises:
        InputError: a file can't be read, or its MD5 is wrong; nothing was stored.
    """
    if terms:
        term_filter(terms)
    planned = []
    named = [(path, source, terms) for given in paths for path in _files_of(given)]
    for path, by, filtered in [*named, *((seed, None, "") for seed in seeds)]:
        reader, name, digest = source_of(path, by), _name(config, path), _sha256(path)
        _check_md5(path)
        if filtered:
            digest = hashlib.sha256(f"{digest}\0{filtered}".encode()).hexdigest()
        planned.append(PlannedFile(path, name, reader, digest, corpus.file_read(name) == digest))
    return planned


def read_planned(
    file: PlannedFile, terms: str, on_deleted: Callable[[str], None], **familiar: Any
) -> Iterator[Record]:
    """Records of a file that pass the filter, one in memory at a time.

    Args:
        file: what to read.
        terms: the filter.
        on_deleted: called with ids that PubMed takes back.
        familiar: `known` and `on_read` of the medline source, to pass over what is known.
    """
    reader = SOURCES[file.source]
    records: Iterator[Record]
    medline = file.source == "medline"
    records = reader(file.path, on_deleted=on_deleted, **familiar) if medline else reader(file.path)
    return filter(term_filter(terms), records) if terms else records


def take_in(
    corpus: Corpus,
    planned: Sequence[PlannedFile],
    seeds: Sequence[Path],
    terms: str,
    run: int,
    bars: Bars,
) -> tuple[Changes, list[FileLog], list[str]]:
    """Store the records of every file, all of a file or none.

    Returns:
        What changed, the log, and ids that DeleteCitation takes back.

    Raises:
        RecordError: a file is broken; it left nothing behind, those before it stay.
    """
    changes = Changes()
    log: list[FileLog] = []
    deleted: list[str] = []
    for file in planned:
        if file.unchanged:
            log.append(FileLog(file.name, file.source, 0, unchanged=True))
            continue
        gone: list[str] = []
        filtered = "" if file.path in seeds else terms
        articles = _Articles(corpus)
        # What a filter leaves out is not stored, so its articles are not known.
        familiar = {} if filtered else {"known": articles.known, "on_read": articles.on_read}
        records = read_planned(file, filtered, gone.append, **familiar)
        with bars(f"reading {file.name}", None) as bar:
            counted = _Counted(bar)
            made = corpus.upsert(counted.through(records), run=run)
        made += Changes(unchanged=tuple(sorted(articles.passed)))
        corpus.remember_articles(articles.read)
        corpus.unscreen((*made.changed, *made.unchanged))
        corpus.bury(gone, reason=f"taken back by PubMed ({file.name})", run=run)
        corpus.remember_file(file.name, file.sha256, file.source)
        changes += made
        deleted += gone
        log.append(FileLog(file.name, file.source, counted.count + len(articles.passed), unchanged=False))
    return changes, log, deleted


class _Articles:
    """Remembers which articles of a file were read, and which were passed over since the corpus knows them."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.read: dict[bytes, str] = {}
        self.passed: list[str] = []

    def known(self, hashes: Sequence[bytes]) -> Collection[bytes]:
        found = self._corpus.articles_known(hashes)
        self.passed += found.values()
        return found.keys()

    def on_read(self, record_id: str, hash_: bytes) -> None:
        self.read[hash_] = record_id


class _Counted:
    """Counts records on their way, and tells the progress bar now and then."""

    def __init__(self, bar: Bar) -> None:
        self.count = 0
        self._bar = bar

    def through(self, records: Iterator[Record]) -> Iterator[Record]:
        for record in records:
            yield record
            self.count += 1
            if self.count % _TOLD_EVERY == 0:
                self._bar(_TOLD_EVERY)
        self._bar(self.count % _TOLD_EVERY)


def _files_of(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.is_file() and p.name.endswith(_IN_FOLDERS))
    if not found:
        raise InputError(f"{path}: no record files in this folder ({', '.join(_IN_FOLDERS)})")
    return found


def _check_md5(path: Path) -> None:
    """Compare with `NAME.md5` beside the file: `MD5(name)= hex`, or `hex  name`."""
    beside = path.with_name(f"{path.name}.md5")
    if not beside.is_file():
        return
    printed = _MD5.search(beside.read_text(encoding="utf-8", errors="replace"))
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if printed is None or printed[0].lower() != found:
        raise InputError(
            f"{path}: its MD5 is not that of {beside.name}; fetch both again, it was not taken in"
        )


def _name(config: Config, path: Path) -> str:
    """Name relative to the workspace where possible, so that a moved workspace reads nothing twice."""
    path = path.resolve()
    return path.relative_to(config.root).as_posix() if path.is_relative_to(config.root) else path.as_posix()


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from error
