"""Encoding with sentence-transformers: any model of the user's."""

from __future__ import annotations

import hashlib
import logging
import os
import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from litmine.embedders.base import Progress, Vectors, usable_threads
from litmine.errors import ModelError

_BATCH = 16
_CHUNK = 256


class TransformersEmbedder:
    """Any sentence-transformers model that lies in a folder or in the local hub cache.

    Args:
        source: a folder, or a name on the hub; with HF_HUB_OFFLINE unset a missing one is fetched from there.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.name = f"sentence-transformers:{source}"

    @cached_property
    def _model(self) -> Any:
        return open_model(self.source, None)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return vector_length(self._model)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the weights and the limit of tokens: a folder may hold another model tomorrow."""
        digest = hashlib.sha256(f"{self._model.max_seq_length}".encode())
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().float().numpy().tobytes())
        return f"sentence-transformers-{digest.hexdigest()[:16]}"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Encode texts; see `Embedder.encode`."""
        return encode_with(self._model, texts, progress)


def open_model(source: str, max_tokens: int | None) -> Any:
    """Load a sentence-transformers model on the CPU, in silence.

    Raises:
        ModelError: it can't be loaded.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        import transformers.utils.logging
        from sentence_transformers import SentenceTransformer

        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        torch.set_num_threads(usable_threads())
        try:
            model = SentenceTransformer(source, device="cpu")
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"the encoder {source!r} can't be loaded ({str(error).splitlines()[0][:160]}): "
                "name a folder with a sentence-transformers model, or use the encoder minilm"
            ) from error
    if max_tokens is not None:
        model.max_seq_length = max_tokens
    return model


def vector_length(model: Any) -> int:
    """Length of the vectors of a loaded model, whatever its version calls it."""
    length = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
    return int(length())


def encode_with(model: Any, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
    """Encode texts with a loaded model, longest first: batches of like length waste no work on padding."""
    order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), texts[i]))
    vectors = np.zeros((len(texts), vector_length(model)), dtype=np.float32)
    for start in range(0, len(order), _CHUNK):
        chunk = order[start : start + _CHUNK]
        vectors[chunk] = model.encode(
            [texts[i] for i in chunk],
            batch_size=_BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        if progress:
            progress(len(chunk))
    return vectors
