"""One frozen Config per workspace: litmine.toml overridden by LITMINE_* variables, and the paths it implies."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from litmine.errors import ConfigError, NoWorkspace

SETTINGS_FILE = "litmine.toml"
EUTILS_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
_EXPANSIONS = {"claims", "cited-by", "similar"}
_KNOWN = {
    "workspace": {"corpus", "review", "seeds"},
    "pipeline": {"model", "recogniser", "workers"},
    "search": {"embedder"},
    "pubmed": {"email", "tool", "eutils_url", "expand", "cap", "cutoff"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Settings of one workspace.

    Attributes:
        root: the folder that holds litmine.toml.
        corpus: name of the corpus, a folder under `corpora/`.
        review: the review file.
        seeds: record files read by `update` beside PubMed (JSON lines of digests).
        pipeline_model: name of the spaCy pipeline; `litmine`, the shipped one, unless configured.
        recogniser: model that reads entities beside the dictionary; empty for the dictionary alone.
        workers: processes used for extraction.
        embedder: a key of `litmine.embedders.EMBEDDERS`.
        eutils_url: base URL of the E-utilities, ending in a slash.
        email, tool, api_key: what NCBI asks clients to send; the key may be empty.
        expand: what `update` looks for beside the references: `claims`, `cited-by`, `similar`.
        cap: records that each of these may bring in one update.
        cutoff: relevance (0 to 1) below which such a record does not count.
        cache_dir: vectors by content hash, shared by workspaces.
    """

    root: Path
    corpus: str
    review: Path
    seeds: tuple[Path, ...] = ()
    pipeline_model: str = "litmine"
    recogniser: str = ""
    workers: int = 1
    embedder: str = "minilm"
    eutils_url: str = EUTILS_URL
    email: str = ""
    tool: str = "litmine"
    api_key: str = ""
    expand: tuple[str, ...] = ("claims", "cited-by")
    cap: int = 200
    cutoff: float = 0.15
    cache_dir: Path = Path(platformdirs.user_cache_dir("litmine", appauthor=False))

    @property
    def corpus_dir(self) -> Path:
        """Folder of the review, its seeds and the store."""
        return self.root / "corpora" / self.corpus

    @property
    def corpus_path(self) -> Path:
        """The SQLite store: the user's data, never rebuilt."""
        return self.corpus_dir / "corpus.sqlite"

    @property
    def lexicon_dir(self) -> Path | None:
        """Folder with terms of the user's own field, read beside the shipped ones; None when there is none."""
        folder = self.corpus_dir / "lexicon"
        return folder if folder.is_dir() else None

    @property
    def index_dir(self) -> Path:
        """Built and disposable."""
        return self.root / "indexes" / self.corpus

    @property
    def annotations_dir(self) -> Path:
        """The user's judgement."""
        return self.root / "annotations"

    @property
    def curation_path(self) -> Path:
        """Overrides of verdicts, stances and matches by people."""
        return self.annotations_dir / "curation.toml"

    @property
    def reports_dir(self) -> Path:
        """Where `litmine run` writes unless told otherwise."""
        return self.root / "reports"


def user_cache() -> Path:
    """Where vectors and other things that can be made again are kept: LITMINE_CACHE, else the user's cache folder."""
    named = os.environ.get("LITMINE_CACHE")
    return Path(named or platformdirs.user_cache_dir("litmine", appauthor=False)).expanduser()


def load_config(workspace: Path | str | None = None, *, env: Mapping[str, str] | None = None) -> Config:
    """Read the settings of a workspace.

    Args:
        workspace: the folder that holds litmine.toml; default the current folder.
        env: variables that override the file; default `os.environ`.

    Raises:
        NoWorkspace: the folder has no litmine.toml.
        ConfigError: the file is no TOML, or a setting is unknown or of the wrong kind.
    """
    env = os.environ if env is None else env
    root = Path(workspace or ".").resolve()
    path = root / SETTINGS_FILE
    if not path.is_file():
        raise NoWorkspace(
            f"no {SETTINGS_FILE} in {root}: make a workspace with `litmine init DIR --review FILE`, "
            "or name one with -w DIR"
        )
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML ({error})") from error
    _check_known(data, path)
    workspace_table, pipeline, search, pubmed = (data.get(name, {}) for name in _KNOWN)
    corpus = _text(workspace_table, "corpus", "default", path)
    if not corpus or corpus.startswith(".") or "/" in corpus or "\\" in corpus:
        raise ConfigError(f"{path}: [workspace] corpus must be a plain folder name, not {corpus!r}")
    seeds = workspace_table.get("seeds", [])
    if not isinstance(seeds, list) or not all(isinstance(seed, str) for seed in seeds):
        raise ConfigError(f"{path}: [workspace] seeds must be a list of file names")
    url = env.get("LITMINE_EUTILS_URL") or _text(pubmed, "eutils_url", EUTILS_URL, path)
    if not url.startswith(("http://", "https://")):
        raise ConfigError(f"the E-utilities URL must begin with http:// or https://, not {url!r}")
    cache = env.get("LITMINE_CACHE")
    return Config(
        root=root,
        corpus=corpus,
        review=root / _text(workspace_table, "review", f"corpora/{corpus}/review.md", path),
        seeds=tuple(root / seed for seed in seeds),
        pipeline_model=env.get("LITMINE_PIPELINE_MODEL") or _text(pipeline, "model", "litmine", path),
        recogniser=env.get("LITMINE_RECOGNISER", _text(pipeline, "recogniser", "", path)),
        workers=_workers(env.get("LITMINE_WORKERS", pipeline.get("workers", 1)), path),
        embedder=env.get("LITMINE_EMBEDDER") or _text(search, "embedder", "minilm", path),
        eutils_url=url.rstrip("/") + "/",
        email=env.get("NCBI_EMAIL") or _text(pubmed, "email", "", path),
        tool=_text(pubmed, "tool", "litmine", path),
        api_key=env.get("NCBI_API_KEY", ""),
        expand=_expand(pubmed.get("expand", ["claims", "cited-by"]), path),
        cap=int(_number(pubmed, "cap", 200, 1, 9_999, path)),
        cutoff=_number(pubmed, "cutoff", 0.15, 0, 1, path),
        **({"cache_dir": Path(cache).expanduser()} if cache else {}),
    )


def _check_known(data: dict[str, Any], path: Path) -> None:
    """Refuse unknown tables and keys: a misspelt setting must not be ignored in silence."""
    for table, values in data.items():
        if table not in _KNOWN or not isinstance(values, dict):
            raise ConfigError(f"{path}: unknown table [{table}]; known are {', '.join(sorted(_KNOWN))}")
        for key in values:
            if key not in _KNOWN[table]:
                raise ConfigError(
                    f"{path}: unknown setting {key!r} in [{table}]; known are {', '.join(sorted(_KNOWN[table]))}"
                )


def _text(table: Mapping[str, Any], key: str, default: str, path: Path) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise ConfigError(f"{path}: {key} must be text, not {value!r}")
    return value


def _expand(value: Any, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not set(value) <= _EXPANSIONS:
        raise ConfigError(
            f"{path}: [pubmed] expand must be a list of {', '.join(sorted(_EXPANSIONS))}, not {value!r}"
        )
    return tuple(value)


def _number(table: Mapping[str, Any], key: str, default: float, low: float, high: float, path: Path) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ConfigError(f"{path}: {key} must be a number from {low} to {high}, not {value!r}")
    return value


def _workers(value: Any, path: Path) -> int:
    try:
        workers = int(value)
    except (TypeError, ValueError):
        workers = 0
    if workers < 1:
        raise ConfigError(f"{path}: workers must be a whole number from 1, not {value!r}")
    return workers
