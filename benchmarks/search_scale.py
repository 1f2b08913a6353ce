"""Vector search at 10,000, 100,000 and 1,000,000 sentences: litmine's index beside FAISS flat, hnswlib and usearch.

    python benchmarks/search_scale.py BEIR_FOLDER --sizes 10000,100000,1000000 [--peers-up-to 100000]

The vectors are those of the folder's real sentences as far as they go; beyond, copies moved towards another sentence
and by noise (cosine to their origin about 0.9). Queries are the claims of the train split. One thread; CPU seconds, so
that other work on the machine counts little. Peers are used when installed (`pip install hnswlib usearch`).
"""

import argparse
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from litmine.config import user_cache
from litmine.embedders import encode_cached, load_embedder
from litmine.evaluate.retrieval import read_qrels
from litmine.files import read_jsonl
from litmine.index import vectors as ours
from litmine.pipeline import sentences_of

SEED = 11
K = 10
QUERIES = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--peers-up-to", type=int, default=100_000)
    parser.add_argument("--lists", default="", help="inverted lists beside it: numbers of lists to look into")
    arguments = parser.parse_args()
    real, queries = real_vectors(arguments.folder)
    print(f"{len(real)} real sentences, {len(queries)} queries, recall@{K} against exact search", flush=True)
    print(
        "\n| vectors | index | build, CPU s | size, MB | of flat | query, CPU ms | faster than flat | recall@10 |"
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for size in map(int, arguments.sizes.split(",")):
        compare(enlarged(real, size), queries, size <= arguments.peers_up_to, arguments.lists)


def real_vectors(folder):
    """Vectors of the folder's distinct sentences in random order, and of its claims."""
    texts = {}
    for document in read_jsonl(folder / "corpus.jsonl", ("_id", "text")):
        for sentence in sentences_of(str(document.get("title") or ""), str(document["text"])):
            texts[sentence.text] = None
    judged = read_qrels(folder / "qrels" / "train.tsv")
    claims = [str(q["text"]) for q in read_jsonl(folder / "queries.jsonl") if str(q["_id"]) in judged]
    encoder = load_embedder("minilm")
    found = encode_cached(list(texts), encoder, user_cache())
    order = np.random.default_rng(SEED).permutation(len(found))
    return found[order], encode_cached(claims[:QUERIES], encoder, user_cache())


def enlarged(real, size):
    """So many unit vectors: the real ones, then copies of them moved."""
    random = np.random.default_rng(SEED)
    rows = np.empty((size, real.shape[1]), np.float32)
    rows[: len(real)] = real[:size]
    for start in range(len(real), size, 100_000):
        stop = min(start + 100_000, size)
        count = stop - start
        moved = (
            real[random.integers(len(real), size=count)] + 0.35 * real[random.integers(len(real), size=count)]
        )
        moved += random.normal(scale=0.35 / real.shape[1] ** 0.5, size=moved.shape).astype(np.float32)
        rows[start:stop] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return rows


def compare(rows, queries, with_peers, lists):
    exact, flat_time, flat_size = None, None, None
    engines = [flat, litmine_index]
    if lists and len(rows) > ours.FLAT_LIMIT:
        engines.append(partial(inverted_lists, probed=[int(number) for number in lists.split(",")]))
    if with_peers:
        engines += [hnswlib_index, usearch_index]
    for engine in engines:
        start = time.process_time()
        try:
            made = engine(rows)
        except ImportError as error:
            print(f"| {len(rows):,} | {engine.__name__}: {error} | | | | | | |", flush=True)
            continue
        built = time.process_time() - start
        for name, search, size in made:
            search(queries[0])
            start = time.process_time()
            found = [search(query) for query in queries]
            took = (time.process_time() - start) / len(queries) * 1000
            if exact is None:
                exact, flat_time, flat_size = found, took, size
            recall = np.mean([len({*a} & {*b}) / K for a, b in zip(found, exact, strict=True)])
            print(
                f"| {len(rows):,} | {name} | {built:.0f} | {size / 1e6:.0f} | {size / flat_size:.0%} | {took:.2f} "
                f"| {flat_time / took:.1f} × | {recall:.3f} |",
                flush=True,
            )


def flat(rows):
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    return [("FAISS flat", lambda query: index.search(query[None], K)[1][0].tolist(), rows.nbytes)]


def litmine_index(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "v.faiss"
        ours.write_vectors(ours.build_vectors(rows), path)
        size = path.stat().st_size
        index = ours.read_vectors(path)
    name = f"litmine ({type(index).__name__})"
    return [
        (name, lambda query, index=index: ours.search_vectors(index, query[None], K)[1][0].tolist(), size)
    ]


def inverted_lists(rows, probed):
    """FAISS's inverted lists with 8-bit codes, 4 √n of them."""
    import faiss

    dimension, lists = rows.shape[1], int(4 * len(rows) ** 0.5)
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        lists,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.train(rows[np.random.default_rng(SEED).permutation(len(rows))[: 64 * lists]])
    index.add(rows)
    size = _size(lambda path: faiss.write_index(index, path))
    made = []
    for number in probed:

        def search(query, number=number):
            index.nprobe = number
            return index.search(query[None], K)[1][0].tolist()

        made.append((f"FAISS IVF, SQ8, {number} of {lists} lists", search, size))
    return made


def hnswlib_index(rows):
    import hnswlib

    index = hnswlib.Index(space="ip", dim=rows.shape[1])
    index.init_index(max_elements=len(rows), M=16, ef_construction=200, random_seed=SEED)
    index.set_num_threads(1)
    index.add_items(rows, num_threads=1)
    size = _size(index.save_index)
    made = []
    for depth in (64, 256):

        def search(query, depth=depth):
            index.set_ef(depth)
            return index.knn_query(query[None], K, num_threads=1)[0][0].tolist()

        made.append((f"hnswlib, M 16, ef {depth}", search, size))
    return made


def usearch_index(rows):
    from usearch.index import Index

    index = Index(ndim=rows.shape[1], metric="ip", dtype="f16", connectivity=16)
    index.add(np.arange(len(rows)), rows, threads=1)
    size = _size(index.save)
    made = []
    for depth in (64, 256):

        def search(query, depth=depth):
            index.expansion_search = depth
            return index.search(query, K, threads=1).keys.tolist()

        made.append((f"usearch, f16, expansion {depth}", search, size))
    return made


def _size(save):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        save(str(path))
        return path.stat().st_size


if __name__ == "__main__":
    main()
