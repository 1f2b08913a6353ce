"""What every encoder offers, and how many threads one may take."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]
"""Called with the number of texts newly done."""


class Embedder(Protocol):
    """Encodes texts as unit vectors, so that an inner product is their cosine."""

    @property
    def name(self) -> str:
        """The name by which the settings choose it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors may; vectors of two fingerprints are never compared."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Encode texts.

        Args:
            texts: any order; what lies beyond the encoder's limit of tokens is not read.
            progress: called with the number of texts newly done.

        Returns:
            float32 of shape (len(texts), dimension), rows of length 1, in the order of `texts`.

        Raises:
            ModelError: the model is missing or its checksum is wrong.
        """


def usable_threads() -> int:
    """Threads for encoding: OMP_NUM_THREADS when set, else the cores this process may run on."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
