"""litmine: what a biomedical review claims, what its references say, and how the newer evidence stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from litmine.api import Workspace

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(folder: Path | str = ".") -> Workspace:
    """Open a workspace for reading: `litmine.open("my-review").search("loss of PTEN and trastuzumab")`.

    Args:
        folder: holds litmine.toml.

    Raises:
        LitmineError: it is no workspace, or has no corpus yet; the message says what to do.
    """
    from litmine.api import Workspace

    return Workspace.open(folder)
