"""Records and relations for other tools: every export by its name, written whole or not at all."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from litmine.annotations.bioc import to_bioc_json, to_bioc_xml
from litmine.annotations.brat import to_brat
from litmine.annotations.graph import to_graphml
from litmine.annotations.jsonld import to_jsonld
from litmine.annotations.marks import DIGEST_NOTE, Mark, Pairs, is_digest, marks_of
from litmine.annotations.pubtator import PubTatorDocument, write_pubtator
from litmine.errors import InputError
from litmine.files import write_lines
from litmine.types import Entity, Record

_RIS_TYPES = {"Review": "JOUR", "Book": "BOOK", "Academic Dissertation": "THES"}
_COLUMNS = (
    "record", "year", "depth", "sentence", "sentence_text", "drug", "mechanism", "mechanism_class", "outcome",
    "outcome_type", "direction", "assertion", "values", "rule",
)  # fmt: skip


def to_jsonl(pairs: Pairs) -> Iterator[str]:
    """The canonical form: one record a line with its relations, keys sorted, without fetch times."""
    for record, reading in pairs:
        value = msgspec.to_builtins(record)
        value["relations"] = msgspec.to_builtins(reading.relations) if reading else []
        yield msgspec.json.encode(value, order="deterministic").decode() + "\n"


def to_ris(pairs: Pairs) -> Iterator[str]:
    """RIS for reference managers, one entry a record.

    Each tag stands on its own line, `TY` first and `ER` last, authors as "Family, I. N.", lines end in CR LF.
    """
    for record, _ in pairs:
        kind = next((_RIS_TYPES[name] for name in record.publication_types if name in _RIS_TYPES), "JOUR")
        first, _, last = record.pages.partition("-")
        fields = [
            ("TY", kind),
            *(("AU", _ris_author(author)) for author in record.authors),
            ("TI", record.title),
            ("JO", record.journal),
            ("PY", str(record.year or "")),
            ("DA", record.published.replace("-", "/") if record.published.count("-") == 2 else ""),
            ("VL", record.volume),
            ("IS", record.issue),
            ("SP", first),
            ("EP", f"{first[: len(first) - len(last)]}{last}" if last.isdigit() else last),
            ("DO", record.doi or ""),
            ("AN", record.pmid or ""),
            ("UR", f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/" if record.pmid else ""),
            ("LA", record.language),
            *(("KW", word) for word in record.keywords),
            ("N1" if is_digest(record) else "AB", _labelled_text(record)),
            ("ID", record.id),
        ]
        lines = (f"{tag}  - {flat}\r\n" for tag, value in fields if (flat := " ".join(value.split())))
        yield "".join(lines) + "ER  - \r\n\r\n"


def to_pubtator(pairs: Pairs) -> Iterator[str]:
    """PubTator: title, text, mentions, and relations as lines `id, direction, concept, concept`.

    The format has no field for the depth of a text: a digest's text ends in a note that says what it is.
    """
    for record, reading in pairs:
        marks = marks_of(reading)
        identifier = (record.pmid or record.id).replace("|", "_")
        entities = tuple(
            Entity(mark.type, mark.start, mark.end, _one_line(mark.text), mark.name, _concept(mark))
            for mark in marks.marks
        )
        text = f"{record.text} {DIGEST_NOTE}" if is_digest(record) else record.text
        pairs_of_concepts = dict.fromkeys(
            (label, _concept(first), _concept(second))
            for marked in marks.relations
            for label, first, second in marked.pairs
        )
        document = PubTatorDocument(identifier, _one_line(record.title), _one_line(text), entities)
        (head, *mentions) = write_pubtator([document])
        blank = mentions.pop()
        relations = ["\t".join((identifier, *concepts)) + "\n" for concepts in pairs_of_concepts]
        yield "".join((head, *mentions, *relations, blank))


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
                    record.depth,
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


def write_export(form: str, pairs: Pairs, out: Path) -> None:
    """Write an export to a file, or to a new folder for the formats of `FOLDER_EXPORTS`; whole or not at all.

    Raises:
        InputError: the place can't be written to, or the folder exists already.
    """
    if form in EXPORTS:
        write_lines(out, EXPORTS[form](pairs))
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out}: exists; {form} writes a folder of its own, so give a new one")
    unfinished = out.with_name(f".{out.name}.part")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for name, text in FOLDER_EXPORTS[form](pairs):
            (unfinished / name).write_text(text, encoding="utf-8", newline="")
        unfinished.replace(out)
    except OSError as error:
        raise InputError(f"{out}: can't be written ({error.strerror})") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _labelled_text(record: Record) -> str:
    return f"{DIGEST_NOTE} {record.text}" if is_digest(record) else record.text


def _ris_author(name: str) -> str:
    """Modi S becomes "Modi, S."; names that don't end in initials (groups) stay."""
    family, _, initials = name.replace("*", "").rpartition(" ")
    if not family or not (initials.isalpha() and initials.isupper() and len(initials) <= 4):
        return name.replace("*", "")
    return f"{family}, {' '.join(f'{letter}.' for letter in initials)}"


def _one_line(text: str) -> str:
    """The text without line breaks and tabs, as long as before."""
    return "".join(
        " " if character in "\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029" else character for character in text
    )


def _concept(mark: Mark) -> str:
    return " ".join((mark.identifier or mark.name or mark.text).split())


def csv_row(cells: Iterable[str]) -> str:
    """One CSV line; a cell that a spreadsheet would run as a formula gets a leading apostrophe."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(
        "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t") else cell for cell in cells
    )
    return buffer.getvalue()


EXPORTS: dict[str, Callable[[Pairs], Iterator[str]]] = {
    "jsonl": to_jsonl,
    "csv": to_csv,
    "ris": to_ris,
    "bioc": to_bioc_json,
    "bioc-xml": to_bioc_xml,
    "pubtator": to_pubtator,
    "jsonld": to_jsonld,
    "graphml": to_graphml,
}
"""Format name → function from (record, reading) pairs to the text of one file."""

FOLDER_EXPORTS: dict[str, Callable[[Pairs], Iterator[tuple[str, str]]]] = {"brat": to_brat}
"""Format name → function from (record, reading) pairs to (name, text) of the files of one folder."""
