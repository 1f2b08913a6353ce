"""Text to vectors: a plain dict of encoders, and a cache that encodes each text once.

A new encoder is one module with a class like `minilm.MiniLM`, and one line in `EMBEDDERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from litmine.embedders.base import Embedder, Progress, Vectors
from litmine.embedders.minilm import MiniLM, MiniLMInt8
from litmine.embedders.transformers import TransformersEmbedder
from litmine.embedders.vector_cache import encode_cached
from litmine.errors import ConfigError

__all__ = ["EMBEDDERS", "Embedder", "Progress", "Vectors", "encode_cached", "load_embedder"]

EMBEDDERS: dict[str, Callable[[], Embedder]] = {"minilm": MiniLM, "minilm-int8": MiniLMInt8}
"""Name in the settings → what makes the encoder; making one loads nothing heavy."""

PREFIX = "sentence-transformers:"


@cache
def load_embedder(name: str) -> Embedder:
    """The encoder of a name in `EMBEDDERS`, or any sentence-transformers model.

    Args:
        name: `minilm`, or `sentence-transformers:` with a folder or a model's name on the hub.

    Raises:
        ConfigError: no encoder has this name.
    """
    if name.startswith(PREFIX) and len(name) > len(PREFIX):
        return TransformersEmbedder(name.removeprefix(PREFIX))
    if name not in EMBEDDERS:
        raise ConfigError(
            f"no encoder is named {name!r}; known are {', '.join(EMBEDDERS)}, and {PREFIX}FOLDER for your own"
        )
    return EMBEDDERS[name]()
