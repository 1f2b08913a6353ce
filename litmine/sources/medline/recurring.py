"""Parts of an article that recur word for word (MeSH headings, chemicals): cut out before parsing, each read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser

_KEPT = 100_000
_NOTES, _NOTES_END = b"<CommentsCorrectionsList>", b"</CommentsCorrectionsList>"
_NOTE, _NOTE_END = b"<CommentsCorrections", b"</CommentsCorrections>"
_CITATION = _NOTE + b' RefType="Cites">'
_CITED = b"<ReferenceList"
_CITED_END = b"</ReferenceList>"
_AFTER_CITED = re.compile(rb"\s*</PubmedData>\s*</PubmedArticle>\s*")


class RecurringList:
    """A list element whose items are read once for each way they are printed.

    Args:
        name: tag of the list.
        item: tag of its items.
        read: the value of an item.
    """

    def __init__(self, name: str, item: str, read: Callable[[Element], Any]) -> None:
        self.name, self.item, self.read = name, item, read
        self._start, self._end = f"<{name}>".encode(), f"</{name}>".encode()
        self._item_end = f"</{item}>".encode()
        self._values: dict[bytes, Any] = {}

    def cut(self, article: bytes) -> tuple[bytes, tuple[Any, ...] | None]:
        """An article without its list, and the values of the list; the same article and None if it can't be cut.

        It is cut when it stands there once and holds nothing but its items, each well-formed, without comments, CDATA
        sections or processing instructions. If what is left has any of these, the list may have stood in one.
        """
        start = article.find(self._start)
        end = article.find(self._end, start)
        if start < 0 or end < 0 or article.find(self._start, start + 1) >= 0:
            return article, None
        *items, rest = article[start + len(self._start) : end].split(self._item_end)
        if rest.strip():
            return article, None
        values = self._values
        if len(values) > _KEPT:
            values.clear()
        found = []
        for printed in items:
            value = values.get(printed)
            if value is None:
                element = _element(printed.strip() + self._item_end)
                if element is None or element.tag != self.item:
                    return article, None
                value = values[printed] = self.read(element)
            found.append(value)
        return article[:start] + article[end + len(self._end) :], tuple(found)


def cut_lists(
    article: bytes, lists: tuple[RecurringList, ...]
) -> tuple[bytes, Mapping[str, tuple[Any, ...]]]:
    """An article without its recurring lists and without the articles it cites, and the lists' values by name."""
    values = {}
    for each in lists:
        article, found = each.cut(article)
        if found is not None:
            values[each.name] = found
    return _without_citations(article), values


def _without_citations(article: bytes) -> bytes:
    """Cut out what an article cites, which no record keeps: up to half of the bytes of a recent one."""
    if (start := article.find(_CITED)) >= 0 and (end := article.rfind(_CITED_END)) > start:
        end += len(_CITED_END)
        if _AFTER_CITED.fullmatch(article, end) and b"</PubmedData>" not in article[start:end]:
            article = article[:start] + article[end:]
    if _CITATION not in article or (end := article.find(_NOTES_END)) < 0:
        return article
    start = article.find(_NOTES) + len(_NOTES)
    kept = [
        note
        for note in article[start:end].split(_NOTE_END)
        if not note.lstrip().startswith(_CITATION) or note.count(_NOTE) > 1
    ]
    return article[:start] + _NOTE_END.join(kept) + article[end:]


def _element(printed: bytes) -> Element | None:
    if b"<!" in printed or b"<?" in printed:
        return None
    parser = XMLParser()  # noqa: S314  (no declarations in these bytes, so no entities and nothing outside)
    try:
        parser.feed(printed)
        return parser.close()
    except (ParseError, ValueError):
        return None
