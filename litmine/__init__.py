"""litmine: what a biomedical review claims, what its references say, and how the newer evidence stands."""

from __future__ import annotations

__version__ = "0.1.0"
