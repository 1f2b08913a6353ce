"""`litmine serve` on a free port of loopback, in a thread, for tests that need a real socket."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from litmine.config import load_config


@contextmanager
def live(workspace: Path) -> Iterator[str]:
    """Serve a workspace while the block runs; its address, without a slash at the end."""
    import uvicorn

    from litmine.web.app import make_app
    from litmine.web.security import allowed_hosts
    from litmine.web.server import _bind

    sockets = _bind(0)
    port = sockets[0].getsockname()[1]
    app = make_app(load_config(workspace), allowed_hosts(port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        for bound in sockets:
            bound.close()
