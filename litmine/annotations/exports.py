"""Records and relations for other tools: canonical JSON lines, RIS and CSV, as streams of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator

import msgspec

from litmine.types import Reading, Record

Pairs = Iterable[tuple[Record, Reading | None]]
_RIS_TYPES = {"Review": "JOUR", "Book": "BOOK", "Academic Dissertation": "THES"}
_COLUMNS = (
    "record", "year", "sentence", "sentence_text", "drug", "mechanism", "mechanism_class", "outcome",
    "outcome_type", "direction", "assertion", "values", "rule",
)  # fmt: skip


def to_jsonl(pairs: Pairs) -> Iterator[str]:
    """The canonical form: one record a line with its relations, keys sorted, without fetch times."""
    for record, reading in pairs:
        value = msgspec.to_builtins(record)
        value["relations"] = msgspec.to_builtins(reading.relations) if reading else []
        yield msgspec.json.encode(value, order="deterministic").decode() + "\n"


def to_ris(pairs: Pairs) -> Iterator[str]:
    """RIS for reference managers, one entry a record."""
    for record, _ in pairs:
        kind = next((_RIS_TYPES[name] for name in record.publication_types if name in _RIS_TYPES), "JOUR")
        first, _, last = record.pages.partition("-")
        fields = [
            ("TY", kind),
            *(("AU", author) for author in record.authors),
            ("TI", record.title),
            ("JO", record.journal),
            ("PY", str(record.year or "")),
            ("VL", record.volume),
            ("IS", record.issue),
            ("SP", first),
            ("EP", last),
            ("DO", record.doi or ""),
            ("AN", record.pmid or ""),
            ("LA", record.language),
            *(("KW", word) for word in record.keywords),
            ("AB" if record.depth == "abstract" else "N1", _labelled_text(record)),
            ("ID", record.id),
        ]
        yield (
            "".join(f"{tag}  - {' '.join(value.split())}\n" for tag, value in fields if value) + "ER  - \n\n"
        )


def to_csv(pairs: Pairs) -> Iterator[str]:
    """One relation a row, with its sentence; cells that a spreadsheet would run as a formula are quoted."""
    yield csv_row(_COLUMNS)
    for record, reading in pairs:
        for relation in reading.relations if reading else ():
            sentence = reading.sentences[relation.sentence] if reading else None
            yield csv_row(
                (
                    record.id,
                    str(record.year or ""),
                    str(relation.sentence),
                    sentence.text if sentence else "",
                    "; ".join(slot.name or slot.text for slot in relation.drug),
                    relation.mechanism.name or relation.mechanism.text if relation.mechanism else "",
                    relation.mechanism_class or "",
                    relation.outcome.text if relation.outcome else "",
                    relation.outcome_type,
                    relation.direction,
                    relation.assertion,
                    "; ".join(relation.values),
                    relation.rule,
                )
            )


def _labelled_text(record: Record) -> str:
    return f"[{record.depth}, written for litmine] {record.text}" if record.depth == "digest" else record.text


def csv_row(cells: Iterable[str]) -> str:
    """One CSV line; a cell that a spreadsheet would run as a formula gets a leading apostrophe."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(
        "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t") else cell for cell in cells
    )
    return buffer.getvalue()


EXPORTS: dict[str, Callable[[Pairs], Iterator[str]]] = {"jsonl": to_jsonl, "ris": to_ris, "csv": to_csv}
"""Format name → function from (record, reading) pairs to text."""
