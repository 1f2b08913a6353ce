"""Stance, verdicts and citation checks on invented claims and records; the search is a stand-in."""

import random
import re
from dataclasses import replace

import pytest

from litmine.annotations import Curation
from litmine.annotations.curation import Decision
from litmine.assess import assess, judge, judge_statements, stance_scores, statement
from litmine.assess.slots import unlisted_names
from litmine.assess.verdict import decide_clause
from litmine.types import (
    Claim,
    Clause,
    Entity,
    Evidence,
    Hit,
    Reading,
    Record,
    Reference,
    ReferenceMatch,
    Relation,
    Review,
    ReviewSentence,
    Sentence,
    Slot,
)

DRUGS = {"alfamab": "GEN9", "betanib": "GEN9", "anti-GEN9 therapy": "GEN9"}


def entity(kind: str, name: str, text: str, start: int = 0) -> Entity:
    at = start + text.index(name)
    attributes = (("target", DRUGS[name]),) if name in DRUGS else ()
    return Entity(kind, at, at + len(name), name, name, "", attributes)


def relation(
    drugs=(), mechanism="", outcome="resistance", direction="increases", assertion="asserted", sentence=0
) -> Relation:
    return Relation(
        sentence,
        tuple(Slot(0, 1, d, d) for d in drugs),
        Slot(0, 1, mechanism, mechanism) if mechanism else None,
        None,
        Slot(0, 1, outcome, outcome),
        outcome,
        direction,
        assertion,
    )


def stance_of(
    asked: Relation,
    found: Relation,
    claim="GEN1 makes tumours resist alfamab.",
    evidence="It did or did not differ.",
):
    return judge(claim, [asked], evidence, [found]).stance


GEN1 = relation(["alfamab"], "GEN1")


@pytest.mark.parametrize(
    ("found", "stance"),
    [
        (relation(["alfamab"], "GEN1"), "supports"),
        (relation(["alfamab"], "GEN1", direction="decreases"), "contradicts"),
        (relation(["alfamab"], "GEN1", "sensitivity", "decreases"), "supports"),
        (relation(["alfamab"], "GEN1", "sensitivity", "increases"), "contradicts"),
        (relation(["alfamab"], "GEN1", direction="no_effect", assertion="negated"), "no_effect"),
        (relation(["alfamab"], "GEN1 knockdown", direction="decreases"), "supports"),
        (relation(["alfamab"], "GEN1 loss"), "contradicts"),
        (relation(["alfamab"], "GEN1", "survival", "decreases"), "supports"),
        (relation(["alfamab"], "GEN1", "survival", "increases"), "qualifies"),
        (relation(["alfamab", "betanib"], "GEN1"), "supports"),
        (relation(["alfamab", "betanib"], "GEN1", direction="decreases"), "qualifies"),
        (relation(["betanib"], "GEN1"), "not_comparable"),
        (relation(["alfamab"], "GEN2"), "silent"),
        (relation(["alfamab"], "GEN1", "toxicity"), "silent"),
        (relation(["alfamab"], "GEN1", assertion="aim"), "silent"),
        (relation(["alfamab"], ""), "silent"),
    ],
)
def test_relations(found, stance):
    assert stance_of(GEN1, found) == stance


@pytest.mark.parametrize(
    ("evidence", "stance"),
    [
        ("GEN1 raised resistance to alfamab.", "supports"),
        ("What GEN1 does to resistance to alfamab was unclear.", "silent"),
        ("Whether GEN1 raises resistance to alfamab is not known.", "silent"),
        ("That GEN1 raised resistance to alfamab was unclear before; now it is shown.", "supports"),
        ("For resistance GEN2 mattered but GEN1 alone did not (P=0.25).", "silent"),
        ("GEN1 raised resistance, and cells without GEN1 did not grow.", "supports"),
    ],
)
def test_what_a_sentence_leaves_open_or_takes_back_is_no_evidence(evidence, stance):
    assert stance_of(GEN1, relation(["alfamab"], "GEN1"), evidence=evidence) == stance


def test_a_class_stands_for_its_member_but_does_not_contradict():
    claim, text = "GEN1 makes tumours resist alfamab.", "GEN1 and anti-GEN9 therapy."
    wanted = {"claim_entities": [entity("drug", "alfamab", claim)]}
    given = {"evidence_entities": [entity("drug_class", "anti-GEN9 therapy", text)]}
    found = relation(["anti-GEN9 therapy"], "GEN1")
    assert judge(claim, [GEN1], text, [found], **wanted, **given).stance == "supports"
    opposite = relation(["anti-GEN9 therapy"], "GEN1", direction="decreases")
    assert judge(claim, [GEN1], text, [opposite], **wanted, **given).stance == "qualifies"


def test_sharing_only_what_every_text_names_aligns_nothing():
    asked, found = relation(["alfamab"], "HER2"), relation(["alfamab"], "HER2")
    assert stance_of(asked, found) == "silent"
    assert (
        stance_of(relation(["alfamab"], "HER2 mutation"), relation(["alfamab"], "HER2 mutation"))
        == "supports"
    )


def test_a_denied_effect_of_a_drug_needs_a_comparison():
    asked, found = (
        relation(["alfamab"], "", "survival"),
        relation(["alfamab"], "", "survival", "no_effect", "negated"),
    )
    claim = "Alfamab lengthens survival."
    assert stance_of(asked, found, claim, "Survival did not differ, 12 versus 13 months.") == "no_effect"
    assert stance_of(asked, found, claim, "Genotype was not correlated with survival.") == "qualifies"


def test_tumour_and_system_are_gated():
    asked = statement("In patients with breast cancer GEN1 marks resistance to alfamab.", [GEN1])
    other = statement("In gastric cancer GEN1 marks resistance.", [relation(["alfamab"], "GEN1")])
    found = judge_statements(asked, other)
    assert (found.stance, found.comparability) == ("not_comparable", "other tumour: gastric")
    mice = statement("In mice GEN1 marks resistance.", [relation(["alfamab"], "GEN1")])
    assert "animals" in judge_statements(asked, mice).comparability


@pytest.mark.parametrize(
    ("evidence", "stance"),
    [
        ("Brain metastasis arose in 50% of those with GEN1 tumours.", "supports"),
        ("Brain metastasis arose in 24.9% of those with GEN1 tumours.", "contradicts"),
        ("Response was seen in 24.9% of those with GEN1 tumours.", "silent"),
    ],
)
def test_figures(evidence, stance):
    claim = "Brain metastasis develops in 50% of GEN1 tumours."
    found = judge(
        claim,
        [],
        evidence,
        [],
        claim_entities=[entity("gene", "GEN1", claim)],
        evidence_entities=[entity("gene", "GEN1", evidence)],
    )
    assert found.stance == stance


@pytest.mark.parametrize(
    ("evidence", "stance"),
    [
        ("With GEN1, brain metastasis develops in 50% of resistant tumours.", "supports"),
        ("With GEN1, brain metastasis develops in 50% of sensitive tumours.", "qualifies"),
        ("With GEN1, brain metastasis develops in 20% of resistant tumours.", "contradicts"),
        ("With GEN1, brain metastasis develops in 20% of sensitive tumours.", "qualifies"),
        ("With GEN1, brain metastasis develops in 50% of all.", "supports"),
    ],
)
def test_figures_are_compared_within_one_group(evidence, stance):
    claim = "With GEN1, brain metastasis develops in 50% of resistant tumours."
    named = {
        f"{side}_entities": [entity("gene", "GEN1", text)]
        for side, text in (("claim", claim), ("evidence", evidence))
    }
    assert judge(claim, [], evidence, [], **named).stance == stance


def test_figures_of_another_trial_do_not_contradict():
    claim, evidence = "PFS on alfamab was 18.1 months.", "PFS on alfamab was 9.0 months."
    entities = {
        "claim_entities": [entity("drug", "alfamab", claim)],
        "evidence_entities": [entity("drug", "alfamab", evidence)],
    }
    assert judge(claim, [], evidence, [], **entities).stance == "qualifies"


def test_presence_stated_and_denied():
    claim = "NK cells express GEN1 on their surface."
    wanted = [entity("cell", "NK cells", claim), entity("gene", "GEN1", claim)]
    for evidence, stance in (
        ("NK cells of mice lacked GEN1 in all tests.", "contradicts"),
        ("Resting NK cells express GEN1 at low density.", "supports"),
        ("Low survival was associated with no GEN1 on NK cells.", "silent"),
    ):
        given = [entity("cell", "NK cells", evidence), entity("gene", "GEN1", evidence)]
        found = judge(claim, [], evidence, [], claim_entities=wanted, evidence_entities=given)
        assert found.stance == stance, evidence


def test_like_words_alone_never_count():
    claim = "GEN1 matters with GEN2 in the resistant breast tumours of a great many of all patients."
    entities = [entity("gene", "GEN1", claim), entity("gene", "GEN2", claim)]
    found = judge(claim, [], claim, [], claim_entities=entities, evidence_entities=entities)
    assert found.stance == "silent"


def piece(stance="supports", group="g1", level="B1", score=0.9, **fields) -> Evidence:
    base = {"record_id": f"PMID:{group}", "text": "x", "start": 0, "end": 1, "rule": "test"}
    return Evidence(**(base | fields), stance=stance, score=score, level=level, group=group)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        ([piece()], "supported"),
        ([piece("contradicts")], "contradicted"),
        ([piece(), piece("contradicts", "g2")], "mixed"),
        ([piece(level="A"), piece(group="g3", level="A"), piece("contradicts", "g2", "D1")], "supported"),
        ([piece("no_effect")], "contradicted"),
        ([piece("contradicts", level="D1")], "insufficient"),
        ([piece(pointer=True)], "insufficient"),
        ([piece(retracted=True)], "untested"),
        ([piece(score=0.5)], "insufficient"),
        ([piece("qualifies")], "insufficient"),
        ([piece("not_comparable")], "not_comparable_only"),
        ([piece("silent")], "untested"),
        ([], "untested"),
    ],
)
def test_clause_verdicts(evidence, verdict):
    decision = decide_clause(evidence)
    if verdict == "untested" and evidence and evidence[0].retracted:
        assert decision.verdict in {"untested", "insufficient"}
        assert "retracted" in decision.reason
    else:
        assert decision.verdict == verdict


def test_one_group_counts_once():
    assert decide_clause([piece(), piece(record_id="PMID:x"), piece(group="g2")]).supporting.groups == (
        "g1",
        "g2",
    )


# A small corpus: one claim sentence, records that speak for and against it.

CLAIM = "GEN1 makes breast tumours resist alfamab [1]."


class Store:
    def __init__(self, records):
        self._records = records

    def records(self, ids=None):
        return iter(self._records)


class Finder:
    """Answers every query with the last sentence of every record."""

    def __init__(self, readings):
        self._readings = readings

    def search_many(self, queries, *, k=10):
        hits = [
            Hit(r.record_id, s.index, s.start, s.end, s.text, 0.5, (("dense", 0.5),))
            for r in self._readings
            for s in r.sentences[-1:]
        ]
        return [hits[:k] for _ in queries]


def reading_of(record: Record, *relations: Relation) -> Reading:
    document, spans = record.document, []
    for m in re.finditer(r"[^\n]+?(?:\.(?= )|$|\n)", document):
        text = m[0].strip()
        start = document.index(text, m.start())
        spans.append((start, start + len(text), text))
    sentences = tuple(Sentence(n, a, b, t, "title" if n == 0 else "") for n, (a, b, t) in enumerate(spans))
    entities = tuple(
        Entity(kind, m.start(), m.end(), name, name)
        for name, kind in (("alfamab", "drug"), ("betanib", "drug"), ("GEN1", "gene"), ("GEN2", "gene"))
        for m in re.finditer(name, document)
    )
    last = len(sentences) - 1
    moved = tuple(
        Relation(last, r.drug, r.mechanism, None, r.outcome, r.outcome_type, r.direction, r.assertion)
        for r in relations
    )
    return Reading(record.id, sentences, entities, moved)


def study(number: int, sentence: str, *relations: Relation, title="A study of breast cancer", **fields):
    base = {"study_context": "clinical", "depth": "abstract", "year": 2019, "authors": (f"Author {number}",)}
    record = Record(f"PMID:{number}", title, sentence, **(base | fields))
    return record, reading_of(record, *relations)


def claim_of(text=CLAIM, relations=(GEN1,), cited=(1,)) -> Claim:
    entities = tuple(
        sorted(
            (
                Entity(kind, m.start(), m.end(), name, name)
                for name, kind in (("alfamab", "drug"), ("GEN1", "gene"), ("GEN2", "gene"))
                for m in re.finditer(name, text)
            ),
            key=lambda e: e.start,
        )
    )
    clause = Clause(0, len(text), text, cited, tuple(relations), (), text)
    return Claim(
        "C001", "2. Drugs", text, 0, len(text), "mechanism", cited, (clause,), tuple(relations), entities
    )


def match_of(record_id, status="matched", kind="article") -> ReferenceMatch:
    return ReferenceMatch(Reference(1, "printed", year=2020, kind=kind), status, record_id, 0.9)


def run(studies, claim=None, match=None, curation=None, restated=False):
    records, readings = [s[0] for s in studies], [s[1] for s in studies]
    claim = claim or claim_of()
    review = Review(
        "R", claim.text, (), (ReviewSentence(0, len(claim.text), claim.text, 0),), (), restated=restated
    )
    (result,) = assess(
        [claim],
        searcher=Finder(sorted(readings, key=lambda r: r.record_id)),
        corpus=Store(records),
        readings=readings,
        matches=[match] if match else [],
        review=review,
        curation=curation,
    )
    return result


FOR = study(1, "In patients GEN1 went with resistance to alfamab.", GEN1)
AGAINST = study(
    2, "In patients GEN1 made tumours sensitive to alfamab.", relation(["alfamab"], "GEN1", "sensitivity")
)
ELSEWHERE = study(3, "In patients betanib was tested.", relation(["betanib"], "", "survival"))


def test_supported_with_verbatim_evidence_and_a_backing_citation():
    result = run([FOR, ELSEWHERE], match=match_of("PMID:1"))
    assert result.verdict == "supported"
    assert 0 < result.confidence <= 1
    assert "B2" in result.strength
    assert result.citation_check[0].status == "backs"
    documents = {r.id: r.document for r, _ in (FOR, ELSEWHERE)}
    for evidence in result.evidence:
        assert documents[evidence.record_id][evidence.start : evidence.end] == evidence.text
    assert result.evidence[0].cited
    assert any("weight" in line for line in result.trail)


def test_verdict_does_not_depend_on_the_order_of_records():
    studies = [FOR, AGAINST, ELSEWHERE]
    first = run(studies, match=match_of("PMID:1"))
    assert first.verdict == "mixed"
    for seed in range(5):
        shuffled = random.Random(seed).sample(studies, 3)
        assert run(shuffled, match=match_of("PMID:1")) == first


def test_retracted_records_are_shown_and_count_for_nothing():
    retracted = study(1, "In patients GEN1 went with resistance to alfamab.", GEN1, retracted=True)
    result = run([retracted], match=match_of("PMID:1"))
    assert result.verdict != "supported"
    assert result.evidence[0].retracted
    assert result.citation_check[0].status == "does_not_back"
    assert "retracted" in result.citation_check[0].reason


def test_reviews_point_and_do_not_count():
    pointer = study(1, "GEN1 is said to bring resistance to alfamab.", GEN1, study_context="review")
    result = run([pointer])
    assert result.verdict == "insufficient"
    assert "reviews" in result.reason


@pytest.mark.parametrize(
    ("source", "match", "status", "word"),
    [
        (FOR, None, "cannot_tell", "no such number"),
        (FOR, match_of(None, "unresolved"), "cannot_tell", "could not be matched"),
        (FOR, match_of(None, "unresolved", "thesis"), "cannot_tell", "thesis"),
        (FOR, match_of(None, "not_fetched"), "cannot_tell", "not fetched"),
        (study(1, "", title="GEN1 and alfamab", depth="title"), match_of("PMID:1"), "cannot_tell", "title"),
        (AGAINST, match_of("PMID:2"), "does_not_back", "otherwise"),
        (ELSEWHERE, match_of("PMID:3"), "does_not_back", "other drug"),
        (
            study(1, "GEN1 was measured with alfamab at hand."),
            match_of("PMID:1"),
            "cannot_tell",
            "on the topic",
        ),
        (
            study(1, "Patients got betanib or placebo added to alfamab, GEN1 aside."),
            match_of("PMID:1"),
            "does_not_back",
            "all arms alike",
        ),
    ],
)
def test_citation_check(source, match, status, word):
    check = run([source], match=match).citation_check[0]
    assert check.status == status
    assert word in check.reason


def hedged(item: Relation) -> Relation:
    return replace(item, assertion="hedged")


@pytest.mark.parametrize(
    ("claimed", "stated", "depth", "restated", "drift"),
    [
        (GEN1, hedged(GEN1), "abstract", False, "firmer"),
        (hedged(GEN1), GEN1, "abstract", False, "softer"),
        (GEN1, GEN1, "abstract", False, ""),
        (hedged(GEN1), hedged(GEN1), "abstract", False, ""),
        (GEN1, hedged(GEN1), "digest", False, ""),
        (GEN1, hedged(GEN1), "abstract", True, ""),
    ],
)
def test_hedge_drift_between_own_words_only(claimed, stated, depth, restated, drift):
    source = study(1, "In patients GEN1 may go with resistance to alfamab.", stated, depth=depth)
    result = run([source], claim_of(relations=(claimed,)), match_of("PMID:1"), restated=restated)
    (evidence,) = [e for e in result.evidence if e.stance == "supports"]
    assert evidence.hedge_drift == drift
    assert ("outright" in result.citation_check[0].reason) is bool(drift)
    assert any("hedge drift" in line for line in result.trail) is bool(drift)


def test_records_that_speak_of_a_claim_are_counted_by_year():
    late = study(4, "In patients GEN1 went with resistance to alfamab.", GEN1, year=2022)
    result = run([FOR, AGAINST, ELSEWHERE, late], match=match_of("PMID:1"))
    assert result.by_year == ((2019, 2), (2022, 1))
    (told,) = [line for line in result.trail if "by year" in line]
    assert "2019: 2, 2022: 1; 1 of them from the review's year (2020) on" in told


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("Cells of the tumour were resistant to apoptosis induced by alfamab.", "silent"),
        ("Alfamab induced apoptosis in the tumour.", "supports"),
    ],
)
def test_what_cells_withstand_is_no_effect_of_the_drug(sentence, stance):
    effect = relation(["alfamab"], "", "apoptosis")
    claim = statement("Alfamab raises apoptosis in the tumour.", [effect], [])
    assert judge_statements(claim, statement(sentence, [effect], [])).stance == stance


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("Lung toxicity was more frequent with alfamab.", "silent"),
        ("Immune-mediated toxicity was more frequent with alfamab.", "supports"),
    ],
)
def test_one_kind_of_harm_is_not_another(sentence, stance):
    harm = relation(["alfamab"], "", "toxicity")
    claim = statement("Alfamab raises the rate of immune-related adverse events.", [harm], [])
    assert judge_statements(claim, statement(sentence, [harm], [])).stance == stance


def test_the_same_cell_alone_aligns_nothing():
    cell = relation([], "T cells", "resistance")
    claim = statement("Abnormal receptors make T cells resistant.", [cell], [])
    found = judge_statements(claim, statement("In T cells resistance was common.", [cell], []))
    assert (found.stance, "only the cell" in found.rule) == ("qualifies", True)


def test_a_name_that_no_vocabulary_knows_must_be_printed():
    text = "GEN1 makes VIR-infected cells resist alfamab."
    names = unlisted_names(text, 0, [Entity("gene", 0, 4, "GEN1", "GEN1")], text)
    assert names == {"vir"}
    assert unlisted_names("Tumours (TUM) resist.", 0, [], "Tumours (TUM) resist.") == frozenset()
    claim = statement(text, [GEN1], [], names=names)
    said = "GEN1 went with resistance to alfamab"
    assert judge_statements(claim, statement(f"{said}.", [GEN1], [])).stance == "qualifies"
    assert judge_statements(claim, statement(f"{said} in VIR infection.", [GEN1], [])).stance == "supports"
    titled = statement(f"{said}.", [GEN1], [], record_title="VIR and cells")
    assert judge_statements(claim, titled).stance == "supports"


def test_a_share_of_the_patients_needs_a_sentence_that_counts():
    effect = relation(["alfamab"], "", "sensitivity")
    claim = statement("A small part of the patients answers to alfamab.", [effect], [])
    plain = statement("Patients answered to alfamab.", [effect], [])
    assert judge_statements(claim, plain).stance == "qualifies"
    counted = statement("A minority of patients answered to alfamab.", [effect], [])
    assert judge_statements(claim, counted).stance == "supports"


def test_the_only_one_is_more_than_one():
    claim = statement("GEN1 is the sole cause of resistance to alfamab.", [GEN1], [])
    one = statement("GEN1 causes resistance to alfamab.", [GEN1], [])
    assert judge_statements(claim, one).stance == "qualifies"
    only = statement("Only GEN1 causes resistance to alfamab.", [GEN1], [])
    assert judge_statements(claim, only).stance == "supports"


def test_a_topic_in_plain_words_is_no_other_topic():
    text = "Alfamab calms inflammation and fibrillation."
    kinds = (("Alfamab", "drug"), ("inflammation", "process"), ("fibrillation", "process"))
    entities = tuple(
        Entity(kind, text.index(name), text.index(name) + len(name), name, name) for name, kind in kinds
    )
    claim = replace(claim_of(text, ()), entities=entities)
    for words, status in (
        ("inflammatory and fibrillating hearts", "cannot_tell"),
        ("bones", "does_not_back"),
    ):
        source = study(1, f"The paper is on {words}.")
        assert run([source], claim, match_of("PMID:1")).citation_check[0].status == status


def test_a_person_decides():
    curation = Curation(verdicts={"C001": Decision("contradicted", "A. Reader", "read it in full")})
    result = run([FOR], curation=curation)
    assert result.verdict == "contradicted"
    assert "A. Reader" in result.curated
    curation = Curation(stances={("C001", "PMID:1"): Decision("silent", "A. Reader", "another GEN1")})
    assert run([FOR], curation=curation).verdict != "supported"


class NoReader:
    """Splits at full stops and finds nothing."""

    def read(self, record_id, title, text, sections=()):
        parts = [m.span() for m in re.finditer(r"[^.]+\.?", text)]
        sentences = tuple(Sentence(n, a + 1, b + 1, text[a:b]) for n, (a, b) in enumerate(parts))
        return Reading(record_id, sentences)


def test_stance_scores_sum_to_one_and_always_guess():
    result = stance_scores("Alfamab lengthened survival.", "Survival was longer with alfamab.", NoReader())
    assert result["label"] in result["scores"]
    assert sum(result["scores"].values()) == pytest.approx(1.0)
    assert result["scores"][result["label"]] == max(result["scores"].values())
    assert isinstance(result["abstained"], bool)
    assert stance_scores("Alfamab cures.", "", NoReader())["label"]
