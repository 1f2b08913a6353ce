"""One E-utilities server: who asks, whether it answers, and asking it; the rest builds on this."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from litmine.config import Config
from litmine.errors import Unreachable
from litmine.sources.entrez.answers import acceptance
from litmine.sources.entrez.transport import Patience, Transport

SEARCH_LIMIT = 9_999
"""ESearch lists no more ids of PubMed than this: https://www.ncbi.nlm.nih.gov/books/NBK25499/."""


class Server:
    """A client of one E-utilities server. The first request is preceded by one quick probe.

    Args:
        config: address, e-mail, tool name and key.
        raw_dir: where answers with records are kept, compressed, before they are parsed; None keeps none.
        patience: attempts, pauses and pace; by default three requests a second, ten with a key.
        now: clock for the names of kept answers.
        transport: replaceable for tests.
        search_limit: ids that the server lists at most for one search.
    """

    def __init__(
        self,
        config: Config,
        *,
        raw_dir: Path | None = None,
        patience: Patience | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: Transport | None = None,
        search_limit: int = SEARCH_LIMIT,
    ) -> None:
        patience = patience or Patience(per_second=10.0 if config.api_key else 3.0)
        identity = {"tool": config.tool, "email": config.email, "api_key": config.api_key or None}
        self._transport = transport or Transport(
            config.eutils_url, patience, identity, pace_file=_pace_file(config)
        )
        self._search_limit = search_limit
        self.per_second = patience.per_second
        self._raw_dir = raw_dir
        self._now = now
        self._reached: bool | None = None
        self._unreachable = ""
        self._kept = 0

    def reachable(self) -> bool:
        """Whether the server answers; asked once, told within about five seconds."""
        try:
            self.probe()
        except Unreachable:
            return False
        return True

    def probe(self) -> None:
        """Find out once whether the server answers.

        Raises:
            Unreachable: it does not; said at once on every later call.
        """
        if self._reached is None:
            try:
                self._transport.probe()
                self._reached = True
            except Unreachable as error:
                self._reached, self._unreachable = False, str(error)
        if not self._reached:
            raise Unreachable(self._unreachable)

    def _ask(self, utility: str, root: str, **parameters: Any) -> bytes:
        self.probe()
        return self._transport.ask(utility, acceptance(root), **parameters)


def _pace_file(config: Config) -> Path:
    """One for each server, since the limit is the server's."""
    host = urlsplit(config.eutils_url).netloc
    return config.cache_dir / f"pace-{re.sub(r'[^A-Za-z0-9.]+', '-', host)}"
