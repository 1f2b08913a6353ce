"""`litmine run`: the main job, from the review to its evidence gap report."""

from __future__ import annotations

from pathlib import Path

import click

from litmine.cli.common import bars, print_json, with_workspace
from litmine.config import Config


@click.command(name="run")
@click.option(
    "-o", "--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Default: reports/"
)
@click.option("--offline", is_flag=True, help="Ask no network.")
@with_workspace
def command(config: Config, as_json: bool, out: Path | None, offline: bool) -> None:
    """Update, read, index, assess and report; the last line is the path of the HTML report."""
    from litmine.reports import summary_lines
    from litmine.run import run

    result = run(config, out or config.reports_dir, offline=offline, bars=bars)
    if result.outcome.message:
        click.echo(result.outcome.message, err=True)
    if result.reused:
        click.echo("nothing changed since the last run: its report stands", err=True)
    html = next(path for path in result.written if path.suffix == ".html")
    if as_json:
        print_json({"summary": result.document["summary"], "written": [str(path) for path in result.written]})
        return
    for line in summary_lines(result.document):
        click.echo(line)
    click.echo(str(html))
