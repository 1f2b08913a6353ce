"""FAISS files: exact inner product for up to 50,000 vectors; above, a scan of 4-bit codes, then 8-bit ones of the best.

The scan is product quantisation (Jégou et al. 2011, doi:10.1109/TPAMI.2010.57) looked up in registers (André et al.
2017, doi:10.1145/3078971.3078992). Inverted lists miss more at the same speed: docs/benchmarks/scale.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmine.embedders import Vectors
from litmine.errors import IndexDamaged

FLAT_LIMIT = 50_000
POOL = 1000
"""Vectors that the scan leaves, at least, to be compared by their 8-bit codes."""
_TRAIN = 50_000
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
        width = next(width for width in (4, 3, 2, 1) if dimension % width == 0)
        scan = faiss.IndexPQFastScan(dimension, dimension // width, 4, faiss.METRIC_INNER_PRODUCT)
        scan.pq.cp.seed = _SEED
        scan.pq.cp.min_points_per_centroid = 1
        codes = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        sample = np.sort(np.random.default_rng(_SEED).permutation(count)[:_TRAIN])
        for part in (scan, codes):
            part.train(np.ascontiguousarray(vectors[sample]))
        index = faiss.IndexRefine(scan, codes)
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
    queries = np.ascontiguousarray(queries, dtype=np.float32)
    faiss = _faiss()
    if isinstance(index, faiss.IndexRefine):
        return _search_codes(index, queries, count, used)
    parameters = None
    if used is not None:
        selector = faiss.IDSelectorBitmap(np.packbits(used, bitorder="little"))
        parameters = faiss.SearchParameters(sel=selector)
    scores, rows = index.search(queries, count, params=parameters)
    return scores, rows


def _search_codes(
    index: Any, queries: Vectors, count: int, used: NDArray[np.bool_] | None
) -> tuple[Vectors, NDArray[np.int64]]:
    """Scan, compare the nearest, and look further while rows no longer in use stand in the way."""
    faiss = _faiss()
    total: int = index.ntotal
    wanted = count if used is None else min(2 * count, total)
    while True:
        pool = min(max(POOL, wanted), total)
        scores, rows = index.search(
            queries, wanted, params=faiss.IndexRefineSearchParameters(k_factor=pool / wanted)
        )
        if used is None:
            return scores, rows
        idle = (rows < 0) | ~used[rows]
        order = np.argsort(idle, axis=1, kind="stable")[:, :count]
        scores, rows, idle = (np.take_along_axis(part, order, axis=1) for part in (scores, rows, idle))
        if wanted == total or not idle.any():
            return scores, np.where(idle, -1, rows)
        wanted = min(2 * wanted, total)


def _faiss() -> Any:
    """FAISS with one thread: single queries are faster so, and its OpenMP does not meet torch's."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import faiss
    faiss.omp_set_num_threads(1)
    return faiss
