"""MkDocs hook: links from a page to files outside docs/ lead to the repository."""

from __future__ import annotations

import posixpath
import re
from typing import Any

_LINK = re.compile(r"\]\(((?:\.\./)+[^)#\s]+)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_others: Any) -> str:
    """Replace `](../X` by the address of X in the repository, where it lies outside docs/."""

    def outside(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page.file.src_uri), match[1]))
        inside = path.startswith("docs/")
        return match[0] if inside else f"]({config.repo_url.rstrip('/')}/blob/main/{path}"

    return _LINK.sub(outside, markdown)
