r"""PubTator text format (`id|t|title`, `id|a|abstract`, tab-separated mentions), read and written.

Offsets count into `title + " " + abstract`, which has the length of a record's `title + "\n" + text`, so that
they carry over unchanged. Wei et al. 2013, doi:10.1093/nar/gkt441.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from litmine.errors import RecordError
from litmine.types import Entity


@dataclass(frozen=True, slots=True)
class PubTatorDocument:
    """One document with its mentions; a mention is an Entity with the format's own type name."""

    id: str
    title: str
    text: str
    entities: tuple[Entity, ...] = ()


def read_pubtator(path: Path) -> Iterator[PubTatorDocument]:
    """Documents of a PubTator file, in order; relation lines are skipped.

    Raises:
        RecordError: a line that is neither title, abstract nor mention.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise RecordError(f"{path}: can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise RecordError(f"{path}: not UTF-8 text (byte {error.start})") from error
    title: str | None = None
    identifier = text = ""
    entities: list[Entity] = []
    for number, line in enumerate([*lines, ""], start=1):
        if not line.strip():
            if title is not None:
                yield PubTatorDocument(identifier, title, text, tuple(entities))
            title, text, entities = None, "", []
        elif (
            (head := line.split("|", 2)) and len(head) == 3 and head[1] in ("t", "a") and "\t" not in head[0]
        ):
            identifier = head[0]
            if head[1] == "t":
                title = head[2]
            else:
                text = head[2]
        else:
            fields = line.split("\t")
            if len(fields) >= 5 and fields[1].isdigit() and fields[2].isdigit():
                concept = fields[5] if len(fields) > 5 else ""
                entities.append(
                    Entity(fields[4], int(fields[1]), int(fields[2]), fields[3], fields[3], concept)
                )
            elif len(fields) != 4:
                raise RecordError(f"{path}, line {number}: not a PubTator line")


def write_pubtator(documents: Iterable[PubTatorDocument]) -> Iterator[str]:
    """The lines of a PubTator file, each with its newline."""
    for document in documents:
        yield f"{document.id}|t|{document.title}\n{document.id}|a|{document.text}\n"
        for entity in document.entities:
            fields = (document.id, entity.start, entity.end, entity.text, entity.type, entity.identifier)
            yield "\t".join(str(field) for field in fields) + "\n"
        yield "\n"
