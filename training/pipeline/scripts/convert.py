"""Entity sets and treebanks to spaCy's DocBin, split by document into train and dev.

    python scripts/convert.py DIR corpus/

DIR holds ner/, pubtator/, bionlp13cg_standoff/ and treebank/ (README.md names their sources and licences). One file per
head and part: cdr (BC5CDR: chemicals, diseases), cg (BioNLP13CG: genes, chemicals, cancers, cells, ...), gene
(NLM-Gene and GNormPlus), ncbi (diseases), parse (CRAFT and GENIA, in the scheme of ClearNLP). A whole document is one
Doc for entities, because they need its abbreviations; a sentence is one for the parser.

Parts: BC5CDR and BioNLP13CG as published; NLM-Gene, GNormPlus, NCBI disease and CRAFT come in one piece here, and
every document whose id hashes into one fifth (CRAFT: one eighth) is development. GENIA: the file named dev.
parse_dev is one eighth of both treebanks' development sentences, for looking at while training.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from clearnlp import Word, to_clearnlp
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.util import filter_spans

from litmine.annotations import read_pubtator
from litmine.entities.components import blank_pipeline

Mention = tuple[int, int, str]
Document = tuple[str, str, list[Mention]]
"""Identifier, text and mentions (start, end, label)."""

CG_LABELS = {"Gene_or_gene_product": "Gene", "Simple_chemical": "Chemical"}
GENE_LABELS = {"Gene": "Gene", "FamilyName": "Family", "DomainMotif": "Domain", "Cell": "Cell"}
JUDGED = {
    "cdr": ("Chemical", "Disease"),
    "cg": ("Gene", "Chemical", "Cancer"),
    "nlmgene": ("Gene",),
    "gnormplus": ("Gene",),
    "ncbi": ("Disease",),
}
NOT_PHYSICAL = {"Protein_domain_or_region", "DNA_domain_or_region"}
OPENING, CLOSING = frozenset("(["), frozenset(".,;:)]%")
NO_TOKEN = re.compile(r"^\d+-\d+$|^\d+\.\d+$")


def held_out(identifier: str, parts: int) -> bool:
    """Does a document belong to development? Decided by a hash of its id, so that it never moves."""
    return int(hashlib.sha256(identifier.encode()).hexdigest(), 16) % parts == 0


def shorter_first(mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions without overlaps, the shorter kept, as in the published IOB files of BioNLP13CG."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m[1] - m[0], m[0])):
        if all(mention[1] <= other[0] or other[1] <= mention[0] for other in kept):
            kept.append(mention)
    return sorted(kept)


def pubtator(path: Path, labels: dict[str, str] | None = None) -> Iterator[Document]:
    for document in read_pubtator(path):
        mentions = [
            (m.start, m.end, labels[m.type] if labels else m.type)
            for m in document.entities
            if labels is None or m.type in labels
        ]
        yield document.id, f"{document.title}\n{document.text}", mentions


def standoff(folder: Path) -> Iterator[Document]:
    for path in sorted(folder.glob("*.txt")):
        mentions = []
        for line in path.with_suffix(".a1").read_text(encoding="utf-8").splitlines():
            label, start, end = line.split("\t")[1].split(" ")
            if label not in NOT_PHYSICAL:
                mentions.append((int(start), int(end), CG_LABELS.get(label, label)))
        yield path.stem, path.read_text(encoding="utf-8"), shorter_first(mentions)


def published_dev(path: Path) -> str:
    """All letters of an IOB file in a row, to find out which documents it holds."""
    return "".join(line.split("\t", 1)[0] for line in path.read_text(encoding="utf-8").splitlines())


def write(nlp: Language, documents: Sequence[Document], path: Path) -> None:
    """Save documents; a mention that ends inside a token widens to it, of two that overlap the longer stays."""
    bin, lost, total = DocBin(store_user_data=False), 0, 0
    for _, text, mentions in documents:
        doc = nlp.make_doc(text)
        spans: list[Span] = []
        for start, end, label in mentions:
            span = doc.char_span(start, end, label=label)
            lost += span is None
            spans.append(span or doc.char_span(start, end, label=label, alignment_mode="expand"))
        total += len(mentions)
        doc.ents = filter_spans(spans)
        bin.add(doc)
    bin.to_disk(path)
    print(f"{path.name}: {len(documents)} documents, {total} mentions, {lost} of them cut a token")


def rows_of(path: Path) -> Iterator[list[list[str]]]:
    """The sentences of a CoNLL-U file, each a list of rows of ten cells."""
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if line and line[0] != "#"]
        rows = [row for row in rows if not NO_TOKEN.match(row[0])]
        if len(rows) > 1 and sum(row[6] == "0" for row in rows) == 1:
            yield rows


def words_of(rows: list[list[str]]) -> list[Word]:
    return [
        Word(row[1], row[4], place if row[6] == "0" else int(row[6]) - 1, "ROOT" if row[6] == "0" else row[7])
        for place, row in enumerate(rows)
    ]


def parsed(nlp: Language, words: list[Word], spaces: list[bool]) -> Doc:
    return Doc(
        nlp.vocab,
        words=[word.text for word in words],
        spaces=spaces,
        tags=[word.tag for word in words],
        heads=[word.head for word in words],
        deps=[word.label for word in words],
    )


def craft(nlp: Language, folder: Path) -> Iterator[tuple[str, Doc]]:
    """Sentences of CRAFT's articles; its labels are ClearNLP's, as in spaCy's English models."""
    for path in sorted(folder.glob("*.conllu")):
        for rows in rows_of(path):
            yield path.stem, parsed(nlp, words_of(rows), ["SpaceAfter=No" not in row[9] for row in rows])


def genia(nlp: Language, path: Path) -> Iterator[Doc]:
    """Sentences of GENIA abstracts, from Universal Dependencies to the scheme of the others; spaces are guessed."""
    for rows in rows_of(path):
        words = to_clearnlp(words_of(rows))
        after = [*words[1:], None]
        spaces = [
            following is None or not (word.text in OPENING or following.text in CLOSING)
            for word, following in zip(words, after, strict=True)
        ]
        yield parsed(nlp, words, spaces)


def entity_sets(source: Path) -> dict[str, tuple[list[Document], list[Document]]]:
    """For each set its documents for training and for development."""
    dev = published_dev(source / "ner" / "BC5CDR-IOB" / "devel.tsv")
    sets: dict[str, tuple[list[Document], list[Document]]] = {
        name: ([], []) for name in ("cdr", "cg", "nlmgene", "gnormplus", "ncbi")
    }
    for document in pubtator(source / "pubtator" / "BC5CDR_TrainDev.PubTator"):
        title = re.sub(r"\s", "", document[1].split("\n", 1)[0])
        sets["cdr"][title in dev].append(document)
    for part, folder in enumerate(("train", "devel")):
        sets["cg"][part].extend(standoff(source / "bionlp13cg_standoff" / folder))
    for name, file in (("nlmgene", "NLMgene_Train"), ("gnormplus", "GNormPlus_Train")):
        for document in pubtator(source / "pubtator" / f"{file}.PubTator", GENE_LABELS):
            sets[name][held_out(document[0], 5)].append(document)
    for identifier, text, mentions in pubtator(source / "pubtator" / "NCBIdisease_TrainDev.PubTator"):
        found = shorter_first([(start, end, "Disease") for start, end, _ in mentions])
        sets["ncbi"][held_out(identifier, 5)].append((identifier, text, found))
    return sets


def development(source: Path) -> Iterator[tuple[str, tuple[str, ...], str, str, list[Mention]]]:
    """Development documents of every set: set, the labels it is judged by, id, text, mentions."""
    for name, (_, documents) in entity_sets(source).items():
        for identifier, text, mentions in documents:
            yield name, JUDGED[name], identifier, text, mentions


def main(source: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    nlp = blank_pipeline()
    sets = entity_sets(source)
    sets["gene"] = tuple([*sets["nlmgene"][part], *sets["gnormplus"][part]] for part in (0, 1))
    for name, parts in sets.items():
        for part, documents in zip(("train", "dev"), parts, strict=True):
            write(nlp, documents, out / f"{name}_{part}.spacy")
    bins = {name: DocBin() for name in ("parse_train", "craft_dev", "genia_dev", "parse_dev")}
    for number, (identifier, doc) in enumerate(craft(nlp, source / "treebank" / "craft")):
        bins["craft_dev" if held_out(identifier, 8) else "parse_train"].add(doc)
        if held_out(identifier, 8) and number % 8 == 0:
            bins["parse_dev"].add(doc)
    for doc in genia(nlp, source / "treebank" / "genia_extra.conllu"):
        bins["parse_train"].add(doc)
    for number, doc in enumerate(genia(nlp, source / "treebank" / "genia_dev.conllu")):
        bins["genia_dev"].add(doc)
        if number % 8 == 0:
            bins["parse_dev"].add(doc)
    for name, docs in bins.items():
        docs.to_disk(out / f"{name}.spacy")
        print(f"{name}.spacy: {len(docs)} sentences")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
