r"""Train the weights of `litmine/models/relation_weights.json` on annotated relations; cross-validated by document.

    python training/relation_weights.py ../shared/data/gold/dev/relations.jsonl \
        --more annotations/training/relations.jsonl --texts ../shared/data/pubmed/her2_breast.jsonl

Needs scikit-learn (it comes with sentence-transformers). Only cross-validated figures are printed: a document's
relations are always predicted by weights that were trained on other documents. The documents of `--more` (offsets
only, joined to their texts by id) are always trained on and never scored. `--write` trains on all documents and
writes the file; put the checksum it prints into `litmine/relations/decision.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from pathlib import Path

from litmine.relations.decision import WEIGHTS_FILE, Weights
from litmine.relations.extractor import Extractor, to_relation
from litmine.relations.scoring import _core, score

FOLDS = 10
SEED = 7
STRENGTH, LEAST, THRESHOLD = 0.03, 3, 0.22
ROOT = Path(__file__).resolve().parent.parent


def gold_format(document, reading):
    relations = []
    for relation in reading.relations:
        entry = {"sentence": relation.sentence, "drug": [vars_of(slot) for slot in relation.drug]}
        entry["mechanism"] = vars_of(relation.mechanism) if relation.mechanism else None
        entry["outcome"] = vars_of(relation.outcome) if relation.outcome else None
        entry |= {
            "outcome_type": relation.outcome_type,
            "direction": relation.direction,
            "assertion": relation.assertion,
        }
        relations.append(entry)
    spans = [[sentence.start, sentence.end] for sentence in reading.sentences]
    return {
        "id": document["id"],
        "title": document["title"],
        "text": document["text"],
        "sentences": spans,
        "relations": relations,
    }


def vars_of(slot):
    return {"start": slot.start, "end": slot.end, "text": slot.text, "name": slot.name}


def candidates_of(extractor, document):
    """(features, label) of every candidate of a document."""
    found = []
    gold = [{**r, "span": document["sentences"][r["sentence"]]} for r in document["relations"]]
    for step in extractor.read_sentences(document["id"], document["title"], document["text"]):
        near = [r for r in gold if r["span"][0] < step.sentence.end and step.sentence.start < r["span"][1]]
        for candidate, ours in zip(step.candidates, relations_of(step), strict=True):
            label = any(_core(ours, r) and _near(ours["outcome"], r["outcome"]) for r in near)
            found.append((candidate.features, int(label)))
    return found


def relations_of(step):
    """What each candidate of a sentence would be as a relation, with the span of its sentence."""
    for candidate in step.candidates:
        relation = to_relation(candidate, step.frame, step.hits, step.cues, step.sentence)
        yield {
            "drug": [vars_of(slot) for slot in relation.drug],
            "mechanism": vars_of(relation.mechanism) if relation.mechanism else None,
            "outcome": vars_of(relation.outcome) if relation.outcome else None,
            "outcome_type": relation.outcome_type,
            "span": [step.sentence.start, step.sentence.end],
        }


def _near(outcome, gold):
    """Where a type occurs twice in a sentence the outcome's own span must meet gold's."""
    return (
        gold is None or outcome is None or (outcome["start"] < gold["end"] and gold["start"] < outcome["end"])
    )


def train(samples, strength, least, threshold):
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    counts: dict[str, int] = {}
    for features, _ in samples:
        for name in features:
            counts[name] = counts.get(name, 0) + 1
    rows = [{name: 1.0 for name in features if counts[name] >= least} for features, _ in samples]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    matrix.indices, matrix.indptr = (
        matrix.indices.astype("int32"),
        matrix.indptr.astype("int32"),
    )  # liblinear's limit
    model = LogisticRegression(C=strength, max_iter=2000, solver="liblinear")
    model.fit(matrix, [label for _, label in samples])
    weights = {
        n: round(float(w), 4)
        for n, w in zip(vectorizer.feature_names_, model.coef_[0], strict=True)
        if abs(w) > 1e-4
    }
    return Weights(weights, round(float(model.intercept_[0]), 4), threshold)


def cross_validated(documents, samples, more, lexicon, strength, least, threshold):
    """Predictions in the gold format, each document read with weights trained on the other folds and on `more`."""
    order = list(range(len(documents)))
    random.Random(SEED).shuffle(order)
    predicted = []
    for fold in (order[k::FOLDS] for k in range(FOLDS)):
        held = set(fold)
        others = [s for i in order if i not in held for s in samples[i]]
        weights = train([*others, *more], strength, least, threshold)
        extractor = Extractor(weights=weights)
        extractor.lexicon = lexicon
        for i in fold:
            document = documents[i]
            reading = extractor.read(document["id"], document["title"], document["text"])
            predicted.append(gold_format(document, reading))
    return predicted


def read_documents(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def with_texts(documents, texts, known):
    """Documents of offsets joined to their texts by id; those that `known` documents hold already are left out.

    Raises:
        SystemExit: A text is not the one that was annotated.
    """
    by_id = {str(text["id"]): text for text in texts}
    seen = {digest(document["title"], document["text"]) for document in known}
    joined = []
    for document in documents:
        text = by_id[document["id"]]
        title, body = text["title"], text.get("text", text.get("abstract", ""))
        if digest(title, body) != document["sha256"]:
            raise SystemExit(f"{document['id']}: the text is not the one that was annotated")
        if document["sha256"] not in seen:
            joined.append({**document, "title": title, "text": body})
    return joined


def digest(title, text):
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--more", type=Path, help="annotations without their texts, for training only")
    parser.add_argument("--texts", type=Path, help="the texts of --more")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--strength", type=float, default=STRENGTH, help="inverse of the L2 penalty")
    parser.add_argument("--least", type=int, default=LEAST, help="a feature seen fewer times is left out")
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    arguments = parser.parse_args()
    documents = read_documents(arguments.gold)
    extractor = Extractor(weights=Weights({}, -10.0, 0.5))
    samples = [candidates_of(extractor, document) for document in documents]
    more = []
    if arguments.more:
        added = with_texts(read_documents(arguments.more), read_documents(arguments.texts), documents)
        more = [sample for document in added for sample in candidates_of(extractor, document)]
        print(
            f"{len(added)} documents more, {len(more)} candidates, {sum(label for _, label in more)} relations"
        )
    print(
        f"{sum(map(len, samples))} candidates, {sum(label for s in samples for _, label in s)} of them relations"
    )
    settings = (arguments.strength, arguments.least, arguments.threshold)
    print(
        json.dumps(score(documents, cross_validated(documents, samples, more, extractor.lexicon, *settings)))
    )
    if arguments.write:
        weights = train([*(sample for document in samples for sample in document), *more], *settings)
        content = {
            "features": dict(sorted(weights.features.items())),
            "intercept": weights.intercept,
            "threshold": weights.threshold,
        }
        path = ROOT / "litmine" / "models" / WEIGHTS_FILE
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
