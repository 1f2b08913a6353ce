"""Records of MEDLINE text (`.nbib`, `.medline`, `.txt`), read with Biopython's Bio.Medline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TextIO

from litmine.errors import RecordError
from litmine.sources.identifiers import clean_doi, identify
from litmine.sources.medline.abstracts import join_sections
from litmine.sources.medline.dates import parse_medline_date
from litmine.sources.medline.xml import SOURCE, is_retracted
from litmine.types import Correction, MeshHeading, Record

_CORRECTION_KINDS = {
    "CIN": "CommentIn",
    "CON": "CommentOn",
    "CRF": "CorrectedandRepublishedFrom",
    "CRI": "CorrectedandRepublishedIn",
    "ECF": "ExpressionOfConcernFor",
    "ECI": "ExpressionOfConcernIn",
    "EFR": "ErratumFor",
    "EIN": "ErratumIn",
    "ORI": "OriginalReportIn",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "RPF": "RepublishedFrom",
    "RPI": "RepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
    "RRI": "RetractedandRepublishedIn",
    "SPIN": "SummaryForPatientsIn",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
}
"""https://www.nlm.nih.gov/bsd/mms/medlineelements.html#cc"""
_LABEL = re.compile(r"(?:^|(?<=[.?!)\]] ))([A-Z][A-Z][A-Z /&,'-]{1,60}?): (?=\S)")
_DOI = re.compile(r"(\S+) \[doi\]")
_PMID = re.compile(r"PMID:\s*(\d+)")
_TRIAL = re.compile(r"^(?:ClinicalTrials\.gov|ISRCTN|EudraCT|[A-Za-z]+CT[A-Z]?|[A-Z]*CTR[A-Z]*)/(.+)$")
_REGISTRY_NUMBER = re.compile(r"^EC |^[0-9A-Z-]+ \(")


def parse_text(stream: TextIO, *, name: str = "MEDLINE text") -> Iterator[Record]:
    """Records in file order.

    Raises:
        RecordError: a record has no PMID, or the text is no MEDLINE text.
    """
    from Bio import Medline

    number = 0
    for number, fields in enumerate(Medline.parse(stream), start=1):
        if not fields.get("PMID"):
            raise RecordError(f"{name}, record {number}: no PMID; this is no MEDLINE text")
        yield _record(fields)
    if not number:
        raise RecordError(f"{name}: holds no MEDLINE records")


def _record(fields: dict[str, Any]) -> Record:
    title = _one(fields, "TI") or _one(fields, "BTI") or _one(fields, "TT")
    text, sections = join_sections(title, split_labels(_one(fields, "AB")))
    published = _one(fields, "DP")
    published = parse_medline_date(published)
    names = _many(fields, "AU")
    authors = tuple(name for name in names if name != "et al.") + tuple(_many(fields, "CN"))
    types = tuple(_many(fields, "PT"))
    corrections = tuple(
        Correction(kind, match[1] if (match := _PMID.search(entry)) else None, _PMID.sub("", entry).strip())
        for tag, kind in _CORRECTION_KINDS.items()
        for entry in _many(fields, tag)
    )
    located = " ".join(entry for tag in ("AID", "LID") for entry in _many(fields, tag))
    languages = _many(fields, "LA")
    record_id, aliases = identify(
        pmid=_one(fields, "PMID"),
        doi=next((doi for printed in _DOI.findall(located) if (doi := clean_doi(printed))), ""),
        pmcid=_one(fields, "PMC"),
        title=title,
        year=int(published[:4]) if published else None,
        authors=authors,
    )
    return Record(
        id=record_id,
        aliases=aliases,
        title=title,
        text=text,
        depth="abstract" if text else "title",
        source=SOURCE,
        sections=sections,
        authors=authors,
        authors_complete="et al." not in names,
        journal=_one(fields, "TA") or _one(fields, "JT"),
        year=int(published[:4]) if published else None,
        published=published,
        volume=_one(fields, "VI"),
        issue=_one(fields, "IP"),
        pages=_one(fields, "PG"),
        language="eng" if "eng" in languages or not languages else languages[0],
        publication_types=types,
        mesh_headings=tuple(map(_mesh_heading, _many(fields, "MH"))),
        chemicals=tuple(_chemical(entry) for entry in _many(fields, "RN")),
        keywords=tuple(keyword.lstrip("*") for keyword in _many(fields, "OT")),
        corrections=corrections,
        trial_ids=tuple(match[1] for entry in _many(fields, "SI") if (match := _TRIAL.match(entry))),
        vernacular_title=_one(fields, "TT"),
        other_abstract="\n".join(_many(fields, "OAB")),
        retracted=is_retracted(types, corrections),
        created=_slashed(_one(fields, "CRDT") or _one(fields, "EDAT")),
        revised=_packed(_one(fields, "LR")),
    )


def split_labels(abstract: str) -> list[tuple[str, str, str]]:
    """Parts of an abstract printed on one line ("BACKGROUND: … METHODS: …"); MEDLINE text has no categories.

    Labels count only when the abstract begins with one, so that a colon later on does not make parts.
    """
    found = list(_LABEL.finditer(abstract))
    if not found or found[0].start() != 0:
        return [("", "", abstract)]
    ends = [match.start() for match in found[1:]] + [len(abstract)]
    return [(m[1], "", abstract[m.end() : end].strip()) for m, end in zip(found, ends, strict=True)]


def _many(fields: dict[str, Any], tag: str) -> list[str]:
    value = fields.get(tag, [])
    return [" ".join(v.split()) for v in ([value] if isinstance(value, str) else value)]


def _one(fields: dict[str, Any], tag: str) -> str:
    return " ".join(_many(fields, tag))


def _mesh_heading(entry: str) -> MeshHeading:
    """`Breast Neoplasms/*drug therapy/genetics`; a star marks a major topic."""
    descriptor, *qualifiers = entry.split("/")
    major = tuple(q[1:] for q in qualifiers if q.startswith("*"))
    return MeshHeading(
        descriptor=descriptor.lstrip("*"),
        major=descriptor.startswith("*") or bool(major),
        qualifiers=tuple(q.lstrip("*") for q in qualifiers),
        major_qualifiers=major,
    )


def _chemical(entry: str) -> str:
    """Name in `0 (Antineoplastic Agents)`."""
    match = re.match(r"^\S+(?: \S+)? \((.+)\)$", entry) if _REGISTRY_NUMBER.match(entry) else None
    return match[1] if match else entry


def _slashed(printed: str) -> str:
    return printed[:10].replace("/", "-") if re.match(r"\d{4}/\d\d/\d\d", printed) else ""


def _packed(printed: str) -> str:
    return f"{printed[:4]}-{printed[4:6]}-{printed[6:8]}" if re.fullmatch(r"\d{8}", printed) else ""
