"""Take in files of records: the workspace's seeds and those the user names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.errors import InputError, UsageError
from litmine.sources import SOURCES
from litmine.types import Record
from litmine.update.outcome import FileLog

_BY_SUFFIX = {".jsonl": "digests"}
_FILE_SOURCES = ("digests", "medline")


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


def read_files(
    config: Config, corpus: Corpus, seeds: Iterable[Path], paths: Sequence[Path], source: str | None
) -> tuple[list[Record], list[FileLog], dict[str, tuple[str, str]], list[str]]:
    """Records of all files that changed since they were taken in.

    Returns:
        The records, the log, what to remember of each file (SHA-256 and source by name), and ids taken back.

    Raises:
        InputError: a file can't be read; nothing is stored then.
    """
    records: list[Record] = []
    log: list[FileLog] = []
    remember: dict[str, tuple[str, str]] = {}
    deleted: list[str] = []
    for path in [*seeds, *paths]:
        reader = source_of(path, source if path in paths else None)
        name, digest = _name(config, path), _sha256(path)
        if corpus.file_read(name) == digest:
            log.append(FileLog(name, reader, 0, unchanged=True))
            continue
        before = len(records)
        if reader == "medline":
            records.extend(SOURCES[reader](path, on_deleted=deleted.append))
        else:
            records.extend(SOURCES[reader](path))
        remember[name] = (digest, reader)
        log.append(FileLog(name, reader, len(records) - before, unchanged=False))
    return records, log, remember, deleted


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
