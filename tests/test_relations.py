"""Patterns on their own examples, the extractor on made sentences, the score on made relations."""

import json
from pathlib import Path

import pytest

from litmine.relations import Extractor, score
from litmine.relations.arms import find_arms
from litmine.relations.examples import read_example
from litmine.relations.frames import Mention, build_frame
from litmine.relations.mentions import is_preclinical
from litmine.relations.patterns import compile_pattern, load_patterns, match_patterns
from litmine.types import Slot, TextSection

SENTENCES = (
    "PTEN loss confers resistance to trastuzumab in HER2-positive breast cancer cells. "
    "Overall survival was longer with trastuzumab deruxtecan than with trastuzumab emtansine (HR 0.64, p = 0.004). "
    "Lapatinib inhibited AKT phosphorylation and induced apoptosis. "
    "The combination was well tolerated. "
    "These results suggest that alpelisib may restore sensitivity to trastuzumab."
)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def found(extractor: Extractor, text: str, title: str = "") -> set[tuple]:
    reading = extractor.read("r", title, text)
    return {
        (
            " + ".join(slot.name for slot in relation.drug),
            relation.mechanism.text if relation.mechanism else "",
            relation.outcome_type,
            relation.direction,
            relation.assertion,
        )
        for relation in reading.relations
    }


@pytest.mark.parametrize("pattern", load_patterns(), ids=lambda pattern: pattern.name)
def test_pattern_reads_its_own_examples(pattern):
    assert pattern.examples, f"{pattern.name} has no example"
    for text, expected in pattern.examples:
        assert read_example(pattern, text) == list(expected), text


def test_pattern_names_are_unique():
    names = [pattern.name for pattern in load_patterns()]
    assert len(names) == len(set(names))


def test_a_new_pattern_needs_no_code():
    entry = {
        "name": "drug-tames-outcome",
        "kind": "verb",
        "template": "{D} tames ...2 {O}",
        "sign": "-",
        "examples": [
            {"text": "{D X} tames {O:tumour_growth growth}.", "expect": ["X | - | growth | decreases"]}
        ],
    }
    pattern = compile_pattern(entry)
    assert read_example(pattern, "{D X} tames {O:tumour_growth growth}.") == ["X | - | growth | decreases"]
    assert read_example(pattern, "{D X} tames; {O:tumour_growth growth}.") == []


def test_coordinated_mentions_form_a_group():
    text = "A plus B and C inhibited growth"
    mentions = [Mention("D", i, i + 1, (Slot(i, i + 1, text[i], text[i]),)) for i in (0, 7, 13)]
    outcome = Mention("O", 25, 31, (Slot(25, 31, "growth", "growth"),), outcome_type="tumour_growth")
    frame = build_frame(text, 0, len(text), [*mentions, outcome])
    assert len({unit.group for _, unit in frame.mentions("D")}) == 1
    assert frame.masked == "[D] plus [D] and [D] inhibited [O]"
    assert {hit.pattern.name for hit in match_patterns(frame)} >= {"drug-changes-outcome-down"}
    with pytest.raises(ValueError, match="no mention"):
        frame.mention_at(1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "PTEN loss confers resistance to trastuzumab.",
            ("trastuzumab", "PTEN loss", "resistance", "increases", "asserted"),
        ),
        (
            "Trastuzumab plus pertuzumab significantly prolonged progression-free survival.",
            ("trastuzumab + pertuzumab", "", "survival", "increases", "asserted"),
        ),
        (
            "Everolimus strongly inhibited mTOR phosphorylation.",
            ("everolimus", "mTOR phosphorylation", "pathway", "decreases", "asserted"),
        ),
        (
            "Bevacizumab did not improve overall survival.",
            ("bevacizumab", "", "survival", "no_effect", "negated"),
        ),
        (
            "These data suggest that PIK3CA mutations may reduce the response to trastuzumab.",
            ("trastuzumab", "PIK3CA mutations", "response_rate", "decreases", "hedged"),
        ),
        (
            "We investigated whether neratinib reduces tumour growth.",
            ("neratinib", "", "tumour_growth", "decreases", "aim"),
        ),
        (
            "Neratinib plus capecitabine was well tolerated.",
            ("neratinib + capecitabine", "", "toxicity", "no_effect", "negated"),
        ),
    ],
)
def test_reads_plain_sentences(extractor, text, expected):
    assert expected in found(extractor, text)


def test_double_signs_multiply(extractor):
    for text in (
        "Knockdown of MUC4 restored sensitivity to trastuzumab.",
        "MUC4 knockdown increased sensitivity to trastuzumab.",
    ):
        directions = {item[3] for item in found(extractor, text) if item[2] == "sensitivity"}
        assert directions == {"increases"}
    assert {item[3] for item in found(extractor, "Chloroquine overcame resistance to trastuzumab.")} == {
        "decreases"
    }
    assert {
        item[3]
        for item in found(extractor, "Trastuzumab reduced the risk of relapse.")
        if item[2] == "survival"
    } == {"increases"}


def test_values_stay_with_their_outcome(extractor):
    text = "Trastuzumab improved overall survival (HR 0.64, p = 0.004) and response rate (41% versus 20%)."
    values = {r.outcome_type: r.values for r in extractor.read("r", "", text).relations}
    assert values["survival"] == ("HR 0.64", "p = 0.004")
    assert values["response_rate"] == ("41% versus 20%",)


def test_antecedent_of_the_combination(extractor):
    text = "Lapatinib and capecitabine were given to forty women. The combination was well tolerated."
    relations = extractor.read("r", "", text).relations
    assert [(r.drug[0].text, r.drug[0].name) for r in relations if r.outcome_type == "toxicity"] == [
        ("The combination", "lapatinib + capecitabine")
    ]


def test_spans_are_verbatim_and_slots_filled(extractor):
    for title in ("", "Trastuzumab and PTEN loss in HER2-positive disease"):
        reading = extractor.read("r", title, SENTENCES, (TextSection("RESULTS", "results", 1, 30),))
        document = f"{title}\n{SENTENCES}"
        assert reading.relations
        for sentence in reading.sentences:
            assert document[sentence.start : sentence.end] == sentence.text
        for relation in reading.relations:
            slots = [*relation.drug, relation.mechanism, relation.outcome]
            assert sum(map(bool, (relation.drug, relation.mechanism, relation.outcome))) >= 2
            assert relation.rule
            sentence = reading.sentences[relation.sentence]
            for slot in filter(None, slots):
                assert document[slot.start : slot.end] == slot.text
                assert slot.name
                assert sentence.start <= slot.start < slot.end <= sentence.end
            if relation.assertion == "negated":
                assert relation.direction == "no_effect"


def test_same_text_same_reading_same_fingerprint(extractor):
    again = Extractor()
    assert again.fingerprint == extractor.fingerprint
    assert again.read("r", "", SENTENCES) == extractor.read("r", "", SENTENCES)


def test_empty_documents(extractor):
    assert extractor.read("r", "", "").relations == ()
    assert extractor.read("r", "Only a title", "").sentences[0].section == "title"


def test_two_workers_read_what_one_reads(extractor):
    items = [(str(i), "", f"In study {i}. {SENTENCES}", ()) for i in range(3)]
    seen = []
    one = list(extractor.read_many(items, progress=seen.append))
    assert list(extractor.read_many(items, workers=2)) == one
    assert seen == [1, 1, 1]
    assert [reading.record_id for reading in one] == ["0", "1", "2"]


def test_explain_page_draws_mentions_and_parse_and_escapes_the_text(extractor):
    text = "PTEN loss caused <b>resistance</b> to trastuzumab in cells."
    page = extractor.explain_page("PMID:1", "", text)
    for absent in ("<b>", "<script", 'src="'):
        assert absent not in page
    for present in ("&lt;b&gt;", "<svg", ">mechanism<", ">outcome<", 'class="kept"', 'class="dropped"'):
        assert present in page


def test_explain_says_why_a_candidate_was_dropped(extractor):
    text = extractor.explain("PMID:1", "", "PTEN loss caused resistance to trastuzumab in cells.")
    assert "a better reading has its slots" in text or "less probable than" in text


def test_names_that_only_the_document_introduces(extractor):
    text = (
        "Zelvaric acid (ZVA) is new. Cells were treated with ZVA and ZVA inhibited proliferation. The compound QX-117 "
        "was given too; treatment with QX-117 reduced tumour growth. Peptide zinc kinase 9 (PZK9) was high."
    )
    found = {entity.text: entity.type for entity in extractor.read("r", "", text).entities}
    assert found["ZVA"] == found["QX-117"] == "drug"
    assert found["PZK9"] == "gene"


def test_a_code_name_of_cells_is_no_drug(extractor):
    text = "Effects of lapatinib on QX-117 cells: treatment of QX-117 reduced growth."
    assert all(entity.text != "QX-117" for entity in extractor.read("r", "", text).entities)


def test_explain_shows_each_step(extractor):
    text = extractor.explain(
        "PMID:1", "", "PTEN loss confers resistance to trastuzumab. Nothing else. HER2 was seen."
    )
    for piece in (
        "record PMID:1",
        "triggers: confers",
        "patterns:",
        "parse:",
        "kept",
        "rule",
        "dropped",
        "no drug",
    ):
        assert piece in text


def relation(**changes):
    drug = [{"start": 0, "end": 4, "text": "Drug", "name": "drug"}]
    outcome = {"start": 5, "end": 9, "text": "grew"}
    base = {
        "sentence": 0,
        "drug": drug,
        "mechanism": None,
        "outcome": outcome,
        "outcome_type": "tumour_growth",
    }
    return {**base, "direction": "increases", "assertion": "asserted", **changes}


def document(*relations, end=10):
    return {
        "id": "d",
        "title": "",
        "text": "Drug grew.",
        "sentences": [[0, end], [0, 40]],
        "relations": list(relations),
    }


def test_score_counts_one_to_one():
    gold = document(relation(), relation(direction="decreases"))
    for predicted, core, direction in (
        (document(), 0, 0),
        (document(relation()), 1, 1),
        (document(relation(), relation(), relation()), 2, 1),
        (document(relation(assertion="hedged", direction="decreases"), relation()), 2, 2),
        (document(relation(sentence=1)), 0, 0),
        (document(relation(drug=[])), 0, 0),
        (document(relation(mechanism=relation()["outcome"])), 0, 0),
        (document(relation(drug=[{"start": 30, "end": 34, "text": "DRUG", "name": "DRUG"}])), 1, 1),
    ):
        figures = score([gold], [predicted])
        assert figures["matched"] == core, predicted
        assert round(figures["core_direction"]["recall"] * 2) == direction, predicted


def test_score_ignores_the_mechanism_where_it_says_so_and_finds_wrong_spans():
    shifted = document(relation(mechanism={"start": 5, "end": 9, "text": "grow", "name": "x"}))
    figures = score([document(relation())], [shifted])
    assert figures["core"]["f1"] == 0.0
    assert figures["drug_outcome_direction"]["f1"] == 1.0
    assert figures["span_errors"] == 3
    json.dumps(figures)


@pytest.mark.shared
def test_spans_on_the_gold_texts(extractor):
    path = Path(__file__).resolve().parents[2] / "shared" / "data" / "gold" / "dev" / "relations.jsonl"
    if not path.is_file():
        pytest.skip("needs ../shared, the development data")
    for line in path.read_text(encoding="utf-8").splitlines()[:20]:
        gold = json.loads(line)
        reading = extractor.read(gold["id"], gold["title"], gold["text"])
        text = f"{gold['title']}\n{gold['text']}"
        for found_relation in reading.relations:
            for slot in filter(
                None, (*found_relation.drug, found_relation.mechanism, found_relation.outcome)
            ):
                assert text[slot.start : slot.end] == slot.text


def test_arms_named_by_letters(extractor):
    text = "Women had paclitaxel plus epirubicin (PE) or vinorelbine plus epirubicin (NE). NE increased the pCR rate."
    relations = [r for r in extractor.read("r", "", text).relations if r.outcome_type == "response_rate"]
    assert [(r.drug[0].text, r.drug[0].name) for r in relations] == [("NE", "vinorelbine + epirubicin")]
    assert find_arms("T cells and taxanes (T) rose", (), ()) == {}


def test_a_response_of_cells_is_sensitivity():
    assert is_preclinical("BT474 cells and two cell lines grew in mice.")
    assert not is_preclinical("Forty patients were enrolled; their cells were kept.")


@pytest.mark.parametrize(
    ("text", "drug", "direction"),
    [
        (
            "Median progression-free survival was 15.0 months with {} and 3.0 months with {} (HR 0.25).",
            0,
            "increases",
        ),
        (
            "Median progression-free survival was 3.0 months with {} and 15.0 months with {} (HR 0.25).",
            0,
            "decreases",
        ),
        ("The objective response rate was 79.7% (95% CI 74-84) for {} versus 34.2% for {}.", 0, "increases"),
    ],
)
def test_printed_figures_of_two_arms_give_the_sign(extractor, text, drug, direction):
    names = ("trastuzumab deruxtecan", "lapatinib")
    relations = extractor.read("r", "", text.format(*names)).relations
    found_directions = {r.direction for r in relations if [slot.name for slot in r.drug] == [names[drug]]}
    assert found_directions == {direction}
