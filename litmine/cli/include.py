"""`litmine include`: a record counts, whatever its relevance; `decide` also serves `litmine exclude`."""

from __future__ import annotations

import click

from litmine.cli.common import needs_corpus, print_json, with_workspace
from litmine.config import Config
from litmine.errors import NotFound


@click.command(name="include")
@click.argument("record", metavar="ID")
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the decision.")
@with_workspace
def command(config: Config, as_json: bool, record: str, reason: str) -> None:
    """Let a record count (PMID:1, or a plain PMID): also one below the relevance cut-off, or excluded before."""
    decide(config, record, include=True, reason=reason, as_json=as_json)


def decide(config: Config, record: str, *, include: bool, reason: str, as_json: bool) -> None:
    """Keep a decision about a record and say what it means.

    Raises:
        NotFound: the corpus holds no such record.
    """
    from litmine.corpus import Corpus

    needs_corpus(config)
    asked = f"PMID:{record}" if record.isascii() and record.isdecimal() else record
    with Corpus.open(config.corpus_path) as corpus:
        found = corpus.get(asked)
        if found is None:
            raise NotFound(
                f"the corpus holds no record {asked!r}; ids look like PMID:123 or DOI:10.1000/x, "
                "and `litmine update --json` lists what was found"
            )
        corpus.decide(found.id, include=include, reason=reason)
        decision, counted = corpus.decisions()[found.id], len(corpus)
    if as_json:
        print_json(decision)
        return
    word = "included" if include else "excluded: no longer assessed, searched or counted"
    click.echo(
        f"{found.id} “{found.title}” is {word}; {counted} records count. `litmine run` makes the report anew."
    )
