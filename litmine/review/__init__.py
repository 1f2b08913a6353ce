"""Read a review file (Markdown, text, JATS XML, PDF) into sections, sentences, citations and printed references."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from litmine.errors import ReviewError
from litmine.review.assemble import assemble
from litmine.review.draft import Draft
from litmine.review.jats import read_jats
from litmine.review.pdf import read_pdf
from litmine.review.plain import read_plain
from litmine.review.sentences import split_sentences
from litmine.types import Review

__all__ = ["READERS", "read_review", "split_sentences"]

MAX_BYTES = 100 * 1024 * 1024


def _read_text(path: Path) -> Draft:
    return read_plain(_decode(path))


READERS: dict[str, Callable[[Path], Draft]] = {
    ".md": _read_text,
    ".markdown": _read_text,
    ".txt": _read_text,
    ".text": _read_text,
    ".xml": read_jats,
    ".nxml": read_jats,
    ".jats": read_jats,
    ".pdf": read_pdf,
}
"""Reader of each file extension (lower case)."""


def read_review(path: Path, split: Callable[[str], list[tuple[int, int]]] = split_sentences) -> Review:
    """Read a review.

    Args:
        path: The file; its extension decides how it is read.
        split: Splits one paragraph into (start, end) spans of its sentences.

    Returns:
        The review; every offset counts into its `text`, and `text[s.start:s.end] == s.text` for each sentence.

    Raises:
        ReviewError: the file is missing, empty, not a review, or has no text, sentences or references.
    """
    reader = READERS.get(path.suffix.lower())
    if path.is_dir():
        raise ReviewError(f"{path}: is a folder; name the review file itself")
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise ReviewError(
            f"{path}: unknown kind of file {path.suffix or '(no extension)'!r}; litmine reads {known}"
        )
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ReviewError(f"{path}: larger than {MAX_BYTES // 1024**2} MB; is this the review?")
        if not size:
            raise ReviewError(f"{path}: the file is empty")
        draft = reader(path)
    except OSError as error:
        raise ReviewError(f"{path}: can't be read ({error.strerror or error})") from error
    return assemble(draft, split, str(path))


def _decode(path: Path) -> str:
    """Text of a file: UTF-8 or UTF-16 with a mark; else Windows-1252 where that gives readable text.

    Raises:
        ReviewError: binary content, or no such encoding fits.
    """
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ReviewError(f"{path}: broken UTF-16 text; save it as UTF-8") from error
    if b"\0" in data or data.startswith((b"%PDF-", b"PK\x03\x04")):
        raise ReviewError(
            f"{path}: binary content, not text; give the file its right extension or save it as text"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _windows_1252(data)
        if not text:
            raise ReviewError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    if not text.strip():
        raise ReviewError(f"{path}: the file is empty")
    if sum(not c.isprintable() and not c.isspace() for c in text) * 100 > len(text):
        raise ReviewError(
            f"{path}: binary content, not text; give the file its right extension or save it as text"
        )
    return text


def _windows_1252(data: bytes) -> str:
    """The text as Windows-1252, or nothing where it does not look like words."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    letters = sum(c.isascii() and (c.isalnum() or c.isspace()) for c in text)
    return text if letters * 4 >= len(text) * 3 else ""
