"""RIS files as reference managers export them (Zotero, EndNote, Mendeley)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from litmine.errors import RecordError
from litmine.sources.identifiers import clean_doi, clean_pmcid, clean_pmid, identify
from litmine.sources.medline.dates import iso_date
from litmine.types import Record

SOURCE = "ris"
_TAG = re.compile(r"^([A-Z][A-Z0-9])  ?- ?(.*)$")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?:[/-](\d{1,2}))?(?:[/-](\d{1,2}))?(?!\d)")
_PMID = re.compile(r"(?:\bPMID:?\s*|pubmed(?:\.ncbi\.nlm\.nih\.gov)?/)(\d{1,9})\b", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC\d+\b")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MEDLINE = ("pubmed", "medline", "nlm")
_LONGEST = 1 << 20
_TYPES = {"JOUR": "Journal Article", "CONF": "Congress", "CPAPER": "Congress", "CHAP": "Book Chapter"}


def read(path: Path) -> Iterator[Record]:
    """Records of a RIS file, in file order.

    Raises:
        RecordError: the file can't be read or is no RIS; names the file and line.
    """
    fields: dict[str, list[str]] = {}
    last = ""
    started = False
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST), ""), start=1):
                found = _TAG.match(line.rstrip("\r\n"))
                if found and found[1] == "TY":
                    if fields:
                        raise RecordError(
                            f"{path}, line {number}: a record begins before the last one ended (ER)"
                        )
                    fields, last, started = {"TY": [found[2].strip()]}, "TY", True
                elif found and found[1] == "ER" and fields:
                    yield _record(fields, f"{path}, line {number}")
                    fields, last = {}, ""
                elif found and fields:
                    last = found[1]
                    fields.setdefault(last, []).append(_CONTROL.sub(" ", found[2]).strip())
                elif fields and last and line.strip():
                    fields[last][-1] += " " + _CONTROL.sub(" ", line).strip()
                elif line.strip() and not started:
                    raise RecordError(f"{path}, line {number}: no RIS file (it must begin with `TY  - `)")
    except OSError as error:
        raise RecordError(f"{path}: can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise RecordError(f"{path}: not UTF-8 text (byte {error.start}); export it as UTF-8") from error
    if fields or not started:
        raise RecordError(f"{path}: {'the last record has no end (ER)' if fields else 'the file is empty'}")


def _record(fields: dict[str, list[str]], where: str) -> Record:
    def first(*tags: str) -> str:
        return next((value for tag in tags for value in fields.get(tag, ()) if value), "")

    title = first("TI", "T1", "CT")
    if not title:
        raise RecordError(f"{where}: a record without a title (TI)")
    date = _YEAR.search(first("DA") or first("PY", "Y1")) or _YEAR.search(first("PY", "Y1"))
    published = iso_date(date[1], date[2] or "", date[3] or "") if date else ""
    year = int(published[:4]) if published else None
    authors = tuple(_author(a) for tag in ("AU", "A1") for a in fields.get(tag, ()) if a)
    text = first("AB", "N2")
    record_id, aliases = identify(
        pmid=_pmid(fields),
        doi=clean_doi(first("DO")),
        pmcid=_pmcid(fields),
        title=title,
        year=year,
        authors=authors,
    )
    pages = "-".join(dict.fromkeys(p for p in (first("SP"), first("EP")) if p))
    return Record(
        id=record_id,
        aliases=aliases,
        title=title,
        text=text,
        depth="abstract" if text else "title",
        source=SOURCE,
        authors=authors,
        journal=first("J2", "JA", "JO", "T2", "JF"),
        year=year,
        published=published,
        volume=first("VL"),
        issue=first("IS"),
        pages=pages,
        publication_types=(_TYPES[fields["TY"][0]],) if fields["TY"][0] in _TYPES else (),
        keywords=tuple(dict.fromkeys(k for k in fields.get("KW", ()) if k)),
    )


def _author(printed: str) -> str:
    """`Modi, Shanu A.` → `Modi SA`; a name without comma is a group's or already short."""
    last, comma, given = printed.partition(",")
    initials = "".join(part[0].upper() for part in re.split(r"[\s.,-]+", given) if part)
    return f"{last.strip()} {initials}".strip() if comma else printed


def _pmid(fields: dict[str, list[str]]) -> str:
    """From the accession number when the database is PubMed, a link to PubMed, or a note `PMID: 1`."""
    databases = " ".join(fields.get("DB", []) + fields.get("DP", [])).lower()
    if any(name in databases for name in _MEDLINE):
        for number in fields.get("AN", ()):
            if clean_pmid(number):
                return number
    for tag in ("UR", "L2", "LK", "N1", "M1", "AN", "C8"):
        for value in fields.get(tag, ()):
            if found := _PMID.search(value):
                return found[1]
    return ""


def _pmcid(fields: dict[str, list[str]]) -> str:
    for tag in ("C2", "UR", "L2", "N1"):
        for value in fields.get(tag, ()):
            if found := _PMCID.search(value):
                return clean_pmcid(found[0])
    return ""
