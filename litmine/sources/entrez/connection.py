"""HTTP connections that give up early on connecting and late on reading, through proxies except on loopback."""

from __future__ import annotations

import http.client
import ssl
import urllib.parse
import urllib.request

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def opener_for(url: str) -> urllib.request.OpenerDirector:
    """An opener for the server of this address."""
    host = urllib.parse.urlsplit(url).hostname or ""
    proxies = [urllib.request.ProxyHandler({})] if host in _LOOPBACK else []
    return urllib.request.build_opener(_Handler(), _SecureHandler(), *proxies)


class _Connection(http.client.HTTPConnection):
    """Five seconds to connect, thirty to read."""

    def connect(self) -> None:
        self.timeout = CONNECT_TIMEOUT
        super().connect()
        self.sock.settimeout(READ_TIMEOUT)


class _SecureConnection(http.client.HTTPSConnection):
    """The same with TLS."""

    def connect(self) -> None:
        self.timeout = CONNECT_TIMEOUT
        super().connect()
        self.sock.settimeout(READ_TIMEOUT)


class _Handler(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, request)


class _SecureHandler(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, request, context=ssl.create_default_context())
