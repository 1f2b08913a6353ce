"""A reader's way through the report: open it from disk, filter, open a claim, choose a bubble, copy a query."""

import re
from pathlib import Path

import pytest
import report_fixture as fixture

from litmine.reports import FORMATS, html

SIZES = [("phone", False), ("phone", True), ("desktop", False), ("desktop", True)]


@pytest.fixture(scope="module")
def document():
    return fixture.document()


@pytest.fixture(scope="module")
def pages(document, tmp_path_factory) -> dict[str, Path]:
    """The same report twice: with its sentences in place, and with packed ones as in a long report."""
    folder = tmp_path_factory.mktemp("report")
    made = {}
    for name, plans in (("plain", html._PLANS), ("packed", ((True, 1000, 40),))):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(html, "_PLANS", plans)
            made[name] = folder / f"{name}.html"
            made[name].write_text(FORMATS["html"](document)["report.html"], encoding="utf-8")
    return made


@pytest.mark.parametrize(("size", "dark"), SIZES)
def test_report_is_accessible_and_fits(watched, pages, size, dark):
    view = watched(size, dark=dark, bypass_csp=True)  # so that axe-core can be put into the page
    view.page.goto(pages["plain"].as_uri())
    assert view.fits()
    view.page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert view.fits()
    assert view.serious() == []
    assert view.is_quiet()


@pytest.mark.parametrize("kind", ["plain", "packed"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_reader_filters_opens_and_copies(watched, pages, document, size, kind):
    view = watched(size)
    page = view.page
    page.goto(pages[kind].as_uri())
    claims = page.locator("details.claim:visible")
    assert claims.count() == len(document["claims"])

    page.get_by_label("Verdict").select_option("contradicted")
    assert [claims.nth(i).get_attribute("id") for i in range(claims.count())] == ["C002"]
    assert page.locator("#count").inner_text() == "1 of 7 claims"

    claim = page.locator("#C002")
    claim.locator("summary").first.click()
    claim.locator("li.evidence").first.wait_for()
    evidence = document["claims"][1]["evidence"]
    assert claim.locator("li.evidence").count() == len(evidence)
    assert fixture.HOSTILE in claim.inner_text()
    assert claim.get_by_role("link", name=re.compile("Third et al., 2023")).first.get_attribute("href") == (
        "https://pubmed.ncbi.nlm.nih.gov/102/"
    )

    claim.get_by_role("button", name="Copy query").first.click()
    page.locator("#said", has_text="Query copied").wait_for(state="attached")
    query = next(gap["query"] for gap in document["claims"][1]["gaps"])
    page.get_by_role("button", name="Clear", exact=True).click()
    page.get_by_label("Text").click()
    page.keyboard.press("Control+V")
    assert page.get_by_label("Text").input_value() == query
    assert view.is_quiet()


@pytest.mark.parametrize("kind", ["plain", "packed"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_bubble_leads_to_its_sentences(watched, pages, document, size, kind):
    view = watched(size)
    page = view.page
    page.goto(pages[kind].as_uri())
    bubble = page.locator('#chart a[href="#cell-downstream_signalling-resistance"]')
    bubble.click()
    cell = page.locator("#cell-downstream_signalling-resistance")
    cell.locator("blockquote").wait_for()
    assert (
        cell.locator("blockquote").inner_text() == "TGF-β signalling raised resistance to lapatinib in cells."
    )
    assert page.locator(".cells > details:visible").count() == 1

    page.locator('#chart a[href="#cell-downstream_signalling-response_rate"]').focus()
    page.keyboard.press("Enter")
    page.locator("#cell-downstream_signalling-response_rate blockquote").wait_for()

    page.locator('#relations a[aria-label^="lapatinib"]').click()
    page.locator("#count", has_text="of 7").wait_for()
    assert {c.get_attribute("id") for c in page.locator("details.claim:visible").all()} == {"C003"}

    page.locator('#timeline a[href="#C001"]').first.click()
    page.locator("#C001[open]").wait_for()
    assert view.is_quiet()


def test_words_of_packed_evidence_are_found(watched, pages):
    view = watched("desktop")
    page = view.page
    page.goto(pages["packed"].as_uri() + "#C002")
    page.locator("#C002[open] li.evidence").first.wait_for()
    page.get_by_label("Text").fill("doubled survival")
    page.locator("#count", has_text="1 of 7").wait_for()
    assert page.locator("details.claim:visible").get_attribute("id") == "C002"
    assert view.is_quiet()


def test_report_prints_without_controls(watched, pages):
    view = watched("desktop")
    view.page.goto(pages["plain"].as_uri())
    view.page.emulate_media(media="print")
    for hidden in ("nav", ".filters", "#C001 button"):
        assert view.page.locator(hidden).first.is_hidden(), hidden
    assert view.page.locator("#chart svg").is_visible()
    assert view.page.locator("#map-table table").count() == 1
