"""`litmine search`: semantic search over sentences and records."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

import click

from litmine.cli.common import print_json, with_workspace
from litmine.config import Config
from litmine.errors import UsageError
from litmine.types import LEVELS, OutcomeType

if TYPE_CHECKING:
    from litmine.search import Answer
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
    from litmine.api import Workspace
    from litmine.search import Filters

    first, last = _years(year)
    filters = Filters(year_from=first, year_to=last, **wanted)
    with Workspace(config) as workspace:
        answers = workspace.search(query, k=k, filters=filters, sort=sort)
        if as_json:
            print_json([_row(answer) for answer in answers])
        elif as_csv:
            _print_csv([_row(answer) for answer in answers])
        elif as_ris:
            from litmine.annotations import EXPORTS

            ids = dict.fromkeys(answer.record_id for answer in answers)
            records = (record for record_id in ids if (record := workspace.corpus.get(record_id)))
            click.echo("".join(EXPORTS["ris"]((record, None) for record in records)), nl=False)
        elif not answers:
            click.echo("nothing in this corpus is relevant to that", err=True)
        else:
            for number, answer in enumerate(answers, start=1):
                click.echo("\n".join(_shown(number, answer)))


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


def _row(answer: Answer) -> dict[str, Any]:
    return {**asdict(answer), "why": dict(answer.why)}


def _print_csv(rows: list[dict[str, Any]]) -> None:
    from litmine.annotations.exports import csv_row

    click.echo(csv_row(_COLUMNS), nl=False)
    for row in rows:
        click.echo(csv_row("" if row[name] is None else str(row[name]) for name in _COLUMNS), nl=False)


def _paper(answer: Answer) -> str:
    title = (
        answer.title if not answer.journal or answer.title.endswith((".", "?", "!")) else f"{answer.title}."
    )
    return f"{title} {answer.journal}".strip()


def _shown(number: int, answer: Answer) -> list[str]:
    flags = ["digest"] if answer.depth == "digest" else []
    flags += ["RETRACTED"] if answer.retracted else []
    why = ", ".join(
        f"{name} {value:.2f}" if isinstance(value, float) else f"{name}: {value}"
        for name, value in answer.why
    )
    head = f"{number:>2}. {answer.record_id}  {answer.year or '?'}  level {answer.level} ({answer.design})"
    return [
        head + "".join(f" · {flag}" for flag in flags),
        *textwrap.wrap(f"{answer.text}”", 79, initial_indent="    “", subsequent_indent="    "),
        *textwrap.wrap(
            _paper(answer),
            79,
            initial_indent="    — ",
            subsequent_indent="      ",
        ),
        *([f"      {answer.url}"] if answer.url else []),
        *textwrap.wrap(
            f"score {answer.score:.2f}; {why}", 79, initial_indent="    ", subsequent_indent="      "
        ),
        "",
    ]
