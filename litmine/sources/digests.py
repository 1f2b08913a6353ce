"""Digests: papers retold in a few sentences, one JSON object a line (docs/data-formats.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from litmine.errors import RecordError
from litmine.sources.identifiers import identify
from litmine.types import Correction, Record

SOURCE = "digests"
_RETRACTED = re.compile(r"^\s*(?:retracted|retraction (?:published|notice|issued|in)\b)", re.IGNORECASE)
_CORRECTED = re.compile(r"errat|correct|corrigend", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class _Digest(msgspec.Struct):
    """A line as it is written; `null` where something was not seen, which does not mean absent."""

    title: str
    digest: str
    digest_basis: str
    pmid: str | None = None
    doi: str | None = None
    pmcid: str | None = None
    authors: tuple[str, ...] = ()
    authors_complete: bool = False
    journal: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    language: str = "eng"
    publication_types: tuple[str, ...] = ()
    study_context: str | None = None
    retraction_status: str | None = None


_decode = msgspec.json.Decoder(_Digest).decode


def read(path: Path) -> Iterator[Record]:
    """Records of a file of digests, in file order.

    Raises:
        RecordError: the file can't be read, or a line is no digest; names file and line.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _record(_parse(line, f"{path}, line {number}"))
    except OSError as error:
        raise RecordError(f"{path}: can't be read ({error.strerror})") from error


def _parse(line: bytes, where: str) -> _Digest:
    try:
        digest = _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RecordError(f"{where}: not a digest ({error})") from error
    if not digest.title.strip():
        raise RecordError(f"{where}: not a digest (its title is empty)")
    if _CONTROL.search(digest.title) or _CONTROL.search(digest.digest):
        raise RecordError(f"{where}: the text holds a control character; remove it")
    return digest


def _record(digest: _Digest) -> Record:
    record_id, aliases = identify(
        pmid=digest.pmid or "",
        doi=digest.doi or "",
        pmcid=digest.pmcid or "",
        title=digest.title,
        year=digest.year,
        authors=digest.authors,
    )
    status = digest.retraction_status or ""
    return Record(
        id=record_id,
        aliases=aliases,
        title=digest.title.strip(),
        text=digest.digest.strip(),
        depth="title" if digest.digest_basis == "title only" or not digest.digest.strip() else "digest",
        source=SOURCE,
        authors=digest.authors,
        authors_complete=digest.authors_complete,
        journal=digest.journal or "",
        year=digest.year,
        published=str(digest.year or ""),
        volume=digest.volume or "",
        issue=digest.issue or "",
        pages=digest.pages or "",
        language=digest.language,
        publication_types=digest.publication_types,
        corrections=(Correction("ErratumIn", None, status),) if _CORRECTED.search(status) else (),
        study_context=digest.study_context or "",
        digest_basis=digest.digest_basis,
        retracted=bool(_RETRACTED.match(status)),
    )
