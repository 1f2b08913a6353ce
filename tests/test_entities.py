"""Finding and linking named things: boundaries, case, Greek, hyphens, plurals, HER2 status, abbreviations, offsets."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmine.entities import find_entities, unknown_drug_names
from litmine.lexicon import load_lexicon
from litmine.types import Abbreviation


def find(text, *abbreviations):
    return find_entities(text, load_lexicon(), abbreviations)


def named(text, *abbreviations):
    return {(entity.type, entity.text, entity.name) for entity in find(text, *abbreviations)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trastuzumab-binding was lost.", ("drug", "Trastuzumab", "trastuzumab")),
        ("We saw IGF-1R/HER2 complexes.", ("gene", "IGF-1R", "IGF1R")),
        ("We saw IGF-1R/HER2 complexes.", ("gene", "HER2", "ERBB2")),
        ("a MUC4-mediated effect", ("gene", "MUC4", "MUC4")),
        ("ConclusionsTrastuzumab worked.", ("drug", "Trastuzumab", "trastuzumab")),
        ("cells made TGFβ1", ("gene", "TGFβ1", "TGFB1")),
        ("cells made TGF-beta1", ("gene", "TGF-beta1", "TGFB1")),
        ("NFkB rose", ("gene", "NFkB", "NFKB")),
        ("nuclear NF‑κB rose", ("gene", "NF‑κB", "NFKB")),
        ("taxanes were given", ("drug_class", "taxanes", "taxane")),
        ("two CDK4/6 inhibitors", ("drug_class", "CDK4/6 inhibitors", "CDK4/6 inhibitor")),
        ("SKBR3 grew", ("cell_line", "SKBR3", "SK-BR-3")),
        ("SK-BR-3 grew", ("cell_line", "SK-BR-3", "SK-BR-3")),
        ("p95HER2 was seen", ("gene", "p95HER2", "p95HER2")),
        ("HER2Δ16 was seen", ("gene", "HER2Δ16", "HER2Δ16")),
        (r"HER2 $\Delta$ 16 was seen", ("gene", r"HER2 $\Delta$ 16", "HER2Δ16")),
        ("delta16HER2 was seen", ("gene", "delta16HER2", "HER2Δ16")),
        ("p-AKT fell", ("gene", "p-AKT", "AKT")),
        ("phospho-HER2 fell", ("gene", "phospho-HER2", "ERBB2")),
        ("the KIR2DL4 receptor and HLA-G", ("gene", "HLA-G", "HLA-G")),
        ("miR-375-3p rose", ("gene", "miR-375-3p", "MIR375")),
        ("let-7a rose", ("gene", "let-7a", "MIRLET7A")),
        ("HER2 L755S was found", ("alteration", "L755S", "L755S")),
        ("anti-HER3 antibodies", ("drug_class", "anti-HER3 antibodies", "anti-HER3 antibody")),
        ("an NTRK2 inhibitor", ("drug_class", "NTRK2 inhibitor", "NTRK2 inhibitor")),
        ("through CCR4 signalling", ("pathway", "CCR4 signalling", "CCR4 signalling")),
        ("PI3K/Akt/mTOR signaling", ("pathway", "PI3K/Akt/mTOR signaling", "PI3K/AKT/mTOR pathway")),
        ("the outcome was diarrhea", ("adverse_effect", "diarrhea", "diarrhoea")),
    ],
)
def test_found_and_linked(text, expected):
    assert expected in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "The cat sat on the set and all had a rest.",
        "They met to impact the large step in light of the facts.",
        "p = 0.01 was the limit",
        "subsets of tasks, resettled",
        "he was here and there",
        "AIM: to be or not to be. ALL of them were there.",
    ],
)
def test_ordinary_words_are_no_genes(text):
    assert [entity for entity in find(text) if entity.type in ("gene", "drug")] == []


def test_no_match_inside_a_word():
    assert find("prolapatinibol and xHER2x") == ()


def test_er_needs_company():
    assert ("gene", "ER", "ESR1") in named("an ER antagonist and ER mutations")
    assert not any(entity.name == "ESR1" for entity in find("ER stress rose"))
    assert not any(entity.name == "ESR1" for entity in find("He came to the ER at night"))


def test_lists_share_their_tail():
    found = {(e.text, e.name) for e in find("EGFR, MET and MEK inhibitors failed") if e.type == "drug_class"}
    assert {
        ("EGFR", "EGFR inhibitor"),
        ("MET", "MET inhibitor"),
        ("MEK inhibitors", "MEK inhibitor"),
    } <= found


@pytest.mark.parametrize(
    ("text", "status", "span"),
    [
        ("HER2-positive metastatic breast cancer", "positive", "HER2-positive metastatic breast cancer"),
        ("HER2-positive breast cancer", "positive", "HER2-positive breast cancer"),
        ("HER2-positive tumors", "positive", "HER2-positive tumors"),
        ("HER2+ breast cancer cells", "positive", "HER2+ breast cancer cells"),
        ("a HER2-low tumour", "low", "HER2-low tumour"),
        ("HER2-negative breast cancer", "negative", "HER2-negative breast cancer"),
        ("HER2− breast cancer", "negative", "HER2− breast cancer"),
        ("ER+/HER2- advanced breast cancer", "negative", "ER+/HER2- advanced breast cancer"),
        ("triple-negative breast cancer", "negative", "triple-negative breast cancer"),
        ("HER2-overexpressing patients", "positive", "HER2-overexpressing"),
    ],
)
def test_her2_status_stays_with_the_tumour(text, status, span):
    entity = next(entity for entity in find(text) if entity.attribute("her2"))
    assert (entity.attribute("her2"), entity.text) == (status, span)


def test_a_suspended_hyphen_is_no_negative_status():
    assert not any(e.attribute("her2") == "negative" for e in find("HER2- and HER3-directed drugs"))


def test_attributes_carry_class_type_and_sign():
    found = {e.text: e for e in find("PTEN loss led to resistance and relapse; cyclin D1 rose.")}
    assert found["PTEN"].attribute("class") == "downstream_signalling"
    assert found["loss"].attribute("sign") == "-"
    assert found["resistance"].attribute("outcome_type") == "resistance"
    assert found["relapse"].attribute("axis") == "reversed"
    assert found["cyclin D1"].attribute("class") == "cell_cycle"


def test_abbreviations_take_the_meaning_of_their_long_form():
    text = "Osteosarcoma (OS) is rare; OS cells died."
    short = Abbreviation("OS", "Osteosarcoma", 14, 16)
    assert ("outcome", "OS", "overall survival") in named("OS was longer")
    found = named(text, short)
    assert ("disease", "OS", "osteosarcoma") in found
    assert not any(name == "overall survival" for _, _, name in found)


def test_abbreviation_of_something_unknown_is_not_linked():
    short = Abbreviation("PFS", "portable fishing station", 0, 3)
    assert not any(entity.text == "PFS" for entity in find("The PFS was sold.", short))


def test_abbreviation_of_two_drugs():
    short = Abbreviation("VE", "vinorelbine and epirubicin", 0, 2)
    assert ("drug", "VE", "vinorelbine + epirubicin") in named("VE was given.", short)


def test_known_short_form_survives_an_odd_long_form():
    short = Abbreviation("HER2", "human epidermal growth factor receptor-type two", 0, 4)
    assert ("gene", "HER2", "ERBB2") in named("HER2 was high", short)


def test_unknown_drug_names_are_told_but_not_linked():
    text = "patuzumab, emtricitumomab and trastuzumab; except the concept"
    spans = unknown_drug_names(text, load_lexicon())
    assert [text[a:b] for a, b in spans] == ["patuzumab", "emtricitumomab"]
    assert not any(entity.text == "patuzumab" for entity in find(text))


def test_empty_text():
    assert find("") == ()
    assert unknown_drug_names("", load_lexicon()) == ()


PIECES = st.sampled_from(
    ["HER2", "-positive", "+", "−", "-", "/", " ", "\n", "β", "Δ16", "T-DM1", "trastuzumab", "ﬁ", "İ", "ß", "(", ")",
     "s", "p-", "AKT", " inhibitors", "anti-", "NF-κB", "e\u0301", "𝛂", "miR-21", "L755S", ", ", " and ", "OS",
     "Results"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join))
def test_offsets_hold_for_any_text(text):
    entities = find(text, Abbreviation("OS", "osteosarcoma", 0, 2))
    for entity in entities:
        assert text[entity.start : entity.end] == entity.text
        assert entity.text
    for before, after in pairwise(entities):
        assert before.end <= after.start
