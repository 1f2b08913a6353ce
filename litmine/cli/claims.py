"""`litmine claims`: the claim ledger with its verdicts."""

from __future__ import annotations

from typing import Any

import click

from litmine.cli.common import bars, print_json, with_workspace
from litmine.config import Config


@click.command(name="claims")
@click.option("--verdict", help="Only claims with this verdict.")
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
    for claim in claims:
        if claim["section"] != section:
            section = claim["section"]
            click.echo(f"\n{section}")
        click.echo(_line(claim))


def _line(claim: dict[str, Any], width: int = 79) -> str:
    cited = "[" + ",".join(map(str, claim["cited"])) + "]" if claim["cited"] else ""
    head = f"  {claim['id']}  {claim['verdict']:<19} {claim['confidence']:.2f}  {cited:<8} "
    room = max(20, width - len(head))
    text = " ".join(claim["text"].split())
    return head + (text if len(text) <= room else text[: room - 1].rstrip() + "…")
