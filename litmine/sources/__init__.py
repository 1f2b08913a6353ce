"""Where records come from: one module per source, listed in SOURCES."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litmine.sources import digests, medline

SOURCES: dict[str, Callable[..., Any]] = {
    "digests": digests.read,
    "medline": medline.read,
}
"""Readers of files: path → records. A new source is one module here and one line above."""

__all__ = ["SOURCES", "digests", "medline"]
