"""`litmine search`: semantic search over sentences and records."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

import click

from litmine.cli.common import needs_corpus, print_json, with_workspace
from litmine.config import Config
from litmine.errors import UsageError
from litmine.types import LEVELS, Grade, Hit, OutcomeType, Record

if TYPE_CHECKING:
    from litmine.search.searcher import Sort

_COLUMNS = (
    *("record_id", "year", "level", "design", "depth", "retracted", "score", "start", "end", "text"),
    *("title", "journal", "pmid", "doi"),
)


@click.command(name="search")
@click.argument("query", metavar="QUERY")
@click.option(
    "-k", "k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many sentences."
)
@click.option("--year", metavar="A-B", help="Published in these years: 2018-2024, 2020-, -2015 or 2021.")
@click.option("--since", metavar="DATE", help="Published on or after this date (2023, 2023-04, 2023-04-17).")
@click.option("--drug", help="Sentences or records that name this drug.")
@click.option("--mechanism", help="Sentences or records that name this mechanism.")
@click.option("--outcome", type=click.Choice(get_args(OutcomeType)), help="Outcome type of a relation in it.")
@click.option("--level", type=click.Choice(LEVELS), help="This evidence level or a stronger one.")
@click.option(
    "--sort", type=click.Choice(["relevance", "year", "level"]), default="relevance", show_default=True
)
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated on stdout.")
@click.option("--ris", "as_ris", is_flag=True, help="The records as RIS on stdout.")
@with_workspace
def command(
    config: Config,
    as_json: bool,
    as_csv: bool,
    as_ris: bool,
    query: str,
    k: int,
    year: str | None,
    sort: Sort,
    **wanted: Any,
) -> None:
    """Ask in plain words; get the sentence, its paper and its grade of evidence."""
    from litmine.corpus import Corpus
    from litmine.grading import grade
    from litmine.run import make_extractor
    from litmine.search import Filters, Searcher

    if not query.strip():
        raise UsageError('the query is empty: litmine search "resistance to trastuzumab"')
    needs_corpus(config)
    first, last = _years(year)
    filters = Filters(year_from=first, year_to=last, **wanted)
    with Corpus.open(config.corpus_path, readonly=True) as corpus:
        searcher = Searcher.open(config, corpus, make_extractor(config).fingerprint)
        hits = searcher.search(query, k=k, filters=filters, sort=sort)
        records = {hit.record_id: corpus.get(hit.record_id) for hit in hits}
    found = [(hit, record, grade(record)) for hit in hits if (record := records[hit.record_id])]
    if as_json:
        print_json([_row(*item) for item in found])
    elif as_csv:
        _print_csv([_row(*item) for item in found])
    elif as_ris:
        from litmine.annotations import EXPORTS

        unique = {record.id: record for _, record, _ in found}
        click.echo("".join(EXPORTS["ris"]((record, None) for record in unique.values())), nl=False)
    elif not found:
        click.echo("nothing in this corpus is relevant to that", err=True)
    else:
        for number, item in enumerate(found, start=1):
            click.echo("\n".join(_shown(number, *item)))


def _years(text: str | None) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    first, dash, last = text.partition("-")
    try:
        years = (int(first) if first else None, int(last) if last else (None if dash else int(first)))
    except ValueError:
        years = (None, None)
    if years == (None, None) or (years[0] and years[1] and years[0] > years[1]):
        raise UsageError(f"--year {text!r}: write 2018-2024, 2020-, -2015 or 2021")
    return years


def _row(hit: Hit, record: Record, grade: Grade) -> dict[str, Any]:
    return {
        **asdict(hit),
        "why": dict(hit.why),
        "title": record.title,
        "authors": list(record.authors),
        "journal": record.journal,
        "year": record.year,
        "pmid": record.pmid,
        "doi": record.doi,
        "level": grade.level,
        "design": grade.design,
        "depth": record.depth,
        "retracted": record.retracted,
    }


def _print_csv(rows: list[dict[str, Any]]) -> None:
    from litmine.annotations.exports import csv_row

    click.echo(csv_row(_COLUMNS), nl=False)
    for row in rows:
        click.echo(csv_row("" if row[name] is None else str(row[name]) for name in _COLUMNS), nl=False)


def _shown(number: int, hit: Hit, record: Record, grade: Grade) -> list[str]:
    flags = ["digest"] if record.depth == "digest" else []
    flags += ["RETRACTED"] if record.retracted else []
    why = ", ".join(
        f"{name} {value:.2f}" if isinstance(value, float) else f"{name}: {value}" for name, value in hit.why
    )
    head = f"{number:>2}. {hit.record_id}  {record.year or '?'}  level {grade.level} ({grade.design})"
    return [
        head + "".join(f" · {flag}" for flag in flags),
        *textwrap.wrap(f"{hit.text}”", 79, initial_indent="    “", subsequent_indent="    "),
        *textwrap.wrap(
            f"{record.title} {record.journal}".strip(),
            79,
            initial_indent="    — ",
            subsequent_indent="      ",
        ),
        *textwrap.wrap(
            f"score {hit.score:.2f}; {why}", 79, initial_indent="    ", subsequent_indent="      "
        ),
        "",
    ]
