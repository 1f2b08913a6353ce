r"""The gold format of relations (JSON lines, one document a line), read and written.

A document is `{"id", "title", "text", "sentences": [[start, end]], "relations": [...]}`; offsets are code points
into `title + "\n" + text`, end exclusive. The format is described in docs/relations.md.
"""

from __future__ import annotations

from typing import Any

from litmine.types import Reading, Relation, Sentence, Slot


def to_gold(record_id: str, title: str, text: str, reading: Reading) -> dict[str, Any]:
    """A reading in the gold format, title and text unchanged."""
    return {
        "id": record_id,
        "title": title,
        "text": text,
        "sentences": [[sentence.start, sentence.end] for sentence in reading.sentences],
        "relations": [_relation_to_gold(relation) for relation in reading.relations],
    }


def from_gold(document: dict[str, Any]) -> Reading:
    """A gold document as a Reading (without entities).

    Raises:
        KeyError: a field of the format is missing.
    """
    whole = f"{document.get('title') or ''}\n{document.get('text') or ''}"
    return Reading(
        record_id=str(document["id"]),
        sentences=tuple(
            Sentence(index, start, end, whole[start:end])
            for index, (start, end) in enumerate(document["sentences"])
        ),
        relations=tuple(_relation_from_gold(relation) for relation in document["relations"]),
    )


def _relation_to_gold(relation: Relation) -> dict[str, Any]:
    return {
        "sentence": relation.sentence,
        "drug": [_slot_to_gold(slot) for slot in relation.drug],
        "mechanism": _slot_to_gold(relation.mechanism) if relation.mechanism else None,
        "mechanism_class": relation.mechanism_class,
        "outcome": {key: value for key, value in _slot_to_gold(relation.outcome).items() if key != "name"}
        if relation.outcome
        else None,
        "outcome_type": relation.outcome_type,
        "direction": relation.direction,
        "assertion": relation.assertion,
        "values": list(relation.values),
        "rule": relation.rule,
    }


def _slot_to_gold(slot: Slot) -> dict[str, Any]:
    return {"start": slot.start, "end": slot.end, "text": slot.text, "name": slot.name}


def _relation_from_gold(relation: dict[str, Any]) -> Relation:
    return Relation(
        sentence=relation["sentence"],
        drug=tuple(_slot_from_gold(slot) for slot in relation["drug"]),
        mechanism=_slot_from_gold(relation["mechanism"]) if relation["mechanism"] else None,
        mechanism_class=relation["mechanism_class"],
        outcome=_slot_from_gold(relation["outcome"]) if relation["outcome"] else None,
        outcome_type=relation["outcome_type"],
        direction=relation["direction"],
        assertion=relation["assertion"],
        values=tuple(relation.get("values", ())),
        rule=relation.get("rule", "gold"),
    )


def _slot_from_gold(slot: dict[str, Any]) -> Slot:
    return Slot(slot["start"], slot["end"], slot["text"], slot.get("name", ""))
