"""PubMed records in files: XML (plain or gzip-compressed) and MEDLINE text, told apart by their content."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from litmine.errors import RecordError
from litmine.sources.medline.segments import Known
from litmine.sources.medline.text import parse_text
from litmine.sources.medline.xml import ROOTS, parse_xml
from litmine.types import Record

__all__ = ["ROOTS", "parse_text", "parse_xml", "read"]


def read(
    path: Path,
    *,
    on_deleted: Callable[[str], None] | None = None,
    known: Known | None = None,
    on_read: Callable[[str, bytes], None] | None = None,
) -> Iterator[Record]:
    """Records of a file from PubMed, in file order.

    Args:
        path: PubMed XML, `.xml.gz`, or MEDLINE text (`.nbib`).
        on_deleted: called with each id (`PMID:n`) that a DeleteCitation takes back.
        known, on_read: for XML, as `parse_xml` takes them, to pass over articles that are known already.

    Raises:
        RecordError: unreadable, broken, hostile, or neither format; names the file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(512)
            file.seek(0)
            if not head:
                raise RecordError(f"{path}: the file is empty")
            if (
                head[:2] == b"\x1f\x8b"
                or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
                or head[:2] in _UTF16
            ):
                yield from parse_xml(
                    file, name=str(path), on_deleted=on_deleted, known=known, on_read=on_read
                )
            elif b"PMID- " in head or b"PMID-" in head:
                text = io.TextIOWrapper(file, encoding="utf-8-sig")
                yield from parse_text(text, name=str(path))
            else:
                raise RecordError(f"{path}: neither PubMed XML nor MEDLINE text")
    except OSError as error:
        raise RecordError(f"{path}: can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise RecordError(f"{path}: not UTF-8 text (byte {error.start})") from error


_UTF16 = (b"\xff\xfe", b"\xfe\xff")
