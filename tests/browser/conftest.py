"""A real browser: the system's Chromium, pages that record what they complain of and ask for, and axe-core."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

AXE = Path(__file__).with_name("axe.min.js")
SIZES = {"phone": (360, 740), "desktop": (1600, 900)}
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _chromium() -> str | None:
    named = os.environ.get("LITMINE_CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome")
    return named or next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser():
    path = _chromium()
    if path is None:
        pytest.skip("no Chromium on this machine; LITMINE_CHROMIUM can name one")
    api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed (the dev extra has it)"
    )
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield opened
        opened.close()


class Watched:
    """A page with what it complained of and what it asked of other hosts."""

    def __init__(self, page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.outside: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def _said(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _asked(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def is_quiet(self) -> bool:
        """No complaint, no request to another host; fails with what there was."""
        assert self.complaints == []
        assert self.outside == []
        return True

    def fits(self) -> bool:
        """The page is not wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def serious(self) -> list[str]:
        """axe-core's findings of impact serious or critical, among the rules of WCAG 2.2 AA."""
        if not self.page.evaluate("typeof window.axe === 'object'"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]


@pytest.fixture
def watched(browser) -> Iterator:
    """Opens a watched page: `watched("phone", dark=True)`; what it asks of other hosts is refused."""
    contexts = []

    def opened(size: str = "desktop", *, dark: bool = False, **options) -> Watched:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Watched(context.new_page())

    yield opened
    for context in contexts:
        context.close()
