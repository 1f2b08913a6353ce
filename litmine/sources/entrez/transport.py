"""Send Bio.Entrez's requests to the configured server: own time-outs, pace and retries, checked answers."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litmine.errors import FetchFailed, Unreachable
from litmine.sources.entrez.connection import CONNECT_TIMEOUT, READ_TIMEOUT, opener_for
from litmine.sources.entrez.pace import Pace, retry_after

MAXIMUM_BYTES = 256 << 20
_RETRIED = frozenset({408, 425, 429})
"""Answers after which a request is repeated, beside every 5xx."""
_SERVER_TROUBLE = 500
_NOT_HERE = frozenset({401, 403, 404, 405, 407, 410})
_NCBI = re.compile(r"^https?://[^/]+/entrez/eutils/")
_BIO_LOCK = threading.Lock()


class Unusable(Exception):
    """An answer that can't be taken, with why; the transport asks again."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Refused(FetchFailed):
    """The server does not take the request (HTTP 4xx); asking again is no use."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on asking.

    Attributes:
        attempts: requests sent in all before giving up.
        base: seconds before the first retry; doubles each time, with jitter between half and one and a half.
        longest: seconds at most between two attempts; a server that asks for more is not waited for.
        per_second: requests a second (NCBI allows 3 without and 10 with a key).
    """

    attempts: int = 5
    base: float = 1.0
    longest: float = 60.0
    per_second: float = 3.0


class Transport:
    """Requests to one E-utilities server.

    Args:
        base_url: address that stands in for NCBI's, ending in a slash.
        patience: attempts, pauses and pace.
        identity: what goes with every request: `tool`, `email`, and `api_key` or None.
        pace_file: keeps the pace together with other processes; None keeps it in this process.
        clock, sleep: replaceable for tests.
        jitter: gives a factor for each pause.
    """

    def __init__(
        self,
        base_url: str,
        patience: Patience,
        identity: Mapping[str, str | None],
        *,
        pace_file: Path | None = None,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = lambda: random.uniform(0.5, 1.5),  # noqa: S311  (spreads load, guards nothing)
    ) -> None:
        self.base_url = base_url
        self.patience = patience
        self.identity = dict(identity)
        self._sleep = sleep
        self._jitter = jitter
        clock = clock or (time.time if pace_file else time.monotonic)
        self._pace = Pace(patience.per_second, clock=clock, sleep=sleep, shared=pace_file)
        self._opener = opener_for(base_url)

    def ask(self, utility: str, accept: Callable[[bytes], None], **parameters: Any) -> bytes:
        """Ask a utility by its name in Bio.Entrez ("esearch") until an acceptable answer comes.

        Args:
            utility: name of a function of Bio.Entrez.
            accept: raises `Unusable` for an answer that must not be taken.
            parameters: for that function.

        Raises:
            Unreachable: no connection came about.
            FetchFailed: no usable answer in all attempts, or the server refused the request.
        """
        failure = ""
        reached = False
        for attempt in range(self.patience.attempts):
            try:
                body = self._ask_once(utility, parameters)
                accept(body)
            except Unusable as error:
                failure, wait = str(error), error.wait
                reached = True
            except urllib.error.URLError as error:
                failure, wait = f"no connection: {error.reason}", None
            except (OSError, http.client.HTTPException) as error:
                failure, wait = f"connection lost: {error or type(error).__name__}", None
                reached = True
            else:
                return body
            if attempt + 1 < self.patience.attempts:
                self._pause(attempt, wait, utility)
        kind = FetchFailed if reached else Unreachable
        raise kind(f"{utility} at {self.base_url}: {failure} ({self.patience.attempts} attempts)")

    def probe(self, within: float = CONNECT_TIMEOUT) -> None:
        """Find out quickly whether an E-utilities server answers; one in trouble (429, 5xx) counts as there.

        Raises:
            Unreachable: refused, no such host, silent for `within` seconds, or something else answers there.
        """
        said: list[str] = []
        self._pace.wait()
        # In a thread of its own, since resolving a name can hang beyond every time-out.
        thread = threading.Thread(target=lambda: said.append(self._knock(within)), daemon=True)
        thread.start()
        thread.join(within)
        reason = said[0] if said else f"no answer within {within:g} s"
        if reason:
            raise Unreachable(f"PubMed at {self.base_url} can't be reached: {reason}")

    def _knock(self, within: float) -> str:
        """Why nothing of use answers, or "". Not every mirror has EInfo, but all have ESearch."""
        known = {name: value for name, value in self.identity.items() if value}
        reason = ""
        for utility, asked in (("einfo", {}), ("esearch", {"db": "pubmed", "term": "1[uid]", "retmax": "0"})):
            url = f"{self.base_url}{utility}.fcgi?{urllib.parse.urlencode({**asked, **known})}"
            if reason:
                self._pace.wait()
            try:
                with self._opener.open(url, timeout=within):
                    return ""
            except urllib.error.HTTPError as error:
                error.close()
                if error.code not in _NOT_HERE:
                    return ""
                reason = (
                    f"it answers HTTP {error.code} {error.reason}; is that the address of the E-utilities?"
                )
            except ConnectionError:
                return ""  # a server that breaks off is there, and in trouble
            except (OSError, http.client.HTTPException) as error:
                return str(getattr(error, "reason", error)) or type(error).__name__
        return reason

    def _ask_once(self, utility: str, parameters: dict[str, Any]) -> bytes:
        """One request through Bio.Entrez, which knows how each utility wants its parameters."""
        from Bio import Entrez

        self._pace.wait()
        # Bio.Entrez keeps its settings in module globals: they are ours only while the lock is held.
        with _BIO_LOCK:
            kept = Entrez.urlopen, Entrez.max_tries, Entrez._open.previous
            Entrez.urlopen, Entrez.max_tries, Entrez._open.previous = self._built, 1, 0.0
            try:
                getattr(Entrez, utility)(**parameters, **self.identity)
            except _Built as built:
                request = built.request
            finally:
                Entrez.urlopen, Entrez.max_tries, Entrez._open.previous = kept
        return self._send(request)

    def _built(self, request: urllib.request.Request) -> None:
        request.full_url = _NCBI.sub(lambda _: self.base_url, request.full_url)
        raise _Built(request)

    def _send(self, request: urllib.request.Request) -> bytes:
        try:
            with self._opener.open(request, timeout=READ_TIMEOUT) as answer:
                body: bytes = answer.read(MAXIMUM_BYTES + 1)
                coding = answer.headers.get("Content-Encoding", "")
        except urllib.error.HTTPError as error:
            with error:
                if error.code in _RETRIED or error.code >= _SERVER_TROUBLE:
                    wait = retry_after(error.headers.get("Retry-After", ""))
                    raise Unusable(f"HTTP {error.code} {error.reason}", wait=wait) from error
                said = _first_words(error.read(2000))
            raise Refused(
                f"{self.base_url} refused the request: HTTP {error.code} {said}", error.code
            ) from error
        if coding.strip().lower() in {"gzip", "x-gzip", "deflate"}:  # nobody asked for it, but proxies do it
            body = _unpacked(body)
        if len(body) > MAXIMUM_BYTES:
            raise FetchFailed(f"{self.base_url} sent more than {MAXIMUM_BYTES >> 20} MB for one request")
        return body

    def _pause(self, attempt: int, wait: float | None, utility: str) -> None:
        if wait is not None and wait > self.patience.longest:
            raise FetchFailed(
                f"{utility} at {self.base_url}: the server asks to wait {wait:.0f} s; try again later"
            )
        pause = min(self.patience.base * 2**attempt * self._jitter(), self.patience.longest)
        self._sleep(pause if wait is None else max(wait, pause))


class _Built(Exception):
    """Carries the request that Bio.Entrez has built out of it before it is sent."""

    def __init__(self, request: urllib.request.Request) -> None:
        super().__init__()
        self.request = request


def _unpacked(body: bytes) -> bytes:
    """A compressed answer, unpacked up to the most that is taken."""
    inflate = zlib.decompressobj(47)  # gzip or zlib, by its first bytes
    try:
        plain = inflate.decompress(body, MAXIMUM_BYTES + 1)
    except zlib.error as error:
        raise Unusable(f"an answer whose compression is broken ({error})") from error
    if not inflate.eof and len(plain) <= MAXIMUM_BYTES:
        raise Unusable(f"a compressed answer cut off after {len(body)} bytes")
    return plain


def _first_words(body: bytes) -> str:
    text = re.sub(r"<[^>]*>", " ", body.decode("utf-8", "replace"))
    return " ".join(text.split())[:160]
