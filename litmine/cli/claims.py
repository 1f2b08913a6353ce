"""`litmine claims`: the claim ledger with its verdicts."""

from __future__ import annotations

from typing import Any, get_args

import click

from litmine.cli.common import VERDICT_COLOURS, bars, coloured, print_json, with_workspace
from litmine.config import Config
from litmine.types import Verdict


@click.command(name="claims")
@click.option("--verdict", type=click.Choice(get_args(Verdict)), help="Only claims with this verdict.")
@with_workspace
def command(config: Config, as_json: bool, verdict: str | None) -> None:
    """List every claim of the review with its verdict, confidence and the references it cites."""
    from litmine.run import report_of_workspace

    document = report_of_workspace(config, bars=bars)
    claims = [claim for claim in document["claims"] if verdict in (None, claim["verdict"])]
    if as_json:
        print_json(claims)
        return
    review = document["review"]
    click.echo(review["title"] + (" (restated)" if review["restated"] else ""))
    section = None
    if not claims:
        click.echo("no claim has this verdict", err=True)
    for claim in claims:
        if claim["section"] != section:
            section = claim["section"]
            click.echo("\n" + coloured(section or "Text", None, bold=True))
        click.echo(_line(claim))


def _line(claim: dict[str, Any], width: int = 79) -> str:
    from litmine.reports.wording import VERDICT_SYMBOL, VERDICTS

    verdict = claim["verdict"]
    decided = f"{claim['confidence']:.2f}" if claim["confidence"] else "    "
    label = f"{VERDICT_SYMBOL[verdict]} {VERDICTS[verdict]}"
    head = f"  {claim['id']}  {label:<21} {decided}  "
    text = " ".join(claim["text"].split())
    room = max(20, width - len(head))
    shown = text if len(text) <= room else text[: room - 1].rstrip() + "…"
    return head.replace(label, coloured(label, VERDICT_COLOURS.get(verdict)), 1) + shown
