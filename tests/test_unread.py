"""Words beside a relation that turn it: the mechanism gone or held back, denials, another comparator."""

import pytest

from litmine.assess import judge
from litmine.assess.judgement import NOT_READ, RATHER_AGAINST
from litmine.assess.unread import amount_of, beside_link
from litmine.types import Relation, Slot

GEN1 = Slot(0, 1, "GEN1", "GEN1")


def relation(outcome="sensitivity", direction="increases", mechanism: Slot | None = GEN1) -> Relation:
    ending = Slot(0, 1, outcome, outcome)
    drug = (Slot(0, 1, "alfamab", "alfamab"),)
    return Relation(0, drug, mechanism, None, ending, outcome, direction, "asserted")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("GEN1 sensitised cells to alfamab.", 1),
        ("GEN1 lowered the response to alfamab.", 1),
        ("Cells respond to alfamab when GEN1 is knocked out.", -1),
        ("GEN1-deficient cells respond to alfamab.", -1),
        ("Tumours low in GEN1 respond to alfamab.", -1),
        ("Removing active GEN1 sensitised cells.", -1),
        ("GEN1 siRNA sensitised cells.", -1),
        ("Inhibiting GEN1 sensitised cells.", 0),
        ("GEN1 signalling inhibition sensitised cells.", 0),
        ("GEN1 raised resistance, and cells without GEN1 did not grow.", 1),
    ],
)
def test_how_much_there_is_of_a_mechanism(text, amount):
    assert amount_of(GEN1, text) == amount
    assert amount_of(None, text) == 1


@pytest.mark.parametrize(
    ("claim", "evidence", "stance"),
    [
        ("GEN1 makes cells sensitive to alfamab.", "GEN1 sensitised cells to alfamab.", "supports"),
        ("Cells are sensitive to alfamab when GEN1 is lost.", "GEN1 sensitised cells to alfamab.", "contradicts"),
        ("Cells are sensitive to alfamab when GEN1 is lost.", "Loss of GEN1 sensitised cells to alfamab.", "supports"),
        ("GEN1 makes cells sensitive to alfamab.", "Inhibiting GEN1 sensitised cells to alfamab.", "qualifies"),
        ("GEN1 hardly makes cells sensitive to alfamab.", "GEN1 sensitised cells to alfamab.", "qualifies"),
        ("GEN1 makes cells less sensitive to alfamab.", "GEN1 sensitised cells to alfamab.", "qualifies"),
        ("GEN1 is needed for sensitivity to alfamab.", "GEN1 sensitised cells to alfamab.", "qualifies"),
        ("GEN1 makes cells sensitive to alfamab.", "Gen2, but not GEN1, sensitised cells to alfamab.", "qualifies"),
        (
            "GEN1 cells are more sensitive to alfamab than blasts.",
            "GEN1 sensitised cells to alfamab more than fibroblasts.",
            "qualifies",
        ),
        ("Withholding alfamab sensitises GEN1 cells.", "GEN1 sensitised cells to alfamab.", "qualifies"),
    ],
)  # fmt: skip
def test_what_turns_a_reading(claim, evidence, stance):
    found = judge(claim, [relation()], evidence, [relation()])
    assert found.stance == stance
    if stance == "qualifies" and "more than" not in evidence:
        assert NOT_READ in found.rule


def test_what_a_clause_denies():
    denied, raised = relation(direction="no_effect"), relation()
    text = "GEN1 sensitised cells to alfamab."
    assert (
        judge("GEN1 did not change sensitivity to alfamab.", [denied], text, [raised]).stance == "contradicts"
    )
    assert judge("GEN1 does not spare cells alfamab.", [denied], text, [raised]).stance == "qualifies"


def test_a_sentence_that_only_qualifies_says_which_way_it_leans():
    kin = judge("GEN1 goes with survival under alfamab.", [relation("survival")], "GEN1 went with resistance.",
                [relation("resistance")])  # fmt: skip
    assert (kin.stance, RATHER_AGAINST in kin.rule) == ("qualifies", True)


def test_words_beside_a_link():
    assert beside_link("GEN1 raises GEN2.", "GEN1 raised GEN2 without GEN3.") == ""
    assert "independent" in beside_link("GEN1 raises GEN2 independently of GEN3.", "GEN1 raised GEN2.")
    assert "Removing" in beside_link("Removing GEN1 raises GEN2.", "GEN1 raised GEN2.")
