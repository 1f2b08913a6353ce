"""Read XML elements from a stream one by one, in bounded memory, with no entities, no network, no bombs."""

from __future__ import annotations

import contextlib
import html.entities
from collections.abc import Callable, Collection, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from isal import isal_zlib

from litmine.errors import RecordError

_CHUNK = 1 << 16
_DEPTH = 100
_RECORD_BYTES = 64 << 20
_RATIO = 200
_RATIO_FROM = 32 << 20


class GuardedReader:
    """Decompressed bytes of a stream; gzip is recognised by its first bytes, in one or several members.

    Raises (from `read`):
        RecordError: broken or cut gzip, or one that unpacks to more than 200 times its size (beyond 32 MB).
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._packed = 0
        self._unpacked = 0
        self._waiting = stream.read(_CHUNK)
        self._inflate = isal_zlib.decompressobj(31) if self._waiting[:2] == b"\x1f\x8b" else None
        self._started = False

    def read(self) -> bytes:
        """The next bytes, at most some hundred kilobytes; empty at the end."""
        if self._inflate is None:
            data, self._waiting = self._waiting, self._stream.read(_CHUNK)
            return data
        while True:
            if self._inflate.eof:
                self._waiting = self._inflate.unused_data or self._waiting or self._stream.read(_CHUNK)
                if not self._waiting.rstrip(b"\0"):
                    return b""
                self._inflate = isal_zlib.decompressobj(31)
            source = self._inflate.unconsumed_tail or self._waiting
            if not source:
                source = self._stream.read(_CHUNK)
                if not source:
                    raise RecordError(f"{self._name}: the gzip file is cut off; fetch it again")
            self._packed += 0 if self._inflate.unconsumed_tail else len(source)
            self._waiting = b""
            try:
                data = self._inflate.decompress(source, 4 * _CHUNK)
            except isal_zlib.IsalError as error:  # type: ignore[misc]  # its stub calls the class an instance
                raise RecordError(f"{self._name}: broken gzip ({error}); fetch it again") from error
            self._unpacked += len(data)
            if self._unpacked > max(_RATIO_FROM, _RATIO * self._packed):
                raise RecordError(f"{self._name}: refused, it unpacks to more than {_RATIO} times its size")
            if data:
                return data


class _Builder:
    """Expat handlers that build one element of `tags` at a time and drop what lies around it."""

    def __init__(self, tags: Collection[str], name: str) -> None:
        self.root = ""
        self.root_attributes: dict[str, str] = {}
        self.outside_text: list[str] = []
        self.done: list[Element] = []
        self._tags = tags
        self._name = name
        self.depth = 0
        self._record_depth = 0
        self._tree: TreeBuilder | None = None
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._refuse_entity
        parser.ExternalEntityRefHandler = self._refuse_external
        parser.SkippedEntityHandler = self._named_character
        self.start_offset = 0

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEPTH:
            raise RecordError(f"{self._name}: refused, elements are nested more than {_DEPTH} deep")
        if self.depth == 1:
            self.root, self.root_attributes = tag, attributes
        if self._tree is None and tag in self._tags:
            self._tree = TreeBuilder()
            self.parser.CharacterDataHandler = self._tree.data  # no Python call for each piece of text
            self._record_depth = self.depth
            self.start_offset = self.parser.CurrentByteIndex
        if self._tree is not None:
            self._tree.start(tag, attributes)

    def _end(self, tag: str) -> None:
        if self._tree is not None:
            self._tree.end(tag)
            if self.depth == self._record_depth:
                self.done.append(self._tree.close())
                self._tree = None
                self.parser.CharacterDataHandler = self._text
                self.start_offset = self.parser.CurrentByteIndex
        self.depth -= 1

    def _text(self, data: str) -> None:
        if self._tree is not None:
            self._tree.data(data)
        elif len(self.outside_text) < 50 and data.strip():
            self.outside_text.append(data.strip()[:200])

    def _named_character(self, name: str, is_parameter: bool) -> None:
        """HTML's named characters mean what they say; others stay visible."""
        if not is_parameter:
            self._text(html.entities.html5.get(f"{name};", f"&{name};"))

    def _refuse_entity(self, *_: object) -> None:
        raise RecordError(f"{self._name}: refused, the XML declares entities of its own")

    def _refuse_external(self, *_: object) -> int:
        raise RecordError(f"{self._name}: refused, the XML refers to an outside entity")


class GuardedElements:
    """Elements of a stream that is read and parsed by the caller's steps.

    Args:
        stream: XML, gzip-compressed or not.
        tags: names of the elements to build; the rest is passed over.
        roots: names the root element may have.
        name: what to call the stream in messages.
    """

    def __init__(self, stream: BinaryIO, *, tags: Collection[str], roots: Collection[str], name: str) -> None:
        self.read = GuardedReader(stream, name).read
        self.count = 0
        """Elements given so far; the caller adds those it has built itself."""
        self._fed = 0
        self._builder = _Builder(tags, name)
        self._roots = roots
        self._checked = False
        self._name = name

    def feed(self, data: bytes, *, last: bool = False) -> list[Element]:
        """Parse the next bytes; the elements that they complete.

        Raises:
            RecordError: see `elements`.
        """
        builder = self._builder
        self._fed += len(data)
        try:
            builder.parser.Parse(data, last)
        except expat.ExpatError as error:
            if not self._fed or not builder.root:
                _refuse_root(self._name, "" if self._fed else "an empty answer", builder)
            raise RecordError(
                f"{self._name}: broken XML after {self.count + len(builder.done)} records ({error}); fetch it again"
            ) from error
        if builder.root and not self._checked:
            if builder.root not in self._roots:
                _refuse_root(self._name, f"<{builder.root}>", builder, rest=self.read)
            self._checked = True
        done = list(builder.done)
        builder.done.clear()
        self.count += len(done)
        self.refuse_size(self._fed - builder.start_offset)
        return done

    def refuse_size(self, size: int) -> None:
        """Refuse one element of more than 64 MB."""
        if size > _RECORD_BYTES:
            raise RecordError(f"{self._name}: refused, one element is larger than {_RECORD_BYTES >> 20} MB")

    @property
    def inside_root(self) -> bool:
        """Whether what comes next stands directly in the root element."""
        return self._checked and self._builder.depth == 1


def elements(
    stream: BinaryIO, *, tags: Collection[str], roots: Collection[str], name: str
) -> Iterator[Element]:
    """Elements named in `tags`, complete, in document order.

    Args:
        stream: XML, gzip-compressed or not.
        tags: names of the elements to build; the rest is passed over.
        roots: names the root element may have.
        name: what to call the stream in messages.

    Raises:
        RecordError: not well-formed, cut off, another root (an error document, an HTML page), an entity declaration,
            nesting beyond 100, a single element above 64 MB, or a gzip bomb.
    """
    guarded = GuardedElements(stream, tags=tags, roots=roots, name=name)
    data = b"-"
    while data:
        data = guarded.read()
        yield from guarded.feed(data, last=not data)


def _refuse_root(name: str, what: str, builder: _Builder, rest: Callable[[], bytes] | None = None) -> None:
    """Say what came in place of records, with the first words of it."""
    said = ""
    if rest is not None and builder.root.lower() != "html":
        data = rest()
        with contextlib.suppress(expat.ExpatError):
            builder.parser.Parse(data, not data)
        said = " ".join(builder.outside_text)[:200]
    raise RecordError(
        f"{name}: holds no PubMed records but {what or 'something that is no XML'}{f' saying {said!r}' if said else ''}"
    )
