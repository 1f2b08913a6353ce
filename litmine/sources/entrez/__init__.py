"""PubMed over the network, through the E-utilities (https://www.ncbi.nlm.nih.gov/books/NBK25499/)."""

from __future__ import annotations

from litmine.sources.entrez.client import BATCH, SOURCE, Entrez, Fetched
from litmine.sources.entrez.searches import Found, batches, uid_query
from litmine.sources.entrez.server import SEARCH_LIMIT
from litmine.sources.entrez.transport import Patience, Transport

__all__ = [
    "BATCH",
    "SEARCH_LIMIT",
    "SOURCE",
    "Entrez",
    "Fetched",
    "Found",
    "Patience",
    "Transport",
    "batches",
    "uid_query",
]
