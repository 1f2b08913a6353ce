"""Record ids and aliases from PMIDs, DOIs and PMCIDs as sources print them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_DOI = re.compile(r"^10\.\d{4,9}/\S+$")
_PMCID = re.compile(r"^(?:PMC)?(\d+)(?:\.\d+)?$", re.IGNORECASE)


def clean_doi(printed: str) -> str:
    """A DOI in lower case without resolver address; empty when it is none."""
    doi = _DOI_PREFIX.sub("", printed.strip()).lower().rstrip(".,;")
    return doi if _DOI.match(doi) else ""


def clean_pmid(printed: str) -> str:
    """A PMID without prefix or leading zeros; empty when it is none."""
    digits = printed.strip().removeprefix("PMID:").strip()
    return digits.lstrip("0") if digits.isascii() and digits.isdecimal() else ""


def clean_pmcid(printed: str) -> str:
    """A PMCID as `PMC123`, versions dropped; empty when it is none."""
    match = _PMCID.match(printed.strip())
    return f"PMC{match[1]}" if match else ""


def identify(
    *, pmid: str, doi: str, pmcid: str, title: str = "", year: int | None = None, authors: Sequence[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """Id and aliases of a record: PMID before DOI before PMCID.

    Without any of them the id is a hash over title, year and first author, so that the same print gets the same id.
    """
    known = [
        prefix + value
        for prefix, value in (
            ("PMID:", clean_pmid(pmid)),
            ("DOI:", clean_doi(doi)),
            ("PMCID:", clean_pmcid(pmcid)),
        )
        if value
    ]
    if known:
        return known[0], tuple(known[1:])
    printed = "\t".join([" ".join(title.casefold().split()), str(year or ""), *authors[:1]])
    return f"litmine:{hashlib.sha256(printed.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}", ()
