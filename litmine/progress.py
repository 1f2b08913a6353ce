"""Progress as every long job reports it: a bar that says what, and is called with the number of new items."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

Bar = Callable[[int], None]
Bars = Callable[[str, int | None], AbstractContextManager[Bar]]
"""Makes a bar from what is done and how many items there are (None when nobody knows)."""


def no_bars(_what: str, _total: int | None = None) -> AbstractContextManager[Bar]:
    """Bars for those who want none."""
    return nullcontext(lambda _count: None)
