"""The second judge: asked about sentences that decide, once each; a verdict stands only where it does not object."""

import json

import pytest

from litmine.assess import second
from litmine.assess.second import MOST, SecondJudge, told_second
from litmine.assess.stance import TurnedClauses
from litmine.assess.verdict import decide_clause
from litmine.types import Claim, Clause, Entity, Evidence, Reading, Relation, Sentence, Slot

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


class Named:
    """A reader of which only the name matters here."""

    def __init__(self, fingerprint):
        self.fingerprint = fingerprint


def sentence(text, *, stance="supports", score=0.9, record="PMID:1", level="B1", **more):
    return Evidence(record, text, 0, len(text), stance, score, "made", level=level, group=record, **more)


def claim(text=CLAIM, **more):
    return Claim("C001", "", text, 0, len(text), "mechanism", clauses=(Clause(0, len(text), text, **more),))


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


@pytest.fixture
def judge(tmp_path):
    return SecondJudge(Named("reader"), tmp_path / "cache")


def opinions(judge, evidence, of=None):
    ((found,),) = judge.opinions([of or claim()], [[evidence]])
    return found


def test_each_opinion_stands_with_its_sentence_and_in_the_trail(asked, judge):
    found = opinions(judge, [sentence(t, record=f"PMID:{n}") for n, t in enumerate(SENTENCES.values())])
    assert [e.second for e in found] == list(SENTENCES)
    assert told_second(found) == [
        "second judge, asked about 4 deciding sentences: agrees on 1, finds too little in PMID:1, "
        "reads the other way PMID:2, no answer on 1"
    ]


def test_a_sentence_against_the_claim_agrees_with_contradict(asked, judge):
    (found,) = opinions(judge, [sentence(SENTENCES["the other way"], stance="no_effect")])
    assert found.second == "agrees"


def test_sentences_that_decide_nothing_are_not_asked_about(asked, judge):
    given = [
        sentence(SENTENCES["agrees"], stance="qualifies"),
        sentence(SENTENCES["agrees"], score=0.3),
        sentence(SENTENCES["agrees"], pointer=True),
        sentence(SENTENCES["agrees"], machine_stance="silent"),
    ]
    assert opinions(judge, given) == given
    assert not asked
    assert told_second(given) == []


def test_a_claim_that_is_not_judged_is_not_asked_about(asked, judge):
    aim = Claim("C002", "", CLAIM, 0, len(CLAIM), "aim", clauses=claim().clauses, judged=False)
    opinions(judge, [sentence(SENTENCES["agrees"])], of=aim)
    assert not asked


def test_the_clause_made_self_contained_is_what_is_asked(asked, judge):
    opinions(judge, [sentence(SENTENCES["agrees"])], of=claim(resolved="PTEN (tumour suppressor) loss"))
    assert asked == [("PTEN (tumour suppressor) loss", SENTENCES["agrees"])]


def test_the_best_few_of_either_side_are_asked_about(asked, judge):
    many = [sentence(SENTENCES["agrees"], score=0.6 + n / 100, record=f"PMID:{n}") for n in range(MOST + 3)]
    against = sentence(SENTENCES["the other way"], stance="contradicts", record="PMID:99")
    found = opinions(judge, [*many, against])
    assert [e.record_id for e in found if e.second] == [
        *(f"PMID:{n}" for n in range(3, MOST + 3)),
        "PMID:99",
    ]


def test_a_pair_is_judged_once_until_the_reader_changes(asked, judge, tmp_path):
    given = [sentence(SENTENCES["agrees"])]
    assert opinions(judge, given) == opinions(judge, given)
    assert len(asked) == 1
    opinions(SecondJudge(Named("another reader"), tmp_path / "cache"), given)
    assert len(asked) == 2


@pytest.mark.parametrize("content", ["", "[]", '{"x"', '{"k": 7}'])
def test_a_damaged_cache_is_filled_again(asked, judge, content):
    given = [sentence(SENTENCES["agrees"])]
    opinions(judge, given)
    (path,) = judge.cache_dir.glob("second-judge-*.json")
    path.write_text(content, encoding="utf-8")
    assert opinions(judge, given)[0].second == "agrees"
    assert len(asked) == 2
    assert json.loads(path.read_text(encoding="utf-8"))


def test_no_place_to_keep_answers_costs_only_time(asked, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    judge = SecondJudge(Named("reader"), tmp_path / "file")
    assert opinions(judge, [sentence(SENTENCES["agrees"])])[0].second == "agrees"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (["the other way"], "insufficient"),
        (["the other way", "no answer"], "insufficient"),
        (["the other way", "no answer", "too little"], "supported"),
        (["the other way", "the other way", "agrees"], "supported"),
        (["no answer", "too little"], "supported"),
        (["", ""], "supported"),
    ],
)
def test_a_verdict_stands_unless_the_second_judge_reads_half_the_other_way_and_agrees_on_none(said, verdict):
    decision = decide_clause([sentence("x", record=f"PMID:{n}", second=word) for n, word in enumerate(said)])
    assert decision.verdict == verdict
    assert ("the two judges disagree" in decision.reason) == (verdict == "insufficient")


def test_it_stops_a_contradiction_too_and_only_its_own_side_counts():
    against = sentence("x", stance="contradicts", second="the other way")
    assert decide_clause([against]).verdict == "insufficient"
    weak = sentence("y", score=0.6, record="PMID:2", second="agrees")
    assert "contradicted" not in decide_clause([against, weak]).verdict


def test_the_trained_judge_itself_is_asked(tmp_path):
    from litmine.relations import Extractor

    extractor = Extractor()
    judge = SecondJudge(extractor, tmp_path)
    said = "Loss of PTEN expression caused resistance to trastuzumab (P<0.001)."
    assert opinions(judge, [sentence(said)])[0].second in ("agrees", "no answer")


def test_an_animal_study_is_asked_about_before_a_cell_study(asked, judge):
    many = [
        sentence(SENTENCES["agrees"], record=f"PMID:{n}", level="D1" if n < MOST else "D2")
        for n in range(MOST + 1)
    ]
    left_out = [e.record_id for e in opinions(judge, many) if not e.second]
    assert left_out == [f"PMID:{MOST - 1}"]


def test_one_sentence_is_told_as_one():
    assert told_second([sentence("x", second="agrees")]) == [
        "second judge, asked about 1 deciding sentence: agrees on 1"
    ]


class Readings:
    """Reads the relations of both texts from a table, as an extractor would."""

    fingerprint = "table"

    def __init__(self, **directions: str) -> None:
        self.directions = directions

    def read(self, record_id, title, text, sections=()):
        drug, gene = text.index("alfamab"), text.index("GEN1")
        way = next((w for words, w in self.directions.items() if words in text), "increases")
        slots = Slot(drug, drug + 7, "alfamab", "alfamab"), Slot(gene, gene + 4, "GEN1", "GEN1")
        entities = (
            Entity("gene", gene, gene + 4, "GEN1", "GEN1"),
            Entity("drug", drug, drug + 7, "alfamab", "alfamab"),
        )
        relation = Relation(0, slots[:1], slots[1], None, None, "pathway", way, "asserted")
        return Reading(record_id, (Sentence(0, 0, len(text), text),), entities, (relation,))


def test_a_reading_that_stays_when_the_clause_is_turned():
    claim, text = "Here alfamab raises GEN1.", "It is alfamab that raised GEN1."
    assert not TurnedClauses(Readings(lowers="decreases")).alike(claim, text, "supports")
    assert TurnedClauses(Readings()).alike(claim, text, "supports")
    assert not TurnedClauses(Readings()).alike("Here alfamab has GEN1.", text, "supports")
