"""Vectors kept by the hash of their text: each text is encoded once, also across workspaces and broken runs."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from litmine.embedders.base import Embedder, Progress, Vectors
from litmine.errors import ConfigError, IndexDamaged
from litmine.locks import locked

_CHUNK = 1024
"""Texts encoded between two commits: what a broken run loses at most; enough for batches of one length."""
_ASK = 500


def encode_cached(
    texts: Sequence[str], embedder: Embedder, cache_dir: Path, progress: Progress | None = None
) -> Vectors:
    """Encode texts, taking from the cache those that any run has encoded before.

    Two processes may fill one cache at once. A run that breaks off has kept all but its last thousand texts.

    Args:
        texts: in any order, repeats allowed.
        embedder: its fingerprint names the cache's file, so that another model never answers.
        cache_dir: made when absent.
        progress: called with the number of distinct texts newly encoded.

    Returns:
        float32 of shape (len(texts), dimension), rows in the order of `texts`.

    Raises:
        IndexDamaged: the cache's file is no database; it can be deleted.
        ConfigError: the folder can't be made.
    """
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
    with _open(cache_dir / f"{embedder.fingerprint}.sqlite") as store:
        known = _fetch(store, set(keys), embedder.dimension)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        order = sorted(missing, key=lambda key: (-len(missing[key]), missing[key]))
        for start in range(0, len(order), _CHUNK):
            chunk = order[start : start + _CHUNK]
            vectors = embedder.encode([missing[key] for key in chunk], progress)
            rows = [(key, vector.astype("<f4").tobytes()) for key, vector in zip(chunk, vectors, strict=True)]
            with store:
                store.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
            known.update(zip(chunk, vectors, strict=True))
    if not keys:
        return np.zeros((0, embedder.dimension), dtype=np.float32)
    return np.stack([known[key] for key in keys])


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        turn = path.with_suffix(".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"the cache folder {path.parent} can't be written to ({error.strerror}): set LITMINE_CACHE to another"
        ) from error
    try:
        with turn, closing(sqlite3.connect(path, timeout=60)) as store:
            with locked(turn):  # the switch to WAL does not wait for others, as everything after it does
                store.execute("PRAGMA journal_mode = WAL")
                store.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (hash BLOB PRIMARY KEY, vector BLOB NOT NULL)"
                )
            store.execute("PRAGMA synchronous = NORMAL")
            yield store
    except sqlite3.Error as error:
        raise IndexDamaged(
            f"the cache of vectors {path} can't be used ({error}): delete it, it is filled again"
        ) from error


def _fetch(store: sqlite3.Connection, keys: set[bytes], dimension: int) -> dict[bytes, Vectors]:
    found: dict[bytes, Vectors] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), _ASK):
        part = wanted[start : start + _ASK]
        marks = ",".join("?" * len(part))
        for key, blob in store.execute(f"SELECT hash, vector FROM vectors WHERE hash IN ({marks})", part):
            if len(blob) == 4 * dimension:
                found[key] = np.frombuffer(blob, dtype="<f4").astype(np.float32)
    return found
