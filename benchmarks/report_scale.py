"""The report of a long review in headless Chromium: first paint and answers of the filters, beside a plain HTML table.

python benchmarks/report_scale.py [--claims 500] [--evidence 40] [--rounds 5]

The review, its records and sentences are invented; both pages hold the same sentences, and both are opened in the same
run. Needs the dev extra (Playwright) and a Chromium on this machine.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import tempfile
import time
from html import escape
from pathlib import Path

from litmine.reports import report_document
from litmine.reports.html import render_html
from litmine.types import (
    Assessment,
    Claim,
    Clause,
    Evidence,
    Gap,
    Grade,
    Reading,
    Record,
    Relation,
    Review,
    ReviewSection,
    Sentence,
    Slot,
)

_TEXT = (
    "tumours patients cells response arm cohort dose median months signal receptor loss gain pathway trial "
    "mouse plasma marker biopsy relapse baseline course weekly scan margin node grade stage panel assay"
)
WORDS = tuple(_TEXT.split())
DRUGS = [f"fictinib{n}" for n in range(12)] + [f"imagumab{n}" for n in range(12)]
MECHANISMS = (
    ("PTEN loss", "downstream_signalling"),
    ("MET amplification", "receptor_bypass"),
    ("ERBB2 mutation", "target_alteration"),
    ("PD-L1 expression", "immune"),
)
OUTCOMES = (("resistance", "resistance"), ("survival", "survival"), ("response", "response_rate"))
STANCES = ("supports", "contradicts", "qualifies", "no_effect", "not_comparable", "silent")
VERDICTS = ("supported", "contradicted", "mixed", "insufficient", "not_comparable_only", "untested")
LEVELS = ("A", "B1", "B2", "C", "D2", "D1", "E")

MEASURE = """async (change) => {
  const begin = performance.now();
  eval(change);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - begin;
}"""
COUNT = """() => {
  for (const claim of document.querySelectorAll('details.claim')) claim.open = true;
  return new Promise((done) => setTimeout(
    () => done(document.querySelectorAll('details.claim li.evidence, tbody tr[data-verdict]').length), 500));
}"""
PLAIN_FILTER = (
    "for (const row of document.querySelectorAll('tbody tr')) row.hidden = !({});"
    " document.querySelector('tbody').offsetHeight"
)


def long_report(claims: int, evidence: int, seed: int = 7) -> dict:
    """A report of invented claims, each with its own invented sentences."""
    chance = random.Random(seed)
    records, grades = {}, {}
    for number in range(claims * 2):
        made = Record(
            f"PMID:{70_000_000 + number}",
            " ".join(chance.sample(WORDS, 9)).capitalize(),
            "",
            depth="abstract",
            source="entrez",
            authors=(f"Author{number} A", "Second B"),
            journal="J Nowhere",
            year=chance.randint(2004, 2025),
        )
        records[made.id] = made
        grades[made.id] = Grade(chance.choice(LEVELS), "cohort", "invented")
    ids = list(records)
    assessments = [_assessment(number, chance, ids, records, grades, evidence) for number in range(claims)]
    readings = [_reading(record_id, chance) for record_id in ids]
    text = "\n".join(a.claim.text for a in assessments)
    return report_document(
        review=Review(
            title="An invented long review",
            text=text,
            sections=(ReviewSection("1", "All", 1, 0, len(text)),),
            sentences=(),
            references=(),
            year=2020,
        ),
        generated_at="2026-01-01T00:00:00+00:00",
        manifest={"litmine": "benchmark"},
        corpus_counts={"records": len(records), "by_source": {"entrez": len(records)}, "by_depth": {}},
        not_fetched=[],
        network="",
        matches=[],
        assessments=assessments,
        gaps=[gap for a in assessments for gap in a.gaps],
        missing=[],
        records=records,
        grades=grades,
        readings=readings,
    )


def _sentence(chance: random.Random) -> tuple[str, Relation]:
    drug, (mechanism, kind), (outcome, outcome_type) = (
        chance.choice(DRUGS),
        chance.choice(MECHANISMS),
        chance.choice(OUTCOMES),
    )
    text = f"{mechanism} in {' '.join(chance.sample(WORDS, 6))} changed {outcome} to {drug} "
    text += f"({chance.randint(5, 95)}% of {chance.randint(20, 900)}), {' '.join(chance.sample(WORDS, 5))}."

    def slot(words: str) -> Slot:
        start = text.index(words)
        return Slot(start, start + len(words), words, words)

    relation = Relation(
        0,
        (slot(drug),),
        slot(mechanism),
        kind,
        slot(outcome),
        outcome_type,
        chance.choice(("increases", "decreases", "no_effect")),
        "asserted",
    )
    return text, relation


def _reading(record_id: str, chance: random.Random) -> Reading:
    text, relation = _sentence(chance)
    return Reading(record_id, (Sentence(0, 0, len(text), text),), (), (relation,))


def _assessment(
    number: int, chance: random.Random, ids: list[str], records: dict, grades: dict, evidence: int
) -> Assessment:
    text, relation = _sentence(chance)
    claim = Claim(
        f"C{number + 1:03}",
        f"Part {number // 25 + 1}",
        text,
        number * 300,
        number * 300 + len(text),
        "mechanism",
        (),
        (Clause(0, len(text), text),),
        (relation,),
    )
    found = []
    for _ in range(evidence):
        record_id = chance.choice(ids)
        sentence, _relation = _sentence(chance)
        found.append(
            Evidence(
                record_id,
                sentence,
                0,
                len(sentence),
                chance.choice(STANCES),
                round(chance.random(), 2),
                "aligned slots: drug same, mechanism same, outcome same",
                level=grades[record_id].level,
                design="cohort",
                year=records[record_id].year,
                depth="abstract",
                comparability="comparable",
                group=record_id,
            )
        )
    return Assessment(
        claim,
        chance.choice(VERDICTS),
        0.5,
        "B2, 3 independent groups",
        "three comparable groups",
        "a phase III trial",
        evidence=tuple(found),
        gaps=(
            Gap(chance.choice(("A1", "C", "R")), claim.id, "invented", 1, "B2", "a trial", '"x"[tiab]', 0.5),
        ),
    )


def plain_table(document: dict) -> str:
    """The same claims and sentences as one HTML table."""
    rows = []
    for claim in document["claims"]:
        for e in claim["evidence"]:
            cells = (
                claim["id"],
                claim["verdict"],
                claim["text"],
                e["stance"],
                e["level"],
                e["year"],
                e["text"],
            )
            rows.append(
                f'<tr data-verdict="{claim["verdict"]}" data-drug="{escape("|".join(claim["drugs"]))}">'
                + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
                + "</tr>"
            )
    return (
        "<!doctype html><meta charset=utf-8><title>plain</title><table><tbody>" + "\n".join(rows) + "</table>"
    )


def measure(browser, path: Path, changes: dict[str, str], rounds: int) -> dict[str, float]:
    """Milliseconds: first paint, and the median answer of each change; a fresh page each round."""
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri(), wait_until="load", timeout=120_000)
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        found.setdefault("first paint", []).append(paint)
        page.wait_for_timeout(1500)
        for name, change in changes.items():
            found.setdefault(name, []).append(page.evaluate(MEASURE, change))
        found.setdefault("sentences in the page", []).append(page.evaluate(COUNT))
        page.close()
    return {name: statistics.median(values) for name, values in found.items()}


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=500)
    parser.add_argument("--evidence", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    document = long_report(chosen.claims, chosen.evidence)
    begin = time.process_time()
    report = render_html(document)["report.html"]
    rendering = time.process_time() - begin
    plain = plain_table(document)
    shown = sum(len(claim["evidence"]) for claim in document["claims"])
    print(f"{chosen.claims} claims, {shown} evidence sentences; report rendered in {rendering:.1f} CPU s")

    def set_field(name: str, value: str) -> str:
        return (
            f"document.querySelector('.filters').elements['{name}'].value = {json.dumps(value)};"
            "document.querySelector('.filters').dispatchEvent(new Event('input'));"
            "document.querySelector('#claims').offsetHeight"
        )

    filters = {
        "report": {
            "verdict": set_field("verdict", "mixed"),
            "and drug": set_field("drug", DRUGS[3]),
            "words in evidence": set_field("text", "biopsy relapse"),
            "open a claim": "document.querySelector('details.claim:not([hidden])').open = true",
        },
        "plain table": {
            "verdict": PLAIN_FILTER.format("row.dataset.verdict === 'mixed'"),
            "and drug": PLAIN_FILTER.format(
                f"row.dataset.verdict === 'mixed' && row.dataset.drug.split('|').includes('{DRUGS[3]}')"
            ),
            "words in evidence": PLAIN_FILTER.format(
                "row.textContent.includes('biopsy') && row.textContent.includes('relapse')"
            ),
        },
    }
    chromium = next(
        path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, text in (("report", report), ("plain table", plain)):
            path = Path(folder) / "page.html"
            path.write_text(text, encoding="utf-8")
            figures = measure(browser, path, filters[name], chosen.rounds)
            sentences = figures.pop("sentences in the page")
            told = ", ".join(f"{what} {value:.0f} ms" for what, value in figures.items())
            print(f"{name} ({len(text.encode()) / 1e6:.2f} MB, {sentences:.0f} sentences): {told}")
        browser.close()


if __name__ == "__main__":
    main()
