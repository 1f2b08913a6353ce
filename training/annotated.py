r"""Annotations of ours in a short form, turned into the gold format and checked.

    python training/annotated.py FILE.txt --texts ../shared/data/pubmed/her2_breast.jsonl > relations.jsonl

The short form: a line `# ID` opens a document, each further line is one relation,

    sentence | drug; drug | mechanism | class | outcome | outcome type | direction | assertion | value; value

where a slot is a string of that sentence, `string=standard name` where the name differs, `string@2` for its second
occurrence, and nothing where the slot is empty. Sentences are numbered as litmine cuts them (`--show ID` prints them).
The annotated texts are other people's and stay outside the project: the output holds offsets, the spans themselves
and a hash of the text, and whoever trains joins them to the texts by id.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import get_args

from litmine.pipeline import sentences_of
from litmine.types import AssertionKind, Direction, MechanismClass, OutcomeType

TYPES, DIRECTIONS, ASSERTIONS, CLASSES = map(
    get_args, (OutcomeType, Direction, AssertionKind, MechanismClass)
)


def texts_of(paths: list[Path]) -> dict[str, dict]:
    """Documents by id: {"id", "title", "text"}."""
    found = {}
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            text = document.get("text", document.get("abstract", ""))
            found[str(document["id"])] = {
                "id": str(document["id"]),
                "title": document["title"],
                "text": text,
            }
    return found


def whole(document: dict) -> str:
    """The string that offsets count in."""
    return f"{document['title']}\n{document['text']}"


def slot(string: str, sentence, text: str) -> dict:
    """One slot `string[@n][=name]` found in its sentence; ValueError where it is not there."""
    words, _, name = string.partition("=")
    match = re.fullmatch(r"(.*?)(?:@(\d))?", words.strip(), re.S)
    words, nth = match[1], int(match[2] or 1)
    at = sentence.start - 1
    for _ in range(nth):
        at = text.find(words, at + 1, sentence.end)
        if at < 0:
            raise ValueError(f"{words!r} (occurrence {nth}) is not in sentence {sentence.index}")
    return {"start": at, "end": at + len(words), "text": words, "name": name.strip() or words}


def relation(line: str, sentences, text: str) -> dict:
    """One relation of the gold format from its line; ValueError says what is wrong."""
    parts = [part.strip() for part in line.split("|")]
    if len(parts) == 8:
        parts.append("")
    if len(parts) != 9:
        raise ValueError(f"{len(parts)} fields, 9 wanted")
    number, drug, mechanism, group, outcome, kind, direction, assertion, values = parts
    sentence = sentences[int(number)]
    for value, allowed in ((kind, TYPES), (direction, DIRECTIONS), (assertion, ASSERTIONS)):
        if value not in allowed:
            raise ValueError(f"{value!r} is none of {allowed}")
    if bool(mechanism) != bool(group) or (group and group not in CLASSES):
        raise ValueError(f"class {group!r} with mechanism {mechanism!r}")
    if sum(map(bool, (drug, mechanism, outcome))) < 2:
        raise ValueError("fewer than two slots")
    effect = slot(outcome, sentence, text) if outcome else None
    if effect:
        del effect["name"]
    return {
        "sentence": sentence.index,
        "drug": [slot(one, sentence, text) for one in drug.split(";") if one.strip()],
        "mechanism": slot(mechanism, sentence, text) if mechanism else None,
        "mechanism_class": group or None,
        "outcome": effect,
        "outcome_type": kind,
        "direction": direction,
        "assertion": assertion,
        "values": [one.strip() for one in values.split(";") if one.strip()],
    }


def read_short(path: Path, texts: dict[str, dict]) -> tuple[list[dict], list[str]]:
    """Documents in the gold format (hash instead of text), and what is wrong, line by line."""
    documents: list[dict] = []
    wrong = []
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("//"):
            continue
        try:
            if line.startswith("#"):
                document = texts[line[1:].strip()]
                text = whole(document)
                sentences = sentences_of(document["title"], document["text"])
                documents.append(
                    {
                        "id": document["id"],
                        "sha256": hashlib.sha256(text.encode()).hexdigest(),
                        "sentences": [[s.start, s.end] for s in sentences],
                        "relations": [],
                    }
                )
            else:
                documents[-1]["relations"].append(relation(line, sentences, text))
        except (ValueError, IndexError, KeyError) as error:
            wrong.append(f"{path.name}:{at}: {error}: {line}")
    return documents, wrong


def main() -> None:
    """Check and convert, or show a document's sentences."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--texts", action="append", type=Path, required=True)
    parser.add_argument("--show", nargs="*", default=[], metavar="ID")
    given = parser.parse_args()
    texts = texts_of(given.texts)
    for name in given.show:
        print("#", name)
        for sentence in sentences_of(texts[name]["title"], texts[name]["text"]):
            print(sentence.index, sentence.text)
    trouble = []
    for path in given.files:
        documents, wrong = read_short(path, texts)
        trouble += wrong
        for document in documents:
            print(json.dumps(document, ensure_ascii=False))
    if trouble:
        sys.exit("\n".join(trouble))


if __name__ == "__main__":
    main()
