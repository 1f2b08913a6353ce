"""The claim ledger and its internal conflicts, on an invented review read with a small invented vocabulary."""

import re
from pathlib import Path

import pytest

from litmine.claims import (
    build_ledger,
    classify_claim,
    find_figures,
    find_internal_conflicts,
    split_clauses,
)
from litmine.types import (
    Abbreviation,
    Citation,
    Entity,
    Reading,
    Relation,
    Review,
    ReviewSection,
    ReviewSentence,
    Slot,
)

NAMES = {"alfamab": "drug", "betanib": "drug", "GEN1": "gene", "GEN2": "gene"}


class Reader:
    """Finds the invented names, and one relation wherever "GEN1 ... resistance to alfamab" is printed."""

    fingerprint = "test"

    def read(self, record_id, title, text, sections=()):
        document = f"{title}\n{text}"
        entities = tuple(
            sorted(
                (
                    Entity(kind, m.start(), m.end(), m[0], name)
                    for name, kind in NAMES.items()
                    for m in re.finditer(rf"\b{name}\b", document)
                ),
                key=lambda e: e.start,
            )
        )
        relations = tuple(
            Relation(
                0,
                (Slot(m.start(3), m.end(3), m[3], "alfamab"),),
                Slot(m.start(1), m.end(1), m[1], "GEN1"),
                "other",
                Slot(m.start(2), m.end(2), m[2]),
                "resistance",
                "increases",
                "asserted",
            )
            for m in re.finditer(r"(GEN1)[^.]*?(resistance) to (alfamab)", document)
        )
        return Reading(record_id, (), entities, relations, (Abbreviation("OS", "overall survival", 0, 2),))


class Names:
    def nearest(self, name, kind="drug"):
        return ("alfamab", 90.0) if name.lower().startswith("alf") else ("betanib", 30.0)


def review_of(*sentences: str, title: str = "Resistance", number: str = "2.1") -> Review:
    text, made = "", []
    for sentence in sentences:
        start = len(text)
        citations = tuple(
            Citation(start + m.start(), start + m.end(), tuple(int(n) for n in m[1].split(",")))
            for m in re.finditer(r"\[([\d,]+)\]", sentence)
        )
        made.append(ReviewSentence(start, start + len(sentence), sentence, 0, citations))
        text += sentence + " "
    return Review("Invented", text, (ReviewSection(number, title, 2, 0, len(text)),), tuple(made), ())


def ledger(*sentences: str):
    return build_ledger(review_of(*sentences), Reader())


def test_offsets_are_verbatim_and_ids_follow_the_text():
    review = review_of(
        "GEN1 drives resistance to alfamab, whereas GEN2 was found in 20% of tumours [3].",
        "It also raised GEN2 expression in cells.",
    )
    claims = build_ledger(review, Reader())
    assert [c.id for c in claims] == ["C001", "C002"]
    assert claims[0].section == "2.1. Resistance"
    for claim in claims:
        assert review.text[claim.start : claim.end] == claim.text
        for clause in claim.clauses:
            assert review.text[clause.start : clause.end] == clause.text
            for figure in clause.figures:
                assert review.text[figure.start : figure.end] == figure.text
            for relation in clause.relations:
                for slot in (*relation.drug, relation.mechanism, relation.outcome):
                    assert review.text[slot.start : slot.end] == slot.text
        for entity in claim.entities:
            assert review.text[entity.start : entity.end] == entity.text
    assert [len(c.relations) for c in claims[0].clauses] == [1, 0]
    assert {e.name for e in claims[1].entities} == {"GEN1", "GEN2", "alfamab"}, (
        "the pronoun carries the sentence before"
    )
    assert claims[1].clauses[0].resolved.startswith("Resistance (GEN1, alfamab, GEN2): It also")


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("Drug A works at first, yet some time later resistance can arise.", 2),
        ("Over 40% of tumours change, and of these 20% are lost, 15-20% are gained and 2% are mutated.", 4),
        ("The drug binds the receptor and inhibits growth of the cells.", 1),
        ("The protein falls in tumours; the cells then grow faster than before.", 2),
        ("Cells (which grow, and the others that die) were counted by two people.", 1),
        ("They found that the level rose with size, and that the cells moved faster.", 2),
        ("The protein is found in half of the tumours, and, depending on its kinase, it can form dimers.", 2),
        ("It stops the growth of the tumour, and effectively curbs how its cells spread.", 1),
        ("A trial saw a PFS of 18 months, which proves that the drug gets into the brain.", 2),
        ("The trial counted harms in both arms, a finding that may suggest the drug does harm.", 2),
        ("Two studies showed high GEN1 in cells of the breast and showed it to be the sole ligand.", 2),
        (
            "Treatment clears the cells that are sensitive, but the other cells of the tumour live through it.",
            2,
        ),
    ],
)
def test_clauses(sentence, parts):
    assert len(split_clauses(sentence)) == parts


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("GEN1 was raised in tumours [1], whereas GEN2 was lowered in most of them [2].", [(1,), (2,)]),
        ("GEN1 was raised in tumours, whereas GEN2 was lowered in most of them [2].", [(2,), (2,)]),
        ("A study [4] found that GEN1 was raised, whereas GEN2 was lowered in most of them.", [(4,), (4,)]),
        ("GEN1 was raised in tumours [1], whereas GEN2 was lowered in most of them.", [(1,), ()]),
        ("GEN1 was raised in the tumours of all these patients. [1,2].", [(1, 2)]),
    ],
)
def test_citations_bind_to_their_clause(sentence, cited):
    assert [clause.cited for clause in ledger(sentence)[0].clauses] == cited


def test_a_study_goes_on_in_the_next_sentence():
    claims = ledger(
        "A study [4] found that GEN1 was raised in tumours.",
        "It pointed out as well that GEN2 was lowered there.",
    )
    assert claims[1].cited == (4,)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit", "about"),
    [
        ("It makes up 7 to 10 percent of cases overall.", 7, 10, "%", "share of cancers"),
        ("overexpressed in 30% to 95% of patients", 30, 95, "%", "overexpression or amplification"),
        ("twenty percent show amplification", 20, 20, "%", "overexpression or amplification"),
        (
            "a median PFS of 18.1 months in those with brain metastases",
            18.1,
            18.1,
            "months",
            "progression-free survival",
        ),
        ("brain metastasis develops in about 50% of them", 50, 50, "%", "brain metastasis"),
        ("overall survival, HR 0.72", 0.72, 0.72, "HR", "survival"),
        ("half of the tumours relapsed", 50, 50, "%", "recurrence"),
        ("between 10 and 12 months of survival", 10, 12, "months", "survival"),
        ("an expression 100 times higher", 100, 100, "times", "expression"),
        ("a survival rate of 54% among patients whose GEN1 expression was low", 54, 54, "%", "survival"),
    ],
)
def test_figures(text, low, high, unit, about):
    (figure,) = find_figures(text)
    assert (figure.low, figure.high, figure.unit, figure.about) == (low, high, unit, about)
    assert text[figure.start : figure.end] == figure.text


def test_a_span_of_time_measures_no_survival():
    (figure,) = find_figures("A trial that ran for 5 years found that survival was longer.")
    assert figure.about == ""
    (figure,) = find_figures("The drug gave an overall survival of 14 months.")
    assert figure.about == "survival"


@pytest.mark.parametrize(
    ("text", "group"),
    [
        (
            "overexpressed in 30% of patients who are resistant to the drug",
            "patients who are resistant to the drug",
        ),
        ("Over 40% of such changes are found in women", "such changes"),
        ("54% among patients whose GEN1 is low and 92% among the others", "patients whose GEN1 is low"),
        ("It was 20% in all.", ""),
    ],
)
def test_the_group_of_a_figure(text, group):
    assert find_figures(text)[0].group == group


def test_a_later_figure_of_a_series_keeps_the_measure():
    (claim,) = ledger(
        "The four-year survival rate was 54% among patients with low GEN1 and 92% among those with high."
    )
    assert [f.about for clause in claim.clauses for f in clause.figures if f.unit == "%"] == [
        "survival",
        "survival",
    ]


@pytest.mark.parametrize(
    ("second", "carries"),
    [
        ("Under normal circumstances it can stimulate these cells.", True),
        ("It has been shown that GEN2 is lost in such tumours.", False),
        ("Because it helps tumours grow, GEN2 is a target.", False),
        ("Treating GEN2-rich tumours with it has effects.", True),
        ("GEN2 itself is lost when its partner is.", False),
    ],
)
def test_what_refers_back_carries_the_sentence_before(second, carries):
    claims = ledger("Resistance to alfamab is common.", second)
    assert ("alfamab" in {e.name for e in claims[1].entities}) is carries


def test_a_later_part_names_what_it_stands_for():
    (claim,) = ledger("GEN1 was raised in these tumours, and it may make them resist the drug.")
    assert claim.clauses[1].resolved == "Resistance (GEN1): it may make them resist the drug."


def test_names_with_digits_are_no_figures():
    assert find_figures("HER2, CDK4/6 and PD-1 in T-47D cells at stage 3") == ()


@pytest.mark.parametrize(
    ("text", "kind", "judged"),
    [
        ("Here we gather the mechanisms of resistance.", "aim", False),
        ("The aim of this review is to set cells beside patients.", "aim", False),
        ("By resistance we mean that a tumour grows although GEN1 is inhibited.", "definition", False),
        ("Future research could turn to safety.", "outlook", False),
        ("GEN1 is a member of the GEN family of kinases.", "definition", False),
        ("Cells resist the drug in ways that fall into two broad classes.", "definition", False),
        ("Patients on the drug had longer PFS.", "clinical_outcome", True),
        ("The drug raises the risk of interstitial lung disease.", "safety", True),
        ("GEN1 is found in 20% of tumours.", "prevalence", True),
        ("GEN1 activates GEN2.", "mechanism", True),
        ("A further study found that the drug raised GEN1.", "mechanism", True),
        ("The main methods used against resistance are two.", "method", True),
        ("One group looked at how GEN1 relates to survival.", "method", True),
        (
            "One group looked at how GEN1 relates to survival and found that it shortens survival.",
            "clinical_outcome",
            True,
        ),
        ("Crosstalk runs between GEN1 and GEN2.", "mechanism", True),
    ],
)
def test_kinds(text, kind, judged):
    assert classify_claim(text) == (kind, judged)


def conflicts(*sentences: str):
    review = review_of(*sentences)
    return find_internal_conflicts(build_ledger(review, Reader()), review, Names())


def test_same_group_two_values():
    (found,) = conflicts(
        "The rate was 53.6% among patients whose GEN1 level was low and 91.7% among patients whose GEN1 "
        "level was low."
    )
    assert found.kind == "two_values"
    assert "53.6%" in found.message
    assert "91.7%" in found.message
    assert (
        conflicts(
            "The rate was 53.6% among patients whose GEN1 level was high and 91.7% among patients whose "
            "GEN1 level was low."
        )
        == ()
    )


def test_parts_and_whole():
    (cautious,) = conflicts(
        "Over 40% of tumours change, and of these 20% are lost, 15-20% are gained and 2% are mutated."
    )
    assert cautious.kind == "parts_above_whole"
    assert "unclear" in cautious.message
    (firm,) = conflicts(
        "Some 30% of tumours change, and of these 60% are lost, 50% are gained and 2% are mutated."
    )
    assert "more than the whole" in firm.message
    assert (
        conflicts("Some 30% of tumours change, and of these 60% are lost, 38% are gained and 2% are mutated.")
        == ()
    )


def test_comparison():
    (found,) = conflicts("PFS was 11.2 months with alfamab, longer than the 14.0 months with betanib.")
    assert found.kind == "comparison"
    assert conflicts("PFS was 18.1 months with alfamab, longer than the 16.4 months with betanib.") == ()


def test_two_statements_of_one_quantity():
    (found,) = conflicts(
        "Overexpression of GEN1 is found in 20% of breast tumours.",
        "Overexpression of GEN1 is found in 45% of breast tumours.",
    )
    assert (found.claim_id, found.other_claim_id) == ("C001", "C002")
    assert (
        conflicts(
            "Overexpression of GEN1 is found in 20% of breast tumours.",
            "Overexpression of GEN1 is found in 15-25% of breast tumours.",
        )
        == ()
    )


def test_unknown_drug_name():
    (found,) = conflicts("Patients were treated with alfumab or betanib in that trial.")
    assert found.kind == "unknown_name"
    assert found.spans[0].name == "alfamab"
    (without,) = conflicts("Patients were treated with zetumab in that trial.")
    assert "no known name is near it" in without.message


def test_messages_are_about_the_text():
    for found in conflicts("The rate was 5% in all those with low GEN1 and 9% in all those with low GEN1."):
        assert "author" not in found.message


def test_bundled_review_gives_a_ledger():
    from litmine.review import read_review

    review = read_review(Path(__file__).parent.parent / "corpora/her2_resistance/review.md")
    claims = build_ledger(review, Reader())
    assert len(claims) >= 80
    assert len({c.id for c in claims}) == len(claims)
    by_text = {c.text[:30]: c for c in claims}
    over = next(c for start, c in by_text.items() if start.startswith("Over 40%"))
    assert len(over.clauses) == 4
    assert over.cited == (1,)
    assert {n for c in claims for n in c.cited} == set(range(1, 20))
    found = find_internal_conflicts(claims, review, Names())
    assert {"two_values", "parts_above_whole", "unknown_name"} <= {c.kind for c in found}
