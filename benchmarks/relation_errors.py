"""The most frequent kinds of error of relation extraction on annotated abstracts that it was not trained on.

    python benchmarks/relation_errors.py ../shared/data/gold/dev/relations.jsonl

Each relation missed, added or read wrongly counts once, under the first thing that went wrong on its way: a slot that
no mention covers, a mention of another type, a combination of mentions that was never built, one that was dropped.
Prints the table of docs/relations.md.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
import relation_samples as training

from litmine.relations.extractor import Extractor
from litmine.relations.model import Weights
from litmine.relations.scoring import _all_meet, _core, _located, _match, _meets

SHOWN = 20


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


def kind_of_miss(gold, steps, samples):
    """Where a gold relation without a match was lost."""
    near = [step for step in steps if overlap((step.sentence.start, step.sentence.end), gold["span"])]
    mentions = [mention for step in near for mention in step.mentions]
    drugs = [training.vars_of(slot) for mention in mentions if mention.kind == "D" for slot in mention.slots]
    if not all(any(_meets(drug, ours) for ours in drugs) for drug in gold["drug"]):
        return "missed: a drug is not seen" + (" (pronoun or general word)" if general(gold["drug"]) else "")
    mechanisms = [training.vars_of(mention.slots[0]) for mention in mentions if mention.kind == "M"]
    if gold["mechanism"] and not any(_meets(gold["mechanism"], ours) for ours in mechanisms):
        return "missed: the mechanism is not seen"
    if gold["outcome"]:
        same = [
            mention
            for mention in mentions
            if mention.kind == "O" and _meets(gold["outcome"], training.vars_of(mention.slots[0]))
        ]
        if not same:
            molecule = " (a molecule that a mechanism changes)" if gold["outcome_type"] == "pathway" else ""
            return "missed: the outcome is not seen" + molecule
        if all(mention.outcome_type != gold["outcome_type"] for mention in same):
            return "missed: the outcome is seen with another type"
    if not any(label for relation, label in samples if _core(relation, gold)):
        return "missed: the mentions were not combined so"
    shape = "".join(letter for letter, slot in zip("DMO", slots(gold), strict=True) if slot)
    return f"missed: {NAMES[shape]} held too improbable" + (", an aim" if gold["assertion"] == "aim" else "")


NAMES = {
    "DO": "drug + outcome",
    "DM": "drug + mechanism",
    "MO": "mechanism + outcome",
    "DMO": "all three slots",
}


def slots(relation):
    return relation["drug"], relation["mechanism"], relation["outcome"]


def general(drugs):
    words = ("it", "they", "this", "these", "combination", "agent", "drug", "therap", "treatment", "regimen")
    return all(
        drug["text"].lower().startswith(words) or "combination" in drug["text"].lower() for drug in drugs
    )


def kind_of_addition(ours, gold, matched):
    """What a relation without a match in gold got wrong."""
    near = [(j, relation) for j, relation in enumerate(gold) if overlap(relation["span"], ours["span"])]
    shape = "".join(letter for letter, slot in zip("DMO", slots(ours), strict=True) if slot)
    if not near:
        return f"added: {NAMES[shape]} in a sentence without any relation"
    free = [relation for j, relation in near if j not in matched]
    if not free:
        return f"added: {NAMES[shape]} beside the sentence's relations"
    for relation in free:
        mechanisms = [[slot] if slot else [] for slot in (ours["mechanism"], relation["mechanism"])]
        same = (
            _all_meet(ours["drug"], relation["drug"]),
            _all_meet(*mechanisms),
            ours["outcome_type"] == relation["outcome_type"],
        )
        if sum(same) == 2:
            return "added: one slot off, " + ("drug", "mechanism", "type of the outcome")[same.index(False)]
    return "added: two slots off"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    documents = training.read_documents(parser.parse_args().gold)
    bare = Extractor(weights=Weights.none())
    predicted = {document["id"]: document for document in training.predicted(documents, Extractor())}
    kinds: Counter[str] = Counter()
    for document in documents:
        steps = bare.read_sentences(document["id"], document["title"], document["text"])
        gold, ours = _located(document), _located(predicted[document["id"]])
        pairs = _match(ours, gold, _core)
        built = [(relation, 1) for step in steps for relation in training.relations_of(step)]
        for left, right in pairs:
            for key in ("direction", "assertion"):
                if ours[left][key] != gold[right][key]:
                    kinds[f"{key}: {gold[right][key]} read as {ours[left][key]}"] += 1
        matched = {right for _, right in pairs}
        for j, relation in enumerate(gold):
            if j not in matched:
                kinds[kind_of_miss(relation, steps, built)] += 1
        for i, relation in enumerate(ours):
            if i not in {left for left, _ in pairs}:
                kinds[kind_of_addition(relation, gold, matched)] += 1
        kinds["right in every respect"] += sum(
            all(ours[left][key] == gold[right][key] for key in ("direction", "assertion"))
            for left, right in pairs
        )
    right = kinds.pop("right in every respect")
    print(f"{sum(kinds.values())} errors of {len(kinds)} kinds; {right} relations right in every respect.\n")
    print("| | kind of error | count |\n|---:|---|---:|")
    for rank, (kind, count) in enumerate(kinds.most_common(SHOWN), 1):
        print(f"| {rank} | {kind} | {count} |")


if __name__ == "__main__":
    main()
