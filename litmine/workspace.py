"""A new workspace on disk: checked first, then written whole."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.resources import as_file, files
from pathlib import Path

from litmine.config import SETTINGS_FILE
from litmine.errors import UsageError
from litmine.review import read_review
from litmine.types import Review

EXAMPLES = {"her2": "her2_resistance"}
"""Name of a bundled example → name of its corpus."""

_INDEX_README = """# indexes

Built by `litmine index` from the corpus, disposable: delete anything here at any time, it only costs the time to
build it again. Each folder holds FAISS segments, a lexical index and `manifest.json`, which names what they were
built from (corpus state, encoder, extractor) with hashes; litmine rebuilds or refuses an index that no longer fits.
"""


def create_example(folder: Path, example: str) -> Review:
    """Make a workspace with a bundled example.

    Raises:
        UsageError: the folder holds a workspace already.
    """
    with as_file(files("litmine") / "examples" / example) as source:
        seeds = sorted(source.glob("*.jsonl"))
        return create_workspace(folder, source / "review.md", corpus=EXAMPLES[example], seeds=seeds)


def create_fetched(folder: Path, fetch: Callable[[], tuple[str, bytes]]) -> Review:
    """Make a workspace for a review that is fetched. A failure leaves nothing behind.

    Args:
        folder: where; checked before anything is fetched.
        fetch: gives the article's PMCID and its JATS XML.

    Raises:
        UsageError: the folder can't be used.
        ReviewError: what came is no review with sentences and references.
    """
    _check_free(folder)
    pmcid, article = fetch()
    with tempfile.TemporaryDirectory(prefix="litmine-") as scratch:
        review = Path(scratch) / f"{pmcid}.xml"
        review.write_bytes(article)
        return create_workspace(folder, review)


def _check_free(folder: Path) -> None:
    if (folder / SETTINGS_FILE).exists():
        raise UsageError(f"{folder} holds a workspace already ({SETTINGS_FILE}); choose another folder")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; choose a folder")


def create_workspace(folder: Path, review: Path, *, corpus: str = "", seeds: Sequence[Path] = ()) -> Review:
    """Make a workspace for a review: settings, the review itself, seed records, empty folders.

    The review is read before anything is written; a review that can't be read leaves nothing behind.

    Args:
        folder: where; made when absent, must not hold a workspace.
        review: Markdown, text, JATS XML or PDF.
        corpus: name of the folder under `corpora/`; taken from the review's file name when empty.
        seeds: files of digests to copy in.

    Raises:
        UsageError: the folder holds a workspace already, or is a file.
        ReviewError: the review can't be read.
    """
    _check_free(folder)
    read = read_review(review)
    name = corpus or re.sub(r"[^a-z0-9]+", "_", review.stem.lower()).strip("_") or "review"
    kept_review = f"corpora/{name}/review{review.suffix.lower()}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".litmine-", dir=folder.parent) as scratch:
        made = Path(scratch)
        (made / f"corpora/{name}/seeds").mkdir(parents=True)
        (made / "indexes").mkdir()
        (made / "annotations").mkdir()
        shutil.copyfile(review, made / kept_review)
        for seed in seeds:
            shutil.copyfile(seed, made / f"corpora/{name}/seeds" / seed.name)
        (made / "indexes/README.md").write_text(_INDEX_README, encoding="utf-8")
        listed = ", ".join(f'"corpora/{name}/seeds/{seed.name}"' for seed in seeds)
        (made / SETTINGS_FILE).write_text(
            f'[workspace]\ncorpus = "{name}"\nreview = "{kept_review}"\nseeds = [{listed}]\n',
            encoding="utf-8",
        )
        shutil.copytree(made, folder, dirs_exist_ok=True)
    return read
