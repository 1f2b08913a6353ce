"""Read documents in several processes; only plain records travel between them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Protocol

from litmine.types import Reading, TextSection

Item = tuple[str, str, str, tuple[TextSection, ...]]
"""Id, title, text and labelled parts of a document."""

BATCH = 32


class Reader(Protocol):
    """What reads one document; made anew in every process."""

    def read(self, record_id: str, title: str, text: str, sections: tuple[TextSection, ...] = ()) -> Reading:
        """Read one document."""


_ours: list[Reader] = []


def read_in_processes(make: Callable[[], Reader], items: Iterable[Item], workers: int) -> Iterator[Reading]:
    """Readings in the order of the items. Processes are spawned, since forking a process with threads can hang.

    Args:
        make: makes the reader of a process; travels to it.
        items: the documents.
        workers: how many processes.
    """
    context = multiprocessing.get_context("spawn")
    iterator = iter(items)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(make,)) as pool:
        waiting: list[Future[list[Reading]]] = []
        while True:
            while len(waiting) < 2 * workers and (batch := list(islice(iterator, BATCH))):
                waiting.append(pool.submit(_read_batch, batch))
            if not waiting:
                return
            yield from waiting.pop(0).result()


def _start(make: Callable[[], Reader]) -> None:
    _ours.append(make())


def _read_batch(batch: list[Item]) -> list[Reading]:
    return [_ours[0].read(*item) for item in batch]
