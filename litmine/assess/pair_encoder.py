"""The trained judge of a pair: MiniLM over claim and evidence together, from the package's ONNX file.

Trained by `training/stance_encoder.py`; its card stands in `litmine/models/stance`. A cross-encoder after
Nogueira & Cho 2019, arXiv:1901.04085.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmine.assess.pair_text import prepared
from litmine.embedders.minilm import CHECKSUMS, PACKAGE, VERSION, open_tokenizer, package_folder
from litmine.errors import ModelError

FILE = "encoder.onnx"
SHA256 = "a753ca8c7241b769254926b15f4b93ef0c6fe5dc2f19da6726af0bd8b6acfa55"
MAX_TOKENS = 224
_BATCH = 16


def pair_logits(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
    """Judge pairs of claim and evidence.

    Args:
        pairs: (claim, evidence) texts; long evidence is cut to the sentences nearest to the claim.

    Returns:
        float32 of shape (pairs, 3): logits of SUPPORT, CONTRADICT, NOT_ENOUGH_INFO.

    Raises:
        ModelError: the model's file is not the one that this version was released with.
    """
    session, tokenizer = _session(), _tokenizer()
    encoded = tokenizer.encode_batch([prepared(claim, evidence) for claim, evidence in pairs])
    order = sorted(range(len(pairs)), key=lambda i: len(encoded[i].ids))
    logits = np.zeros((len(pairs), 3), dtype=np.float32)
    for start in range(0, len(order), _BATCH):
        rows = order[start : start + _BATCH]
        ids = np.zeros((len(rows), len(encoded[rows[-1]].ids)), dtype=np.int64)
        mask, types = np.zeros_like(ids), np.zeros_like(ids)
        for at, i in enumerate(rows):
            length = len(encoded[i].ids)
            ids[at, :length], types[at, :length], mask[at, :length] = encoded[i].ids, encoded[i].type_ids, 1
        logits[rows] = session.run(None, {"ids": ids, "mask": mask, "types": types})[0]
    return logits


@cache
def _session() -> Any:
    import onnxruntime

    content = resources.files("litmine").joinpath("models", "stance", FILE).read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ModelError(f"the stance model {FILE} is damaged (wrong checksum); install litmine again")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


@cache
def _tokenizer() -> Any:
    folder = package_folder(PACKAGE, VERSION, {"tokenizer.json": CHECKSUMS["tokenizer.json"]}, "model")
    tokenizer = open_tokenizer(folder)
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    return tokenizer
