"""When the next request may go: requests a second, and what a server asks for in Retry-After."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path

from litmine.locks import locked

_FARTHEST = 60.0
_SPARE = 1.1
"""Requests that leave evenly may arrive in a bunch, and the server counts where they arrive."""


class Pace:
    """Lets at most so many requests a second through; one for all threads, and for all processes that share a file.

    Args:
        per_second: requests a second.
        clock: seconds; with `shared` one that all processes have in common (time since the epoch).
        sleep: waits.
        shared: a file that keeps when the next request may go; None for this process alone.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        shared: Path | None = None,
    ) -> None:
        self._gap = _SPARE / per_second
        self._next = 0.0
        self._lock = threading.Lock()
        self._clock = clock
        self._sleep = sleep
        self._shared = shared

    def wait(self) -> None:
        """Return when the next request may go; who waits holds the turn, so that a late one pushes those behind it."""
        with self._lock:
            if self._shared is None:
                self._wait_alone()
            else:
                self._wait_shared(self._shared)

    def _wait_alone(self) -> None:
        now = self._clock()
        if self._next > now:
            self._sleep(self._next - now)
            now = max(self._clock(), self._next)
        self._next = now + self._gap

    def _wait_shared(self, path: Path) -> None:
        """The same with the file's time; without the file (read-only disk) this process keeps its own pace."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a+", encoding="ascii") as file, locked(file):
                file.seek(0)
                printed = file.read(40)
                with contextlib.suppress(ValueError):
                    # A time far ahead is a clock that was set back, not a queue.
                    self._next = max(self._next, min(float(printed), self._clock() + _FARTHEST))
                self._wait_alone()
                file.truncate(0)
                file.write(repr(self._next))
        except (OSError, UnicodeDecodeError):
            self._wait_alone()


def retry_after(printed: str, *, now: Callable[[], float] = time.time) -> float | None:
    """Seconds in a Retry-After header, given as a number or a date; None when there is none."""
    if not printed:
        return None
    if printed.strip().isdecimal():
        return float(printed)
    try:
        return max(0.0, parsedate_to_datetime(printed).timestamp() - now())
    except ValueError:
        return None
