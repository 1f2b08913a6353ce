"""Read documents in several processes; only plain records travel between them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from litmine.types import Reading

if TYPE_CHECKING:
    from litmine.relations.decision import Weights
    from litmine.relations.extractor import Extractor, Item

BATCH = 32
_ours: list[Extractor] = []


def read_in_processes(extractor: Extractor, items: Iterable[Item], workers: int) -> Iterator[Reading]:
    """Readings in the order of the items. Processes are spawned, since forking a process with threads can hang."""
    context = multiprocessing.get_context("spawn")
    iterator = iter(items)
    arguments = (extractor.pipeline_model, extractor.lexicon_dir, extractor.weights)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=arguments) as pool:
        waiting: list[Future[list[Reading]]] = []
        while True:
            while len(waiting) < 2 * workers and (batch := list(islice(iterator, BATCH))):
                waiting.append(pool.submit(_read_batch, batch))
            if not waiting:
                return
            yield from waiting.pop(0).result()


def _start(pipeline_model: str, lexicon_dir: Path | None, weights: Weights | None) -> None:
    from litmine.relations.extractor import Extractor

    _ours.append(Extractor(pipeline_model, lexicon_dir, weights))


def _read_batch(batch: list[Item]) -> list[Reading]:
    return [_ours[0].read(*item) for item in batch]
