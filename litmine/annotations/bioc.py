"""BioC JSON and XML, document by document, through the `bioc` library.

Offsets are code points into the record's title + newline + text: the title is the passage at 0, the text the
next one. Comeau et al. 2013, doi:10.1093/database/bat064.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from litmine.annotations.marks import DIGEST_NOTE, MarkedRelation, Pairs, is_digest, marks_of
from litmine.types import Reading, Record

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_bioc_json(pairs: Pairs) -> Iterator[str]:
    """One BioC collection as JSON; one document a line."""
    from bioc import biocjson

    yield biocjson.dumps(_collection(), ensure_ascii=False).removesuffix("]}")
    for number, (record, reading) in enumerate(pairs):
        yield (",\n" if number else "\n") + biocjson.dumps(_document(record, reading), ensure_ascii=False)
    yield "\n]}\n"


def to_bioc_xml(pairs: Pairs) -> Iterator[str]:
    """One BioC collection as XML; one document a line. Characters that XML forbids become U+FFFD."""
    from bioc import biocxml
    from bioc.biocxml.encoder import encode_document
    from lxml import etree

    end = "</collection>"
    yield biocxml.dumps(_collection(), pretty_print=False).rstrip().removesuffix(end) + "\n"
    for record, reading in pairs:
        document = _document(record, reading, clean=True)
        yield etree.tostring(encode_document(document), encoding="unicode") + "\n"
    yield f"{end}\n"


def _collection() -> Any:
    from bioc import BioCCollection

    collection = BioCCollection()
    collection.source, collection.date, collection.key = "litmine", "", "litmine.key"
    collection.encoding, collection.standalone = "UTF-8", True
    return collection


def _document(record: Record, reading: Reading | None, *, clean: bool = False) -> Any:
    from bioc import BioCAnnotation, BioCDocument, BioCLocation, BioCPassage

    def safe(text: str) -> str:
        return _NOT_XML.sub("\ufffd", text) if clean else text

    document = BioCDocument()
    document.id = record.id
    document.infons = {"depth": record.depth, "source": record.source, "year": str(record.year or "")}
    marks = marks_of(reading)
    split = len(record.title) + 1
    for kind, offset, text in (("title", 0, record.title), ("text", split, record.text)):
        passage = BioCPassage()
        passage.offset, passage.text = offset, safe(text)
        passage.infons = {"type": kind if kind == "title" or not is_digest(record) else "digest"}
        if kind == "text" and is_digest(record):
            passage.infons["note"] = DIGEST_NOTE
        for mark in marks.marks:
            if (mark.start < split) is (kind == "title"):
                annotation = BioCAnnotation()
                annotation.id, annotation.text = mark.id, safe(mark.text)
                annotation.infons = {
                    "type": mark.type,
                    "name": safe(mark.name),
                    "identifier": safe(mark.identifier),
                }
                annotation.add_location(BioCLocation(mark.start, mark.end - mark.start))
                passage.add_annotation(annotation)
        document.add_passage(passage)
    for relation in marks.relations:
        document.add_relation(_relation(relation, safe))
    return document


def _relation(marked: MarkedRelation, safe: Any) -> Any:
    from bioc import BioCNode, BioCRelation

    relation = BioCRelation()
    relation.id = marked.id
    told = marked.relation
    relation.infons = {
        "type": "drug-mechanism-outcome",
        "outcome_type": told.outcome_type,
        "direction": told.direction,
        "assertion": told.assertion,
        "mechanism_class": told.mechanism_class or "",
        "values": safe("; ".join(told.values)),
        "sentence": str(told.sentence),
        "rule": told.rule,
    }
    for role, mark in (
        *(("drug", drug) for drug in marked.drugs),
        ("mechanism", marked.mechanism),
        ("outcome", marked.outcome),
    ):
        if mark:
            relation.add_node(BioCNode(mark.id, role))
    return relation
