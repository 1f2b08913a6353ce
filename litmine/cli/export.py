"""`litmine export`: records and relations for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from litmine.cli.common import needs_corpus, with_workspace
from litmine.config import Config

_FORMS = ["jsonl", "csv", "ris", "bioc", "bioc-xml", "pubtator", "brat", "jsonld", "graphml"]


@click.command(name="export")
@click.option("--format", "form", type=click.Choice(_FORMS), required=True)
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="File to write; for brat a new folder.",
)
@with_workspace
def command(config: Config, as_json: bool, form: str, out: Path) -> None:
    """Write the corpus for other tools; jsonl is canonical (sorted, without fetch times)."""
    from litmine.annotations import write_export
    from litmine.corpus import Corpus
    from litmine.run import make_extractor

    needs_corpus(config)
    fingerprint = make_extractor(config).fingerprint
    with Corpus.open(config.corpus_path, readonly=True) as corpus:
        pairs = ((record, corpus.reading(record.id, fingerprint)) for record in corpus.records())
        write_export(form, pairs, out)
        click.echo(f"{len(corpus)} records written to {out}", err=True)
