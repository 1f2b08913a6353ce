"""The local web page: search, records, claims, gap map, curation and screening, on loopback only."""

from litmine.web.app import make_app
from litmine.web.server import serve

__all__ = ["make_app", "serve"]
