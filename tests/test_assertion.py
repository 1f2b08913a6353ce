"""Clauses, cues with their scope, and printed figures, on made sentences."""

import pytest

from litmine.assertion import assertion_of, find_cues, is_aim, is_hedged, printed_values, value_spans


def assertion(sentence: str, at: str, *, denied: bool = False, section: str = "") -> str:
    return assertion_of(find_cues(sentence, section), sentence.index(at), denied=denied)


@pytest.mark.parametrize(
    ("sentence", "at", "expected"),
    [
        ("Lapatinib reduced tumour growth.", "growth", "asserted"),
        ("We investigated whether lapatinib reduces growth.", "growth", "aim"),
        ("The aim of this trial was to assess the safety of neratinib.", "safety", "aim"),
        ("This study evaluated the efficacy of tucatinib.", "efficacy", "aim"),
        ("The mechanism of resistance remains unknown.", "resistance", "aim"),
        ("PTEN loss may cause resistance.", "resistance", "hedged"),
        ("These findings suggest that PTEN loss causes resistance.", "resistance", "hedged"),
        ("Growth was reduced, suggesting that the drug works.", "Growth", "asserted"),
        ("The drug may help, but growth was reduced.", "growth", "asserted"),
        ("An effect could be detected on survival.", "survival", "asserted"),
        ("There was a trend towards longer survival.", "survival", "hedged"),
    ],
)
def test_scope(sentence, at, expected):
    assert assertion(sentence, at) == expected


def test_order_of_precedence():
    text = "We hypothesised, and here examine whether, the drug may not change survival."
    assert assertion(text, "survival", denied=True) == "aim"
    assert assertion("The drug may not change survival.", "survival", denied=True) == "hedged"
    assert assertion("The drug did not change survival.", "survival", denied=True) == "negated"


def test_sections_and_titles():
    assert assertion("Trastuzumab in gastric cancer.", "gastric", section="PURPOSE") == "aim"
    assert assertion("Effects of lapatinib on growth", "growth", section="title") == "aim"
    assert assertion("Lapatinib slows growth", "growth", section="title") == "asserted"


def test_negation_cues():
    assert find_cues("The drug did not change survival.").negations
    assert not find_cues("It acts not only on HER2.").negations
    assert not find_cues("Chemotherapy with or without trastuzumab was given.").negations


def test_clauses_split_at_contrast():
    cues = find_cues("A reduced growth, whereas B might not.")
    assert not cues.same_clause(2, 27)
    assert not is_hedged(cues, 2)
    assert is_hedged(cues, 27)
    assert not is_aim(cues, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "survival (HR = 0.62, 95% CI: 0.51-0.75; P < 0.001)",
            ("HR = 0.62", "95% CI: 0.51-0.75", "P < 0.001"),
        ),
        ("hazard ratio [HR] = 0.67; P = .012", ("hazard ratio [HR] = 0.67", "P = .012")),
        (
            "odds ratio, 3.09 (95% confidence interval, 1.35-7.08)",
            ("odds ratio, 3.09", "95% confidence interval, 1.35-7.08"),
        ),
        ("18.5 months versus 12.4 months", ("18.5 months", "12.4 months")),
        ("2.3 versus 4.2 months", ("2.3 versus 4.2 months",)),
        ("22.2% versus 8.7%", ("22.2% versus 8.7%",)),
        ("in 33 of 52 patients", ("33 of 52 patients",)),
        ("reported by five patients (20%)", ("five patients", "20%")),
        ("p = 5.7e-08", ("p = 5.7e-08",)),
        ("n = 12 animals", ("n = 12",)),
        ("DCR was 75·8%", ("75·8%",)),
        ("a 3.5-fold rise", ("3.5-fold",)),
        ("no figure here, only HER2 and CDK4", ()),
    ],
)
def test_printed_values(text, expected):
    assert printed_values(text) == expected


def test_values_keep_their_place():
    text = "before 20% after HR 0.5"
    assert printed_values(text, 11) == ("HR 0.5",)
    assert all(text[start:end] == value for start, end, value in value_spans(text))
