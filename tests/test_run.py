"""The main job end to end on a small invented workspace."""

import json
import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from places import SMALL

from litmine.cli import _run
from litmine.config import load_config
from litmine.corpus import Corpus
from litmine.errors import LitmineError
from litmine.index import Index
from litmine.run import make_extractor, report_of_workspace
from litmine.workspace import create_workspace

FIELDS = {
    "review": dict,
    "generated_at": str,
    "manifest": dict,
    "corpus": dict,
    "references": list,
    "claims": list,
    "gaps": list,
    "missing_from_review": list,
    "since_last_run": dict,
    "accuracy": dict,
}
CLAIM = (
    "id section text start end cited clauses relations verdict confidence evidence citation_check "
    "internal_conflicts gaps"
)
EVIDENCE = (
    "record text start end stance score assertion level study_type year comparability values depth retracted"
)
GOLDEN = Path(__file__).parent / "golden" / "small_run.json"


@pytest.fixture(scope="module")
def report(finished: Path) -> dict:
    return json.loads((finished / "reports/report.json").read_text(encoding="utf-8"))


def test_contract_of_the_report(report: dict):
    for field, kind in FIELDS.items():
        assert isinstance(report[field], kind), field
    for claim in report["claims"]:
        assert set(CLAIM.split()) <= claim.keys()
        for item in claim["evidence"]:
            assert set(EVIDENCE.split()) <= item.keys()
    for reference in report["references"]:
        assert {"number", "printed", "status", "record", "problems"} <= reference.keys()


def test_claims_and_evidence_are_verbatim(report: dict, finished: Path):
    from litmine.review import read_review

    text = read_review(finished / "corpora/lung/review.md").text
    with Corpus.open(finished / "corpora/lung/corpus.sqlite", readonly=True) as corpus:
        for claim in report["claims"]:
            assert text[claim["start"] : claim["end"]] == claim["text"]
            for item in claim["evidence"]:
                record = corpus.get(item["record"])
                assert record is not None
                assert record.document[item["start"] : item["end"]] == item["text"]


def test_small_review_against_the_golden_file(report: dict):
    """Verdicts, citation checks, references and conflicts; rewrite with `python tests/test_run.py` after a change."""
    assert summary_of(report) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_index_count_equals_its_manifest(finished: Path):
    config = load_config(finished)
    manifest = json.loads((finished / "indexes/lung/manifest.json").read_text(encoding="utf-8"))
    with Corpus.open(config.corpus_path, readonly=True) as corpus:
        index = Index.open(config, corpus, make_extractor(config).fingerprint)
    assert index.manifest.sentences == manifest["sentences"] > 0
    assert index.manifest.records == manifest["records"] == 6


def test_same_report_for_any_order_of_records(report: dict, tmp_path: Path):
    lines = (SMALL / "digests.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    shuffled = tmp_path / "digests.jsonl"
    shuffled.write_text("".join(reversed(lines)), encoding="utf-8")
    create_workspace(tmp_path / "w", SMALL / "review.md", corpus="lung", seeds=[shuffled])
    assert _run(["run", "-w", str(tmp_path / "w")]) == 0
    other = json.loads((tmp_path / "w/reports/report.json").read_text(encoding="utf-8"))
    ignored = ("generated_at", "manifest")
    assert {k: v for k, v in other.items() if k not in ignored} == {
        k: v for k, v in report.items() if k not in ignored
    }


def test_what_is_not_reached_is_not_missing(report: dict):
    assert report["corpus"]["not_fetched"]
    assert {reference["status"] for reference in report["references"]} <= {
        "matched",
        "mismatch",
        "not_fetched",
    }


def test_change_in_the_corpus_is_told_with_its_cause(finished: Path, tmp_path: Path):
    workspace = tmp_path / "w"
    shutil.copytree(finished, workspace)
    new = json.loads((SMALL / "digests.jsonl").read_text(encoding="utf-8").splitlines()[4])
    new |= {"pmid": "90000009", "doi": "10.9999/inv.9", "authors": ["Solheim B"], "year": 2025}
    new["title"] = "MET amplification and osimertinib in a second cohort"
    new["digest"] = (
        "Among 150 patients with lung cancer MET amplification was associated with resistance to osimertinib."
    )
    (tmp_path / "new.jsonl").write_text(json.dumps(new) + "\n", encoding="utf-8")
    assert _run(["update", str(tmp_path / "new.jsonl"), "--offline", "-w", str(workspace)]) == 0
    document = report_of_workspace(load_config(workspace))
    changed = json.dumps(document["since_last_run"])
    assert "PMID:90000009" in changed
    again = report_of_workspace(load_config(workspace))
    assert again["generated_at"] == document["generated_at"]


def test_black_hole_is_told_within_seconds(finished: Path, monkeypatch: pytest.MonkeyPatch):
    import socket

    with socket.socket() as listener:  # accepts nothing and answers nothing
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        monkeypatch.setenv(
            "LITMINE_EUTILS_URL", f"http://127.0.0.1:{listener.getsockname()[1]}/entrez/eutils/"
        )
        begin = time.perf_counter()
        assert _run(["doctor", "-w", str(finished)]) == 0
        assert time.perf_counter() - begin < 30


def test_corrupt_index_is_built_anew_and_refused_by_search(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture
):
    workspace = tmp_path / "w"
    shutil.copytree(finished, workspace)
    (segment, *_) = sorted((workspace / "indexes/lung").rglob("*.faiss"))
    segment.write_bytes(b"garbage")
    assert _run(["search", "osimertinib", "-w", str(workspace)]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert _run(["index", "-w", str(workspace)]) == 0
    assert _run(["search", "osimertinib resistance", "-w", str(workspace)]) == 0


def test_newer_schema_is_refused_untouched(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    workspace = tmp_path / "w"
    shutil.copytree(finished, workspace)
    path = workspace / "corpora/lung/corpus.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    for command in (["run"], ["update", "--offline"], ["search", "x"], ["extract"]):
        assert _run([*command, "-w", str(workspace)]) == 1
        assert "newer" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_missing_review_is_one_line(finished: Path, tmp_path: Path):
    workspace = tmp_path / "w"
    shutil.copytree(finished, workspace)
    (workspace / "corpora/lung/review.md").unlink()
    with pytest.raises(LitmineError, match=r"review\.md"):
        report_of_workspace(load_config(workspace))


def summary_of(report: dict) -> dict:
    return {
        "references": [[r["number"], r["status"], r["record"], r["problems"]] for r in report["references"]],
        "claims": [
            {
                "id": claim["id"],
                "text": claim["text"],
                "kind": claim["kind"],
                "verdict": claim["verdict"],
                "evidence": [[e["stance"], e["record"], e["start"]] for e in claim["evidence"]],
                "citations": [[c["number"], c["status"]] for c in claim["citation_check"]],
                "conflicts": [c["message"] for c in claim["internal_conflicts"]],
                "gaps": [g["code"] for g in claim["gaps"]],
            }
            for claim in report["claims"]
        ],
        "missing": [topic["message"] for topic in report["missing_from_review"]],
    }


if __name__ == "__main__":
    import os
    import tempfile

    os.environ["LITMINE_EUTILS_URL"] = "http://127.0.0.1:9/entrez/eutils/"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "w"
        create_workspace(folder, SMALL / "review.md", corpus="lung", seeds=[SMALL / "digests.jsonl"])
        _run(["run", "-w", str(folder)])
        made = json.loads((folder / "reports/report.json").read_text(encoding="utf-8"))
    GOLDEN.write_text(json.dumps(summary_of(made), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
