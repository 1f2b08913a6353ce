"""The manifest of an index: what made it, which files belong to it, and the checks before it answers anything."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from litmine.errors import IndexDamaged

VERSION = 2
"""Raised whenever an index of an older layout, or made by older rules, must not be read."""
MANIFEST_FILE = "manifest.json"
REMEDY = "run `litmine index` to build it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """An immutable folder of vectors; both counts are FAISS's ntotal, rows no longer in use included."""

    name: str
    sentences: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an index was made of; it names every file, and a file it doesn't name is no part of the index.

    Attributes:
        version: layout and rules of the index.
        embedder, embedder_fingerprint, dimension: the encoder.
        extractor_fingerprint: of the readings whose sentences and names are indexed.
        corpus_state: `Corpus.state()` at building.
        records, sentences: how many answer searches; each has one vector.
        ntotal: vectors in the FAISS files in all; more than records + sentences when some are no longer in use.
        segments: folders of vectors.
        units: file that says which row is which sentence.
        words: folder of the lexical index.
        files: SHA-256 by path, relative to the index's folder.
    """

    version: int = VERSION
    embedder: str
    embedder_fingerprint: str
    dimension: int
    extractor_fingerprint: str
    corpus_state: str
    records: int
    sentences: int
    ntotal: int
    segments: tuple[Segment, ...]
    units: str
    words: str
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """Rows in a segment of the vector of one record and of its first sentence; its sentences as (index, start, end)."""

    id: str
    key: str
    segment: str
    row: int
    first_sentence: int
    spans: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class UnitTable:
    """All records of an index, sorted by id; a sentence's number is its place when all are counted through."""

    entries: tuple[Entry, ...]
    names: dict[str, tuple[int, ...]]
    """`type:name` → numbers of the sentences that mention it."""


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the index in a folder.

    Raises:
        IndexDamaged: there is none, or it can't be read.
    """
    path = folder / MANIFEST_FILE
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise IndexDamaged(f"no index in {folder}: run `litmine index` to build it") from None
    except (OSError, msgspec.MsgspecError) as error:
        raise IndexDamaged(f"{path} can't be read: {REMEDY}") from error
    if manifest.version != VERSION:
        raise IndexDamaged(f"the index in {folder} was built by another version of litmine: {REMEDY}")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the old one in one step: the index is the old one or the new one, never half."""
    path = folder / MANIFEST_FILE
    unfinished = folder / f".{MANIFEST_FILE}.part"
    with unfinished.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its checksum.

    Raises:
        IndexDamaged: a file is missing or differs.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise IndexDamaged(f"{path} is missing from the index: {REMEDY}")
        if checksum(path) != expected:
            raise IndexDamaged(f"{path} is damaged (wrong checksum): {REMEDY}")


def checksum(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(folder: Path, parts: Iterable[str]) -> dict[str, str]:
    """SHA-256 by relative path of files, or of all files in folders; hidden files (locks) are left out."""
    found: dict[str, str] = {}
    for part in parts:
        path = folder / part
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not file.name.startswith("."):
                found[file.relative_to(folder).as_posix()] = checksum(file)
    return found


def read_units(path: Path) -> UnitTable:
    """The unit table.

    Raises:
        IndexDamaged: it can't be read.
    """
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=UnitTable)
    except (OSError, msgspec.MsgspecError) as error:
        raise IndexDamaged(f"{path} can't be read: {REMEDY}") from error
