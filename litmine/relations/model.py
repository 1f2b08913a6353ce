"""The trained model of relations: how probable a combination of mentions is, and which direction it has."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from litmine.errors import ModelError
from litmine.relations.candidates import Candidate
from litmine.types import Direction

WEIGHTS_FILE = "relation_weights.npz"
WEIGHTS_SHA256 = "d10c3e04c1a21e1a39c030ff4bc1639ef31e4f65b886132bd5dc9ec9ba423a76"

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class DirectionWeights:
    """A multinomial logistic model over named features; one weight for each class, in the order of `classes`."""

    classes: tuple[Direction, ...]
    intercepts: tuple[float, ...]
    features: Mapping[str, Sequence[float]]

    def probabilities(self, names: Sequence[str]) -> dict[Direction, float]:
        """The probability of each direction, given the names of the features that hold."""
        rows = [row for row in map(self.features.get, names) if row is not None]
        totals = [sum(column) for column in zip(self.intercepts, *rows, strict=True)]
        highest = max(totals)
        shares = [math.exp(total - highest) for total in totals]
        whole = sum(shares)
        return {name: share / whole for name, share in zip(self.classes, shares, strict=True)}


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A network with one hidden layer over named binary features, and a model of the direction.

    The logit of a candidate is `biases[0]` and the sum of its features' own weights, plus `out` times what the hidden
    units pass on (rectified) of their biases and their sums over the features.
    """

    rows: Mapping[str, int]
    """Row of each feature in `table`."""
    table: Array
    """Shape (features + 1, 1 + hidden): a feature's own weight, then its weights to the hidden units. The last row,
    for features that the model doesn't know, is zero."""
    biases: Array
    """Shape (1 + hidden,)."""
    out: Array
    """Shape (hidden,)."""
    threshold: float
    """What the probability of a relation, its direction included, must reach."""
    direction: DirectionWeights | None = field(default=None, repr=False)
    """Without it the rules alone decide the direction."""

    @classmethod
    def none(cls) -> Weights:
        """Weights by which no candidate is a relation: for whoever wants the candidates alone."""
        return cls(
            {}, np.zeros((1, 1), np.float32), np.array([-30.0], np.float32), np.zeros(0, np.float32), 0.5
        )

    @property
    def fingerprint(self) -> str:
        """Tells one set of weights from another."""
        digest = hashlib.sha256(repr((self.threshold, self.direction, list(self.rows))).encode())
        for array in (self.table, self.biases, self.out):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def probabilities(self, candidates: Sequence[Candidate]) -> list[float]:
        """The probability of each candidate of a sentence; rows of features that several share are added up once."""
        if not candidates:
            return []
        unknown = len(self.table) - 1
        number: dict[int, int] = {}
        places: list[int] = []
        begins: list[int] = []
        members: list[int] = []
        ends: list[int] = []
        for candidate in candidates:
            ends.append(len(members))
            for block in candidate.blocks:
                row = number.get(id(block))
                if row is None:
                    row = number[id(block)] = len(begins)
                    begins.append(len(places))
                    places.append(unknown)
                    places.extend(map(self.rows.get, block, repeat(unknown)))
                members.append(row)
        blocks = np.add.reduceat(self.table[places], begins, axis=0)
        totals = np.add.reduceat(blocks[members], ends, axis=0) + self.biases
        logits = totals[:, 0] + np.maximum(totals[:, 1:], 0.0) @ self.out
        found: list[float] = (1.0 / (1.0 + np.exp(-np.clip(logits.astype(np.float64), -30.0, 30.0)))).tolist()
        return found


def write_weights(weights: Weights) -> bytes:
    """Weights as the content of a file, numbers in half precision.

    Raises:
        ValueError: There is no model of the direction.
    """
    if weights.direction is None:
        raise ValueError("weights without a model of the direction")
    model = weights.direction
    content = io.BytesIO()
    np.savez_compressed(
        content,
        names=_packed(weights.rows),
        table=weights.table[:-1].astype(np.float16),
        biases=weights.biases,
        out=weights.out,
        threshold=np.float64(weights.threshold),
        direction_classes=_packed(model.classes),
        direction_intercepts=np.array(model.intercepts, np.float32),
        direction_names=_packed(model.features),
        direction_table=np.array(list(model.features.values()), np.float16),
    )
    return content.getvalue()


def read_weights(content: bytes) -> Weights:
    """The weights that `write_weights` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        names, table = _unpacked(arrays["names"]), arrays["table"].astype(np.float32)
        features = dict(
            zip(_unpacked(arrays["direction_names"]), arrays["direction_table"].tolist(), strict=True)
        )
        classes: list[Direction] = _unpacked(arrays["direction_classes"])  # type: ignore[assignment]
        direction = DirectionWeights(tuple(classes), tuple(arrays["direction_intercepts"].tolist()), features)
        return Weights(
            {name: row for row, name in enumerate(names)},
            np.vstack([table, np.zeros((1, table.shape[1]), np.float32)]),
            arrays["biases"],
            arrays["out"],
            float(arrays["threshold"]),
            direction,
        )


def _packed(names: Mapping[str, object] | Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _unpacked(array: NDArray[np.uint8]) -> list[str]:
    return array.tobytes().decode().split("\n")


@cache
def load_weights() -> Weights:
    """The weights that the package carries.

    Raises:
        ModelError: The file is not the one that this version was released with.
    """
    content = resources.files("litmine").joinpath("models", WEIGHTS_FILE).read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise ModelError(
            f"the relation model {WEIGHTS_FILE} is damaged (wrong checksum); install litmine again"
        )
    return read_weights(content)
