"""What all pages share: the workspace, the search desk, the running jobs, the token, and the frame of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse

from litmine.annotations import Curation, Decision
from litmine.web.jobs import Progress, Renewal, RenewalState, running_update
from litmine.web.rendering import render
from litmine.web.searching import SearchDesk
from litmine.web.state import Workspace

NAME_COOKIE = "litmine_name"


@dataclass(frozen=True, slots=True)
class Status:
    """How the workspace stands at this moment, for the line under the navigation."""

    records: int
    not_fetched: int
    made: str
    undecided: int
    """Decisions of people that the last report does not show yet."""
    behind: bool
    update: Progress | None
    renewal: RenewalState


@dataclass(frozen=True, slots=True)
class Site:
    """One running server."""

    workspace: Workspace
    desk: SearchDesk
    renewal: Renewal
    token: str

    def status(self) -> Status:
        """How things stand; cheap enough for every page."""
        report = self.workspace.report()
        with self.workspace.corpus() as corpus:
            update = running_update(self.workspace.config, corpus)
            records, not_fetched = len(corpus), len(corpus.not_fetched())
        return Status(
            records,
            not_fetched,
            report.document["generated_at"] if report else "",
            self.unseen(),
            self.workspace.index_is_behind(),
            update,
            self.renewal.state(),
        )

    def unseen(self) -> int:
        """How many decisions stand in the file and not in the last report, or the other way round."""
        report = self.workspace.report()
        part = report.document.get("curation", {}) if report else {}
        seen = {
            (d["kind"], d["claim"], d["record"], d["part"], d["reference"], d["value"], d["by"], d["reason"])
            for d in part.get("decisions", ())
        }
        curation = self.workspace.curation()
        now = {(*subject, *_said(d)) for subject, d in subjects(curation)}
        return len(seen ^ now)

    def page(
        self, request: Request, template: str, *, here: str, title: str, code: int = 200, **context: Any
    ) -> HTMLResponse:
        """A whole page."""
        return HTMLResponse(
            render(
                template,
                here=here,
                title=title,
                status=self.status(),
                token=self.token,
                name=name_of(request),
                saved=request.query_params.get("saved", ""),
                back=request.url.path,
                **context,
            ),
            code,
        )


def subjects(curation: Curation) -> Iterator[tuple[tuple[Any, ...], Decision]]:
    """Every decision with (kind, claim, record, part, reference), as the report names what it is about."""
    for claim, decision in curation.verdicts.items():
        yield ("verdict", claim, None, None, None), decision
    for key, decision in curation.stances.items():
        yield ("stance", key[0], key[1], key[2] if len(key) > 2 else None, None), decision
    for number, decision in curation.matches.items():
        yield ("match", None, None, None, number), decision
    for record, decision in curation.inclusions.items():
        yield ("inclusion", None, record, None, None), decision


def _said(decision: Decision) -> tuple[str, str, str]:
    return decision.value, decision.by, decision.reason


def site_of(request: Request) -> Site:
    """The server a request came to."""
    site: Site = request.app.state.site
    return site


def name_of(request: Request) -> str:
    """The name under which this browser decided last."""
    return unquote(request.cookies.get(NAME_COOKIE, ""))[:200]
