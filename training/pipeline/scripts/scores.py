"""Scores of a finished pipeline on development parts, as JSON: entities by head and label, tags and parses.

    python scripts/scores.py PIPELINE corpus/ scores.json

Parses of the shipped pipeline and of en_core_web_sm are scored on the treebanks' own tokens (labels of ClearNLP in
all three), punctuation left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc, DocBin
from spacy.training import Example

from litmine.pipeline import load_pipeline

HEADS = {"cdr": "cdr_dev", "cg": "cg_dev"}
TREEBANKS = ("craft_dev", "genia_dev")


def head_scores(nlp: Language, head: str, path: Path) -> dict[str, Any]:
    examples = []
    for reference in DocBin().from_disk(path).get_docs(nlp.vocab):
        predicted = nlp(reference.text)
        predicted.ents = list(predicted.spans[head])
        examples.append(Example(predicted, reference))
    scores = Scorer.score_spans(examples, "ents", getter=lambda doc, _: doc.ents)
    return {"all": _prf(scores["ents_p"], scores["ents_r"], scores["ents_f"])} | {
        label: _prf(value["p"], value["r"], value["f"])
        for label, value in sorted(scores["ents_per_type"].items())
    }


def parse_scores(nlp: Language, path: Path) -> dict[str, float]:
    examples = []
    for reference in DocBin().from_disk(path).get_docs(nlp.vocab):
        words = [token.text for token in reference]
        predicted = Doc(nlp.vocab, words=words, spaces=[bool(token.whitespace_) for token in reference])
        for name in ("tok2vec", "tagger", "parser"):
            predicted = nlp.get_pipe(name)(predicted)
        examples.append(Example(predicted, reference))
    scores = Scorer.score_deps(
        examples, "dep", getter=lambda token, name: getattr(token, f"{name}_"), ignore_labels=("p", "punct")
    )
    roots = [
        [token.i for token in example.predicted if token.head == token]
        == [token.i for token in example.reference if token.head == token]
        for example in examples
    ]
    tagged = [
        left.tag_ == right.tag_
        for example in examples
        for left, right in zip(example.predicted, example.reference, strict=True)
    ]
    return {
        "sentences": len(examples),
        "uas": round(scores["dep_uas"], 4),
        "las": round(scores["dep_las"], 4),
        "root": round(sum(roots) / len(roots), 4),
        "tag": round(sum(tagged) / len(tagged), 4),
    }


def _prf(precision: float, recall: float, f1: float) -> dict[str, float]:
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def main(pipeline: str, corpus: Path, out: Path) -> None:
    nlp = load_pipeline(pipeline)
    scores: dict[str, Any] = {
        head: head_scores(nlp, head, corpus / f"{file}.spacy") for head, file in HEADS.items()
    }
    for name in TREEBANKS:
        path = corpus / f"{name}.spacy"
        scores[name] = {
            "litmine": parse_scores(nlp, path),
            "en_core_web_sm": parse_scores(load_pipeline("en_core_web_sm"), path),
        }
    out.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(scores, indent=1))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
