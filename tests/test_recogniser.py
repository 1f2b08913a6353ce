"""The recogniser and what it adds to the dictionary: tokens, boundaries, short forms, provenance, other models."""

from __future__ import annotations

import shutil
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmine import pipeline
from litmine.entities import Mention, Recogniser, combine, find_entities
from litmine.entities.components import blank_pipeline, mark_dictionary
from litmine.errors import ModelError
from litmine.lexicon import load_lexicon
from litmine.pipeline import find_abbreviations, load_parser, model_version
from litmine.relations import Extractor

NLP = blank_pipeline()


def read(text, *mentions):
    """Combine the dictionary with mentions given as (type, words)."""
    found = tuple(
        Mention(kind, text.index(words), text.index(words) + len(words)) for kind, words in mentions
    )
    short = find_abbreviations(text)
    entities = find_entities(text, load_lexicon(), short)
    combined = combine(text, entities, found, load_lexicon(), short, "model==1")
    assert all(text[entity.start : entity.end] == entity.text for entity in combined)
    assert all(left.end <= right.start for left, right in pairwise(combined))
    return {entity.text: entity for entity in combined}


@given(st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_tokens_keep_every_character(text):
    assert NLP.make_doc(text).text == text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("anti-HER2/neu (0.5 mg)", ["anti", "-", "HER2", "/", "neu", "(", "0.5", "mg", ")"]),
        ("p53(-/-) mice", ["p53", "(", "-", "/", "-", ")", "mice"]),
        ("NF-κB\n\n rose", ["NF", "-", "κB", "\n\n ", "rose"]),
    ],
)
def test_tokens_end_at_every_mark(text, tokens):
    assert [token.text for token in NLP.make_doc(text)] == tokens


def test_dictionary_is_a_feature_of_tokens():
    doc = mark_dictionary(NLP.make_doc("Trastuzumab met zorbutinib in breast cancer."))
    assert [token.lemma_ for token in doc] == ["drug-B", "", "stem-B", "", "disease-B", "disease-I", ""]


def test_a_new_mention_is_unlinked_and_says_who_found_it():
    entity = read("Mice got quinzolate daily.", ("drug", "quinzolate"))["quinzolate"]
    assert (entity.type, entity.name, entity.identifier) == ("drug", "quinzolate", "")
    assert (entity.attribute("found_by"), entity.attribute("model")) == ("model", "model==1")


def test_boundaries_of_the_model_identity_of_the_dictionary():
    found = read("They had untreated breast cancer.", ("disease", "untreated breast cancer"))
    assert found["untreated breast cancer"].name == "breast cancer"
    assert found["untreated breast cancer"].attribute("found_by") == "both"


def test_what_only_the_dictionary_sees_stays():
    entity = read("Trastuzumab was given.")["Trastuzumab"]
    assert (entity.attribute("found_by"), entity.attribute("model")) == ("dictionary", "")


def test_a_symbol_the_dictionary_doubts_is_linked_when_the_model_vouches():
    text = "We looked at CAT again."
    assert "CAT" not in read(text)
    assert read(text, ("gene", "CAT"))["CAT"].identifier == "HGNC:1516"


@pytest.mark.parametrize(
    ("text", "mention", "kept"),
    [
        ("An EGFR inhibitor helped.", ("gene", "EGFR"), ("EGFR inhibitor", "drug_class")),
        ("Insulin rose.", ("drug", "Insulin"), ("Insulin", "gene")),
        ("Cells underwent apoptosis.", ("disease", "apoptosis"), ("apoptosis", "outcome")),
    ],
)
def test_other_types_of_the_dictionary_are_not_touched(text, mention, kept):
    found = read(text, mention)
    assert found[kept[0]].type == kept[1]


def test_a_term_written_by_hand_stands_and_a_generated_one_yields():
    assert read("HER2 was given.", ("drug", "HER2"))["HER2"].type == "gene"
    assert load_lexicon().lookup("fap")
    assert "fap" not in load_lexicon().by_key
    assert read("Patients with FAP protein loss.", ("disease", "FAP"))["FAP"].type == "disease"


def test_only_what_is_new_is_added_when_asked():
    text = "Untreated breast cancer met quinzolate."
    entities = find_entities(text, load_lexicon())
    mentions = [Mention("disease", 0, 23), Mention("drug", 28, 38)]
    found = combine(text, entities, mentions, load_lexicon(), version="m==1", only_new=True)
    assert [entity.text for entity in found] == ["breast cancer", "quinzolate"]


def test_short_forms_follow_their_long_form():
    text = "Velmaric acid (VMA) was given. VMA helped; VMA-treated mice lived."
    found = combine(text, (), [Mention("drug", 0, 13)], load_lexicon(), find_abbreviations(text), "m")
    assert [entity.text for entity in found] == ["Velmaric acid", "VMA", "VMA", "VMA"]


def test_shipped_pipeline_finds_names_no_table_holds():
    mentions = Recogniser("litmine").mentions(
        "Rats treated with chlorovelmazine hydrochloride developed hepatitis."
    )
    assert ("drug", 18, 47) in {(m.type, m.start, m.end) for m in mentions}
    assert "disease" in {mention.type for mention in mentions}


@pytest.mark.parametrize("model", ["litmine", "en_core_web_sm"])
def test_every_model_runs_through_one_path(model):
    recogniser = Recogniser(model)
    text = "In Boston, patients with hepatitis got naloxone."
    assert all(0 <= m.start < m.end <= len(text) for m in recogniser.mentions(text))
    assert recogniser.version.startswith(f"{model}==")
    (doc,) = load_parser(model).pipe(["The drug inhibits the growth of cells."])
    assert [token.text for token in doc if token.head == token] == ["inhibits"]
    assert {"nsubj", "dobj", "prep", "pobj"} <= {token.dep_ for token in doc}


def test_a_model_without_entities_is_refused(tmp_path):
    blank_pipeline().to_disk(tmp_path / "blank")
    with pytest.raises(ModelError, match="no ner component"):
        Recogniser(str(tmp_path / "blank")).mentions("x")


def test_a_damaged_pipeline_is_refused(tmp_path, monkeypatch):
    copy = tmp_path / "pipeline"
    shutil.copytree(pipeline._shipped(), copy)
    (copy / "config.cfg").write_text("[nlp]\n", encoding="utf-8")
    monkeypatch.setattr(pipeline, "_shipped", lambda: copy)
    with pytest.raises(ModelError, match="checksum"):
        pipeline._candidates("litmine")


def test_version_is_that_of_the_files():
    name, version = model_version("litmine").split("==")
    assert name == "litmine"
    assert len(version) == 16


def test_extraction_with_a_recogniser_tells_who_found_what():
    extractor = Extractor(recogniser=Recogniser("litmine"))
    reading = extractor.read("d", "", "Rats treated with chlorovelmazine hydrochloride developed hepatitis.")
    new = next(entity for entity in reading.entities if entity.type == "drug")
    assert new.attribute("found_by") == "model"
    assert new.attribute("model") == model_version("litmine")
    assert extractor.fingerprint != Extractor().fingerprint
