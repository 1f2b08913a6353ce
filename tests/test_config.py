from pathlib import Path

import pytest

from litmine.config import EUTILS_URL, load_config
from litmine.errors import ConfigError, NoWorkspace


def write(folder: Path, text: str) -> Path:
    (folder / "litmine.toml").write_text(text, encoding="utf-8")
    return folder


def test_defaults_and_paths(tmp_path: Path):
    config = load_config(write(tmp_path, '[workspace]\ncorpus = "lung"\n'), env={})
    assert config.corpus_path == tmp_path / "corpora/lung/corpus.sqlite"
    assert config.review == tmp_path / "corpora/lung/review.md"
    assert config.index_dir == tmp_path / "indexes/lung"
    assert config.curation_path == tmp_path / "annotations/curation.toml"
    assert config.eutils_url == EUTILS_URL
    assert config.pipeline_model == "litmine"
    assert config.recogniser == ""


def test_environment_overrides_the_file(tmp_path: Path):
    root = write(
        tmp_path, '[pubmed]\nemail = "file@example.org"\neutils_url = "http://mirror.example/eutils"\n'
    )
    config = load_config(
        root,
        env={
            "NCBI_EMAIL": "env@example.org",
            "NCBI_API_KEY": "k",
            "LITMINE_EUTILS_URL": "http://127.0.0.1:9/entrez/eutils",
            "LITMINE_CACHE": str(tmp_path / "cache"),
            "LITMINE_WORKERS": "2",
        },
    )
    assert (config.email, config.api_key, config.workers) == ("env@example.org", "k", 2)
    assert config.eutils_url == "http://127.0.0.1:9/entrez/eutils/"
    assert config.cache_dir == tmp_path / "cache"


def test_no_workspace_says_what_to_do(tmp_path: Path):
    with pytest.raises(NoWorkspace, match="litmine init"):
        load_config(tmp_path, env={})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[workspace\n", "not valid TOML"),
        ("[workspace]\ncorpsu = 'x'\n", "unknown setting 'corpsu'"),
        ("[nonsense]\n", r"unknown table \[nonsense\]"),
        ("[workspace]\ncorpus = '../up'\n", "plain folder name"),
        ("[workspace]\ncorpus = 3\n", "must be text"),
        ("[workspace]\nseeds = 'one'\n", "list of file names"),
        ("[pipeline]\nworkers = 0\n", "whole number from 1"),
        ("[pubmed]\neutils_url = 'file:///etc/passwd'\n", "http"),
    ],
)
def test_wrong_settings_are_told_in_one_line(tmp_path: Path, text: str, says: str):
    with pytest.raises(ConfigError, match=says) as error:
        load_config(write(tmp_path, text), env={})
    assert "\n" not in str(error.value)
