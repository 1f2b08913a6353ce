"""Locks between processes: files that the system lets go of by itself when their holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from litmine.errors import CorpusError

_POLL = 0.1


@contextmanager
def held(path: Path, what: str, *, wait: float = 10.0) -> Iterator[None]:
    """Hold a lock file while the block runs; it names the process that holds it.

    The system's own lock decides, not the file: what a killed process leaves behind holds nobody up.

    Args:
        path: the lock file; stays behind, empty.
        what: what is being done, for the message to others.
        wait: seconds to wait for another holder.

    Raises:
        CorpusError: another process holds it still; says which.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab+", buffering=0)
    except OSError as error:
        raise CorpusError(f"{path}: can't be written ({error.strerror})") from error
    with file:
        end = time.monotonic() + wait
        while not _try(file):
            if time.monotonic() >= end:
                file.seek(0)
                holder = " ".join(file.read().decode("utf-8", "replace").split()) or "another process"
                raise CorpusError(f"{path.parent}: {holder} is at work here; wait until it is done")
            time.sleep(_POLL)
        try:
            file.truncate(0)
            named = f"{what} (process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC)"
            with suppress(OSError):  # on a full disk the lock holds without a name
                file.write(named.encode())
            yield
        finally:
            file.truncate(0)
            _release(file)


def holder(path: Path) -> str:
    """What the process that holds a lock file said it is doing; empty when nobody holds it."""
    try:
        with path.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return " ".join(file.read().split()) or "another process"
            _release(file)
    except OSError:
        return ""
    return ""


@contextmanager
def locked(file: IO[str]) -> Iterator[None]:
    """Have an open file to oneself, for a moment."""
    while not _try(file):
        time.sleep(_POLL / 50)
    try:
        yield
    finally:
        file.flush()
        _release(file)


def _try(file: IO[Any]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _release(file: IO[Any]) -> None:
    fcntl.flock(file, fcntl.LOCK_UN)
