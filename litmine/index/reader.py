"""An index opened for reading: nearest sentences and records of query vectors, and the words of both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.embedders import Embedder, Progress, Vectors, encode_cached, load_embedder
from litmine.errors import IndexDamaged, StaleIndex
from litmine.index.build import record_row
from litmine.index.lexical import RECORD_FIELDS, SENTENCE_FIELDS, Words, build_words, open_words
from litmine.index.manifest import (
    REMEDY,
    Entry,
    Manifest,
    UnitTable,
    check_files,
    read_manifest,
    read_units,
)
from litmine.index.units import RecordUnits
from litmine.index.vectors import build_vectors, read_vectors, search_vectors
from litmine.stamps import remembered

_TRIES = 10
"""Times that opening starts over when a build replaces the index meanwhile."""


@dataclass(frozen=True)
class Part:
    """A FAISS index and whose vector each of its rows is; -1 for a row no longer in use."""

    vectors: Any
    owners: NDArray[np.int64]

    @cached_property
    def used(self) -> NDArray[np.bool_] | None:
        """Which rows are in use; None when all are."""
        used = self.owners >= 0
        return None if used.all() else used


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: its record's number, its index there, and offsets into the record's document."""

    record: int
    index: int
    start: int
    end: int


class Index:
    """What searches read. Records are numbered by sorted id, sentences by record and order in it.

    `record_of` holds the record's number of each sentence.
    """

    def __init__(
        self,
        record_ids: Sequence[str],
        places: Sequence[Place],
        names: Mapping[str, Sequence[int]],
        sentence_parts: Sequence[Part],
        record_parts: Sequence[Part],
        record_words: Words,
        sentence_words: Words,
        manifest: Manifest | None = None,
    ) -> None:
        self.record_ids = tuple(record_ids)
        self.places = tuple(places)
        self.record_of = np.array([place.record for place in places], dtype=np.int64)
        self.names = names
        self.manifest = manifest
        self.record_words = record_words
        self.sentence_words = sentence_words
        self._sentence_parts = sentence_parts
        self._record_parts = record_parts

    @classmethod
    def open(cls, config: Config, corpus: Corpus, extractor_fingerprint: str | None = None) -> Index:
        """Open the index of a workspace after checking that it is whole and fits.

        Args:
            config: names the folder and the encoder.
            corpus: must be in the state that was indexed.
            extractor_fingerprint: when given, must be the one whose readings were indexed.

        Raises:
            StaleIndex: it was built from another corpus state, encoder or extractor.
            IndexDamaged: there is none, a file is missing or altered, or counts differ.
        """
        manifest = read_manifest(config.index_dir)
        for _ in range(_TRIES):
            _check_fits(config, corpus, manifest, extractor_fingerprint)
            try:
                _check_once(config.cache_dir, config.index_dir, manifest)
                return cls._from_files(config.index_dir, manifest)
            except IndexDamaged:
                again = read_manifest(config.index_dir)
                if again == manifest:
                    raise
                manifest = again  # it was replaced while it was being opened
        raise StaleIndex(f"the index in {config.index_dir} is being replaced again and again: try later")

    @classmethod
    def _from_files(cls, folder: Path, manifest: Manifest) -> Index:
        table = read_units(folder / manifest.units)
        firsts = [0, *accumulate(len(entry.spans) for entry in table.entries)]
        sentence_parts, record_parts = [], []
        for segment in manifest.segments:
            sentences = np.full(segment.sentences, -1, dtype=np.int64)
            records = np.full(segment.records, -1, dtype=np.int64)
            for number, entry in enumerate(table.entries):
                if entry.segment == segment.name:
                    count = len(entry.spans)
                    sentences[entry.first_sentence : entry.first_sentence + count] = np.arange(
                        firsts[number], firsts[number] + count
                    )
                    records[entry.row] = number
            sentence_parts.append(_open_part(folder / segment.name / "sentences.faiss", sentences))
            record_parts.append(_open_part(folder / segment.name / "records.faiss", records))
        index = cls(
            [entry.id for entry in table.entries],
            _places(table),
            table.names,
            sentence_parts,
            record_parts,
            open_words(folder / manifest.words / "records", RECORD_FIELDS),
            open_words(folder / manifest.words / "sentences", SENTENCE_FIELDS),
            manifest,
        )
        total = sum(part.vectors.ntotal for part in (*sentence_parts, *record_parts))
        counts = (total, len(index.record_ids), len(index.places), len(index.record_words))
        if counts != (manifest.ntotal, manifest.records, manifest.sentences, manifest.records):
            raise IndexDamaged(f"the counts of the index in {folder} differ from its manifest: {REMEDY}")
        return index

    @classmethod
    def in_memory(
        cls,
        records: Sequence[RecordUnits],
        embedder: Embedder,
        cache_dir: Path,
        progress: Progress | None = None,
    ) -> Index:
        """An index that is on no disk, for ranking a collection once.

        Args:
            records: sorted by id.
            embedder: the encoder.
            cache_dir: where its vectors are kept.
            progress: called with the number of texts newly encoded.
        """
        units = [(number, unit) for number, record in enumerate(records) for unit in record.sentences]
        texts = [unit.text for _, unit in units] + [record.opening for record in records]
        vectors = encode_cached(texts, embedder, cache_dir, progress)
        return cls(
            [record.record_id for record in records],
            [Place(number, unit.index, unit.start, unit.end) for number, unit in units],
            {},
            [Part(build_vectors(vectors[: len(units)]), np.arange(len(units)))],
            [Part(build_vectors(vectors[len(units) :]), np.arange(len(records)))],
            build_words(map(record_row, records), RECORD_FIELDS),
            build_words(({"body": unit.text} for _, unit in units), SENTENCE_FIELDS),
        )

    def nearest_sentences(self, queries: Vectors, count: int) -> list[dict[int, float]]:
        """Cosine by sentence number, about the `count` nearest of each query vector."""
        return _nearest(self._sentence_parts, queries, count)

    def nearest_records(self, queries: Vectors, count: int) -> list[dict[int, float]]:
        """Cosine by record number, about the `count` nearest of each query vector; of a record's opening."""
        return _nearest(self._record_parts, queries, count)


def _check_fits(
    config: Config, corpus: Corpus, manifest: Manifest, extractor_fingerprint: str | None
) -> None:
    folder = config.index_dir
    fingerprint = load_embedder(config.embedder).fingerprint
    if manifest.embedder_fingerprint != fingerprint:
        raise StaleIndex(
            f"the index in {folder} was built with the encoder {manifest.embedder_fingerprint}, "
            f"not {fingerprint}: {REMEDY}"
        )
    if manifest.corpus_state != corpus.state():
        raise StaleIndex(f"the corpus has changed since the index in {folder} was built: {REMEDY}")
    if extractor_fingerprint not in (None, manifest.extractor_fingerprint):
        raise StaleIndex(f"the index in {folder} was built from another reading of the records: {REMEDY}")


def _check_once(cache_dir: Path, folder: Path, manifest: Manifest) -> None:
    """Compare every file with its checksum, unless that was done and none has changed since."""

    def check() -> str:
        check_files(folder, manifest)
        return "whole"

    digest = hashlib.sha256(repr(sorted(manifest.files.items())).encode()).hexdigest()
    remembered(cache_dir, f"index {folder} {digest}", [folder / name for name in manifest.files], check)


def _places(table: UnitTable) -> list[Place]:
    def places(number: int, entry: Entry) -> list[Place]:
        return [Place(number, *span) for span in entry.spans]

    return [place for number, entry in enumerate(table.entries) for place in places(number, entry)]


def _open_part(path: Path, owners: NDArray[np.int64]) -> Part:
    vectors = read_vectors(path)
    if vectors.ntotal != len(owners):
        raise IndexDamaged(
            f"{path} holds {vectors.ntotal} vectors, its manifest says {len(owners)}: {REMEDY}"
        )
    return Part(vectors, owners)


def _nearest(parts: Sequence[Part], queries: Vectors, count: int) -> list[dict[int, float]]:
    best: list[dict[int, float]] = [{} for _ in queries]
    for part in parts:
        scores, rows = search_vectors(part.vectors, queries, count, part.used)
        cosines = np.round(scores.astype(np.float64), 6)
        for found, query_cosines, query_rows in zip(best, cosines, rows, strict=True):
            there = query_rows >= 0
            owners = part.owners[query_rows[there]]
            found.update(zip(owners.tolist(), query_cosines[there].tolist(), strict=True))
    return best
