"""`litmine init`: a new workspace from a review file or a bundled example."""

from __future__ import annotations

from pathlib import Path

import click

from litmine.errors import UsageError


@click.command(name="init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--review", metavar="FILE", type=click.Path(path_type=Path), help="Markdown, text, JATS XML or PDF."
)
@click.option("--example", type=click.Choice(["her2"]), help="A bundled example instead of your own review.")
def command(folder: Path, review: Path | None, example: str | None) -> None:
    """Make a workspace in DIR: settings, the review, and folders for corpus, index and annotations."""
    from litmine.workspace import create_example, create_workspace

    if example and not review:
        made = create_example(folder, example)
    elif review and not example:
        made = create_workspace(folder, review)
    else:
        raise UsageError("litmine init needs --review FILE or --example her2 (one of them)")
    restated = " (restated)" if made.restated else ""
    click.echo(
        f"Workspace in {folder}: “{made.title}”{restated}, {len(made.sentences)} sentences, "
        f"{len(made.references)} references.\nNext: litmine run -w {folder}"
    )
