"""`litmine eval`: measure a part of litmine on files in the field's standard formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from litmine.cli.common import bars, needs_corpus, print_json, with_json, with_workspace
from litmine.config import Config

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(name="eval")
def command() -> None:
    """Measure a part of litmine on files in standard formats; predictions to a file, measures to stdout."""


@command.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--split", required=True, help="Name of the file in DIR/qrels, without .tsv.")
@click.option("--out", required=True, type=_FILE, help="TREC run to write.")
@click.option("--embedder", default="minilm", show_default=True)
@with_json
def retrieval(as_json: bool, folder: Path, split: str, out: Path, embedder: str) -> None:
    """Rank a BEIR folder's corpus for each query; nDCG@10 and recall as trec_eval computes them."""
    from litmine.evaluate.retrieval import evaluate_retrieval

    _tell(evaluate_retrieval(folder, split, out, embedder=embedder, bars=bars), as_json)


@command.command()
@click.argument("pairs", metavar="PAIRS.jsonl", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="Predictions to write.")
@with_json
def stance(as_json: bool, pairs: Path, out: Path) -> None:
    """Label {id, claim, evidence} pairs SUPPORT, CONTRADICT or NOT_ENOUGH_INFO."""
    from litmine.evaluate.stance import evaluate_stance
    from litmine.relations import Extractor

    with bars("judging pairs") as bar:
        _tell(evaluate_stance(pairs, out, Extractor(), progress=bar), as_json)


@command.command()
@click.argument("gold", metavar="GOLD.jsonl", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="Predictions to write.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@with_json
def relations(as_json: bool, gold: Path, out: Path, workers: int) -> None:
    """Extract relations from {id, title, text} documents; scored where they carry gold relations."""
    from litmine.evaluate.relations import evaluate_relations
    from litmine.relations import Extractor

    with bars("reading documents") as bar:
        _tell(evaluate_relations(gold, out, Extractor(), workers=workers, progress=bar), as_json)


@command.command()
@click.argument("documents", metavar="FILE.pubtator", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="PubTator file to write.")
@click.option(
    "--model",
    default="litmine",
    show_default=True,
    help="Recogniser beside the dictionary: litmine's own, an installed spaCy or scispaCy model, or none.",
)
@with_json
def entities(as_json: bool, documents: Path, out: Path, model: str) -> None:
    """Tag entities in PubTator documents; strict spans scored where they carry mentions."""
    from litmine.entities import Recogniser
    from litmine.evaluate.entities import evaluate_entities
    from litmine.lexicon import load_lexicon

    recogniser = None if model == "none" else Recogniser(model)
    with bars("tagging documents") as bar:
        _tell(evaluate_entities(documents, out, load_lexicon(None), recogniser, progress=bar), as_json)


@command.command()
@click.argument("printed", metavar="REFS.jsonl", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="Predictions to write.")
@with_workspace
def references(config: Config, as_json: bool, printed: Path, out: Path) -> None:
    """Match {id, printed} references against the workspace's corpus."""
    from litmine.corpus import Corpus
    from litmine.evaluate.references import evaluate_references

    needs_corpus(config)
    with Corpus.open(config.corpus_path, readonly=True) as corpus, bars("matching references") as bar:
        _tell(evaluate_references(printed, out, corpus, progress=bar), as_json)


def _tell(measures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(measures)
        return
    for name, value in measures.items():
        shown = (
            "  ".join(f"{key} {part}" for key, part in value.items()) if isinstance(value, dict) else value
        )
        click.echo(f"{name:<26} {shown}")
