"""What was worked out from files, remembered until one of them changes: size, time of change or inode."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

_SETTLED_NS = 2_000_000_000
"""A file changed less long ago is not trusted: it may change again within one tick of its clock."""


def remembered(cache_dir: Path, what: str, files: Iterable[Path], work_out: Callable[[], str]) -> str:
    """A value worked out from files; taken from the cache while all of them are as they were.

    As git does with its index: a file of the same size, time of change and inode is the same file. A cache that
    can't be written to costs time, nothing else.

    Args:
        cache_dir: where values are kept, in a folder `stamps`.
        what: names the value; also holds whatever else it depends on.
        files: what it was worked out from; folders stand for the list of what is in them.
        work_out: makes the value anew.
    """
    stats = []
    for file in sorted(files):
        try:
            stat = file.stat()
            stats.append((str(file), stat.st_size, stat.st_mtime_ns, stat.st_ino))
        except OSError:
            stats.append((str(file), -1, 0, 0))
    place = cache_dir / "stamps" / hashlib.sha256(what.encode()).hexdigest()[:32]
    stamp = hashlib.sha256(repr((what, stats)).encode()).hexdigest()
    with suppress(OSError, ValueError, KeyError, TypeError):  # never worked out, or the note can't be read
        kept = json.loads(place.read_bytes())
        if kept["stamp"] == stamp:
            return str(kept["value"])
    value = work_out()
    if max((changed for _, _, changed, _ in stats), default=0) < time.time_ns() - _SETTLED_NS:
        _keep(place, json.dumps({"stamp": stamp, "value": value}))
    return value


def _keep(place: Path, text: str) -> None:
    unfinished = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(place)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
