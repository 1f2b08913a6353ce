"""`litmine gaps`: the evidence gap report in the formats asked for."""

from __future__ import annotations

from pathlib import Path

import click

from litmine.cli.common import bars, print_json, with_workspace, wrapped
from litmine.config import Config
from litmine.errors import UsageError


@click.command(name="gaps")
@click.option(
    "--format", "formats", metavar="LIST", help="Of html, markdown, json, csv (comma-separated); with -o."
)
@click.option(
    "-o", "--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Default: reports/"
)
@click.option(
    "--figures",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write each chart of the report as PNG and SVG.",
)
@with_workspace
def command(
    config: Config, as_json: bool, formats: str | None, out: Path | None, figures: Path | None
) -> None:
    """Print the gaps that matter first, or write the report in the formats asked for."""
    from litmine.reports import FORMATS, gap_lines, write_figures, write_report
    from litmine.run import report_of_workspace

    wanted = tuple(name.strip() for name in (formats or "").split(",") if name.strip())
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise UsageError(f"unknown format {unknown[0]!r}; choose from {', '.join(FORMATS)}")
    document = report_of_workspace(config, bars=bars)
    if figures:
        for path in write_figures(document, figures):
            click.echo(str(path))
    if wanted or out:
        for path in write_report(document, out or config.reports_dir, wanted or tuple(FORMATS)):
            click.echo(str(path))
    elif figures:
        return
    elif as_json:
        print_json({"gaps": document["gaps"], "missing_from_review": document["missing_from_review"]})
    else:
        for line in gap_lines(document):
            indent = " " * (len(line) - len(line.lstrip()))
            hang = " " * (5 - len(indent)) if len(indent) < 5 else "  "
            click.echo("\n".join(wrapped(line, indent, hang)))
