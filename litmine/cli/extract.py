"""`litmine extract`: entities and relations of new or changed records."""

from __future__ import annotations

from pathlib import Path

import click

from litmine.cli.common import bars, needs_corpus, print_json, with_workspace
from litmine.config import Config
from litmine.errors import UsageError
from litmine.files import write_lines


@click.command(name="extract")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (default: the setting, 1).")
@click.option("--explain", metavar="ID", help="Show how one record was read, sentence by sentence.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write --explain as a web page here."
)
@with_workspace
def command(
    config: Config, as_json: bool, workers: int | None, explain: str | None, html: Path | None
) -> None:
    """Read entities and relations in records that are new or changed."""
    from litmine.corpus import Corpus
    from litmine.run import extract, make_extractor

    needs_corpus(config)
    if html and not explain:
        raise UsageError(
            "--html writes what --explain shows: name a record, extract --explain ID --html FILE"
        )
    extractor = make_extractor(config)
    with Corpus.open(config.corpus_path, readonly=explain is not None) as corpus:
        if explain:
            record = corpus.get(explain)
            if record is None:
                raise UsageError(f"no record {explain!r} in the corpus; ids look like PMID:31825192")
            if html:
                page = extractor.explain_page(record.id, record.title, record.text, record.sections)
                write_lines(html, page.splitlines())
                click.echo(f"wrote {html}")
            else:
                click.echo(extractor.explain(record.id, record.title, record.text, record.sections))
            return
        read = extract(corpus, extractor, workers=workers or config.workers, bars=bars)
        total = sum(len(reading.relations) for reading in corpus.readings(extractor.fingerprint))
        if as_json:
            print_json({"read": read, "records": len(corpus), "relations": total})
        else:
            click.echo(f"read {read} new or changed records; {total} relations in {len(corpus)} records")
