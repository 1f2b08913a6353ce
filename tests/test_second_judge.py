"""The second judge: asked about sentences that decide, once each, and changing no verdict."""

import json

import pytest

from litmine.assess import second
from litmine.assess.second import judged_again
from litmine.types import Assessment, Claim, Clause, Evidence

CLAIM = "PTEN loss causes resistance to trastuzumab."
SENTENCES = {
    "agrees": "Loss of PTEN conferred trastuzumab resistance.",
    "too little": "PTEN and trastuzumab resistance.",
    "the other way": "PTEN loss did not affect the response to trastuzumab.",
    "no answer": "PTEN was low in resistant tumours.",
}
LABELS = {
    SENTENCES["agrees"]: ("SUPPORT", False),
    SENTENCES["too little"]: ("NOT_ENOUGH_INFO", False),
    SENTENCES["the other way"]: ("CONTRADICT", False),
    SENTENCES["no answer"]: ("SUPPORT", True),
}


def sentence(text, *, stance="supports", score=0.9, record="PMID:1", **more):
    return Evidence(record, text, 0, len(text), stance, score, "made", level="D1", group=record, **more)


def assessment(*evidence, claim=CLAIM):
    clause = Clause(0, len(claim), claim)
    made = Claim("C001", "", claim, 0, len(claim), "mechanism", clauses=(clause,))
    return Assessment(made, "supported", 0.5, "", "", "", tuple(evidence))


@pytest.fixture
def asked(monkeypatch):
    """What the pair judge is asked; it answers from `LABELS`."""
    pairs = []

    def label_pairs(given, reader):
        pairs.extend(given)
        for _, text in given:
            label, abstained = LABELS[text]
            yield {"label": label, "abstained": abstained}

    monkeypatch.setattr(second, "label_pairs", label_pairs)
    return pairs


def test_each_opinion_stands_with_its_sentence_and_in_the_trail(asked, tmp_path):
    given = assessment(*(sentence(t, record=f"PMID:{n}") for n, t in enumerate(SENTENCES.values())))
    (found,) = judged_again([given], None, "reader", tmp_path)
    assert [e.second for e in found.evidence] == list(SENTENCES)
    assert found.verdict == given.verdict
    (line,) = found.trail
    assert "of 4 deciding sentences shown: agrees on 1, finds too little in PMID:1" in line
    assert "reads the other way PMID:2, no answer on 1; the verdict rests on aligned slots" in line


def test_a_sentence_against_the_claim_agrees_with_contradict(asked, tmp_path):
    (found,) = judged_again(
        [assessment(sentence(SENTENCES["the other way"], stance="no_effect"))], None, "reader", tmp_path
    )
    assert found.evidence[0].second == "agrees"
    assert "which it does not see" not in found.trail[0]


def test_sentences_that_decide_nothing_are_not_asked_about(asked, tmp_path):
    given = assessment(
        sentence(SENTENCES["agrees"], stance="qualifies"),
        sentence(SENTENCES["agrees"], score=0.3),
        sentence(SENTENCES["agrees"], pointer=True),
        sentence(SENTENCES["agrees"], machine_stance="silent"),
    )
    (found,) = judged_again([given], None, "reader", tmp_path)
    assert not asked
    assert found == given


def test_a_pair_is_judged_once_until_the_reader_changes(asked, tmp_path):
    given = [assessment(sentence(SENTENCES["agrees"]))]
    first = judged_again(given, None, "reader", tmp_path)
    assert judged_again(given, None, "reader", tmp_path) == first
    assert len(asked) == 1
    judged_again(given, None, "another reader", tmp_path)
    assert len(asked) == 2


@pytest.mark.parametrize("content", ["", "[]", '{"x"', '{"k": 7}'])
def test_a_damaged_cache_is_filled_again(asked, tmp_path, content):
    given = [assessment(sentence(SENTENCES["agrees"]))]
    judged_again(given, None, "reader", tmp_path)
    (path,) = tmp_path.glob("second-judge-*.json")
    path.write_text(content, encoding="utf-8")
    (found,) = judged_again(given, None, "reader", tmp_path)
    assert found.evidence[0].second == "agrees"
    assert len(asked) == 2
    assert json.loads(path.read_text(encoding="utf-8"))


def test_no_place_to_keep_answers_costs_only_time(asked, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    (found,) = judged_again([assessment(sentence(SENTENCES["agrees"]))], None, "reader", tmp_path / "file")
    assert found.evidence[0].second == "agrees"


def test_the_trained_judge_itself_is_asked(tmp_path):
    from litmine.relations import Extractor

    extractor = Extractor()
    given = assessment(sentence("Loss of PTEN expression caused resistance to trastuzumab (P<0.001)."))
    (found,) = judged_again([given], extractor, extractor.fingerprint, tmp_path)
    assert found.evidence[0].second in ("agrees", "no answer")
