"""Articles of a PubMed XML stream: known ones passed over by their bytes, the others built fast, all under guard."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError, XMLParser

from litmine.sources.medline.guard import GuardedElements
from litmine.sources.medline.recurring import RecurringList, cut_lists

_START = b"<PubmedArticle>"
_END = b"</PubmedArticle>"
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([^"']+)""")
_LONGEST_TAG = 1 << 16

Known = Callable[[Sequence[bytes]], Collection[bytes]]
"""Which of these hashes are of articles that need not be read again."""


@dataclass(frozen=True, slots=True)
class Found:
    """An element of the stream (None for an article that is known), the hash of its bytes (empty when it has none),
    and the values of the recurring lists that were cut out of it.
    """

    element: Element | None
    hash: bytes = b""
    lists: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@cache
def _reader() -> bytes:
    """What stands for the code that reads records: another code reads every article again."""
    folder = files("litmine.sources.medline")
    sources = sorted((f.name, f.read_bytes()) for f in folder.iterdir() if f.name.endswith(".py"))
    return hashlib.sha256(repr(sources).encode()).digest()


def hash_of(article: bytes) -> bytes:
    """20 bytes that stand for an article as printed and for the code that reads it."""
    digest = hashlib.sha1(_reader(), usedforsecurity=False)
    digest.update(article)
    return digest.digest()


def articles(
    stream: BinaryIO,
    *,
    tags: Collection[str],
    roots: Collection[str],
    name: str,
    known: Known | None = None,
    lists: tuple[RecurringList, ...] = (),
) -> Iterator[Found]:
    """Elements named in `tags`, complete, in document order.

    What lies between articles, and every article that is not plain UTF-8 without declarations, goes through the
    guarded parser; so does the rest of the stream once something odd (a comment) stood between articles.

    Args:
        stream: XML, gzip-compressed or not.
        tags: names of the elements to build.
        roots: names the root element may have.
        name: what to call the stream in messages.
        known: tells which hashes need not be read; None for none.
        lists: cut out of an article before it is parsed, where that is safe.

    Raises:
        RecordError: as `guard.elements`.
    """
    guarded = GuardedElements(stream, tags=tags, roots=roots, name=name)
    data = guarded.read()
    plain = _is_utf8(data)
    buffer = bytearray(data)
    while data:
        pieces = _pieces(buffer)
        hashes = [hash_of(article) if article and plain else b"" for _, article in pieces]
        passed = known([h for h in hashes if h]) if known and any(hashes) else ()
        for (between, article), hash_ in zip(pieces, hashes, strict=True):
            yield from map(Found, guarded.feed(between))
            plain = plain and b"<!--" not in between and b"<![" not in between
            if not (article and plain and guarded.inside_root):
                yield from map(Found, guarded.feed(article))
            elif hash_ in passed:
                guarded.count += 1
                yield Found(None, hash_)
            else:
                yield from _built(article, hash_, guarded, lists)
        guarded.refuse_size(len(buffer))
        data = guarded.read()
        buffer += data
    yield from map(Found, guarded.feed(bytes(buffer), last=True))


def _is_utf8(head: bytes) -> bool:
    """Whether tags can be looked for in the bytes of a stream that begins like this."""
    declared = _DECLARED.search(head[:200])
    return head[:2] not in (b"\xff\xfe", b"\xfe\xff") and (
        declared is None or declared[1].lower() == b"utf-8"
    )


def _pieces(buffer: bytearray) -> list[tuple[bytes, bytes]]:
    """Take complete articles out of the buffer, each after what stands before it; an article that is cut stays.

    The last piece may have no article: what surely is none. Pieces are cut before "<" only.
    """
    pieces: list[tuple[bytes, bytes]] = []
    at = 0
    while (start := buffer.find(_START, at)) >= 0 and (end := buffer.find(_END, start)) >= 0:
        end += len(_END)
        pieces.append((bytes(buffer[at:start]), bytes(buffer[start:end])))
        at = end
    cut = start if start >= 0 else max(at, buffer.rfind(b"<", at))
    if start < 0 and len(buffer) - cut > _LONGEST_TAG:
        cut = len(buffer)
    if start < 0 and buffer.find(b"<", at) < 0:
        cut = len(buffer)
    if cut > at:
        pieces.append((bytes(buffer[at:cut]), b""))
    del buffer[: max(at, cut)]
    return pieces


def _built(
    article: bytes, hash_: bytes, guarded: GuardedElements, lists: tuple[RecurringList, ...]
) -> Iterator[Found]:
    """Build an article with the fast parser; what that can't read the guarded one names, refuses or reads."""
    lean, values = cut_lists(article, lists)
    if b"<!" not in lean and b"<?" not in lean and lean.find(_START, 1) < 0:
        parser = XMLParser()  # noqa: S314  (no declarations in these bytes, so no entities and nothing outside)
        try:
            parser.feed(lean)
            element = parser.close()
        except (ParseError, ValueError):
            pass
        else:
            if not _too_deep(element):
                guarded.count += 1
                yield Found(element, hash_, values)
                return
    yield from map(Found, guarded.feed(article))


def _too_deep(element: Element) -> bool:
    """Whether elements are nested more than 30 deep: left to the guarded parser to judge."""
    level = [element]
    for _ in range(30):
        level = [child for parent in level for child in parent if len(child)]
        if not level:
            return False
    return True
