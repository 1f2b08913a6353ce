"""What stands between the pages and other sites: host, origin and token checks, limits, and strict headers."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY = 32_768
"""Bytes a request's body may have."""
MOST_QUERY = 4_096
"""Bytes of a request's path and of its query, each."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script or style, nothing from elsewhere, no embedding."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_READING = {"GET", "HEAD"}


def new_token() -> str:
    """A secret for one start of the server: who sends it has read a page of ours."""
    return secrets.token_urlsafe(32)


def allowed_hosts(port: int) -> frozenset[str]:
    """The Host headers that mean this server: loopback names with its port."""
    return frozenset(f"{host}:{port}" for host in LOOPBACK)


class Guard:
    """Refuses requests that were not meant for this server or not sent by its own pages; bounds their size.

    A name that another site makes point at loopback (DNS rebinding) arrives with that name as Host, and is refused.
    A form of another site arrives with that site's Origin, and is refused before the token is looked at.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then hand on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            status, words = refusal
            await PlainTextResponse(words + "\n", status)(scope, receive, _with_headers(send))
            return
        await self._app(scope, _bounded(receive), _with_headers(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and words when the request must not be answered."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, "litmine answers on loopback names only"
        if len(scope.get("query_string", b"")) > MOST_QUERY or len(scope["path"]) > MOST_QUERY:
            return HTTPStatus.REQUEST_URI_TOO_LONG, "the address is too long"
        length = headers.get("content-length", "0").strip()
        if not length.isdecimal() or len(length) > 9 or int(length) > MOST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request may have {MOST_BODY} bytes"
        if scope["method"] in _READING:
            embedded = headers.get("sec-fetch-site", "") in {"cross-site", "same-site"}
            if embedded and headers.get("sec-fetch-mode", "navigate") != "navigate":
                return HTTPStatus.FORBIDDEN, "another site asked for this"
            return None
        if not self._own(headers):
            return HTTPStatus.FORBIDDEN, "this was not sent by a page of litmine's own"
        return None

    def _own(self, headers: Headers) -> bool:
        """Was a writing request sent by one of our pages? Every browser names the origin of such a request."""
        origin = urlsplit(headers.get("origin", ""))
        return origin.scheme == "http" and origin.netloc.lower() == headers["host"].lower()


def token_fits(given: str, token: str) -> bool:
    """Compare in constant time."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", CONTENT_SECURITY)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


class TooLarge(Exception):
    """A body longer than it may be, whatever its header said."""


def _bounded(receive: Receive) -> Receive:
    """Count what arrives: a body that is longer than announced, or not announced, is cut off."""
    got = 0

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > MOST_BODY:
            raise TooLarge
        return message

    return receiving
