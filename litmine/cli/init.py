"""`litmine init`: a new workspace from a review file or a bundled example."""

from __future__ import annotations

import os
from pathlib import Path

import click

from litmine.errors import UsageError


@click.command(name="init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--review", metavar="FILE", type=click.Path(path_type=Path), help="Markdown, text, JATS XML or PDF."
)
@click.option("--example", type=click.Choice(["her2"]), help="A bundled example instead of your own review.")
@click.option("--pmid", metavar="N", help="Fetch the open-access review of this PMID from PMC.")
@click.option("--doi", metavar="X", help="Fetch the open-access review of this DOI from PMC.")
def command(
    folder: Path, review: Path | None, example: str | None, pmid: str | None, doi: str | None
) -> None:
    """Make a workspace in DIR: settings, the review, and folders for corpus, index and annotations."""
    from litmine.workspace import create_example, create_fetched, create_workspace

    if sum(map(bool, (review, example, pmid, doi))) != 1:
        raise UsageError(
            "litmine init needs --review FILE, --pmid N, --doi X or --example her2 (one of them)"
        )
    if example:
        made = create_example(folder, example)
    elif review:
        made = create_workspace(folder, review)
    else:
        made = create_fetched(folder, lambda: _from_pmc(pmid or "", doi or ""))
    restated = " (restated)" if made.restated else ""
    click.echo(
        f"Workspace in {folder}: “{made.title}”{restated}, {len(made.sentences)} sentences, "
        f"{len(made.references)} references.\nNext: litmine run -w {folder}"
    )


def _from_pmc(pmid: str, doi: str) -> tuple[str, bytes]:
    """PMCID and JATS of an open-access article. Address, e-mail and key come from the environment, as always."""
    from litmine.config import EUTILS_URL, Config
    from litmine.sources.entrez import Entrez
    from litmine.sources.identifiers import clean_doi, clean_pmid

    number, name = clean_pmid(pmid), clean_doi(doi)
    if not (number or name):
        raise UsageError(f"{pmid or doi!r} is no {'PMID (a number)' if pmid else 'DOI (10.…)'}")
    here = Path()
    client = Entrez(
        Config(
            root=here,
            corpus="review",
            review=here,
            eutils_url=(os.environ.get("LITMINE_EUTILS_URL") or EUTILS_URL).rstrip("/") + "/",
            email=os.environ.get("NCBI_EMAIL", ""),
            api_key=os.environ.get("NCBI_API_KEY", ""),
        )
    )
    return client.full_text(pmid=number, doi=name)
