r"""Train the weights of `litmine/models/relation_weights.json` on annotated relations; cross-validated by document.

    python training/relation_weights.py ../shared/data/gold/dev/relations.jsonl \
        --more annotations/training/relations.jsonl --texts ../shared/data/pubmed/her2_breast.jsonl \
        --texts ../shared/data/pubmed/scale.jsonl.gz

Two models: whether a combination of mentions is a relation, and which direction a relation has, learned from those
combinations that are relations.

Needs scikit-learn (it comes with sentence-transformers). Only cross-validated figures are printed: a document's
relations are always predicted by weights that were trained on other documents. The documents of `--more` (offsets
only, joined to their texts by id) are always trained on and never scored. `--write` trains on all documents and
writes the file; put the checksum it prints into `litmine/relations/decision.py`.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from litmine.assertion import is_aim
from litmine.relations.decision import WEIGHTS_FILE, DirectionWeights, Weights
from litmine.relations.direction_features import direction_features
from litmine.relations.extractor import Extractor, _own_hits, _own_places, to_relation
from litmine.relations.scoring import _core, score

FOLDS = 10
SEED = 7
STRENGTH, LEAST, THRESHOLD = 0.03, 3, 0.22
DIRECTION_STRENGTH = 0.1
WORKERS = 2
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
    """(features, label, pair) of every candidate; a relation's pair: features of its direction, and the direction."""
    found = []
    gold = [{**r, "span": document["sentences"][r["sentence"]]} for r in document["relations"]]
    for step in extractor.read_sentences(document["id"], document["title"], document["text"]):
        near = [r for r in gold if r["span"][0] < step.sentence.end and step.sentence.start < r["span"][1]]
        for candidate, ours in zip(step.candidates, relations_of(step), strict=True):
            same = [r for r in near if _core(ours, r) and _near(ours["outcome"], r["outcome"])]
            directed = None
            features = features_of_direction(step, candidate, ours["direction"]) if same else None
            if features:
                directed = (features, Counter(r["direction"] for r in same).most_common(1)[0][0])
            found.append((candidate.features, int(bool(same)), directed))
    return found


def features_of_direction(step, candidate, read):
    """Features of a relation's direction; None for an aim, whose direction the rules alone decide."""
    place = candidate.outcome if candidate.outcome >= 0 else candidate.mechanism
    position = step.frame.units[place].start - step.sentence.start
    if is_aim(step.cues, position):
        return None
    own, hits = _own_places(candidate), _own_hits(candidate, step.frame, step.hits)
    return direction_features(step.frame, place, own, hits, step.cues, step.sentence.start, read=read)


def samples_of(documents, workers=WORKERS):
    """`candidates_of` of each document."""
    size = max(1, len(documents) // (4 * workers))
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(_samples_of_one, documents, chunksize=size))


def _samples_of_one(document):
    if not _bare:
        _bare.append(Extractor(weights=Weights({}, -10.0, 0.5)))
    return candidates_of(_bare[0], document)


_bare: list[Extractor] = []


def relations_of(step):
    """What each candidate of a sentence would be as a relation, with the span of its sentence."""
    for candidate in step.candidates:
        relation, _ = to_relation(candidate, step.frame, step.hits, step.cues, step.sentence)
        yield {
            "drug": [vars_of(slot) for slot in relation.drug],
            "mechanism": vars_of(relation.mechanism) if relation.mechanism else None,
            "outcome": vars_of(relation.outcome) if relation.outcome else None,
            "outcome_type": relation.outcome_type,
            "direction": relation.direction,
            "span": [step.sentence.start, step.sentence.end],
        }


def _near(outcome, gold):
    """Where a type occurs twice in a sentence the outcome's own span must meet gold's."""
    return (
        gold is None or outcome is None or (outcome["start"] < gold["end"] and gold["start"] < outcome["end"])
    )


def matrix_of(rows, least):
    """Binary features of `rows` as a sparse matrix, those seen fewer than `least` times left out; and their names."""
    import numpy as np
    from scipy.sparse import csr_matrix

    counts = Counter(name for features in rows for name in set(features))
    names = sorted(name for name, count in counts.items() if count >= least)
    column = {name: index for index, name in enumerate(names)}
    pointers, indices = [0], []
    for features in rows:
        indices.extend(sorted({column[name] for name in features if name in column}))
        pointers.append(len(indices))
    data = np.ones(len(indices))
    indices, pointers = (
        np.array(indices, dtype="int32"),
        np.array(pointers, dtype="int32"),
    )  # liblinear's limit
    return csr_matrix((data, indices, pointers), shape=(len(rows), len(names))), names


def train(samples, strength, least, threshold):
    from sklearn.linear_model import LogisticRegression

    matrix, names = matrix_of([features for features, _, _ in samples], least)
    model = LogisticRegression(C=strength, max_iter=2000, solver="liblinear", tol=1e-3)
    model.fit(matrix, [label for _, label, _ in samples])
    weights = {n: round(float(w), 4) for n, w in zip(names, model.coef_[0], strict=True) if abs(w) > 1e-4}
    return Weights(weights, round(float(model.intercept_[0]), 4), threshold, train_direction(samples, least))


def train_direction(samples, least):
    from sklearn.linear_model import LogisticRegression

    directed = [pair for _, _, pair in samples if pair is not None]
    matrix, names = matrix_of([features for features, _ in directed], least)
    model = LogisticRegression(C=DIRECTION_STRENGTH, max_iter=500)
    model.fit(matrix, [direction for _, direction in directed])
    columns = model.coef_.T
    features = {n: [round(float(w), 3) for w in row] for n, row in zip(names, columns, strict=True)}
    intercepts = tuple(round(float(w), 3) for w in model.intercept_)
    return DirectionWeights(tuple(str(name) for name in model.classes_), intercepts, features)


def cross_validated(documents, samples, more, strength, least, threshold):
    """Predictions in the gold format, each document read with weights trained on the other folds and on `more`."""
    order = list(range(len(documents)))
    random.Random(SEED).shuffle(order)
    lexicon = Extractor().lexicon
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


def read_documents(*paths):
    """The JSON lines of all files, plain or gzipped."""
    found = []
    for path in paths:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if path.suffix == ".gz" else raw
        found.extend(json.loads(line) for line in text.decode("utf-8").split("\n") if line)
    return found


def with_texts(documents, texts, known):
    """Documents of offsets joined to their texts by id; those that `known` documents hold already are left out.

    Raises:
        SystemExit: A text is not the one that was annotated.
    """
    by_id = {}
    for text in texts:
        body = text.get("text", text.get("abstract", ""))
        by_id.setdefault(str(text.get("id") or text["pmid"]), []).append((text["title"] or "", body or ""))
    seen = {digest(document["title"], document["text"]) for document in known}
    joined = []
    for document in documents:
        wanted = document["sha256"]
        pair = next((pair for pair in by_id.get(document["id"], []) if digest(*pair) == wanted), None)
        if pair is None:
            raise SystemExit(f"{document['id']}: the text is missing or is not the one that was annotated")
        if wanted not in seen:
            joined.append({**document, "title": pair[0], "text": pair[1]})
    return joined


def digest(title, text):
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


def lines_of(content):
    """JSON with one feature a line."""
    text = json.dumps(content, sort_keys=True, separators=(", ", ": "))
    return text.replace("], ", "],\n").replace(', "', ',\n"') + "\n"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--more", type=Path, help="annotations without their texts, for training only")
    parser.add_argument("--texts", type=Path, action="append", default=[], help="the texts of --more")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--strength", type=float, default=STRENGTH, help="inverse of the L2 penalty")
    parser.add_argument("--least", type=int, default=LEAST, help="a feature seen fewer times is left out")
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    arguments = parser.parse_args()
    documents = read_documents(arguments.gold)
    samples = samples_of(documents)
    more = []
    if arguments.more:
        added = with_texts(read_documents(arguments.more), read_documents(*arguments.texts), documents)
        more = [sample for found in samples_of(added) for sample in found]
        print(
            f"{len(added)} documents more, {len(more)} candidates, {sum(label for _, label, _ in more)} relations"
        )
    print(
        f"{sum(map(len, samples))} candidates, {sum(label for s in samples for _, label, _ in s)} of them relations"
    )
    settings = (arguments.strength, arguments.least, arguments.threshold)
    print(json.dumps(score(documents, cross_validated(documents, samples, more, *settings))))
    if arguments.write:
        weights = train([*(sample for document in samples for sample in document), *more], *settings)
        content = {
            "features": dict(sorted(weights.features.items())),
            "intercept": weights.intercept,
            "direction": {
                "classes": list(weights.direction.classes),
                "intercepts": list(weights.direction.intercepts),
                "features": dict(sorted(weights.direction.features.items())),
            },
            "threshold": weights.threshold,
        }
        path = ROOT / "litmine" / "models" / WEIGHTS_FILE
        path.parent.mkdir(exist_ok=True)
        path.write_text(lines_of(content), encoding="utf-8")
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
