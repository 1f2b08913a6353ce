"""When the next request may go: requests a second, and what a server asks for in Retry-After."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime


class Pace:
    """Lets at most so many requests a second through; one for all threads."""

    def __init__(
        self, per_second: float, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._gap = 1.0 / per_second
        self._next = 0.0
        self._lock = threading.Lock()
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Return when the next request may go."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + self._gap
        if start > now:
            self._sleep(start - now)


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
