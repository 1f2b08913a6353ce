"""brat standoff: a folder of `.txt` and `.ann` pairs with annotation.conf and visual.conf, as brat opens it.

Offsets count code points; a mention across a line break is written in fragments, as brat asks for.
Stenetorp et al. 2012, BRAT (EACL demonstrations); format: brat.nlplab.org/standoff.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from litmine.annotations.marks import DIGEST_NOTE, Mark, Marks, Pairs, is_digest, marks_of
from litmine.types import Direction, Record

_TYPES = {
    "drug": "#ffccaa", "drug_class": "#ffddbb", "gene": "#7fa2ff", "alteration": "#8fcfff", "pathway": "#aab8ff",
    "process": "#bbccee", "mechanism": "#7fa2ff", "cell": "#e0e0e0", "cell_line": "#d0d0d0", "disease": "#dddddd",
    "outcome": "#8fff9f", "adverse_effect": "#ff9f9f",
}  # fmt: skip
"""Types of marks and their colours."""
_RELATIONS = (*get_args(Direction), "under_drug", "combined_with")


def to_brat(pairs: Pairs) -> Iterator[tuple[str, str]]:
    """Name and content of every file of the folder; the configuration first."""
    yield "annotation.conf", _annotation_conf()
    yield "visual.conf", _visual_conf()
    taken: set[str] = set()
    for record, reading in pairs:
        base = name = re.sub(r"[^A-Za-z0-9._-]", "_", record.id).strip(".")[:120] or "record"
        number = 2
        while name.lower() in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name.lower())
        text = _lines(record.document)
        yield f"{name}.txt", f"{text}\n{DIGEST_NOTE}\n" if is_digest(record) else f"{text}\n"
        yield f"{name}.ann", "".join(_annotations(record, marks_of(reading)))


def _annotations(record: Record, marks: Marks) -> Iterator[str]:
    for mark in marks.marks:
        kind = mark.type if mark.type in _TYPES else "mechanism"
        spans, text = _fragments(_lines(record.document), mark)
        yield f"{mark.id}\t{kind} {spans}\t{text}\n"
    note = 0
    for mark in marks.marks:
        note += 1
        yield f"#{note}\tAnnotatorNotes {mark.id}\t{_flat(f'{mark.name} {mark.identifier}'.strip())}\n"
    number = 0
    seen: set[tuple[str, str, str]] = set()
    for marked in marks.relations:
        told = marked.relation
        says = f"{marked.id}: {told.outcome_type}, {told.direction}, {told.assertion}"
        for label, first, second in marked.pairs:
            if first.id == second.id or (
                label == "combined_with" and not _new((label, first.id, second.id), seen)
            ):
                continue
            number += 1
            note += 1
            yield f"R{number}\t{label} Arg1:{first.id} Arg2:{second.id}\n"
            yield f"#{note}\tAnnotatorNotes R{number}\t{_flat('; '.join((says, *told.values)))}\n"


def _new(key: tuple[str, str, str], seen: set[tuple[str, str, str]]) -> bool:
    fresh = key not in seen
    seen.add(key)
    return fresh


def _fragments(text: str, mark: Mark) -> tuple[str, str]:
    """The spans of a mark without its line breaks, and their texts joined by spaces."""
    pieces = [
        (mark.start + found.start(), mark.start + found.end())
        for found in re.finditer(r"[^\n]+", text[mark.start : mark.end])
    ]
    return (
        ";".join(f"{start} {end}" for start, end in pieces),
        " ".join(text[start:end] for start, end in pieces),
    )


def _lines(text: str) -> str:
    """The text with line feeds as its only line breaks; its length does not change."""
    return re.sub("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029\t]", " ", text)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _annotation_conf() -> str:
    relations = "".join(f"{name}\tArg1:<ENTITY>, Arg2:<ENTITY>\n" for name in _RELATIONS)
    entities = "".join(f"{name}\n" for name in _TYPES)
    overlap = "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n"
    return f"[entities]\n{entities}\n[relations]\n{relations}{overlap}\n[events]\n\n[attributes]\n"


def _visual_conf() -> str:
    labels = "".join(f"{name} | {name.replace('_', ' ')}\n" for name in (*_TYPES, *_RELATIONS))
    colours = "".join(f"{name}\tbgColor:{colour}\n" for name, colour in _TYPES.items())
    return f"[labels]\n{labels}\n[drawing]\n{colours}"
