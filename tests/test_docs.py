"""The docs hold: the site builds, its commands and code run, and what it names exists.

One finished workspace is shared; each page works in a copy of it, which is also `my-review` there. What can't run here
(set-up, containers, a server that waits) is named in NOT_HERE with the reason; anything else that a page shows runs.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from litmine.cli import COMMANDS, _litmine, _run
from litmine.reports import FORMATS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
NOT_HERE = {
    "make": "sets an environment up; CI calls it",
    "python": "a benchmark or a build on data that is not part of the repository",
    "python3.11": "sets an environment up",
    "pip": "installs",
    ".venv/bin/pip": "installs",
    "docker": "needs a daemon",
    "mkdir": "for docker",
    "litmine serve": "waits for Ctrl-C; the browser tests drive it",
    "litmine eval": "needs data sets; the tests of evaluate run it",
    "eval": "completion, tested below",
    "_LITMINE_COMPLETE=fish_source": "completion, tested below",
}
STAND_INS = {
    "review.pdf": "review.md",
    "PMID:23650412": "PMID:90000002",
    "PMID:25743811": "PMID:90000003",
}
"""What the shared workspace holds in place of the bundled review's records and the reader's own file."""
ARTICLE = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version='1'>90000099</PMID><Article>"
    "<Journal><JournalIssue><PubDate><Year>2024</Year></PubDate></JournalIssue></Journal>"
    "<ArticleTitle>Invented title</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
)


class Block(NamedTuple):
    language: str
    text: str


def blocks(markdown: str) -> list[Block]:
    """Fenced and indented blocks of a page, in order; an indented one is known by how it begins."""
    found = []
    for match in re.finditer(
        r"^```(\w*)\n([\s\S]*?)^```$|(?:^\n)((?:^ {4}\S.*\n|^ {5,}.*\n|^\n(?= {4}))+)", markdown, re.M
    ):
        if match[3] is None:
            found.append(Block(match[1], match[2]))
            continue
        text = re.sub(r"^ {4}", "", match[3], flags=re.M)
        first = text.split(maxsplit=1)[0] if text.strip() else ""
        known = {"litmine": "sh", "python": "sh", "pip": "sh", "import": "python", "from": "python"}
        found.append(Block(known.get(first, "text"), text))
    return found


def with_code(language: str) -> list[Path]:
    return [page for page in PAGES if any(b.language == language for b in blocks(page.read_text("utf-8")))]


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture
def desk(finished: Path, tmp_path: Path, monkeypatch) -> Path:
    """A folder as a reader has it: a finished workspace, `my-review` in it, and files to read."""
    folder = tmp_path / "desk"
    shutil.copytree(finished, folder)
    shutil.copytree(finished, folder / "my-review")
    for name in ("review.md", "review.txt"):
        shutil.copy(Path(__file__).parent / "small" / "review.md", folder / name)
    for part in ("baseline", "updatefiles"):
        (folder / "pubmed" / part).mkdir(parents=True)
        (folder / "pubmed" / part / "pubmed24n0001.xml").write_text(ARTICLE, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def commands(text: str) -> list[list[str]]:
    joined = text.replace("\\\n", " ")
    return [words for line in joined.splitlines() if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("page", with_code("sh"), ids=named)
def test_commands_of_the_docs_run(page: Path, desk: Path, finished: Path, capfd):
    for block in blocks(page.read_text("utf-8")):
        if block.language != "sh":
            continue
        for words in commands(block.text):
            if words[0] in NOT_HERE or " ".join(words[:2]) in NOT_HERE:
                continue
            if words[0] == "cd":
                os.chdir(words[1])
                continue
            assert words[0].removeprefix(".venv/bin/") == "litmine", f"no test runs {' '.join(words)}"
            _run_command(words[1:], finished)
            capfd.readouterr()


def _run_command(words: list[str], finished: Path) -> None:
    words = [STAND_INS.get(word, word) for word in words]
    if words[0] == "init":
        shutil.rmtree(words[1], ignore_errors=True)
    code = _run(words)
    # The tests have no network: what asks PubMed may end with 1 and say so.
    needs_server = words[0] == "update" or any(option in words for option in ("--pmid", "--doi"))
    assert code in ((0, 1) if needs_server else (0,)), words
    if words[0] == "init" and code == 0:
        shutil.rmtree(words[1])
        shutil.copytree(finished, words[1])  # the reader has run it; the tests ran it once, for all pages


@pytest.mark.parametrize("page", with_code("python"), ids=named)
def test_code_of_the_docs_runs(page: Path, desk: Path, monkeypatch):
    for name, function in dict(FORMATS).items():
        monkeypatch.setitem(FORMATS, name, function)
    known = set(FORMATS)
    try:
        for block in blocks(page.read_text("utf-8")):
            if block.language == "python":
                exec(compile(block.text, named(page), "exec"), {"__name__": "docs"})
    finally:
        for name in set(FORMATS) - known:
            del FORMATS[name]


@pytest.mark.parametrize("page", with_code("toml") + with_code("json"), ids=named)
def test_settings_of_the_docs_can_be_read(page: Path):
    for block in blocks(page.read_text("utf-8")):
        if block.language == "toml":
            assert tomllib.loads(block.text)
        elif block.language == "json":
            assert json.loads(block.text)


def test_every_fenced_block_says_what_it_is():
    for page in PAGES:
        for block in blocks(page.read_text("utf-8")):
            assert block.language in {"sh", "python", "toml", "json", "text"}, (
                f"{named(page)}: {block.text[:60]}"
            )


def test_notebook_runs(desk: Path, capsys):
    notebook = json.loads((DOCS / "notebook.ipynb").read_text("utf-8"))
    names: dict[str, object] = {"__name__": "notebook"}
    ran = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], "kept without outputs"
            exec(compile("".join(cell["source"]), "notebook.ipynb", "exec"), names)
            ran += 1
    assert ran >= 4
    assert "supports PMID:" in capsys.readouterr().out


def test_options_that_the_docs_name_exist():
    import click

    context = click.Context(_litmine)
    for page in PAGES:
        for command, rest in re.findall(
            r"`(?:LITMINE_\w+=\S+ )?litmine ([a-z]+)([^`]*)`", page.read_text("utf-8")
        ):
            assert command in COMMANDS, f"{named(page)}: litmine {command}"
            found = _litmine.get_command(context, command)
            if isinstance(found, click.Group):
                continue
            known = {name for p in found.params for name in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}
            for option in re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", rest):
                assert option in known, f"{named(page)}: litmine {command} {option}"


def test_site_builds_offline_and_asks_for_nothing(tmp_path: Path):
    pytest.importorskip("mkdocs", reason="MkDocs is not installed (the docs extra has it)")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) >= len(PAGES) - 1
    for page in pages:
        loads = re.findall(
            r'<(?:script|img|link|iframe)[^>]*?(?:src|href)="(https?:[^"]+)"', page.read_text("utf-8")
        )
        assert [address for address in loads if 'rel="canonical"' not in address] == [], page.name
    assert (tmp_path / "site" / "notebook.ipynb").is_file()


@pytest.mark.parametrize(
    ("words", "expected"),
    [("litmine cl", "claims"), ("litmine gaps --fig", "--figures"), ("litmine export --format js", "jsonl")],
)
def test_shell_completes(words: str, expected: str):
    environment = os.environ | {
        "_LITMINE_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "litmine"], env=environment, capture_output=True, text=True, cwd=ROOT
    )
    assert expected in [line.partition(",")[2] for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_printed(shell: str):
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("no bash here")
    environment = os.environ | {"_LITMINE_COMPLETE": f"{shell}_source"}
    done = subprocess.run(
        [sys.executable, "-m", "litmine"], env=environment, capture_output=True, text=True, cwd=ROOT
    )
    assert f"_LITMINE_COMPLETE={shell}_complete" in done.stdout, done.stderr


def test_image_is_made_of_what_is_here():
    steps = (ROOT / "Dockerfile").read_text("utf-8")
    assert 'ENTRYPOINT ["litmine"]' in steps
    assert 'CMD ["run"]' in steps
    (init,) = re.findall(r"litmine (init [^\\]+)", steps)
    assert shlex.split(init) == ["init", "/data", "--example", "her2"]
    assert ".venv" in (ROOT / ".dockerignore").read_text("utf-8").split()
