"""`eval retrieval`: measures equal trec_eval's on worked examples; a run in TREC's format; broken input told."""

import json
import math

import pytest
from words_embedder import WordsEmbedder

from litmine.embedders import EMBEDDERS, load_embedder
from litmine.errors import InputError
from litmine.evaluate import retrieval
from litmine.evaluate.retrieval import (
    average_precision,
    evaluate_retrieval,
    in_trec_order,
    measure,
    ndcg,
    recall,
)

DOCUMENTS = {
    "d1": ("Amber", "Loss of amber blunts bluomab in mice."),
    "d2": ("Coral", "Coral gain restored sensitivity."),
    "d3": ("", "Unrelated words about weather."),
}


@pytest.fixture
def beir(tmp_path, monkeypatch):
    monkeypatch.setitem(EMBEDDERS, "words", WordsEmbedder)
    load_embedder.cache_clear()
    (tmp_path / "qrels").mkdir()
    lines = [json.dumps({"_id": i, "title": title, "text": text}) for i, (title, text) in DOCUMENTS.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines))
    queries = {"q1": "amber and bluomab", "q2": "sensitivity with coral", "q3": "not judged"}
    (tmp_path / "queries.jsonl").write_text(
        "\n".join(json.dumps({"_id": i, "text": t}) for i, t in queries.items())
    )
    (tmp_path / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\nq2\td3\t1\n"
    )
    yield tmp_path
    load_embedder.cache_clear()


def test_measures_of_a_worked_example():
    judged = {"a": 2, "b": 1, "c": 0, "x": 1}
    ranked = ["c", "b", "z", "a"]
    ideal = 2 + 1 / math.log2(3) + 1 / 2
    assert ndcg(ranked, judged, 10) == pytest.approx((1 / math.log2(3) + 2 / math.log2(5)) / ideal)
    assert ndcg(ranked, judged, 2) == pytest.approx((1 / math.log2(3)) / (2 + 1 / math.log2(3)))
    assert recall(ranked, judged, 2) == pytest.approx(1 / 3)
    assert average_precision(ranked, judged) == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert ndcg([], judged, 10) == recall([], judged, 10) == average_precision(ranked, {"c": 0}) == 0
    assert measure({}, {"q": judged})["map"] == 0


def test_ties_are_broken_as_trec_eval_breaks_them():
    assert in_trec_order([("a", 0.5), ("c", 0.5), ("b", 0.9)]) == [("b", 0.9), ("c", 0.5), ("a", 0.5)]


def test_run_and_measures(beir):
    out = beir / "run.trec"
    measures = evaluate_retrieval(beir, "test", out, embedder="words", cache_dir=beir / "cache")
    assert (measures["queries"], measures["documents"]) == (2, 3)
    assert measures["recall@100"] == 1
    assert set(measures) >= {"ndcg@10", "map", "dense", "lexical"}
    rows = [line.split() for line in out.read_text().splitlines()]
    assert {row[0] for row in rows} == {"q1", "q2"}
    assert [rows[0][i] for i in (0, 1, 2, 3, 5)] == ["q1", "Q0", "d1", "1", "litmine"]
    for query in ("q1", "q2"):
        scores = [float(row[4]) for row in rows if row[0] == query]
        assert scores == sorted(scores, reverse=True)
        assert [int(row[3]) for row in rows if row[0] == query] == list(range(1, len(scores) + 1))
    run = {q: [(row[2], float(row[4])) for row in rows if row[0] == q] for q in ("q1", "q2")}
    assert measure(run, retrieval.read_qrels(beir / "qrels" / "test.tsv"))["ndcg@10"] == measures["ndcg@10"]


def test_order_of_the_corpus_changes_nothing(beir):
    evaluate_retrieval(beir, "test", beir / "a.trec", embedder="words", cache_dir=beir / "cache")
    lines = (beir / "corpus.jsonl").read_text().splitlines()
    (beir / "corpus.jsonl").write_text("\n".join(reversed(lines)))
    evaluate_retrieval(beir, "test", beir / "b.trec", embedder="words", cache_dir=beir / "cache")
    assert (beir / "a.trec").read_text() == (beir / "b.trec").read_text()


def test_broken_input_is_one_clear_line(beir):
    def run(split="test"):
        evaluate_retrieval(beir, split, beir / "run.trec", embedder="words", cache_dir=beir / "cache")

    with pytest.raises(InputError, match=r"none\.tsv: can't be read; a BEIR folder has qrels"):
        run("none")
    (beir / "qrels" / "odd.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\tyes\n")
    with pytest.raises(InputError, match="line 2: not query, document and a whole number"):
        run("odd")
    (beir / "qrels" / "empty.tsv").write_text("query-id\tcorpus-id\tscore\n")
    with pytest.raises(InputError, match="judges no query"):
        run("empty")
    (beir / "qrels" / "stranger.tsv").write_text("h\th\th\nq9\td1\t1\n")
    with pytest.raises(InputError, match="lacks the query 'q9'"):
        run("stranger")
    (beir / "corpus.jsonl").write_text('{"_id": "d1"}\n')
    with pytest.raises(InputError, match="lacks the field 'text'"):
        run()
    assert not (beir / "run.trec").exists()
