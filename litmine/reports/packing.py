"""Parts of a long page that are kept compressed inside it and put in place when somebody opens them."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping

from markupsafe import Markup


class Shelf:
    """Takes the bodies of a page's foldable parts: leaves them in place, or puts them aside."""

    def __init__(self, *, packed: bool) -> None:
        self.packed = packed
        self._parts: list[str] = []

    def body(self, markup: Markup) -> Markup:
        """The element that holds a body: with its content, or with the number under which the content is packed."""
        if not self.packed:
            return Markup('<div class="body">{}</div>').format(markup)
        self._parts.append(str(markup))
        return Markup('<div class="body" data-packed="{}"></div>').format(len(self._parts) - 1)

    def contents(self, titles: Mapping[str, str]) -> str:
        """What was put aside, as base64 of a gzip of JSON: the page's script unpacks it.

        Args:
            titles: address of a record → its title, said once here and not at each of the record's links.
        """
        raw = json.dumps({"bodies": self._parts, "titles": dict(titles)}, ensure_ascii=False).encode()
        return base64.b64encode(gzip.compress(raw, compresslevel=9, mtime=0)).decode()
