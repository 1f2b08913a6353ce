"""Bind to loopback, and nothing else, and serve until stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

from litmine.config import Config
from litmine.errors import UsageError
from litmine.web.app import make_app
from litmine.web.security import allowed_hosts

_MOST_AT_ONCE = 256
"""Connections above which the server says that it is busy."""


def serve(config: Config, port: int, *, ready: Callable[[str], None]) -> None:
    """Serve a workspace on 127.0.0.1, and on ::1 where the machine has it.

    Args:
        config: the workspace.
        port: 0 takes any free one.
        ready: called with the address once connections are accepted.

    Raises:
        UsageError: the port is taken.
    """
    import uvicorn

    sockets = _bind(port)
    try:
        port = sockets[0].getsockname()[1]
        app = make_app(config, allowed_hosts(port))
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="error",
                access_log=False,
                server_header=False,
                date_header=False,
                limit_concurrency=_MOST_AT_ONCE,
                timeout_keep_alive=20,
                timeout_graceful_shutdown=3,
                proxy_headers=False,
                ws="none",
                lifespan="on",
            )
        )
        ready(f"http://127.0.0.1:{port}/")
        with suppress(KeyboardInterrupt):  # Ctrl-C is how it is meant to end
            server.run(sockets=sockets)
    finally:
        for bound in sockets:
            bound.close()


def _bind(port: int) -> list[socket.socket]:
    first = _listen(socket.AF_INET, "127.0.0.1", port)
    sockets = [first]
    with suppress(OSError):  # no IPv6 here, or the port is another's there: 127.0.0.1 is enough
        sockets.append(_open(socket.AF_INET6, "::1", first.getsockname()[1]))
    return sockets


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    try:
        return _open(family, address, port)
    except OSError as error:
        raise UsageError(
            f"port {port} on {address} can't be used ({error.strerror}); choose another with --port N, 0 for any"
        ) from error


def _open(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((address, port))
        bound.listen(_MOST_AT_ONCE)  # from here on a connection waits, and is not refused
    except OSError:
        bound.close()
        raise
    return bound
