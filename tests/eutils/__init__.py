"""A stand-in E-utilities server on loopback, with invented records and faults on request."""

from eutils.articles import article, article_set
from eutils.server import Fault, StandIn

__all__ = ["Fault", "StandIn", "article", "article_set"]
