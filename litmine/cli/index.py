"""`litmine index`: embed and index what is new or changed."""

from __future__ import annotations

import click

from litmine.cli.common import bars, needs_corpus, print_json, with_workspace
from litmine.config import Config


@click.command(name="index")
@with_workspace
def command(config: Config, as_json: bool) -> None:
    """Embed and index what is new or changed."""
    from litmine.corpus import Corpus
    from litmine.run import extract, index, make_extractor

    needs_corpus(config)
    extractor = make_extractor(config)
    with Corpus.open(config.corpus_path) as corpus:
        extract(corpus, extractor, workers=config.workers, bars=bars)
        manifest = index(config, corpus, extractor, bars=bars)
    if as_json:
        print_json(manifest)
    else:
        click.echo(
            f"{manifest.sentences} sentences of {manifest.records} records indexed in {config.index_dir}; "
            f"vectors of {manifest.dimension} numbers by {manifest.embedder}{_precision(config)}"
        )


def _precision(config: Config) -> str:
    """How the default encoder computes here; other encoders don't say."""
    from litmine.embedders.bert_torch import native_bfloat16

    if config.embedder != "minilm":
        return ""
    return f" ({'bfloat16' if native_bfloat16() else 'float32'} for many texts, float32 for few)"
