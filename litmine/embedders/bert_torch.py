"""The BERT encoder of `bert.py` in torch, for many texts: in bfloat16 where the processor multiplies it natively."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmine.embedders.base import usable_threads
from litmine.embedders.bert import Array


class TorchBert:
    """Weights of a BERT encoder with absolute positions and GELU, on the CPU.

    Args:
        weights: tensors by their Hugging Face names, float32.
        heads: attention heads of a layer.
        bfloat16: compute in 16 bits, as far as that is native here; None lets the processor decide.
    """

    def __init__(self, weights: Mapping[str, Array], heads: int, bfloat16: bool | None = None) -> None:
        import torch

        torch.set_num_threads(usable_threads())
        half = native_bfloat16() if bfloat16 is None else bfloat16
        self.precision = "bfloat16" if half else "float32"
        kind = torch.bfloat16 if half else torch.float32
        self._weights = {
            name: torch.from_numpy(np.array(tensor, dtype=np.float32)).to(kind)
            for name, tensor in weights.items()
        }
        self._heads = heads
        self._layers = 1 + max(
            int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer.")
        )

    def mean_vectors(self, ids: NDArray[np.int64]) -> Array:
        """Mean of the last layer over the tokens, normalised.

        Args:
            ids: token ids of texts of one length, shape (batch, length): nothing is padded, nothing masked.

        Returns:
            float32 of shape (batch, width).
        """
        import torch

        with torch.inference_mode():
            tokens = torch.from_numpy(ids)
            weights = self._weights
            states = (
                weights["embeddings.word_embeddings.weight"][tokens]
                + weights["embeddings.position_embeddings.weight"][: tokens.shape[1]]
                + weights["embeddings.token_type_embeddings.weight"][0]
            )
            states = self._norm(states, "embeddings.LayerNorm")
            for layer in range(self._layers):
                states = self._layer(states, f"encoder.layer.{layer}.")
            means = torch.nn.functional.normalize(states.float().mean(dim=1))
        vectors: Array = means.numpy()
        return vectors

    def _layer(self, states: Any, name: str) -> Any:
        import torch.nn.functional as nn

        batch, length, width = states.shape
        query, key, value = (
            self._linear(states, f"{name}attention.self.{part}")
            .view(batch, length, self._heads, width // self._heads)
            .transpose(1, 2)
            for part in ("query", "key", "value")
        )
        context = (
            nn.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(batch, length, width)
        )
        states = self._norm(
            self._linear(context, f"{name}attention.output.dense") + states,
            f"{name}attention.output.LayerNorm",
        )
        inner = nn.gelu(self._linear(states, f"{name}intermediate.dense"))
        return self._norm(self._linear(inner, f"{name}output.dense") + states, f"{name}output.LayerNorm")

    def _linear(self, states: Any, name: str) -> Any:
        import torch.nn.functional as nn

        return nn.linear(states, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, states: Any, name: str) -> Any:
        import torch.nn.functional as nn

        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return nn.layer_norm(states, weight.shape, weight, bias, 1e-12)


def native_bfloat16() -> bool:
    """Does this processor multiply bfloat16 by itself (AVX-512 BF16, AMX)? Elsewhere it is slower than float32."""
    from pathlib import Path

    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    flags = next((line.split() for line in text.splitlines() if line.startswith("flags")), [])
    return "avx512_bf16" in flags or "amx_bf16" in flags
