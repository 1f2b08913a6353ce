"""`litmine doctor`: what is installed, which models, is NCBI reachable, is anything stale."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

import litmine
from litmine.cli.common import print_json, with_workspace, wrapped
from litmine.config import Config
from litmine.errors import LitmineError

PACKAGES = (
    "spacy", "scispacy", "biopython", "sentence-transformers", "faiss-cpu", "torch", "tantivy",
)  # fmt: skip


@click.command(name="doctor")
@click.option("--offline", is_flag=True, help="Do not probe NCBI.")
@with_workspace
def command(config: Config, as_json: bool, offline: bool) -> int:
    """Check the installation, the models, the network and the workspace; exit 1 when something is broken."""
    findings = {
        "litmine": [_ok(f"{litmine.__version__} on Python {platform.python_version()}"), *_packages()],
        "models": [_pipeline(config), *_recogniser(config), _embedder(config)],
        "network": [_network(config, offline)],
        "workspace": _workspace(config),
    }
    if as_json:
        print_json(findings)
    else:
        for part, entries in findings.items():
            for entry in entries:
                head = f"{part:<10} {entry['state']:<8} "
                first, *more = wrapped(entry["message"], " " * len(head), "")
                click.echo("\n".join([head + first.lstrip(), *more]))
    return int(any(entry["state"] == "broken" for entries in findings.values() for entry in entries))


def _ok(message: str) -> dict[str, Any]:
    return {"state": "ok", "message": message}


def _note(message: str) -> dict[str, Any]:
    return {"state": "note", "message": message}


def _broken(error: LitmineError | str) -> dict[str, Any]:
    return {"state": "broken", "message": str(error)}


def _packages() -> list[dict[str, Any]]:
    found = []
    for name in PACKAGES:
        try:
            found.append(_ok(f"{name} {version(name)}"))
        except PackageNotFoundError:
            found.append(_broken(f"{name} is not installed: pip install {name}"))
    return found


def _pipeline(config: Config) -> dict[str, Any]:
    from litmine.pipeline import load_pipeline

    try:
        nlp = load_pipeline(config.pipeline_model)
    except LitmineError as error:
        return _broken(error)
    return _ok(
        f"spaCy pipeline {config.pipeline_model}: {nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"
    )


def _recogniser(config: Config) -> list[dict[str, Any]]:
    from litmine.entities import Recogniser

    if not config.recogniser:
        return [_note("entities by the dictionary alone ([pipeline] recogniser)")]
    recogniser = Recogniser(config.recogniser)
    try:
        recogniser.mentions("The drug was given to mice.")
    except LitmineError as error:
        return [_broken(error)]
    return [_ok(f"entities by the dictionary and {recogniser.version}")]


def _embedder(config: Config) -> dict[str, Any]:
    from litmine.embedders import load_embedder

    try:
        embedder = load_embedder(config.embedder)
        embedder.encode(["one text, so that the checksums are looked at"])
    except LitmineError as error:
        return _broken(error)
    return _ok(f"encoder {embedder.name}: {embedder.dimension} dimensions, checksums right")


def _network(config: Config, offline: bool) -> dict[str, Any]:
    from litmine.sources.entrez import Entrez

    if offline:
        return _note("NCBI not asked (--offline)")
    if Entrez(config).reachable():
        return _ok(f"NCBI answers at {config.eutils_url}")
    return _note(f"NCBI can't be reached at {config.eutils_url}; litmine works with what the corpus holds")


def _workspace(config: Config) -> list[dict[str, Any]]:
    from litmine.corpus import Corpus
    from litmine.index import Index
    from litmine.review import read_review
    from litmine.run import make_extractor

    found = []
    try:
        review = read_review(config.review)
        found.append(_ok(f"review: {len(review.sentences)} sentences, {len(review.references)} references"))
    except LitmineError as error:
        found.append(_broken(error))
    if not config.corpus_path.is_file():
        return [*found, _note("no corpus yet: litmine update")]
    try:
        with Corpus.open(config.corpus_path, readonly=True) as corpus:
            found.append(_ok(f"corpus: {len(corpus)} records"))
            unread = sum(1 for _ in corpus.unread(make_extractor(config).fingerprint))
            found.append(
                _note(f"{unread} records to read: litmine extract") if unread else _ok("all records read")
            )
            missing = corpus.not_fetched()
            if missing:
                found.append(_note(f"{len(missing)} things asked for were not fetched: litmine update"))
            try:
                Index.open(config, corpus)
                found.append(_ok("index fits the corpus"))
            except LitmineError as error:
                found.append(_note(f"{error}"))
    except LitmineError as error:
        found.append(_broken(error))
    return found
