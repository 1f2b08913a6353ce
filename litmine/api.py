"""litmine from Python: `litmine.open(folder).search("…")`."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from types import TracebackType

from litmine.config import Config, load_config
from litmine.corpus import Corpus
from litmine.errors import CorpusError, UsageError
from litmine.index import current_reading
from litmine.search import Answer, Filters, Searcher
from litmine.search.searcher import NO_FILTERS, Sort


class Workspace:
    """A workspace opened for reading. Use it as a context manager, or call `close`.

    Args:
        config: its settings.

    Raises:
        CorpusError: it has no corpus yet, or the corpus can't be read.
    """

    def __init__(self, config: Config) -> None:
        if not config.corpus_path.is_file():
            raise CorpusError(
                f"no corpus yet at {config.corpus_path}: run `litmine update` or `litmine run` first"
            )
        self.config = config
        self.corpus = Corpus.open(config.corpus_path, readonly=True)

    @classmethod
    def open(cls, folder: Path | str = ".") -> Workspace:
        """Open the workspace in a folder that holds litmine.toml.

        Raises:
            NoWorkspace: the folder has no litmine.toml.
            ConfigError: its settings can't be used.
            CorpusError: it has no corpus yet.
        """
        return cls(load_config(folder))

    @cached_property
    def searcher(self) -> Searcher:
        """The search over the workspace's index.

        Raises:
            StaleIndex: the corpus, the encoder or the extractor is not the one it was built with.
            IndexDamaged: there is none, or it is not whole.
        """
        reading = current_reading(self.config, lambda: _fingerprint(self.config))
        return Searcher.open(self.config, self.corpus, reading)

    def search(
        self, query: str, *, k: int = 10, filters: Filters = NO_FILTERS, sort: Sort = "relevance"
    ) -> list[Answer]:
        """The sentences that answer a query best, one record giving three at most; see docs/search.md.

        Args:
            query: plain words, a question, a whole claim or an abstract.
            k: how many at most.
            filters: conditions a sentence must meet.
            sort: order of the k most relevant: by relevance, newest first, or strongest evidence first.

        Returns:
            Best first; empty when nothing in this corpus is relevant.

        Raises:
            UsageError: the query is empty, or a filter names what is unknown.
            StaleIndex, IndexDamaged: see `searcher`.
        """
        if not query.strip():
            raise UsageError('the query is empty: litmine search "resistance to trastuzumab"')
        return self.searcher.answers(query, k=k, filters=filters, sort=sort)

    def close(self) -> None:
        """Let go of the corpus."""
        self.corpus.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _fingerprint(config: Config) -> str:
    from litmine.run import make_extractor

    return make_extractor(config).fingerprint
