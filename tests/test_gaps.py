"""Gap codes and their triggers, queries, and what the review lacks, on invented assessments."""

import pytest

from litmine.gaps import CODES, claim_query, find_gaps, missing_from_review, rank_gaps
from litmine.types import (
    Assessment,
    CitationCheck,
    Claim,
    Clause,
    Entity,
    Evidence,
    Grade,
    Reading,
    Record,
    Relation,
    Review,
    Sentence,
    Slot,
)


class Words:
    def synonyms(self, name, limit=12):
        return {"alfamab": ("alfamab", "Brand A", "AB-1")}.get(name, (name,))[:limit]


def claim(kind="clinical_outcome", cited=(1,), judged=True, identifier="C001", entities=None) -> Claim:
    text = "Patients with breast cancer on alfamab with GEN1 relapsed."
    if entities is None:
        entities = (Entity("drug", 0, 1, "alfamab", "alfamab"), Entity("gene", 0, 1, "GEN1", "GEN1"))
    clause = Clause(0, len(text), text, cited)
    return Claim(identifier, "s", text, 0, len(text), kind, cited, (clause,), (), entities, judged)


def piece(group="g1", stance="supports", level="A", text="x", **fields) -> Evidence:
    return Evidence(
        f"PMID:{group}",
        text,
        0,
        len(text),
        stance,
        0.9,
        "rule",
        level=level,
        group=group,
        year=2015,
        **fields,
    )


def assessed(verdict="supported", evidence=(), checks=(), **fields) -> Assessment:
    return Assessment(claim(**fields), verdict, 0.5, "", "reason", "change", tuple(evidence), tuple(checks))


def codes(assessment, **options) -> list[str]:
    return [gap.code for gap in find_gaps(assessment, lexicon=Words(), **options)]


@pytest.mark.parametrize(
    ("assessment", "expected"),
    [
        (assessed("untested"), ["A1"]),
        (assessed("supported", [piece()]), ["R"]),
        (assessed("supported", [piece(), piece("g2")]), ["A2"]),
        (assessed("supported", [piece(), piece("g2"), piece("g3")]), []),
        (assessed("mixed", [piece(), piece("g2", "contradicts")]), ["C", "A2"]),
        (assessed("supported", [piece(level="D1")]), ["D", "R"]),
        (assessed("supported", [piece(level="D1"), piece("g2", level="D2")]), ["T", "A2"]),
        (assessed("supported", [piece(level="B2")]), ["R", "B"]),
        (assessed("supported", [piece(text="HR 0.9 (95% CI 0.7-1.2)")]), ["R", "A4"]),
        (
            assessed("not_comparable_only", [piece(stance="not_comparable", comparability="other drug: x")]),
            ["D"],
        ),
        (assessed("supported", [piece(), piece("g2", "qualifies", newer=True)]), ["R", "O"]),
        (assessed("untested", cited=()), ["A1", "U"]),
        (assessed("not_judged", judged=False), []),
        (
            assessed("supported", [piece()], [CitationCheck(1, "PMID:1", "does_not_back", "other drug")]),
            ["M", "R"],
        ),
        (assessed("supported", [piece()], [CitationCheck(1, None, "cannot_tell", "not fetched")]), ["R"]),
    ],
)
def test_triggers(assessment, expected):
    assert sorted(codes(assessment)) == sorted(expected)
    assert set(expected) <= set(CODES)


def test_no_study_says_whether_pubmed_was_asked():
    (offline,) = find_gaps(assessed("untested"), lexicon=Words())
    assert "PubMed was not asked" in offline.message
    (online,) = find_gaps(assessed("untested"), lexicon=Words(), hits=0)
    assert "PubMed was asked" in online.message
    assert codes(assessed("untested"), hits=7) == []


def test_small_samples():
    grades = {"PMID:g1": Grade("A", "trial", "cue", n=20)}
    assert "A3" in codes(assessed("supported", [piece()]), grades=grades)
    grades = {"PMID:g1": Grade("A", "trial", "cue", n=200)}
    assert "A3" not in codes(assessed("supported", [piece()]), grades=grades)


def test_rank_is_stable_and_spreads_over_claims():
    lexicon = Words()
    assessments = []
    for identifier in ("C001", "C002"):
        one = assessed("mixed", [piece(), piece("g2", "contradicts")], identifier=identifier)
        assessments.append(
            Assessment(
                one.claim, one.verdict, 0.5, "", "", "", one.evidence, gaps=find_gaps(one, lexicon=lexicon)
            )
        )
    ranked = rank_gaps(assessments)
    assert [(g.claim_id, g.code) for g in ranked[:2]] == [("C001", "C"), ("C002", "C")]
    assert ranked == rank_gaps(assessments[::-1])
    assert all(g.query and g.would_change for g in ranked)


def test_query_is_readable_and_closed():
    query = claim_query(claim(), Words())
    assert 'alfamab[tiab] OR "Brand A"[tiab]' in query
    assert "GEN1[tiab]" in query
    assert '"breast neoplasms"[MeSH Terms]' in query
    assert query.count("(") == query.count(")")
    assert claim_query(claim(entities=(), kind="background"), Words())


def test_missing_needs_two_groups_and_no_mention():
    def record(number, drug, mechanism="GEN7", pointer=False):
        sentence = f"On {drug}, {mechanism} lowered survival."
        item = Record(
            f"PMID:{number}",
            "T",
            sentence,
            authors=(f"A{number}",),
            study_context="review" if pointer else "clinical",
        )
        entities = (Entity("drug", 0, 1, drug, drug), Entity("gene", 0, 1, mechanism, mechanism))
        found = Relation(
            1,
            (Slot(0, 1, drug, drug),),
            Slot(0, 1, mechanism, mechanism),
            None,
            None,
            "survival",
            "decreases",
            "asserted",
        )
        sentences = (Sentence(0, 0, 1, "T", "title"), Sentence(1, 2, 2 + len(sentence), sentence))
        return item, Reading(item.id, sentences, entities, (found,))

    made = [
        record(1, "gammanib"),
        record(2, "gammanib"),
        record(3, "deltanib"),
        record(4, "alfamab"),
        record(5, "alfamab", "GEN1"),
        record(6, "deltanib", pointer=True),
    ]
    records = {r.id: r for r, _ in made}
    readings = {r.record_id: r for _, r in made}
    grades = {
        r.id: Grade("E" if r.study_context == "review" else "B1", "d", "c", r.study_context == "review")
        for r, _ in made
    }
    text = "Alfamab meets GEN1; gamanib is not gammanib's name."
    found = missing_from_review(
        [claim()], Review("R", "Alfamab and GEN1.", (), (), ()), readings, records, grades
    )
    assert [(t.drug, t.mechanism, t.groups) for t in found] == [
        ("gammanib", "GEN7", 4),
        ("gammanib", "GEN7", 2),
    ]
    for topic in found:
        assert topic.example is not None
        assert (
            records[topic.example.record_id].document[topic.example.start : topic.example.end]
            == topic.example.text
        )
    misprint = missing_from_review(
        [claim()], Review("R", text.replace("gammanib", ""), (), (), ()), readings, records, grades
    )
    assert all(topic.mechanism == "GEN7" and topic.groups == 4 for topic in misprint)
