"""A stand-in E-utilities server on loopback, with invented records and faults on request."""

from eutils.articles import article, article_set
from eutils.server import FAULTS, Fault, StandIn

__all__ = ["FAULTS", "Fault", "StandIn", "article", "article_set"]
