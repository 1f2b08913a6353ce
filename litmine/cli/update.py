"""`litmine update`: resolve references, look for what is new, fetch records, log what changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litmine.cli.common import bars, print_json, with_workspace
from litmine.config import Config
from litmine.errors import UsageError

if TYPE_CHECKING:
    from litmine.update import UpdateOutcome

_KINDS = ("claims", "cited-by", "similar")


@click.command(name="update")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--source", type=click.Choice(["entrez", "medline", "ris", "digests"]), help="Only this source."
)
@click.option(
    "--filter", "terms", default="", metavar="TERMS", help="Of PATH take in only what matches (AND, OR, NOT)."
)
@click.option("--since", metavar="DATE", help="Only records entered since this date (2025-06-30).")
@click.option("--max", "maximum", type=click.IntRange(1), help="Fetch at most so many records.")
@click.option("--expand", metavar="KINDS", help="Beside the references: claims,cited-by,similar; or none.")
@click.option("--cap", type=click.IntRange(1, 9_999), help="Records that each kind of expansion may bring.")
@click.option("--cutoff", type=click.FloatRange(0, 1), help="Relevance below which a record does not count.")
@click.option("--all-years", is_flag=True, help="Look for what is older than the review, too.")
@click.option("--offline", is_flag=True, help="Ask no network.")
@click.option("--dry-run", is_flag=True, help="Count by query and say how long it takes; change nothing.")
@with_workspace
def command(
    config: Config,
    as_json: bool,
    paths: tuple[Path, ...],
    expand: str | None,
    cap: int | None,
    cutoff: float | None,
    dry_run: bool,
    **options: Any,
) -> int:
    """Bring the corpus up to date; exit 1 when something asked for was not fetched."""
    from litmine.corpus import Corpus
    from litmine.review import read_review
    from litmine.run import update_corpus

    config = replace(
        config,
        expand=config.expand if expand is None else _kinds(expand),
        cap=cap or config.cap,
        cutoff=config.cutoff if cutoff is None else cutoff,
    )
    if not config.email and not options["offline"]:
        click.echo(
            "litmine: no e-mail address is set; NCBI asks for one ([pubmed] email in litmine.toml, or NCBI_EMAIL)",
            err=True,
        )
    review = read_review(config.review)
    with Corpus.open(config.corpus_path) as corpus:
        outcome = update_corpus(config, corpus, review, bars=bars, paths=paths, dry_run=dry_run, **options)
    if as_json:
        print_json(outcome)
    else:
        for line in _lines(outcome, config.cutoff):
            click.echo(line)
    return 1 if outcome.not_fetched else 0


def _kinds(printed: str) -> tuple[str, ...]:
    kinds = tuple(kind.strip() for kind in printed.split(",") if kind.strip())
    if kinds == ("none",):
        return ()
    if unknown := [kind for kind in kinds if kind not in _KINDS]:
        raise UsageError(f"--expand {unknown[0]!r} is unknown; known are {', '.join(_KINDS)}, or none")
    return kinds


def _lines(outcome: UpdateOutcome, cutoff: float) -> list[str]:
    """The log a person reads; the last line is the one for cron."""
    lines = []
    if outcome.dry_run:
        lines += [
            f"{query.kind}{f' {query.claim}' if query.claim else ''}: {query.found} found"
            f"{f' since {query.since}' if query.since else ''}: {query.query}"
            for query in outcome.queries
        ]
    for event in outcome.events:
        lines.append(f"{event.kind}: {event.record_id}{f' ({event.other})' if event.other else ''}")
    flow = outcome.flow
    if flow.found:
        lines.append(
            f"expansions: found {flow.found}, duplicates {flow.duplicates}, below the cut-off of {cutoff:g} "
            f"{flow.below_cutoff}, excluded {flow.excluded}, kept {flow.kept}"
        )
    if outcome.not_fetched:
        lines.append(outcome.message)
    return [*lines, outcome.closing_line]
