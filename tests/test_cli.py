"""The contract of the commands: what they take, print, write and return."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from litmine.cli import COMMANDS, _litmine, _run
from litmine.cli.common import coloured

ROOT = Path(__file__).parents[1]


def call(capsys: pytest.CaptureFixture[str], *arguments: object, expect: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    code = _run([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert code == expect, err
    if expect:
        lines = err.strip().splitlines()
        assert lines, "an error must say something"
        assert lines[-1].startswith("litmine: ")
        assert "Traceback" not in err
    return out, err


def _processor_seconds() -> float:
    """Of all processes that ended: what else works on the machine makes a command wait, not work."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_is_quick_and_lists_every_command():
    script = "import sys; from litmine.cli import main; sys.argv = ['litmine', '--help']; main()"
    durations = []
    for _ in range(3):
        begin = _processor_seconds()
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        durations.append(_processor_seconds() - begin)
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout
    assert min(durations) < 0.5


def test_help_imports_nothing_heavy():
    script = (
        "import sys\nfrom litmine.cli import _run\n_run(['--help'])\n"
        "print([m for m in ('spacy', 'torch', 'faiss', 'numpy', 'Bio', 'altair', 'tantivy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_stands_in_the_readme(name: str):
    import click

    command = _litmine.get_command(click.Context(_litmine), name)
    assert command is not None
    assert command.help
    assert command.name == name
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"`litmine {name}" in readme
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in ("workspace", "as_json"):
            assert option.help or option.required or option.show_default, f"{name} {option.name}"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nonsense"], 2),
        (["search", "--nonsense", "x"], 2),
        (["search"], 2),
        (["search", "x", "--level", "Z"], 1),
        (["search", "x", "-k", "0"], 1),
        (["run", "--help"], 0),
    ],
)
def test_exit_codes(capsys: pytest.CaptureFixture[str], arguments: list[str], code: int):
    call(capsys, *arguments, expect=code)


def test_outside_a_workspace(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    _, err = call(capsys, "run", "-w", tmp_path, expect=1)
    assert "litmine init" in err


def test_before_the_first_run(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    call(capsys, "init", tmp_path / "w", "--example", "her2")
    for command in (["search", "x"], ["extract"], ["index"], ["claims"], ["why", "C001"], ["gaps"]):
        _, err = call(capsys, *command, "-w", tmp_path / "w", expect=1)
        assert "litmine run" in err


def test_init_example_gives_the_bundled_workspace(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    call(capsys, "init", tmp_path / "w", "--example", "her2")
    for name in ("review.md", "seeds/digests.jsonl"):
        relative = Path("corpora/her2_resistance") / name
        assert (tmp_path / "w" / relative).read_bytes() == (ROOT / relative).read_bytes()
    _, err = call(capsys, "init", tmp_path / "w", "--example", "her2", expect=1)
    assert "already" in err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.md", b""),
        ("blank.md", b" \n\n "),
        ("no_references.md", b"# A review\n\nDrug X causes resistance in cells.\n"),
        ("binary.md", bytes(range(256)) * 20),
        ("broken.xml", b"<article><body><p>never closed"),
        ("bomb.xml", b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]><article>&y;</article>'),
        ("not_a.pdf", b"this is no PDF"),
        ("review.docx", b"PK\x03\x04"),
    ],
)
def test_bad_reviews_leave_nothing_behind(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: bytes
):
    review = tmp_path / name
    review.write_bytes(content)
    _, err = call(capsys, "init", tmp_path / "w", "--review", review, expect=1)
    assert len(err.strip().splitlines()) == 1
    assert name in err
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_run_writes_report_and_says_where(capsys: pytest.CaptureFixture[str], finished: Path):
    out, err = call(capsys, "run", "-w", finished)
    assert out.strip().splitlines()[-1] == str(finished / "reports/report.html")
    assert len(out.strip().splitlines()) <= 11
    assert "can't be reached" in err
    assert "nothing changed" in err
    assert (finished / "reports/report.json").is_file()


def test_run_into_another_folder(capsys: pytest.CaptureFixture[str], finished: Path, tmp_path: Path):
    out, _ = call(capsys, "-w", finished, "run", "-o", tmp_path / "deep/out", "--offline")
    assert Path(out.strip().splitlines()[-1]) == tmp_path / "deep/out/report.html"
    assert (tmp_path / "deep/out/report.json").read_bytes() == (finished / "reports/report.json").read_bytes()


def test_workspace_and_json_before_and_after(capsys: pytest.CaptureFixture[str], finished: Path):
    before, _ = call(capsys, "--json", "-w", finished, "claims")
    after, _ = call(capsys, "claims", "--json", "-w", finished)
    assert json.loads(before) == json.loads(after)


def test_search_formats(capsys: pytest.CaptureFixture[str], finished: Path):
    query = "MET amplification and resistance to osimertinib"
    hits = json.loads(call(capsys, "search", query, "-w", finished, "--json")[0])
    assert hits[0]["record_id"] == "PMID:90000002"
    assert {"text", "start", "end", "score", "why", "level", "design", "year", "depth"} <= hits[0].keys()
    assert "PMID:90000002" in call(capsys, "search", query, "-w", finished, "--csv")[0].splitlines()[1]
    assert "AN  - 90000002" in call(capsys, "search", query, "-w", finished, "--ris")[0]
    shown = call(capsys, "search", query, "-w", finished)[0]
    assert "digest" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_search_filters(capsys: pytest.CaptureFixture[str], finished: Path):
    def found(*options: str) -> list[dict]:
        return json.loads(
            call(capsys, "search", "osimertinib survival", "-w", finished, "--json", *options)[0]
        )

    assert {hit["year"] for hit in found("--year", "2023-2024")} <= {2023, 2024}
    assert {hit["level"] for hit in found("--level", "B1")} <= {"A", "B1"}
    assert all(hit["year"] >= 2024 for hit in found("--since", "2024"))
    assert {hit["record_id"] for hit in found("--drug", "savolitinib")} == {"PMID:90000004"}
    call(capsys, "search", "x", "-w", finished, "--year", "then", expect=1)
    call(capsys, "search", " ", "-w", finished, expect=1)


def test_claims_why_and_gaps(capsys: pytest.CaptureFixture[str], finished: Path, tmp_path: Path):
    claims = json.loads(call(capsys, "claims", "-w", finished, "--json")[0])
    one = claims[0]["id"]
    assert one in call(capsys, "claims", "-w", finished)[0]
    why = call(capsys, "why", one, "-w", finished)[0]
    assert "Verdict:" in why
    assert max(map(len, why.splitlines())) <= 80
    _, err = call(capsys, "why", "C999", "-w", finished, expect=1)
    assert "litmine claims" in err
    assert call(capsys, "gaps", "-w", finished)[0].strip()
    out, _ = call(capsys, "gaps", "-w", finished, "--format", "markdown,csv,json,html", "-o", tmp_path / "g")
    assert all(Path(line).is_file() for line in out.split("\n") if line)
    call(capsys, "gaps", "-w", finished, "--format", "word", expect=1)


def test_export(capsys: pytest.CaptureFixture[str], finished: Path, tmp_path: Path):
    call(capsys, "export", "--format", "jsonl", "-o", tmp_path / "a.jsonl", "-w", finished)
    records = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["id"] for record in records] == sorted(record["id"] for record in records)
    assert len(records) == 6
    for form in ("ris", "csv", "bioc", "bioc-xml", "pubtator", "jsonld", "graphml", "brat"):
        call(capsys, "export", "--format", form, "-o", tmp_path / f"a.{form}", "-w", finished)
        assert (tmp_path / f"a.{form}").stat().st_size > 100


def test_extract_and_explain(capsys: pytest.CaptureFixture[str], finished: Path):
    assert "read 0 new" in call(capsys, "extract", "-w", finished)[0]
    assert "osimertinib" in call(capsys, "extract", "--explain", "PMID:90000002", "-w", finished)[0]
    call(capsys, "extract", "--explain", "PMID:1", "-w", finished, expect=1)
    page = finished / "read.html"
    call(capsys, "extract", "--explain", "PMID:90000002", "--html", str(page), "-w", finished)
    assert "osimertinib" in page.read_text(encoding="utf-8")
    call(capsys, "extract", "--html", str(page), "-w", finished, expect=1)


def test_update_with_broken_files_keeps_the_corpus(
    capsys: pytest.CaptureFixture[str], finished: Path, tmp_path: Path
):
    before = (finished / "corpora/lung/corpus.sqlite").read_bytes()
    for name, content in (
        ("broken.xml", b"<PubmedArticleSet><PubmedArticle>"),
        ("page.xml", b"<html>busy</html>"),
    ):
        (tmp_path / name).write_bytes(content)
        _, err = call(capsys, "update", tmp_path / name, "--offline", "-w", finished, expect=1)
        assert name in err
    exported = call(capsys, "--json", "-w", finished, "claims")[0]
    assert json.loads(exported)
    assert len(before) > 0


def test_eval_commands(capsys: pytest.CaptureFixture[str], finished: Path, tmp_path: Path):
    references = tmp_path / "refs.jsonl"
    printed = "Duarte R 2020 PTEN loss and the response to osimertinib *Fictive Cancer Lett* 88 1 7-15"
    references.write_text(
        json.dumps({"id": "a", "printed": printed, "gold": "90000003"})
        + "\n"
        + json.dumps(
            {"id": "b", "printed": "Nobody X 1999 Bees and their wax *Apiary* 1 2 3-4", "gold": None}
        )
        + "\n",
        encoding="utf-8",
    )
    out, _ = call(
        capsys, "eval", "references", references, "--out", tmp_path / "p.jsonl", "-w", finished, "--json"
    )
    assert json.loads(out)["precision"] == json.loads(out)["recall"] == 1.0
    answers = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text(encoding="utf-8").splitlines()]
    assert answers[0]["record_id"] == "PMID:90000003"
    assert answers[1] == {"id": "b", "record_id": None, "score": answers[1]["score"], "status": "unresolved"}

    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(
        json.dumps({"id": 1, "claim": "PTEN loss causes resistance to X.", "evidence": "Bees make wax."})
        + "\n",
        encoding="utf-8",
    )
    call(capsys, "eval", "stance", pairs, "--out", tmp_path / "s.jsonl")
    (answer,) = (json.loads(line) for line in (tmp_path / "s.jsonl").read_text(encoding="utf-8").splitlines())
    assert sum(answer["scores"].values()) == pytest.approx(1)
    assert set(answer["scores"]) == {"SUPPORT", "CONTRADICT", "NOT_ENOUGH_INFO"}

    documents = tmp_path / "docs.jsonl"
    text = "Loss of PTEN reduced the response to trastuzumab. Naïve β-cells were spared."
    documents.write_text(json.dumps({"id": "d", "title": "", "text": text}) + "\n", encoding="utf-8")
    call(capsys, "eval", "relations", documents, "--out", tmp_path / "r.jsonl")
    (predicted,) = (
        json.loads(line) for line in (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()
    )
    assert (predicted["id"], predicted["title"], predicted["text"]) == ("d", "", text)
    assert all(len(span) == 2 for span in predicted["sentences"])

    tagged = tmp_path / "in.pubtator"
    tagged.write_text(
        "1|t|Trastuzumab in mice\n1|a|HER2 fell.\n1\t0\t11\tTrastuzumab\tChemical\tD1\n\n", encoding="utf-8"
    )
    out, _ = call(capsys, "eval", "entities", tagged, "--out", tmp_path / "out.pubtator", "--json")
    assert json.loads(out)["Chemical"]["f1"] == 1.0


def test_doctor(capsys: pytest.CaptureFixture[str], finished: Path):
    out, _ = call(capsys, "doctor", "-w", finished)
    assert "can't be reached" in out
    assert "index fits the corpus" in out
    assert "broken" not in out


def test_closed_pipe_is_no_error(finished: Path):
    script = f"{sys.executable} -m litmine -w {finished} claims --json | head -n 1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, env=os.environ)
    assert "Traceback" not in done.stderr


def test_text_fits_eighty_columns_and_colours_stay_on_terminals(finished, capsys, monkeypatch):
    for words in (["claims"], ["why", "C002"], ["gaps"]):
        out, _ = call(capsys, *words, "-w", finished)
        lines = out.splitlines()[1:] if words == ["claims"] else out.splitlines()
        assert all(len(line) <= 80 for line in lines if " " in line.strip()), words
        assert "\x1b[" not in out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert coloured("x", "red") == "\x1b[31mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert coloured("x", "red") == "x"


def test_a_mistyped_command_is_told_its_name(capsys):
    _, err = call(capsys, "serch", "x", expect=2)
    assert "did you mean 'search'" in err
    _, err = call(capsys, "claims", "--verdict", "true", expect=1)
    assert "'contradicted'" in err
