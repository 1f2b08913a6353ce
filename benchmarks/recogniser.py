"""Does a recogniser beside the dictionary make relations better? F1 with and without it.

    python benchmarks/recogniser.py GOLD.jsonl [--model litmine]

GOLD.jsonl holds documents with annotated relations, on which nothing was trained. What differs between the rows is only
who finds the entities; the weights are the shipped ones, which were trained on the dictionary's.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from litmine.entities import Recogniser
from litmine.relations import Extractor, score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
import relation_samples as training

VARIANTS = {
    "dictionary": (),
    "and new genes of the model": ("gene",),
    "and new drugs of the model": ("drug",),
    "and all its new names": ("gene", "drug", "disease", "cell_line"),
}


@dataclass(frozen=True)
class Some(Recogniser):
    """A recogniser of which only some types are used; what it read is kept."""

    types: tuple[str, ...]
    read: dict[str, tuple]

    def mentions(self, document):
        """Those of the wanted types."""
        if document not in self.read:
            self.read[document] = super().mentions(document)
        return tuple(mention for mention in self.read[document] if mention.type in self.types)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--model", default="litmine")
    arguments = parser.parse_args()
    documents = training.read_documents(arguments.gold)
    seen = {}
    print("| entities | core F1 | core + direction F1 | direction accuracy |\n|---|---:|---:|---:|")
    for name, types in VARIANTS.items():
        recogniser = Some(arguments.model, types, seen) if types else None
        predicted = training.predicted(documents, Extractor(recogniser=recogniser))
        figures = score(documents, predicted)
        values = (figures["core"]["f1"], figures["core_direction"]["f1"], figures["direction_accuracy"])
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in values)} |", flush=True)


if __name__ == "__main__":
    main()
