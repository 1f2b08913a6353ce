"""JSON-LD: each record a schema.org ScholarlyArticle, each relation a Claim that appears in it; context inlined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from litmine.annotations.marks import DIGEST_NOTE, Pairs, is_digest
from litmine.types import Reading, Record, Relation, Slot

_CONTEXT = {
    "@vocab": "https://schema.org/",
    "litmine": "urn:litmine:term:",
    "drug": "litmine:drug",
    "mechanism": "litmine:mechanism",
    "mechanismClass": "litmine:mechanismClass",
    "outcome": "litmine:outcome",
    "outcomeType": "litmine:outcomeType",
    "direction": "litmine:direction",
    "assertion": "litmine:assertion",
    "values": "litmine:values",
    "start": "litmine:start",
    "end": "litmine:end",
    "depth": "litmine:depth",
    "rule": "litmine:rule",
    "appearance": {"@id": "https://schema.org/appearance", "@type": "@id"},
    "sameAs": {"@id": "https://schema.org/sameAs", "@type": "@id"},
}


def to_jsonld(pairs: Pairs) -> Iterator[str]:
    """One JSON-LD document; one article or claim a line. No context is fetched from the network."""
    yield '{"@context": ' + json.dumps(_CONTEXT) + ',\n"@graph": ['
    separator = "\n"
    for record, reading in pairs:
        for node in (_article(record), *_claims(record, reading)):
            yield separator + json.dumps(node, ensure_ascii=False)
            separator = ",\n"
    yield "\n]}\n"


def _address(record: Record) -> str:
    if record.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/"
    return f"https://doi.org/{quote(record.doi)}" if record.doi else f"urn:litmine:record:{quote(record.id)}"


def _article(record: Record) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@id": _address(record),
        "@type": "ScholarlyArticle",
        "identifier": sorted({record.id, *record.aliases}),
        "name": record.title,
        "author": [{"@type": "Person", "name": name} for name in record.authors],
        "datePublished": record.published or str(record.year or ""),
        "isPartOf": {"@type": "Periodical", "name": record.journal} if record.journal else "",
        "pagination": record.pages,
        "inLanguage": record.language,
        "keywords": list(record.keywords),
        "sameAs": f"https://doi.org/{quote(record.doi)}" if record.pmid and record.doi else "",
        "depth": record.depth,
    }
    if is_digest(record):
        node["description"] = f"{DIGEST_NOTE} {record.text}"
    else:
        node["abstract"] = record.text
    return {key: value for key, value in node.items() if value}


def _claims(record: Record, reading: Reading | None) -> Iterator[dict[str, Any]]:
    for number, relation in enumerate(reading.relations if reading else (), start=1):
        sentence = reading.sentences[relation.sentence] if reading else None
        node = {
            "@id": f"urn:litmine:record:{quote(record.id)}:claim:{number}",
            "@type": "Claim",
            "appearance": _address(record),
            "text": _labelled(record, relation, sentence.text if sentence else ""),
            "drug": [_slot(slot) for slot in relation.drug],
            "mechanism": _slot(relation.mechanism),
            "mechanismClass": relation.mechanism_class,
            "outcome": _slot(relation.outcome),
            "outcomeType": relation.outcome_type,
            "direction": relation.direction,
            "assertion": relation.assertion,
            "values": list(relation.values),
            "depth": record.depth,
            "rule": relation.rule,
        }
        yield {key: value for key, value in node.items() if value}


def _labelled(record: Record, relation: Relation, text: str) -> str:
    in_title = bool(record.title) and relation.sentence == 0
    return f"{DIGEST_NOTE} {text}" if is_digest(record) and not in_title else text


def _slot(slot: Slot | None) -> dict[str, Any] | None:
    if slot is None:
        return None
    return {"name": slot.name or slot.text, "text": slot.text, "start": slot.start, "end": slot.end}
