"""A reader's way through the local page: search, open a record, decide on three things, see them in the new report."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_server import live

from litmine.annotations import load_curation
from litmine.config import load_config

PAGES = (
    "/",
    "/search?q=MET+amplification+and+osimertinib",
    "/records/PMID:90000002",
    "/claims",
    "/claims/C001",
    "/references",
    "/map",
    "/screening",
    "/decisions",
)


@pytest.fixture(scope="module")
def workspace(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(finished, tmp_path_factory.mktemp("served") / "workspace"))


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    with live(workspace) as served:
        yield served


@pytest.mark.parametrize(
    ("size", "dark"), [("phone", False), ("phone", True), ("desktop", False), ("desktop", True)]
)
def test_every_page_is_quiet_fits_and_is_accessible(address: str, watched, size: str, dark: bool):
    view = watched(size, dark=dark, bypass_csp=True)  # so that axe-core can be put into the page
    for path in PAGES:
        view.page.goto(address + path)
        assert view.fits(), path
        if (size, dark) in {
            ("phone", False),
            ("desktop", True),
        }:  # what differs between the four is colour and width
            view.page.evaluate(
                "[...document.querySelectorAll('main details')].slice(0, 6).forEach(d => d.open = true)"
            )
            assert view.serious() == [], path
    assert view.is_quiet()


def test_nothing_is_refused_by_the_content_security_policy(address: str, watched):
    view = watched()
    for path in (*PAGES, "/report"):
        view.page.goto(address + path)
    view.page.locator("#map").scroll_into_view_if_needed()
    view.page.wait_for_selector("#chart svg")
    assert view.is_quiet()


def test_search_answers_while_typing(address: str, watched):
    view = watched("phone")
    page = view.page
    page.goto(f"{address}/search")
    page.get_by_label("Question or statement").press_sequentially("savolitinib and survival", delay=5)
    page.wait_for_selector("#results .quote")
    assert "q=savolitinib" in page.url
    page.locator("#results .quote a").first.click()
    page.wait_for_url(re.compile(r"/records/"))
    assert page.locator(".text mark.drug").count() > 0
    page.go_back()
    assert page.get_by_label("Question or statement").input_value() == "savolitinib and survival"
    assert view.is_quiet()


def test_without_javascript(address: str, watched):
    page = watched(java_script_enabled=False).page
    page.goto(f"{address}/search")
    page.get_by_label("Question or statement").fill("MET amplification")
    page.locator("form#search button").click()
    page.locator(".quote").first.wait_for()
    page.goto(f"{address}/screening")
    form = page.locator("form.decide").first
    form.get_by_label("Your name").fill("A. Reader")
    form.get_by_role("button", name="Include").click()
    page.locator(".saved").wait_for()
    assert page.locator(".saved").count() == 1


def test_three_decisions_reach_the_next_report(address: str, workspace: Path, watched):
    view = watched()
    page = view.page
    page.goto(f"{address}/claims/C001")
    page.get_by_text("Decide on the verdict").click()
    form = page.locator("#c-verdict")
    form.get_by_label("Reason").fill("two <b>trials</b> disagree")
    form.get_by_label("Your name").fill("A. Reader")
    form.get_by_label("Correct to").select_option("mixed")
    form.get_by_role("button", name="Correct", exact=True).click()
    page.wait_for_selector(".saved")

    page.get_by_text("Decide on this stance").first.click()
    stance = page.locator(".evidence .curate[open]").first
    assert stance.get_by_label("Your name").input_value() == "A. Reader"
    stance.get_by_role("button", name=re.compile("^Accept")).click()
    page.wait_for_selector(".evidence .decided")

    page.goto(f"{address}/references")
    page.locator("#ref-3-c summary").click()
    match = page.locator("#ref-3-c")
    match.get_by_label("Reason").fill("another paper")
    match.get_by_role("button", name="Reject: no record").click()
    page.wait_for_selector("#ref-3 .decided")

    curation = load_curation(load_config(workspace).curation_path)
    assert (curation.verdicts["C001"].value, curation.matches[3].value) == ("mixed", "none")
    page.goto(f"{address}/decisions")
    page.get_by_role("button", name="Make the report anew").click()
    page.wait_for_selector("[data-renewal]")
    page.wait_for_selector("text=The report shows them all.", timeout=60_000)
    assert "agrees" in page.locator("main").inner_text()
    page.goto(f"{address}/report")
    page.wait_for_selector("#curation")
    text = page.locator("#curation").inner_text()
    assert "A. Reader" in text
    assert "two <b>trials</b> disagree" in text
    assert view.is_quiet()


def test_screening_by_keyboard(address: str, workspace: Path, watched):
    view = watched()
    page = view.page
    page.goto(f"{address}/screening?which=all")
    page.get_by_label("Your name").first.fill("B. Screener")
    page.locator("#candidates > li").first.focus()
    records = page.locator("#candidates > li").evaluate_all("items => items.map(item => item.dataset.record)")
    page.keyboard.press("?")
    assert page.locator("#screen-help").is_visible()
    page.keyboard.press("Escape")
    with page.expect_response("**/curate"):
        page.keyboard.press("i")
    page.keyboard.press("3")
    with page.expect_response("**/curate"):
        page.keyboard.press("e")
    page.keyboard.press("j")
    page.keyboard.press("k")
    with page.expect_response("**/curate"):
        page.keyboard.press("e")
    with page.expect_response("**/curate"):
        page.keyboard.press("u")
    decided = load_curation(load_config(workspace).curation_path).inclusions
    assert [decided[record].value for record in records[:2]] == ["include", "exclude"]
    assert (decided[records[1]].reason, decided[records[1]].by) == ("another drug", "B. Screener")
    assert records[2] not in decided
    assert page.locator("#screen-done").inner_text() == "2"
    assert view.is_quiet()
