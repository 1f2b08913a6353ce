"""What is at work beside the pages: an update by somebody else, and the report being made anew by us."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.locks import holder


@dataclass(frozen=True, slots=True)
class Progress:
    """An update at work: who says so, since when (ISO), and how many versions of records it has brought."""

    holder: str
    started: str
    taken_in: int


def running_update(config: Config, corpus: Corpus) -> Progress | None:
    """The update that holds the corpus's lock; None when there is none. A killed one holds nothing."""
    who = holder(config.corpus_dir / "update.lock")
    if not who:
        return None
    runs = [run for run in corpus.runs("update") if not run.finished]
    return Progress(who, runs[-1].started if runs else "", corpus.taken_in(runs[-1].id) if runs else 0)


@dataclass(frozen=True, slots=True)
class RenewalState:
    """How the report's renewal stands: `none`, `running`, `done` or `failed`, with the error's one line."""

    name: str
    since: str = ""
    error: str = ""


class Renewal:
    """`litmine run --offline` in a process of its own: reads, indexes and judges what is new, and writes the report."""

    def __init__(self, config: Config) -> None:
        self._command = [sys.executable, "-m", "litmine", "-w", str(config.root), "run", "--offline"]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._since = ""

    def start(self) -> None:
        """Begin, unless it is at work already."""
        with self._lock:
            if self._process and self._process.poll() is None:
                return
            if self._errors:
                self._errors.close()
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
            self._since = datetime.now(UTC).isoformat(timespec="seconds")
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors
            )

    def state(self) -> RenewalState:
        """How it stands."""
        with self._lock:
            if self._process is None or self._errors is None:
                return RenewalState("none")
            code = self._process.poll()
            if code is None:
                return RenewalState("running", self._since)
            if code == 0:
                return RenewalState("done", self._since)
            self._errors.seek(0)
            lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
            return RenewalState("failed", self._since, lines[-1] if lines else f"exit code {code}")

    def stop(self) -> None:
        """Break it off; what is finished is kept, as with any interrupted run."""
        with self._lock:
            if self._process and self._process.poll() is None:
                self._process.terminate()
                self._process.wait(timeout=10)
            if self._errors:
                self._errors.close()
                self._errors = None
