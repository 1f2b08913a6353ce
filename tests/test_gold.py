"""annotations/gold: its format, its spans, its ties to the bundled digests, and that the measures run on it."""

import json
from pathlib import Path
from typing import get_args

import pytest

from litmine.annotations import from_gold
from litmine.evaluate.retrieval import read_qrels
from litmine.files import read_jsonl
from litmine.sources import digests
from litmine.types import AssertionKind, Direction, MechanismClass, OutcomeType

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "annotations" / "gold"
DOCUMENTS = list(
    read_jsonl(GOLD / "relations.jsonl", ("id", "source", "title", "text", "sentences", "relations"))
)


@pytest.fixture(scope="module")
def bundled():
    path = ROOT / "corpora" / "her2_resistance" / "seeds" / "digests.jsonl"
    return {record.id: record for record in digests.read(path)}


def test_enough_and_spread_out():
    assert len(DOCUMENTS) >= 25
    assert [d["id"] for d in DOCUMENTS] == sorted({d["id"] for d in DOCUMENTS})
    relations = [relation for document in DOCUMENTS for relation in document["relations"]]
    assert {r["outcome_type"] for r in relations} == set(get_args(OutcomeType))
    assert {r["direction"] for r in relations} == set(get_args(Direction))
    assert {r["assertion"] for r in relations} == set(get_args(AssertionKind))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d["id"])
def test_a_document_keeps_the_format(document, bundled):
    record = bundled[document["id"]]
    assert (document["source"], document["title"], document["text"]) == ("digest", record.title, record.text)
    whole = record.document
    assert document["relations"]
    assert document["sentences"] == sorted(document["sentences"])
    seen = set()
    for relation in document["relations"]:
        start, end = document["sentences"][relation["sentence"]]
        spans = [*relation["drug"], *filter(None, (relation["mechanism"], relation["outcome"]))]
        for span in spans:
            assert whole[span["start"] : span["end"]] == span["text"]
            assert start <= span["start"] < span["end"] <= end
        for named in (*relation["drug"], *filter(None, (relation["mechanism"],))):
            assert named["name"]
        assert sum(map(bool, (relation["drug"], relation["mechanism"], relation["outcome"]))) >= 2
        assert relation["outcome_type"] in get_args(OutcomeType)
        assert relation["direction"] in get_args(Direction)
        assert relation["assertion"] in get_args(AssertionKind)
        assert relation["direction"] == "no_effect" or relation["assertion"] != "negated"
        assert (relation["mechanism"] is None) is (relation["mechanism_class"] is None)
        assert relation["mechanism_class"] in (None, *get_args(MechanismClass))
        assert relation["outcome"] or relation["outcome_type"] == "pathway"
        assert all(value in whole[start:end] for value in relation["values"])
        key = json.dumps([relation[part] for part in ("sentence", "drug", "mechanism", "outcome")])
        assert key not in seen, "the same slots twice in one sentence"
        seen.add(key)
    assert len(from_gold(document).relations) == len(document["relations"])


def test_the_measure_runs_and_gold_scores_full_against_itself(tmp_path: Path):
    from litmine.cli import _run
    from litmine.relations import score

    assert (
        _run(["eval", "relations", str(GOLD / "relations.jsonl"), "--out", str(tmp_path / "out.jsonl")]) == 0
    )
    predicted = list(read_jsonl(tmp_path / "out.jsonl"))
    measures = score(DOCUMENTS, predicted)
    assert measures["span_errors"] == 0
    assert measures["core"]["f1"] > 0.3
    assert score(DOCUMENTS, DOCUMENTS)["core_assertion"]["f1"] == 1


def test_queries_and_judgements(bundled):
    queries = {query["_id"]: query["text"] for query in read_jsonl(GOLD / "queries.jsonl", ("_id", "text"))}
    assert len(queries) >= 30
    assert len(set(queries.values())) == len(queries)
    relevance = read_qrels(GOLD / "qrels" / "test.tsv")
    assert set(relevance) == set(queries)
    for judged in relevance.values():
        assert set(judged) <= set(bundled)
        assert set(judged.values()) <= {0, 1, 2}
        assert 2 in judged.values()
    assert sum(0 in judged.values() for judged in relevance.values()) >= 25
