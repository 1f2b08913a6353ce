"""Annotated and plain documents as the candidates of their sentences: what both models of relations learn from."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from litmine.assertion import is_aim
from litmine.relations.direction_features import direction_features
from litmine.relations.extractor import Extractor, _own_hits, _own_places, to_relation
from litmine.relations.model import Weights
from litmine.relations.scoring import _core

WORKERS = 2
PLAIN_DOCUMENTS = 9000
SEED = 7
_SAME = slice(100, 180)
"""Letters of a text by which a document of the gold set is known again under another id."""


@dataclass
class Row:
    """One candidate: its features by number, the places of its slots, and what annotation says of it."""

    features: np.ndarray
    slots: tuple[tuple[int, ...], ...]
    """Places of drug, mechanism and outcome; empty where the slot is."""
    label: int
    directed: tuple[list[str], str] | None
    """Of a relation: the features of its direction, and the direction."""


@dataclass
class SentenceSample:
    """A sentence with at least one candidate; `spans` are its mentions by place, offsets within the sentence."""

    text: str
    spans: dict[int, tuple[int, int, str]]
    rows: list[Row]


@dataclass
class Names:
    """Numbers of features, given out as they come."""

    numbers: dict[str, int] = field(default_factory=dict)

    def encode(self, features: Iterable[str]) -> np.ndarray:
        """Sorted numbers of features, each once."""
        numbers = self.numbers
        return np.array(sorted({numbers.setdefault(name, len(numbers)) for name in features}), dtype=np.int32)


def read_documents(*paths: Path) -> list[dict]:
    """The JSON lines of all files, plain or gzipped."""
    found: list[dict] = []
    for path in paths:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if path.suffix == ".gz" else raw
        found.extend(json.loads(line) for line in text.decode("utf-8").split("\n") if line)
    return found


def with_texts(documents: Sequence[dict], texts: Sequence[dict]) -> list[dict]:
    """Documents of offsets joined to their texts by id.

    Raises:
        SystemExit: A text is missing or not the one that was annotated.
    """
    by_id: dict[str, list[tuple[str, str]]] = {}
    for text in texts:
        by_id.setdefault(id_of(text), []).append((text["title"] or "", body_of(text)))
    joined = []
    for document in documents:
        pairs = by_id.get(document["id"], [])
        pair = next((pair for pair in pairs if digest(*pair) == document["sha256"]), None)
        if pair is None:
            raise SystemExit(f"{document['id']}: the text is missing or is not the one that was annotated")
        joined.append({**document, "title": pair[0], "text": pair[1]})
    return joined


def id_of(text: dict) -> str:
    return str(text.get("id") or text["pmid"])


def body_of(text: dict) -> str:
    return text.get("text") or text.get("abstract") or ""


def digest(title: str, text: str) -> str:
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


def plain_documents(texts: Sequence[dict], known: Sequence[dict]) -> list[dict]:
    """Texts without annotation, shuffled; each once, and none of the documents in `known`."""
    taken = {bare_id(str(document["id"])) for document in known}
    held = "\n".join(_letters(document["title"] + document["text"]) for document in known)
    found = []
    for text in texts:
        letters = _letters(body_of(text))
        if bare_id(id_of(text)) in taken or len(letters) < _SAME.stop or letters[_SAME] in held:
            continue
        taken.add(bare_id(id_of(text)))
        found.append({"id": id_of(text), "title": text["title"] or "", "text": body_of(text)})
    random.Random(SEED).shuffle(found)
    return found


def bare_id(name: str) -> str:
    return name.removeprefix("PMID:")


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


def samples_of(documents: Sequence[dict], names: Names) -> list[list[SentenceSample]]:
    """The sentences with candidates of each document; read in two processes."""
    size = max(1, min(50, len(documents) // (4 * WORKERS)))
    with ProcessPoolExecutor(WORKERS) as pool:
        return [_numbered(found, names) for found in pool.map(_samples_of_one, documents, chunksize=size)]


def plain_samples(documents: Iterable[dict], names: Names, count: int) -> list[list[SentenceSample]]:
    """Like `samples_of`, of the first `count` documents with a drug and an outcome in one sentence."""
    found: list[list[SentenceSample]] = []
    remaining = iter(documents)
    while len(found) < count and (part := [d for d, _ in zip(remaining, range(2000), strict=False)]):
        found.extend(sentences for sentences in samples_of(part, names) if _on_therapy(sentences))
    return found[:count]


def _on_therapy(sentences: Sequence[SentenceSample]) -> bool:
    return any(row.slots[0] and row.slots[2] for sentence in sentences for row in sentence.rows)


def _numbered(sentences: list[SentenceSample], names: Names) -> list[SentenceSample]:
    for sentence in sentences:
        for row in sentence.rows:
            row.features = names.encode(row.features)
    return sentences


def _samples_of_one(document: dict) -> list[SentenceSample]:
    if not _bare:
        _bare.append(Extractor(weights=Weights.none()))
    return list(sentences_of(_bare[0], document))


_bare: list[Extractor] = []


def sentences_of(extractor: Extractor, document: dict) -> Iterator[SentenceSample]:
    """Sentences with candidates; those of a document without `relations` have no labels."""
    spans = document.get("sentences")
    gold = [{**r, "span": spans[r["sentence"]]} for r in document.get("relations", ())]
    for step in extractor.read_sentences(document["id"], document["title"], document["text"]):
        if not step.candidates:
            continue
        begin, end = step.sentence.start, step.sentence.end
        near = [r for r in gold if r["span"][0] < end and begin < r["span"][1]]
        rows = []
        for candidate, ours in zip(step.candidates, relations_of(step) if near else _nothing(), strict=False):
            same = [r for r in near if _core(ours, r) and _near(ours["outcome"], r["outcome"])]
            directed = None
            if same and (features := features_of_direction(step, candidate, ours["direction"])):
                directed = (list(features), Counter(r["direction"] for r in same).most_common(1)[0][0])
            slots = (candidate.drug.places if candidate.drug else (),)
            slots += tuple(
                (place,) if place >= 0 else () for place in (candidate.mechanism, candidate.outcome)
            )
            rows.append(Row(candidate.features, slots, int(bool(same)), directed))
        mentions = {
            place: (unit.start - begin, unit.end - begin, unit.kind)
            for place, unit in enumerate(step.frame.units)
            if unit.mention is not None
        }
        yield SentenceSample(step.sentence.text, mentions, rows)


def _nothing() -> Iterator[None]:
    while True:
        yield None


def features_of_direction(step, candidate, read):
    """Features of a relation's direction; None for an aim, whose direction the rules alone decide."""
    place = candidate.outcome if candidate.outcome >= 0 else candidate.mechanism
    position = step.frame.units[place].start - step.sentence.start
    if is_aim(step.cues, position):
        return None
    own, hits = _own_places(candidate), _own_hits(candidate, step.frame, step.hits)
    return direction_features(step.frame, place, own, hits, step.cues, step.sentence.start, read=read)


def relations_of(step):
    """What each candidate of a sentence would be as a relation, with the span of its sentence."""
    for candidate in step.candidates:
        relation, _ = to_relation(candidate, step.frame, step.hits, step.cues, step.sentence)
        yield {**gold_relation(relation), "span": [step.sentence.start, step.sentence.end]}


def _near(outcome, gold):
    """Where a type occurs twice in a sentence the outcome's own span must meet gold's."""
    return (
        gold is None or outcome is None or (outcome["start"] < gold["end"] and gold["start"] < outcome["end"])
    )


def gold_relation(relation) -> dict:
    """A relation as the gold format writes it."""
    return {
        "sentence": relation.sentence,
        "drug": [vars_of(slot) for slot in relation.drug],
        "mechanism": vars_of(relation.mechanism) if relation.mechanism else None,
        "outcome": vars_of(relation.outcome) if relation.outcome else None,
        "outcome_type": relation.outcome_type,
        "direction": relation.direction,
        "assertion": relation.assertion,
    }


def vars_of(slot) -> dict:
    return {"start": slot.start, "end": slot.end, "text": slot.text, "name": slot.name}


def predicted(documents: Iterable[dict], extractor: Extractor) -> list[dict]:
    """Documents in the gold format as the extractor reads them."""
    found = []
    for document in documents:
        reading = extractor.read(document["id"], document["title"], document["text"])
        found.append(
            {
                "id": document["id"],
                "title": document["title"],
                "text": document["text"],
                "sentences": [[sentence.start, sentence.end] for sentence in reading.sentences],
                "relations": [gold_relation(relation) for relation in reading.relations],
            }
        )
    return found
