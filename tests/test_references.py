"""Printed references: taken apart in every style, matched to the paper they mean, never forced onto another."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmine.errors import FetchFailed
from litmine.references import RecordFinder, match_reference, match_references, parse_reference
from litmine.references.compare import same_journal, surname_similarity, title_similarity
from litmine.review import read_review
from litmine.sources import medline
from litmine.types import Record, Reference, ReferenceMatch

ROOT = Path(__file__).parent.parent
DEV = ROOT.parent / "shared" / "data" / "benchmarks" / "references" / "dev.jsonl"
GENIA = ROOT.parent / "shared" / "data" / "pubmed" / "xml" / "genia.xml.gz"
TITLE = "Mucin shields receptors from antibodies in resistant mammary cells"
PNAS = "Proceedings of the National Academy of Sciences of the United States of America"
EXPECTED = ("Doe JA", 2011, TITLE, "Imag J Oncol", "12", "3", "345-56")
STYLES = {
    "bare": f"Doe J A Roe B & van Dyke C et al 2011 {TITLE} *Imag J Oncol* 12 3 345-56",
    "vancouver": f"[7] Doe JA, Roe B, van Dyke C, et al. {TITLE}. Imag J Oncol. 2011;12(3):345-56. doi: 10.1000/Abc.12",
    "vancouver with month": f"Doe JA, Roe B. {TITLE}. Imag J Oncol. 2011 Mar 4;12(3):345-56.",
    "APA": f"Doe, J. A., Roe, B., & van Dyke, C. (2011). {TITLE}. *Imag J Oncol*, *12*(3), 345-56.",
    "APA without italics": f"Doe, J. A., Roe, B., & van Dyke, C. (2011). {TITLE}. Imag J Oncol, 12(3), 345-56.",
    "harvard": f"Doe, J.A. and Roe, B., 2011. {TITLE}. Imag J Oncol, 12(3), pp.345-56.",
    "IEEE": f'J. A. Doe et al., "{TITLE}," Imag J Oncol, vol. 12, no. 3, pp. 345-56, 2011.',
    "chicago": f'Doe, J. A., and B. Roe. "{TITLE}." Imag J Oncol 12, no. 3 (2011): 345-56.',
    "nature": f"Doe, J. A. & Roe, B. {TITLE}. Imag J Oncol 12(3), 345-56 (2011).",
    "colon": f"Doe JA, Roe B: {TITLE}. Imag J Oncol 12(3): 345-56, 2011",
    "BMC": f"Doe JA, Roe B: {TITLE}. Imag J Oncol 2011, 12(3):345-56.",
    "AMA": f"3. Doe JA, Roe B, Dyke C. {TITLE}. *Imag J Oncol*. 2011;12(3):345-56.",
}


def fields(reference: Reference) -> tuple:
    return (
        reference.authors[0],
        reference.year,
        reference.title,
        reference.journal,
        reference.volume,
        reference.issue,
        reference.pages,
    )


@pytest.mark.parametrize("style", STYLES)
def test_styles(style):
    reference = parse_reference(STYLES[style], 7)
    assert fields(reference) == EXPECTED
    assert reference.number == 7
    assert reference.printed == STYLES[style]
    assert reference.kind == "article"


def test_all_authors_of_the_bare_style():
    assert parse_reference(STYLES["bare"]).authors == ("Doe JA", "Roe B", "van Dyke C")


def test_capital_surname_with_first_page_only():
    reference = parse_reference(
        "ST CLOUD DC: A tale of two switches. J. Imag. Sci. U.S.A. 77 ( Pt 9): 211, 1999"
    )
    assert fields(reference) == (
        "ST CLOUD DC",
        1999,
        "A tale of two switches",
        "J. Imag. Sci. U.S.A.",
        "77 ( Pt 9)",
        "",
        "211",
    )


def test_entry_without_title():
    reference = parse_reference("Roe AB et al. Imag. J. Cytogenet. 1996; 90: 49")
    assert fields(reference) == ("Roe AB", 1996, "", "Imag. J. Cytogenet.", "90", "", "49")


def test_dissertation():
    printed = "Poe C 2023 Killing of mammary cells by natural killers Doctoral dissertation Nowhere Medical University"
    reference = parse_reference(printed)
    assert reference.kind == "thesis"
    assert (reference.title, reference.year) == ("Killing of mammary cells by natural killers", 2023)
    match = match_reference(reference, lambda _: [], offline=False)
    assert match.status == "not_in_pubmed"
    assert "dissertation" in match.problems[0]


def test_identifiers_are_taken_out():
    reference = parse_reference(STYLES["vancouver"] + " PMID: 123456.")
    assert (reference.doi, reference.pmid) == ("10.1000/abc.12", "123456")


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_parses(text):
    assert parse_reference(text).printed == text


@pytest.mark.parametrize("piece", ["Aa ", "Aa B, ", "A. ", "Aa, A., ", "1999 ", "(1 ", "*a ", "van de "])
def test_long_entries_take_no_time(piece):
    start = time.perf_counter()
    parse_reference(piece * 1000)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Proc. Natl. Acad. Sci. U.S.A.", PNAS, True),
        ("Proc Natl Acad Sci U S A", PNAS, True),
        ("J Immunol", "Journal of immunology (Baltimore, Md. : 1950)", True),
        ("JAMA", "Journal of the American Medical Association", True),
        ("Onco Targets Ther", "OncoTargets and therapy", True),
        ("Cancer Res", "Clin Cancer Res", False),
        ("J Pharmacoepidemiol", "Yaowu Liuxingbingxue Zazhi", False),
        ("Nat Med", "Nat Methods", False),
    ],
)  # fmt: skip
def test_journal_names(a, b, same):
    assert same_journal(a, b) is same
    assert same_journal(b, a) is same


def test_names_compare_without_accents_or_particles():
    assert surname_similarity("Ocaña A", "OCANA A") == 1
    assert surname_similarity("von Minckwitz G", "Minckwitz G") == 1
    assert surname_similarity("Smith J", "Jones J") < 0.8
    assert title_similarity("Role of TGF-β in tumours", "Role of TGF-beta in tumours") == 1


PAPER = Record(
    id="PMID:1",
    title=f"{TITLE}.",
    authors=("Doe JA", "Roe B"),
    journal="Imag J Oncol",
    year=2011,
    volume="12",
    issue="3",
    pages="345-56",
    publication_types=("Journal Article",),
)
OTHERS = tuple(
    replace(
        PAPER,
        id=f"PMID:{100 + i}",
        title=f"Kinase number {i} drives growth of imagined cells",
        authors=(f"Author{chr(97 + i)} X",),
        volume=str(i),
        pages=str(i * 7 + 1),
    )
    for i in range(20)
)


def match(printed: str, *records: Record, offline: bool = True) -> ReferenceMatch:
    return match_reference(
        parse_reference(printed, 1), RecordFinder([*OTHERS, *records]).find, offline=offline
    )


@pytest.mark.parametrize("style", STYLES)
def test_every_style_matches(style):
    found = match(STYLES[style], PAPER)
    assert (found.status, found.record_id, found.problems) == ("matched", "PMID:1", ())
    assert found.score > 0.99


BASE = STYLES["vancouver"].removesuffix(" doi: 10.1000/Abc.12")


@pytest.mark.parametrize(
    ("old", "new", "status", "problem"),
    [
        ("2011;", "2012;", "matched", "year printed 2012, record says 2011"),
        (":345-56", ":346-56", "matched", "first page printed 346, record says 345"),
        (":345-56", ":771-9", "mismatch", "first page printed 771, record says 345"),
        ("12(3)", "21(3)", "mismatch", "volume printed 21, record says 12"),
        ("(3)", "(4)", "matched", "issue printed 4, record says 3"),
        (
            "Imag J Oncol",
            "Tumor",
            "matched",
            'journal printed "Tumor", record says "Imag J Oncol" (translated',
        ),
        ("resistant mammary cells", "mammary cells", "matched", 'title words lost: "resistant"'),
        ("shields", "sheilds", "matched", "title printed differently"),
        ("Doe JA", "Deo JA", "mismatch", 'first author printed "Deo JA", record says "Doe JA"'),
    ],
)
def test_problems_in_words(old, new, status, problem):
    found = match(BASE.replace(old, new, 1), PAPER)
    assert found.record_id == "PMID:1"
    assert found.status == status
    assert found.problems[0].startswith(problem)


TRAPS = {
    "erratum": replace(PAPER, id="PMID:2", title=f"Erratum: {TITLE}", volume="13", pages="9", year=2012),
    "update": replace(
        PAPER, id="PMID:3", title=f"{TITLE}: updated results", volume="19", pages="77-91", year=2016
    ),
    "same title, others wrote it": replace(
        PAPER, id="PMID:4", authors=("Poe X",), volume="3", pages="1", year=2002
    ),
    "commentary": replace(PAPER, id="PMID:5", authors=("Kay Z",), pages="310-2"),
    "companion": replace(PAPER, id="PMID:6", title=TITLE.replace("resistant", "sensitive"), pages="357-66"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_never_forced_onto_another_paper(trap):
    found = match(BASE, TRAPS[trap])
    assert found.status == "unresolved"
    assert found.record_id is None


@pytest.mark.parametrize("trap", TRAPS)
def test_the_right_paper_wins_over_the_trap(trap):
    assert match(BASE, TRAPS[trap], PAPER).record_id == "PMID:1"


def test_a_doi_of_another_paper_does_not_decide():
    other = replace(OTHERS[3], aliases=("DOI:10.1000/abc.12",))
    finder = RecordFinder([other])
    assert match_reference(parse_reference(STYLES["vancouver"]), finder.find, offline=True).record_id is None


def test_statuses_without_a_record():
    reference = parse_reference(BASE)

    def unreachable(_: Reference) -> Sequence[Record]:
        raise FetchFailed("PubMed did not answer within 30 s")

    assert match_reference(reference, lambda _: [], offline=True).status == "unresolved"
    assert match_reference(reference, lambda _: [], offline=False).status == "not_in_pubmed"
    failed = match_reference(reference, unreachable, offline=False)
    assert (failed.status, failed.problems) == ("not_fetched", ("PubMed did not answer within 30 s",))


def test_a_list_that_prints_titles_only():
    for printed in (f"{TITLE}.", f"1. {TITLE}. 2011."):
        reference = parse_reference(printed)
        assert (reference.authors, reference.title) == ((), TITLE)
        assert match(printed, PAPER).record_id == "PMID:1"
        assert match(printed, TRAPS["erratum"]).record_id is None
        assert match(printed, TRAPS["companion"]).record_id is None
        assert match(printed, PAPER, TRAPS["commentary"]).status == "unresolved"
    short = replace(PAPER, title="Mucin in mammary cells")
    assert match("Mucin in mammary cells.", short).record_id is None


def test_one_record_is_not_given_twice():
    wrong = BASE.replace("resistant", "other").replace("12(3)", "14(3)").replace("345", "346")
    references = [parse_reference(wrong, 1), parse_reference(BASE, 2), parse_reference(STYLES["APA"], 3)]
    matches = match_references(references, RecordFinder([PAPER]).find, offline=True)
    assert [m.record_id for m in matches] == [None, "PMID:1", "PMID:1"]


def test_a_retracted_paper_is_named():
    assert match(BASE, replace(PAPER, retracted=True)).problems == ("the paper has been retracted",)


def test_order_of_records_changes_nothing():
    reference = parse_reference(BASE)
    records = [*OTHERS, PAPER, *TRAPS.values()]
    assert RecordFinder(records).find(reference) == RecordFinder(reversed(records)).find(reference)


def test_bundled_review_against_the_bundled_digests():
    folder = ROOT / "corpora" / "her2_resistance"
    records = []
    for number, line in enumerate(
        (folder / "seeds" / "digests.jsonl").read_text(encoding="utf-8").splitlines()
    ):
        digest = json.loads(line)
        records.append(
            Record(
                id=f"PMID:{digest['pmid']}" if digest["pmid"] else f"litmine:{number}",
                title=digest["title"],
                authors=tuple(digest["authors"] or ()),
                journal=digest["journal"] or "",
                year=digest["year"],
                volume=str(digest["volume"] or ""),
                issue=str(digest["issue"] or ""),
                pages=str(digest["pages"] or ""),
            )
        )
    review = read_review(folder / "review.md")
    references = [
        parse_reference(p, n) for n, p in zip(review.reference_numbers, review.references, strict=True)
    ]
    matches = match_references(references, RecordFinder(records).find, offline=True)
    found = {m.reference.number: m.record_id for m in matches if m.record_id}
    assert sorted(found) == [2, 4, 6, 7, 8, 9, 10, 11, 12, 13, 15]
    assert found[7] == "PMID:17882277"
    assert found[11] == "PMID:28581356"
    assert found[12] == "PMID:35320644"
    assert {m.status for m in matches} == {"matched", "mismatch", "unresolved"}
    assert [r.number for r in references if r.kind == "thesis"] == [1, 18]


@pytest.mark.shared
@pytest.mark.skipif(not DEV.exists(), reason="the development data is not beside the project")
def test_development_references():
    rows = [json.loads(line) for line in DEV.read_text(encoding="utf-8").splitlines()]
    references = [parse_reference(row["printed"], number) for number, row in enumerate(rows, start=1)]
    matches = match_references(references, RecordFinder(medline.read(GENIA)).find, offline=True)
    given_records = [(row["gold"], m.record_id) for row, m in zip(rows, matches, strict=True) if m.record_id]
    right = sum(record == f"PMID:{gold}" for gold, record in given_records)
    assert right / len(given_records) >= 0.98
    assert right / sum(row["gold"] is not None for row in rows) >= 0.93
    assert sum(gold is None for gold, _ in given_records) <= 2


def test_names_parted_by_commas_before_a_journal_in_italics():
    printed = "Marlow KA, Petrov B, et al. 2004 Loss of GEN1. Cells that resist alfamab *J Invented Oncol* 12 3 10-19"
    found = parse_reference(printed, 1)
    assert found.authors == ("Marlow KA", "Petrov B")
    assert found.title == "Loss of GEN1. Cells that resist alfamab"
    assert (found.journal, found.volume, found.issue, found.pages) == ("J Invented Oncol", "12", "3", "10-19")
