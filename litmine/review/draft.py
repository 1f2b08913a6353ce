"""What every review format is read into before it becomes a Review: headings, paragraphs, printed references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph, already free of markup. `level` and `number` belong to headings."""

    kind: Literal["heading", "paragraph"]
    text: str
    level: int = 0
    number: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A review in reading order. A reference without a printed number carries None."""

    title: str
    blocks: tuple[Block, ...]
    references: tuple[tuple[int | None, str], ...]
    author: str = ""
    year: int | None = None
    restated: bool = False
    note: str = ""
