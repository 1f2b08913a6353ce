"""Trained heads and parser as one small pipeline: half precision, no optimiser, no strings of the training texts.

    python scripts/assemble.py PARSER OUT cdr=FOLDER cg=FOLDER ...

Each FOLDER is a `model-best` of `spacy train`; each head keeps its entities in `doc.spans` under its name. PARSER may
be `-`. Writes SHA256SUMS beside what it made, which litmine checks before it loads the pipeline.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import spacy
from spacy.language import Language

from litmine.entities.components import blank_pipeline
from litmine.pipeline import CHECKSUMS

META = {
    "name": "litmine",
    "version": "1.0.0",
    "description": "Tagger, parser and recognisers of chemicals, diseases, genes and cancers for biomedical text",
    "license": "CC BY-SA 3.0 (see README.md)",
    "author": "The litmine developers",
}


def assemble(parser: str, heads: dict[str, str]) -> Language:
    nlp = blank_pipeline()
    nlp.add_pipe("litmine_dictionary", name="dictionary")
    for head, folder in heads.items():
        source = spacy.load(folder)
        if not nlp.vocab.vectors.size:
            nlp.vocab.vectors = source.vocab.vectors
        nlp.add_pipe("ner", source=source, name=f"{head}_ner")
        nlp.add_pipe("litmine_keep_spans", name=f"{head}_spans", config={"key": head})
    if parser != "-":
        source = spacy.load(parser)
        for name in ("tok2vec", "tagger", "parser"):
            nlp.add_pipe(name, source=source)
    nlp.meta.update(META)
    return nlp


def halve(nlp: Language) -> None:
    """Weights and vectors in half precision; litmine.pipeline makes them single again when it loads them."""
    models = (getattr(component, "model", None) for _, component in nlp.pipeline)
    for model in models:
        for node in model.walk() if model is not None else ():
            for name in node.param_names:
                if node.has_param(name):
                    node.set_param(name, node.get_param(name).astype("float16"))
    nlp.vocab.vectors.data = nlp.vocab.vectors.data.astype("float16")


def main(parser: str, out: Path, heads: dict[str, str]) -> None:
    nlp = assemble(parser, heads)
    halve(nlp)
    nlp.to_disk(out)
    (out / "vocab" / "strings.json").write_text("[]\n", encoding="ascii")
    meta = json.loads((out / "meta.json").read_text(encoding="utf-8"))
    meta["performance"] = {}
    (out / "meta.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    files = sorted(p for p in out.rglob("*") if p.is_file() and p.suffix != ".md" and p.name != CHECKSUMS)
    files = [file for file in files if file.name != "scores.json"]
    sums = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(out).as_posix()}"
        for file in files
    ]
    (out / CHECKSUMS).write_text("\n".join(sums) + "\n", encoding="ascii")
    print(f"{out}: {len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), dict(pair.split("=", 1) for pair in sys.argv[3:]))
