"""Build an index, or add to one: only new and changed records are embedded, and it appears whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.embedders import Embedder, Progress, encode_cached
from litmine.errors import IndexDamaged
from litmine.index.lexical import RECORD_FIELDS, SENTENCE_FIELDS, build_words
from litmine.index.manifest import (
    Entry,
    Manifest,
    Segment,
    UnitTable,
    check_files,
    checksums,
    read_manifest,
    read_units,
    write_manifest,
)
from litmine.index.units import RecordUnits, units_of
from litmine.index.vectors import FLAT_LIMIT, build_vectors, write_vectors

MOST_SEGMENTS = 8
MOST_UNUSED = 0.2
"""Above so many segments, or such a share of vectors no longer in use, all is put into one new segment."""


def build_index(
    config: Config,
    corpus: Corpus,
    extractor_fingerprint: str,
    embedder: Embedder,
    progress: Progress | None = None,
) -> Manifest:
    """Bring the index of a workspace up to date.

    A crash at any moment leaves the index as it was. An index that fits already is not touched; one that is
    damaged, or was made by another encoder, is built anew (the cache of vectors makes that cheap).

    Args:
        config: names the index's folder and the cache.
        corpus: what is indexed.
        extractor_fingerprint: whose readings give sentences and names; a record without one counts as one sentence.
        embedder: the encoder.
        progress: called with the number of texts newly encoded.

    Raises:
        IndexDamaged: the folder can't be written to.
    """
    folder = config.index_dir
    with _only_one_builder(folder):
        state = corpus.state()
        old, table = _present(folder, embedder)
        if old and (old.corpus_state, old.extractor_fingerprint) == (state, extractor_fingerprint):
            return old
        records = list(_units(corpus, extractor_fingerprint))
        segments, entries = _segments(folder, records, old, table, embedder, config.cache_dir, progress)
        name = hashlib.sha256(f"{state}\n{extractor_fingerprint}\n{segments}".encode()).hexdigest()[:16]
        units, words = f"units-{name}.msgpack", f"words-{name}"
        (folder / units).write_bytes(msgspec.msgpack.encode(UnitTable(entries, _names(records))))
        _write_words(folder / words, records)
        manifest = Manifest(
            embedder=embedder.name,
            embedder_fingerprint=embedder.fingerprint,
            dimension=embedder.dimension,
            extractor_fingerprint=extractor_fingerprint,
            corpus_state=state,
            records=len(records),
            sentences=sum(len(record.sentences) for record in records),
            ntotal=sum(segment.sentences + segment.records for segment in segments),
            segments=segments,
            units=units,
            words=words,
            files=checksums(folder, [*(segment.name for segment in segments), units, words]),
        )
        write_manifest(folder, manifest)
        _remove_unnamed(folder, manifest)
    return manifest


@contextmanager
def _only_one_builder(folder: Path) -> Iterator[None]:
    """Wait until no other process builds in this folder; tell in one line when it can't be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise IndexDamaged(
            f"the index in {folder} can't be written ({error.strerror or error}); it stays as it was"
        ) from error


def _present(folder: Path, embedder: Embedder) -> tuple[Manifest | None, UnitTable]:
    """The index to build upon, if there is a sound one of this encoder."""
    nothing = (None, UnitTable((), {}))
    try:
        manifest = read_manifest(folder)
        if (manifest.embedder_fingerprint, manifest.dimension) != (embedder.fingerprint, embedder.dimension):
            return nothing
        check_files(folder, manifest)
        return manifest, read_units(folder / manifest.units)
    except IndexDamaged:
        return nothing


def _units(corpus: Corpus, fingerprint: str) -> Iterator[RecordUnits]:
    readings = {reading.record_id: reading for reading in corpus.readings(fingerprint)}
    for record in corpus.records():
        yield units_of(record, readings.get(record.id))


def _segments(
    folder: Path,
    records: Sequence[RecordUnits],
    old: Manifest | None,
    table: UnitTable,
    embedder: Embedder,
    cache_dir: Path,
    progress: Progress | None,
) -> tuple[tuple[Segment, ...], tuple[Entry, ...]]:
    """Keep the segments that serve, and write one of what is new; or one of all when there is too much waste."""
    keys = {record.record_id: record.key for record in records}
    kept = {entry.id: entry for entry in table.entries if keys.get(entry.id) == entry.key}
    in_use = {entry.segment for entry in kept.values()}
    segments = [segment for segment in (old.segments if old else ()) if segment.name in in_use]
    new = [record for record in records if record.record_id not in kept]
    if _wasteful(segments, kept, new):
        segments, kept, new = [], {}, list(records)
    if new:
        segment = _write_segment(folder, new, embedder, cache_dir, progress)
        segments.append(segment)
        first_sentence = 0
        for row, record in enumerate(new):
            kept[record.record_id] = Entry(
                record.record_id,
                keys[record.record_id],
                segment.name,
                row,
                first_sentence,
                tuple((unit.index, unit.start, unit.end) for unit in record.sentences),
            )
            first_sentence += len(record.sentences)
    return tuple(segments), tuple(kept[record.record_id] for record in records)


def _wasteful(segments: Sequence[Segment], kept: dict[str, Entry], new: Sequence[RecordUnits]) -> bool:
    total = sum(segment.sentences + segment.records for segment in segments)
    used = sum(len(entry.spans) + 1 for entry in kept.values())
    small = sum(segment.sentences for segment in segments if segment.sentences <= FLAT_LIMIT)
    small += sum(len(record.sentences) for record in new)
    crowded = len(segments) + bool(new) > MOST_SEGMENTS
    return bool(segments) and (crowded or total - used > MOST_UNUSED * total or small > FLAT_LIMIT)


def _write_segment(
    folder: Path,
    records: Sequence[RecordUnits],
    embedder: Embedder,
    cache_dir: Path,
    progress: Progress | None,
) -> Segment:
    sentences = [unit.text for record in records for unit in record.sentences]
    openings = [record.opening for record in records]
    digest = hashlib.sha256(embedder.fingerprint.encode())
    for record in records:
        digest.update(f"{record.record_id}\t{record.key}\n".encode())
    segment = Segment(
        name=f"vectors-{digest.hexdigest()[:16]}", sentences=len(sentences), records=len(records)
    )
    place = folder / segment.name
    place.mkdir(exist_ok=True)
    vectors = encode_cached(sentences + openings, embedder, cache_dir, progress)
    write_vectors(build_vectors(vectors[: len(sentences)]), place / "sentences.faiss")
    write_vectors(build_vectors(vectors[len(sentences) :]), place / "records.faiss")
    return segment


def _names(records: Sequence[RecordUnits]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    number = 0
    for record in records:
        for unit in record.sentences:
            for name in unit.names:
                found.setdefault(name, []).append(number)
            number += 1
    return {name: tuple(numbers) for name, numbers in sorted(found.items())}


def _write_words(folder: Path, records: Sequence[RecordUnits]) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    build_words((record_row(record) for record in records), RECORD_FIELDS, folder / "records")
    build_words(
        ({"body": unit.text} for record in records for unit in record.sentences),
        SENTENCE_FIELDS,
        folder / "sentences",
    )


def record_row(record: RecordUnits) -> dict[str, str]:
    """Fields of a record in the lexical index."""
    return {"body": f"{record.title}\n{record.text}", "title": record.title, "headings": record.headings}


def _remove_unnamed(folder: Path, manifest: Manifest) -> None:
    """Remove what earlier or broken builds left; a process that has it open reads on."""
    named = {*(segment.name for segment in manifest.segments), manifest.units, manifest.words}
    for path in folder.iterdir():
        if path.name.startswith(("vectors-", "units-", "words-")) and path.name not in named:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
