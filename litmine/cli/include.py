"""`litmine include`: a record counts, whatever its relevance; `decide` also serves `litmine exclude`."""

from __future__ import annotations

import getpass

import click

from litmine.cli.common import needs_corpus, print_json, with_workspace
from litmine.config import Config
from litmine.errors import NotFound

with_name = click.option("--by", default="", metavar="NAME", help="Who decides (default: your user name).")


def user_name() -> str:
    """The name under which the system knows the user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "someone"


@click.command(name="include")
@click.argument("record", metavar="ID")
@click.option("--reason", default="it counts", metavar="TEXT", help="Why; kept with the decision.")
@with_name
@with_workspace
def command(config: Config, as_json: bool, record: str, reason: str, by: str) -> None:
    """Let a record count (PMID:1, or a plain PMID): also one below the relevance cut-off, or excluded before."""
    decide(config, record, include=True, reason=reason, by=by, as_json=as_json)


def decide(config: Config, record: str, *, include: bool, reason: str, by: str, as_json: bool) -> None:
    """Keep a decision about a record in the curator's file and the corpus, and say what it means.

    Raises:
        NotFound: the corpus holds no such record.
    """
    from litmine.annotations import Decision, Entry, add_decisions
    from litmine.corpus import Corpus
    from litmine.run import repeat_inclusions

    needs_corpus(config)
    asked = f"PMID:{record}" if record.isascii() and record.isdecimal() else record
    with Corpus.open(config.corpus_path) as corpus:
        found = corpus.get(asked)
        if found is None:
            raise NotFound(
                f"the corpus holds no record {asked!r}; ids look like PMID:123 or DOI:10.1000/x, "
                "and `litmine update --json` lists what was found"
            )
        decided = Decision("include" if include else "exclude", by or user_name(), reason)
        add_decisions(config.curation_path, [Entry("inclusion", (found.id,), decided)])
        repeat_inclusions(config, corpus)
        decision, counted = corpus.decisions()[found.id], len(corpus)
    if as_json:
        print_json(decision)
        return
    word = "included" if include else "excluded: no longer assessed, searched or counted"
    click.echo(
        f"{found.id} “{found.title}” is {word}; {counted} records count. `litmine run` makes the report anew."
    )
