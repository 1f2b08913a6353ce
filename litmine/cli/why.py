"""`litmine why`: how the verdict of one claim came about."""

from __future__ import annotations

from typing import Any

import click

from litmine.cli.common import VERDICT_COLOURS, bars, coloured, print_json, with_workspace, wrapped
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
            click.echo(_with_colours(line, found["verdict"]))


def _lines(claim: dict[str, Any]) -> list[str]:
    from litmine.reports.sentences import merged, parts_words
    from litmine.reports.wording import CITATION_STATUSES, STANCES, VERDICTS

    lines = [f"{claim['id']}  {claim['section']}", *wrapped(claim["text"], "  ")]
    rests = f" (confidence {claim['confidence']:.2f}; {claim['strength']})" if claim["confidence"] else ""
    lines += ["", *wrapped(f"Verdict: {VERDICTS[claim['verdict']]}{rests}", "")]
    lines += wrapped(claim["reason"], "  ")
    if claim["curated"]:
        lines.append(f"  decided by {claim['curated']}")
    parts = claim["clauses"] if len(claim["clauses"]) > 1 else []
    for number, part in enumerate(parts, 1):
        lines += wrapped(f"part {number}, {VERDICTS[part['verdict'] or 'not_judged']}: {part['text']}", "  ")
    if claim["evidence"]:
        lines += ["", "Evidence"]
    for item in merged(claim["evidence"]):
        part = f", {parts_words(item['parts'])}" if parts else ""
        digest = ", digest" if item["depth"] == "digest" else ""
        retracted = ", RETRACTED" if item["retracted"] else ""
        lines += wrapped(
            f"{STANCES[item['stance']]}{part}: {item['record']}, {item['year'] or '?'}, level {item['level']} "
            f"({item['study_type']}){digest}{retracted}; {'; '.join(item['rules'])}",
            "  ",
        )
        lines += wrapped(f"“{item['text']}” [{item['start']}–{item['end']}]", "    ")
        if item["seconds"]:
            lines += wrapped(f"second judge: {'; '.join(item['seconds'])}", "    ")
        if item["differs"]:
            lines += wrapped(f"differs: {'; '.join(item['differs'])}", "    ")
    if claim["citation_check"]:
        lines += ["", "Its own references"]
    for check in claim["citation_check"]:
        lines += wrapped(f"[{check['number']}] {CITATION_STATUSES[check['status']]}: {check['reason']}", "  ")
    for conflict in claim["internal_conflicts"]:
        lines += ["", *wrapped(f"Conflict within the review: {conflict['message']}", "  ")]
    if claim["gaps"]:
        lines += ["", "Gaps"]
    queries = list(dict.fromkeys(gap["query"] for gap in claim["gaps"]))
    for gap in claim["gaps"]:
        lines += wrapped(f"{gap['code']} {gap['name']}: {gap['message']}", "  ")
        if len(queries) > 1:
            lines += wrapped(f"PubMed query: {gap['query']}", "     ")
    if len(queries) == 1 and queries[0]:
        lines += wrapped(f"PubMed query: {queries[0]}", "  ")
    if claim["would_change"]:
        lines += ["", *wrapped(f"What would change this verdict: {claim['would_change']}", "")]
    if claim["trail"]:
        lines += ["", "Rules, in order", *(line for step in claim["trail"] for line in wrapped(step, "  "))]
    return lines


_HEADINGS = ("Evidence", "Its own references", "Gaps", "Rules, in order")


def _with_colours(line: str, verdict: str) -> str:
    if line in _HEADINGS:
        return coloured(line, None, bold=True)
    if line.startswith("Verdict:"):
        return coloured(line, VERDICT_COLOURS.get(verdict), bold=True)
    return line
