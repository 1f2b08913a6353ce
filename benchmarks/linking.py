"""Linking a printed disease name to MeSH: litmine's keys against scispaCy's candidate generator over the same names.

    python benchmarks/linking.py DIR

DIR holds ner/ and pubtator/. Annotated disease mentions of the development parts of BC5CDR and NCBI disease whose MeSH
concept is in litmine's vocabulary; both methods see the mention's text alone and the same names with MeSH identifiers.
scispaCy's default constructors need its downloads, so its CandidateGenerator is given an index of its own kind (TF-IDF
of character 3-grams, cosine, nmslib's HNSW) over our names.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

from litmine.annotations import read_pubtator
from litmine.lexicon import key, load_lexicon
from litmine.lexicon.matching import forms

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training/pipeline/scripts"))
from convert import held_out, published_dev

FLOORS = (0.0, 0.7, 0.85)


def gold(folder, known):
    """(mention, MeSH identifier) of development documents."""
    dev = published_dev(folder / "ner/BC5CDR-IOB/devel.tsv")
    for name in ("BC5CDR_TrainDev", "NCBIdisease_TrainDev"):
        for document in read_pubtator(folder / f"pubtator/{name}.PubTator"):
            ours = re.sub(r"\s", "", document.title) in dev if name[0] == "B" else held_out(document.id, 5)
            for mention in document.entities if ours else ():
                concept = "MESH:" + mention.identifier.removeprefix("MESH:")
                if mention.type != "Chemical" and concept in known:
                    yield mention.text, concept


def by_key(names):
    table = {}
    for text, concept in names:
        table.setdefault(key(text), concept)
    return lambda mention: next((table[form] for form, _ in forms(key(mention) or " ") if form in table), "")


def by_neighbours(names):
    import nmslib
    from scispacy.candidate_generation import CandidateGenerator
    from scispacy.linking_utils import Entity, KnowledgeBase
    from sklearn.feature_extraction.text import TfidfVectorizer

    concepts = {}
    for text, concept in names:
        concepts.setdefault(concept, []).append(text)
    base = KnowledgeBase([Entity(concept, texts[0], texts) for concept, texts in concepts.items()])
    aliases = sorted({text for text, _ in names})
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=1)
    index = nmslib.init(method="hnsw", space="cosinesimil_sparse", data_type=nmslib.DataType.SPARSE_VECTOR)
    index.addDataPointBatch(vectorizer.fit_transform(aliases))
    index.createIndex({"M": 32, "efConstruction": 200, "indexThreadQty": 1, "post": 0})
    index.setQueryTimeParams({"efSearch": 100})
    generator = CandidateGenerator(index, vectorizer, aliases, base)

    def nearest(mention):
        (found,) = generator([mention], 10)
        best = max(found, key=lambda candidate: max(candidate.similarities), default=None)
        return (best.concept_id, max(best.similarities)) if best else ("", 0.0)

    return nearest


def main(folder):
    lexicon = load_lexicon()
    names = [
        (term.term, term.identifier)
        for term in lexicon.terms
        if term.type == "disease" and term.identifier.startswith("MESH:")
    ]
    mentions = list(gold(folder, {concept for _, concept in names}))
    exact, neighbours = by_key(names), by_neighbours(names)
    start = time.process_time()
    first = [exact(mention) for mention, _ in mentions]
    middle = time.process_time()
    second = [neighbours(mention) for mention, _ in mentions]
    seconds = middle - start, time.process_time() - middle
    print(f"{len(mentions)} mentions, {len(names)} names of {len({c for _, c in names})} concepts\n")
    print(
        "| method | linked | right of the linked | right of all | ms a mention |\n|---|---:|---:|---:|---:|"
    )
    rows = [("litmine's keys", first, seconds[0])]
    for floor in FLOORS:
        kept = [concept if score >= floor else "" for concept, score in second]
        rows.append((f"candidate generator, similarity ≥ {floor:g}", kept, seconds[1]))
        both = [ours or theirs for ours, theirs in zip(first, kept, strict=True)]
        rows.append((f"keys, then candidate generator ≥ {floor:g}", both, sum(seconds)))
    for name, answers, spent in rows:
        linked = sum(bool(answer) for answer in answers)
        right = sum(answer == concept for answer, (_, concept) in zip(answers, mentions, strict=True))
        share = f"{linked / len(mentions):.3f} | {right / max(linked, 1):.3f} | {right / len(mentions):.3f}"
        print(f"| {name} | {share} | {1000 * spent / len(mentions):.2f} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
