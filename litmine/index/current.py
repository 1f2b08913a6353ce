"""Which reading of the records an index must hold: the extractor's fingerprint, without loading the extractor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from litmine.config import Config
from litmine.stamps import remembered


def current_reading(config: Config, work_out: Callable[[], str]) -> str:
    """Fingerprint of the workspace's extractor as it is now.

    It follows from litmine's own files, the workspace's terms and the installed models; while none of them changes it
    is remembered, so that a search need not load the extractor.

    Args:
        config: the workspace.
        work_out: gives the fingerprint when it is not remembered.
    """
    return remembered(config.cache_dir, f"extractor of {config!r}", _what_reads(config), work_out)


def _what_reads(config: Config) -> Sequence[Path]:
    package = Path(__file__).parents[1]
    own = [path for path in package.rglob("*.*") if path.suffix != ".pyc"]
    terms = list(config.lexicon_dir.iterdir()) if config.lexicon_dir else []
    installed = [Path(folder) for folder in sys.path if folder.endswith("-packages")]
    return [*own, *terms, *installed, Path(config.pipeline_model, "meta.json")]
