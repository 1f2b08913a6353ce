"""`litmine serve`: the local web page, on loopback."""

from __future__ import annotations

import click

from litmine.cli.common import needs_corpus, print_json, with_workspace
from litmine.config import Config


@click.command(name="serve")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8765, show_default=True, help="0 takes any free one."
)
@with_workspace
def command(config: Config, as_json: bool, port: int) -> None:
    """Search, read and curate in the browser; on this machine only, until stopped with Ctrl-C."""
    from litmine.web import serve

    needs_corpus(config)

    def ready(address: str) -> None:
        if as_json:
            print_json({"address": address, "workspace": str(config.root)})
        else:
            click.echo(f"litmine serves {config.root} at {address} (Ctrl-C stops it)")

    serve(config, port, ready=ready)
