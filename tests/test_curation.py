"""Decisions of people: written whole and in order, read back, applied, and set beside what litmine says."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from litmine.annotations import Decision, Entry, add_decisions, load_curation
from litmine.cli import _run
from litmine.config import load_config
from litmine.corpus import Corpus
from litmine.errors import InputError, UsageError
from litmine.reports import FORMATS
from litmine.run import report_of_workspace
from litmine.types import Record

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def verdict(value: str = "mixed", claim: str = "C001", **parts: str) -> Entry:
    return Entry("verdict", (claim,), Decision(value, "A. Reader", "read in full", **parts))


def test_comments_and_old_entries_are_kept(tmp_path: Path):
    path = tmp_path / "annotations" / "curation.toml"
    path.parent.mkdir()
    before = "# mine\n[[verdict]]\nclaim = 'C001'  # first\nvalue = 'supported'\nby = 'B'\nreason = 'x'"
    path.write_text(before, encoding="utf-8")
    curation = add_decisions(
        path, [verdict(), Entry("match", (5,), Decision("none", "A", "no such"))], now=NOW
    )
    assert path.read_text(encoding="utf-8").startswith(before + "\n")
    assert curation == load_curation(path)
    assert curation.verdicts["C001"] == Decision(
        "mixed", "A. Reader", "read in full", "2030-01-02T03:04:05+00:00"
    )
    assert curation.matches[5].value == "none"


def test_withdrawn(tmp_path: Path):
    path = tmp_path / "curation.toml"
    add_decisions(path, [verdict(), Entry("stance", ("C1", "PMID:1"), Decision("silent", "A", "other drug"))])
    curation = add_decisions(path, [Entry("verdict", ("C001",), None, by="A. Reader")])
    assert not curation.verdicts
    assert curation.stances["C1", "PMID:1"].value == "silent"
    assert "withdrawn = true" in path.read_text(encoding="utf-8")


def test_a_stance_on_one_part(tmp_path: Path):
    path = tmp_path / "curation.toml"
    one, all_parts = Decision("silent", "A", "not this part"), Decision("supports", "A", "read")
    add_decisions(
        path, [Entry("stance", ("C1", "PMID:1", 2), one), Entry("stance", ("C1", "PMID:1"), all_parts)]
    )
    curation = load_curation(path)
    values = [curation.stance("C1", "PMID:1", part, "any text") for part in (1, 2)]
    assert [decision and decision.value for decision in values] == ["supports", "silent"]
    curation = add_decisions(path, [Entry("stance", ("C1", "PMID:1", 2), None, by="A")])
    assert list(curation.stances) == [("C1", "PMID:1")]


def test_any_text_comes_back(tmp_path: Path):
    path = tmp_path / "curation.toml"
    nasty = 'a "quote" \\ back # no comment \x7f\x00 ]] = \u2028 é 汉\ud800'
    add_decisions(path, [Entry("inclusion", ("DOI:10.1/a'b\"c",), Decision("exclude", nasty, nasty))])
    ((record, decision),) = load_curation(path).inclusions.items()
    assert record == "DOI:10.1/a'b\"c"
    assert 'a "quote" \\ back # no comment' in decision.reason
    assert "\x00" not in decision.reason


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (verdict("perhaps"), "is no verdict"),
        (Entry("verdict", ("C1",), Decision("mixed", " ", "x")), "needs a name"),
        (Entry("verdict", ("C1",), Decision("mixed", "A", "\n")), "needs a reason"),
        (Entry("verdict", ("C1",), Decision("mixed", "A", "x" * 2001)), "2,000 are the most"),
    ],
)
def test_refused_before_anything_is_written(tmp_path: Path, entry: Entry, says: str):
    path = tmp_path / "curation.toml"
    with pytest.raises(UsageError, match=says):
        add_decisions(path, [verdict(), entry])
    assert not path.exists()


def test_a_broken_file_is_not_touched(tmp_path: Path):
    path = tmp_path / "curation.toml"
    path.write_text("verdict = 3\n", encoding="utf-8")
    with pytest.raises(InputError, match="unknown table"):
        add_decisions(path, [verdict()])
    assert path.read_text(encoding="utf-8") == "verdict = 3\n"


def test_many_writers(tmp_path: Path):
    path = tmp_path / "curation.toml"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add_decisions(path, [verdict(claim=f"C{n:03d}")]), range(24)))
    assert len(load_curation(path)) == 24


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished workspace, to be changed."""
    return Path(shutil.copytree(finished, tmp_path / "workspace"))


def test_report_shows_decisions_and_agreement(workspace: Path):
    config = load_config(workspace)
    before = report_of_workspace(config)
    claim = before["claims"][0]
    evidence = next(e for e in claim["evidence"] if e["stance"] == "supports")
    add_decisions(
        config.curation_path,
        [
            Entry(
                "verdict", (claim["id"],), Decision("mixed", "A. Reader", "I disagree", about=claim["text"])
            ),
            Entry("verdict", ("C002",), Decision("mixed", "A. Reader", "old", about="a text that is gone")),
            Entry("stance", (claim["id"], evidence["record"]), Decision("supports", "A. Reader", "yes")),
            Entry("match", (3,), Decision("none", "A. Reader", "another paper")),
            Entry("inclusion", ("PMID:90000004",), Decision("exclude", "A. Reader", "other drug")),
        ],
    )
    after = report_of_workspace(config)
    curated = after["claims"][0]
    assert (curated["verdict"], curated["machine_verdict"]) == ("mixed", "supported")
    assert curated["curated"] == "A. Reader: I disagree"
    assert (
        next(e for e in curated["evidence"] if e["record"] == evidence["record"])["machine_stance"]
        == "supports"
    )
    assert after["claims"][1]["verdict"] == before["claims"][1]["verdict"]
    assert after["references"][2]["record"] is None
    assert after["corpus"]["records"] == before["corpus"]["records"] - 1
    assert after["curation"]["agreement"] == {
        "verdict": {"decided": 2, "compared": 1, "agree": 0},
        "stance": {"decided": 1, "compared": 1, "agree": 1},
        "match": {"decided": 1, "compared": 1, "agree": 0},
        "inclusion": {"decided": 1, "compared": 1, "agree": 0},
    }
    for name, text in (FORMATS["markdown"](after) | FORMATS["html"](after)).items():
        assert "Decided by people" in text, name
        assert "I disagree" in text, name
    lapsed = next(d for d in after["curation"]["decisions"] if d["claim"] == "C002")
    assert (lapsed["applied"], lapsed["machine"]) == (False, None)


def test_decisions_follow_a_record_to_its_new_id(workspace: Path):
    config = load_config(workspace)
    old = Record(
        "DOI:10.1/new", "Osimertinib prolongs survival", "Osimertinib prolonged survival.", "abstract"
    )
    with Corpus.open(config.corpus_path) as corpus:
        corpus.upsert([old])
    add_decisions(
        config.curation_path,
        [
            Entry("inclusion", ("DOI:10.1/new",), Decision("exclude", "A. Reader", "other")),
            Entry("stance", ("C001", "DOI:10.1/new"), Decision("silent", "A. Reader", "other")),
        ],
    )
    with Corpus.open(config.corpus_path) as corpus:
        corpus.upsert([replace(old, id="PMID:7", aliases=("DOI:10.1/new",))])
        curation = load_curation(config.curation_path, corpus.resolve)
        assert list(curation.inclusions) == ["PMID:7"]
        assert list(curation.stances) == [("C001", "PMID:7")]
    report_of_workspace(config)
    with Corpus.open(config.corpus_path) as corpus:
        assert "PMID:7" not in corpus.ids()
        add_decisions(config.curation_path, [Entry("inclusion", ("PMID:7",), None, by="A. Reader")])
        assert not load_curation(config.curation_path, corpus.resolve).inclusions


def test_include_and_exclude_write_the_same_file(workspace: Path, capsys: pytest.CaptureFixture[str]):
    config = load_config(workspace)
    assert (
        _run(["exclude", "90000004", "--reason", "other drug", "--by", "B. Reader", "-w", str(workspace)])
        == 0
    )
    assert load_curation(config.curation_path).inclusions["PMID:90000004"].by == "B. Reader"
    with Corpus.open(config.corpus_path) as corpus:
        assert "PMID:90000004" not in corpus.ids()
    add_decisions(config.curation_path, [Entry("inclusion", ("PMID:90000004",), None, by="B. Reader")])
    report_of_workspace(config)
    with Corpus.open(config.corpus_path) as corpus:
        assert "PMID:90000004" in corpus.ids()


def test_a_match_to_a_record_that_no_longer_counts(workspace: Path):
    config = load_config(workspace)
    add_decisions(
        config.curation_path,
        [
            Entry("match", (3,), Decision("PMID:90000004", "A. Reader", "this one")),
            Entry("inclusion", ("PMID:90000004",), Decision("exclude", "A. Reader", "other drug")),
        ],
    )
    reference = report_of_workspace(config)["references"][2]
    assert reference["status"] == "unresolved"
    assert any("does not count" in problem for problem in reference["problems"])
