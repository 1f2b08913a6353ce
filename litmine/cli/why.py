"""`litmine why`: how the verdict of one claim came about."""

from __future__ import annotations

import textwrap
from typing import Any

import click

from litmine.cli.common import bars, print_json, with_workspace
from litmine.config import Config
from litmine.errors import UsageError


@click.command(name="why")
@click.argument("claim", metavar="CLAIM")
@with_workspace
def command(config: Config, as_json: bool, claim: str) -> None:
    """Show the evidence, the rules and the citation check behind one claim's verdict (ids: `litmine claims`)."""
    from litmine.run import report_of_workspace

    document = report_of_workspace(config, bars=bars)
    found = next((entry for entry in document["claims"] if entry["id"].lower() == claim.lower()), None)
    if found is None:
        raise UsageError(
            f"no claim {claim!r}; `litmine claims` lists them, from {document['claims'][0]['id']} on"
        )
    if as_json:
        print_json(found)
    else:
        if document["review"]["restated"]:
            click.echo("The claim stands here as restated, not in the authors' words.")
        for line in _lines(found):
            click.echo(line)


def _lines(claim: dict[str, Any]) -> list[str]:
    lines = [f"{claim['id']}  {claim['section']}", *_wrapped(claim["text"], "  ")]
    lines += [
        "",
        *_wrapped(
            f"Verdict: {claim['verdict']} (confidence {claim['confidence']:.2f}; {claim['strength']})", ""
        ),
    ]
    lines += _wrapped(claim["reason"], "  ")
    if claim["curated"]:
        lines.append(f"  decided by {claim['curated']}")
    parts = claim["clauses"] if len(claim["clauses"]) > 1 else []
    for number, part in enumerate(parts, 1):
        lines += _wrapped(f"part {number}, {part['verdict'] or 'not judged'}: {part['text']}", "  ")
    if claim["evidence"]:
        lines += ["", "Evidence"]
    for item in claim["evidence"]:
        part = f" part {item['clause'] + 1}" if parts else ""
        digest = ", digest" if item["depth"] == "digest" else ""
        retracted = ", RETRACTED" if item["retracted"] else ""
        lines += _wrapped(
            f"{item['stance']}{part}: {item['record']}, {item['year'] or '?'}, level {item['level']} "
            f"({item['study_type']}){digest}{retracted}; {item['rule']}",
            "  ",
        )
        lines += _wrapped(f"“{item['text']}” [{item['start']}–{item['end']}]", "    ")
        if item["comparability"] and item["comparability"] != "comparable":
            lines += _wrapped(f"comparability: {item['comparability']}", "    ")
    if claim["citation_check"]:
        lines += ["", "Its own references"]
    for check in claim["citation_check"]:
        lines += _wrapped(f"[{check['number']}] {check['status']}: {check['reason']}", "  ")
    for conflict in claim["internal_conflicts"]:
        lines += ["", *_wrapped(f"Conflict within the review: {conflict['message']}", "  ")]
    if claim["gaps"]:
        lines += ["", "Gaps"]
    for gap in claim["gaps"]:
        lines += _wrapped(f"{gap['code']}: {gap['message']}", "  ")
        lines += _wrapped(f"query: {gap['query']}", "     ")
    if claim["would_change"]:
        lines += ["", *_wrapped(f"What would change this verdict: {claim['would_change']}", "")]
    if claim["trail"]:
        lines += ["", "Rules, in order", *(line for step in claim["trail"] for line in _wrapped(step, "  "))]
    return lines


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), 79, initial_indent=indent, subsequent_indent=indent + "  ")
