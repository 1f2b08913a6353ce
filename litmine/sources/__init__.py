"""Where records come from: one module per source, listed in SOURCES."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litmine.sources import digests, entrez, medline, ris

SOURCES: dict[str, Callable[..., Any]] = {
    "digests": digests.read,
    "entrez": entrez.Entrez,
    "medline": medline.read,
    "ris": ris.read,
}
"""Readers of files (path → records) and clients (config → client). A new source is one module and one line here."""

__all__ = ["SOURCES", "digests", "entrez", "medline", "ris"]
