"""Sentences, abbreviations and the loader of models."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmine.errors import ModelError
from litmine.pipeline import (
    find_abbreviations,
    load_parser,
    load_pipeline,
    model_version,
    parse_texts,
    sentences_of,
    split_sentences,
)
from litmine.types import TextSection


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["As shown by Smith et al. [2004] the dose was given i.v. every week.", "In E. coli it failed."],
        [
            "Survival was longer (P < .001 ) .",
            "Toxicity was low (n = 12).",
            "In the other arm 3.5 vs. 4.6 months were seen.",
        ],
        ["The HR was 0.67 (95% CI 0.5-0.9; p = .012).", "No deaths."],
        ["PURPOSE: To test X.", "METHODS: We used B. subtilis.", "RESULTS: A was 10.3 vs. 5.4 (P = .01)."],
        ["'The first was active.'", "'The second was not.'"],
        ["We used cells (ATCC, Manassas, VA, U.S.A.).", "Then p53 was measured.", "miR-21 fell."],
        ["See Fig. 2 for details, i.e. the dose of Dr. Brown.", "It rose."],
        ["It is used in breast cancer.", "lapatinib followed."],
        ["Is it active?", "Yes!", "It is."],
        ["The mean was 3.4.", "42 patients had died."],
    ],
)
def test_hard_sentences(sentences):
    assert split(" ".join(sentences)) == sentences


def test_headings_glued_to_the_sentence_before():
    assert split("It was reached (P=.01).CONCLUSIONS: It works.") == [
        "It was reached (P=.01).",
        "CONCLUSIONS: It works.",
    ]


def test_lines():
    assert split("A first line\nthat goes on. The next.\n\nA paragraph") == [
        "A first line\nthat goes on.",
        "The next.",
        "A paragraph",
    ]


@given(st.text(alphabet="ab .!?()\n12AB", max_size=60))
@settings(max_examples=150, deadline=None)
def test_sentences_cover_the_text_in_order(text):
    spans = split_sentences(text)
    position = 0
    for start, end in spans:
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        position = end
    assert not text[position:].strip()


def test_sentences_of_a_record():
    text = "Background here. More.Result part. End."
    sections = (TextSection("BACKGROUND", "background", 6, 28), TextSection("RESULTS", "results", 28, 45))
    found = sentences_of("Title", text, sections)
    document = f"Title\n{text}"
    assert [(s.index, s.section) for s in found] == [
        (0, "title"), (1, "BACKGROUND"), (2, "BACKGROUND"), (3, "RESULTS"), (4, "RESULTS"),
    ]  # fmt: skip
    assert all(document[s.start : s.end] == s.text for s in found)
    untitled = sentences_of("", "Only text.")
    assert (untitled[0].start, untitled[0].section) == (1, "")
    assert sentences_of("", "") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "human epidermal growth factor receptor 2 (HER2) was",
            ("HER2", "human epidermal growth factor receptor 2"),
        ),
        ("The phosphatidylinositol 3-kinase (PI3K) pathway", ("PI3K", "phosphatidylinositol 3-kinase")),
        ("progression-free survival ( PFS ) was", ("PFS", "progression-free survival")),
        ("an antibody-drug conjugate (ADC) showed", ("ADC", "antibody-drug conjugate")),
    ],
)
def test_abbreviations(text, expected):
    found = find_abbreviations(text)
    assert [(a.short, a.long) for a in found] == [expected]
    assert text[found[0].start : found[0].end] == expected[0]


def test_parentheses_without_an_abbreviation():
    assert find_abbreviations("It fell (P < 0.05) in 12 women (n = 3) and (see Table).") == ()


def test_models_load_by_name_once():
    assert load_pipeline("en_core_web_sm") is load_pipeline("en_core_web_sm")
    parser = load_parser("en_core_web_sm")
    assert "parser" in parser.pipe_names
    assert "ner" not in parser.pipe_names
    assert model_version("en_core_web_sm").startswith("en_core_web_sm==3.")
    docs = list(parse_texts(["Aspirin reduces growth.", "Protein rises."], "en_core_web_sm"))
    assert [token.dep_ for token in docs[0]][1] == "ROOT"


def test_a_missing_model_is_one_clear_line():
    for call in (load_pipeline, load_parser, model_version):
        with pytest.raises(ModelError, match="no_such_model is not installed") as caught:
            call("no_such_model")
        assert "\n" not in str(caught.value)
