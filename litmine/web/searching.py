"""The search desk: one thread keeps the index warm and answers the searches that wait, together."""

from __future__ import annotations

import queue
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.errors import LitmineError
from litmine.index import current_reading
from litmine.index.manifest import MANIFEST_FILE
from litmine.run import make_extractor
from litmine.search import Answer, Filters, Searcher
from litmine.search.searcher import Sort
from litmine.web.state import Stamp, stamp_of

_MOST_TOGETHER = 64
_LOOK_AGAIN = 2.0
"""Seconds between two looks whether the index was built anew."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody searches for."""

    query: str
    filters: Filters = field(default_factory=Filters)
    sort: Sort = "relevance"
    k: int = 20


@dataclass(frozen=True, slots=True)
class _Open:
    """An opened index with the corpus frozen in the state that was indexed."""

    stamp: Stamp
    corpus: Corpus
    searcher: Searcher


class SearchDesk:
    """Answers searches. While a new index is being built it answers from the old one and the records of that time."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._wishes: queue.Queue[tuple[Wish, Future[list[Answer]]] | None] = queue.Queue(1000)
        self._open: _Open | None = None
        self._thread = threading.Thread(target=self._work, name="search desk", daemon=True)

    def start(self) -> None:
        """Open the index and begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer what waits, then end."""
        self._wishes.put(None)
        self._thread.join(timeout=10)

    def ask(self, wish: Wish) -> Future[list[Answer]]:
        """The answer, when it is there; it raises what the search raised."""
        future: Future[list[Answer]] = Future()
        try:
            self._wishes.put_nowait((wish, future))
        except queue.Full:
            future.set_exception(LitmineError("too many searches wait; try again in a moment"))
        return future

    def _work(self) -> None:
        self._look()
        while True:
            try:
                first = self._wishes.get(timeout=_LOOK_AGAIN)
            except queue.Empty:
                self._look()
                continue
            waiting = [first]
            while len(waiting) < _MOST_TOGETHER and waiting[-1] is not None:
                try:
                    waiting.append(self._wishes.get_nowait())
                except queue.Empty:
                    break
            self._answer_all([item for item in waiting if item is not None])
            if waiting[-1] is None:
                break
        if self._open:
            self._open.corpus.close()

    def _look(self) -> LitmineError | None:
        """Open the index anew when it has changed; what stands in the way, if anything does."""
        stamp = stamp_of(self._config.index_dir / MANIFEST_FILE)
        if self._open and self._open.stamp == stamp:
            return None
        try:
            corpus = Corpus.open(self._config.corpus_path, readonly=True, busy_timeout=5)
            try:
                corpus.freeze()
                reading = current_reading(self._config, lambda: make_extractor(self._config).fingerprint)
                opened = _Open(stamp, corpus, Searcher.open(self._config, corpus, reading))
            except BaseException:
                corpus.close()
                raise
        except LitmineError as error:
            return error
        if self._open:
            self._open.corpus.close()
        self._open = opened
        return None

    def _answer_all(self, waiting: Sequence[tuple[Wish, Future[list[Answer]]]]) -> None:
        problem = self._look()
        alike: dict[tuple[Filters, Sort, int], dict[str, list[Future[list[Answer]]]]] = defaultdict(dict)
        for wish, future in waiting:
            if future.set_running_or_notify_cancel():
                alike[wish.filters, wish.sort, wish.k].setdefault(wish.query, []).append(future)
        for (filters, sort, k), queries in alike.items():
            futures = [future for same in queries.values() for future in same]
            try:
                if self._open is None:
                    raise problem or LitmineError("the index can't be opened; run `litmine index`")
                answers = self._open.searcher.answers_many(list(queries), k=k, filters=filters, sort=sort)
            except Exception as error:  # noqa: BLE001  whoever asked is told; the desk goes on
                for future in futures:
                    future.set_exception(error)
                continue
            for same, answer in zip(queries.values(), answers, strict=True):
                for future in same:
                    future.set_result(answer)
