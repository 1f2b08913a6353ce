"""`litmine exclude`: a record no longer counts; it is kept, and the decision stands above every update."""

from __future__ import annotations

import click

from litmine.cli.common import with_workspace
from litmine.cli.include import decide, with_name
from litmine.config import Config


@click.command(name="exclude")
@click.argument("record", metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with the decision.")
@with_name
@with_workspace
def command(config: Config, as_json: bool, record: str, reason: str, by: str) -> None:
    """Keep a record (PMID:1, or a plain PMID) out of assessment, search and counts; `litmine include` takes it back."""
    decide(config, record, include=False, reason=reason, by=by, as_json=as_json)
