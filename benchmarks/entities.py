"""Strict spans of entities on development documents: the dictionary, a model, and the two together.

    python benchmarks/entities.py DIR [--model litmine] [-o docs/benchmarks/entities.md]

DIR holds ner/, pubtator/ and bionlp13cg_standoff/. The development parts are those of
training/pipeline/scripts/convert.py; no model or rule of litmine was trained on them. A mention counts when start, end
and type are all those of the annotation.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from litmine.entities import Recogniser
from litmine.evaluate.entities import PUBTATOR_TYPES, read_names
from litmine.lexicon import load_lexicon

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training/pipeline/scripts"))
from convert import development

ROWS = {
    ("cdr", "Chemical"): "BC5CDR chemicals",
    ("cdr", "Disease"): "BC5CDR diseases",
    ("cg", "Gene"): "BioNLP13CG genes, proteins",
    ("cg", "Chemical"): "BioNLP13CG chemicals",
    ("cg", "Cancer"): "BioNLP13CG cancers",
    ("nlmgene", "Gene"): "NLM-Gene genes",
    ("gnormplus", "Gene"): "GNormPlus genes",
    ("ncbi", "Disease"): "NCBI diseases",
}


def spans(entities, kind):
    wanted = "Disease" if kind == "Cancer" else kind
    return {(e.start, e.end) for e in entities if PUBTATOR_TYPES.get(e.type) == wanted}


def measure(readers, documents):
    """{(reader, set, kind): Counter of right, found, gold} and CPU seconds of each reader."""
    counts, seconds = defaultdict(Counter), Counter()
    for name, kinds, _, text, mentions in documents:
        for reader, read in readers.items():
            start = time.process_time()
            entities = read(text)
            seconds[reader] += time.process_time() - start
            for kind in kinds:
                gold = {(start, end) for start, end, label in mentions if label == kind}
                found = spans(entities, kind)
                counts[reader, name, kind].update(right=len(gold & found), found=len(found), gold=len(gold))
    return counts, seconds


def figure(counter):
    precision, recall = (counter["right"] / max(counter[k], 1) for k in ("found", "gold"))
    f1 = 2 * counter["right"] / max(counter["found"] + counter["gold"], 1)
    return f"{precision:.3f} / {recall:.3f} / {f1:.3f}"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="litmine")
    parser.add_argument("-o", "--out", type=Path, help="also write the table to this Markdown file")
    arguments = parser.parse_args()
    lexicon, recogniser = load_lexicon(None), Recogniser(arguments.model)

    readers = {
        "dictionary": lambda text: read_names(text, lexicon, None)[0],
        "model": recogniser.mentions,
        "dictionary + model": lambda text: read_names(text, lexicon, recogniser)[1],
    }
    documents = list(development(arguments.folder))
    counts, seconds = measure(readers, documents)
    lines = [
        "| documents | mentions | " + " | ".join(f"{reader}: P / R / F1" for reader in readers) + " |",
        "|---|---:|" + "---|" * len(readers),
    ]
    for (name, kind), title in ROWS.items():
        cells = [figure(counts[reader, name, kind]) for reader in readers]
        lines.append(f"| {title} | {counts['model', name, kind]['gold']} | {' | '.join(cells)} |")
    per = " | ".join(f"{len(documents) / seconds[reader]:.0f} documents/s" for reader in readers)
    lines.append(f"| speed, {len(documents)} documents, CPU | | {per} |")
    print("\n".join(lines))
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
