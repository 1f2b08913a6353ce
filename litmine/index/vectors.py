"""FAISS files: exact inner product for up to 50,000 vectors, inverted lists with 8-bit codes above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmine.embedders import Vectors
from litmine.errors import IndexDamaged

FLAT_LIMIT = 50_000
_TRAIN_PER_LIST = 64
_PROBED = 32
_SEED = 17


def build_vectors(vectors: Vectors) -> Any:
    """A FAISS index of unit vectors, row i being vector i.

    Args:
        vectors: float32, shape (n, dimension), rows of length 1.
    """
    faiss = _faiss()
    count, dimension = vectors.shape
    if count <= FLAT_LIMIT:
        index = faiss.IndexFlatIP(dimension)
    else:
        lists = int(4 * count**0.5)
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimension),
            dimension,
            lists,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )
        index.cp.seed = _SEED
        sample = np.random.default_rng(_SEED).permutation(count)[: _TRAIN_PER_LIST * lists]
        index.train(np.ascontiguousarray(vectors[np.sort(sample)]))
        index.nprobe = _PROBED
    if count:
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index


def write_vectors(index: Any, path: Path) -> None:
    """Write a FAISS index to a file."""
    _faiss().write_index(index, str(path))


def read_vectors(path: Path) -> Any:
    """Open a FAISS index mapped into memory: what a search does not touch is not read.

    Raises:
        IndexDamaged: it is missing or no FAISS index.
    """
    faiss = _faiss()
    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise IndexDamaged(f"{path} can't be read: run `litmine index` to build the index again") from error
    if isinstance(index, faiss.IndexIVF):
        index.nprobe = _PROBED
    return index


def search_vectors(
    index: Any, queries: Vectors, count: int, used: NDArray[np.bool_] | None = None
) -> tuple[Vectors, NDArray[np.int64]]:
    """Cosines and rows of the nearest vectors.

    Args:
        index: from `build_vectors` or `read_vectors`.
        queries: float32, shape (q, dimension).
        count: how many per query.
        used: for each row, may it be found? All may when None.

    Returns:
        Cosines and rows, each of shape (q, min(count, rows of the index)); -1 where none was found.
    """
    count = min(count, index.ntotal)
    if count == 0:
        return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
    parameters = None
    if used is not None:
        faiss = _faiss()
        selector = faiss.IDSelectorBitmap(np.packbits(used, bitorder="little"))
        parameters = (
            faiss.SearchParametersIVF(sel=selector, nprobe=_PROBED)
            if isinstance(index, faiss.IndexIVF)
            else faiss.SearchParameters(sel=selector)
        )
    scores, rows = index.search(np.ascontiguousarray(queries, dtype=np.float32), count, params=parameters)
    return scores, rows


def _faiss() -> Any:
    """FAISS with one thread: single queries are faster so, and its OpenMP does not meet torch's."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import faiss
    faiss.omp_set_num_threads(1)
    return faiss
