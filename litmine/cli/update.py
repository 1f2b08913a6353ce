"""`litmine update`: resolve references, fetch new records, log what changed."""

from __future__ import annotations

from pathlib import Path

import click

from litmine.cli.common import bars, print_json, with_workspace
from litmine.config import Config


@click.command(name="update")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", type=click.Choice(["entrez", "medline", "digests"]), help="Only this source.")
@click.option("--since", metavar="DATE", help="Only records entered since this date (2025-06-30).")
@click.option("--max", "maximum", type=click.IntRange(1), help="Fetch at most so many records.")
@click.option("--offline", is_flag=True, help="Ask no network.")
@click.option("--dry-run", is_flag=True, help="Say what would be asked; change nothing.")
@with_workspace
def command(
    config: Config,
    as_json: bool,
    paths: tuple[Path, ...],
    source: str | None,
    since: str | None,
    maximum: int | None,
    offline: bool,
    dry_run: bool,
) -> int:
    """Bring the corpus up to date; exit 1 when something asked for was not fetched."""
    from litmine.corpus import Corpus
    from litmine.review import read_review
    from litmine.run import update_corpus

    review = read_review(config.review)
    with Corpus.open(config.corpus_path) as corpus:
        outcome = update_corpus(
            config,
            corpus,
            review,
            bars=bars,
            source=source,
            paths=paths,
            since=since,
            maximum=maximum,
            offline=offline,
            dry_run=dry_run,
        )
    if as_json:
        print_json(outcome)
    else:
        click.echo(outcome.closing_line)
    return 1 if outcome.not_fetched else 0
