"""The application: which address leads to which page, what errors look like, what starts and stops with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from litmine.config import Config
from litmine.errors import LitmineError
from litmine.web import curating, pages
from litmine.web.jobs import Renewal
from litmine.web.rendering import render
from litmine.web.screening import screening
from litmine.web.searching import SearchDesk
from litmine.web.security import Guard, TooLarge, new_token
from litmine.web.site import Site
from litmine.web.state import Workspace

ROUTES = (
    Route("/", pages.overview, name="overview"),
    Route("/search", pages.search, name="search"),
    Route("/search/results", pages.search_results),
    Route("/records/{record:path}", pages.record, name="record"),
    Route("/claims", pages.claims),
    Route("/claims/{claim}", pages.claim),
    Route("/references", pages.references),
    Route("/map", pages.gap_map),
    Route("/map/{mechanism}/{outcome}", pages.gap_map_cell),
    Route("/screening", screening),
    Route("/decisions", curating.decisions),
    Route("/report", pages.report_page),
    Route("/status", pages.status),
    Route("/static/{name}", pages.static),
    Route("/favicon.ico", pages.icon),
    Route("/curate", curating.curate, methods=["POST"]),
    Route("/renew", curating.renew, methods=["POST"]),
)


def make_app(config: Config, hosts: Iterable[str]) -> Starlette:
    """The application of one workspace.

    Args:
        config: the workspace; nothing outside its own data is ever served.
        hosts: the Host headers it answers to, ports included.
    """
    site = Site(Workspace(config), SearchDesk(config), Renewal(config), new_token())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        site.desk.start()
        try:
            yield
        finally:
            await run_in_threadpool(site.renewal.stop)
            await run_in_threadpool(site.desk.stop)

    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={HTTPException: _told, LitmineError: _told, TooLarge: _told, Exception: _failed},
        lifespan=lifespan,
    )
    app.state.site = site
    return app


def _told(request: Request, error: Exception) -> Response:
    """An error in one line, on a page of its own."""
    code, words = 400, str(error)
    if isinstance(error, HTTPException):
        code, words = error.status_code, error.detail
    elif isinstance(error, TooLarge):
        code, words = 413, "The request is too large."
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": words}, code)
    return Response(render("error.html.j2", code=code, words=words), code, media_type="text/html")


def _failed(_request: Request, _error: Exception) -> Response:
    """A fault of ours: say so and nothing of the inside; Starlette puts the rest on stderr."""
    return PlainTextResponse("litmine met an error of its own; the terminal it runs in says which\n", 500)
