"""`litmine eval retrieval`: a BEIR folder in, a TREC run out, with the ranking that `litmine search` uses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litmine.config import user_cache
from litmine.embedders import encode_cached, load_embedder
from litmine.errors import InputError
from litmine.files import read_jsonl, write_lines
from litmine.index import Index, units_of
from litmine.pipeline import sentences_of
from litmine.progress import Bars, no_bars
from litmine.search import Scored, make_question, rank_records
from litmine.types import Reading, Record

Relevance = dict[str, dict[str, int]]
Run = dict[str, list[tuple[str, float]]]
TAG = "litmine"
PARTS: dict[str, Callable[[Scored], float]] = {
    "fused": lambda scored: scored.score,
    "dense": lambda scored: scored.dense,
    "lexical": lambda scored: scored.lexical,
}


@dataclass(frozen=True, slots=True)
class Collection:
    """A ranked collection: judgements, document ids by number, candidates of each query."""

    relevance: Relevance
    documents: tuple[str, ...]
    candidates: Mapping[str, tuple[Scored, ...]]

    def run(self, score: Callable[[Scored], float], k: int) -> Run:
        """The k best documents of each query by a score of their parts."""
        return {
            query: in_trec_order((self.documents[s.number], round(score(s), 6)) for s in candidates)[:k]
            for query, candidates in self.candidates.items()
        }


def evaluate_retrieval(
    folder: Path,
    split: str,
    out: Path,
    *,
    embedder: str = "minilm",
    k: int = 100,
    cache_dir: Path | None = None,
    bars: Bars = no_bars,
) -> dict[str, Any]:
    """Rank a BEIR collection for the queries that have judgements; write the fused run, measure it and its parts.

    The format is that of Thakur et al. 2021, BEIR (arXiv:2104.08663): `corpus.jsonl` with `_id`, `title`, `text`,
    `queries.jsonl` with `_id`, `text`, `qrels/SPLIT.tsv` with query, document and a whole number.

    Args:
        folder: the BEIR folder.
        split: name of a file in `qrels/`, without `.tsv`.
        out: TREC run to write: `query Q0 document rank score tag`.
        embedder: a name in the settings' sense.
        k: documents per query in the run.
        cache_dir: where vectors are kept; LITMINE_CACHE or the user's cache folder when None.
        bars: makes progress bars.

    Returns:
        `queries`, `documents`, and nDCG@10, recall@100 and MAP of the fused run and of each part alone.

    Raises:
        InputError: a file is missing or not in the format.
    """
    collection = rank_collection(folder, split, embedder=embedder, cache_dir=cache_dir, bars=bars)
    runs = {part: collection.run(score, k) for part, score in PARTS.items()}
    write_lines(out, trec_lines(runs["fused"]))
    fused, *parts = ((part, measure(run, collection.relevance)) for part, run in runs.items())
    counts = {"queries": len(collection.relevance), "documents": len(collection.documents)}
    return {**counts, **fused[1], **dict(parts)}


def rank_collection(
    folder: Path,
    split: str,
    *,
    embedder: str = "minilm",
    cache_dir: Path | None = None,
    bars: Bars = no_bars,
) -> Collection:
    """Rank a BEIR collection for the queries that a split judges; see `evaluate_retrieval`."""
    relevance = read_qrels(folder / "qrels" / f"{split}.tsv")
    texts = {str(q["_id"]): str(q["text"]) for q in read_jsonl(folder / "queries.jsonl", ("_id", "text"))}
    missing = sorted(relevance.keys() - texts.keys())
    if missing:
        raise InputError(
            f"{folder / 'queries.jsonl'}: lacks the query {missing[0]!r} that {split}.tsv judges"
        )
    queries = sorted(relevance)
    records = sorted(_read_corpus(folder / "corpus.jsonl"), key=lambda record: record.id)
    encoder = load_embedder(embedder)
    cache = cache_dir or user_cache()
    units = [units_of(r, Reading(r.id, sentences_of(r.title, r.text))) for r in records]
    with bars("encoding", sum(len(unit.sentences) + 1 for unit in units)) as bar:
        index = Index.in_memory(units, encoder, cache, bar)
        vectors = encode_cached([texts[query] for query in queries], encoder, cache)
    questions = [make_question(texts[query]) for query in queries]
    rankings = rank_records(index, questions, vectors)
    candidates = {query: ranking.records for query, ranking in zip(queries, rankings, strict=True)}
    return Collection(relevance, index.record_ids, candidates)


def read_qrels(path: Path) -> Relevance:
    """Judgements by query and document, from tab-separated lines under a header.

    Raises:
        InputError: the file is missing, empty, or a line is not three columns with a whole number last.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: can't be read; a BEIR folder has qrels/SPLIT.tsv") from error
    relevance: Relevance = {}
    for number, line in enumerate(lines[1:], start=2):
        columns = line.split("\t")
        if not line.strip():
            continue
        if len(columns) != 3 or not columns[2].strip().lstrip("-").isdecimal():
            raise InputError(f"{path}, line {number}: not query, document and a whole number between tabs")
        relevance.setdefault(columns[0], {})[columns[1]] = int(columns[2])
    if not relevance:
        raise InputError(f"{path}: judges no query")
    return relevance


def in_trec_order(hits: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Best first; trec_eval ignores the ranks of a run and puts the later document id first where scores tie."""
    return sorted(sorted(hits, key=lambda hit: hit[0], reverse=True), key=lambda hit: -hit[1])


def trec_lines(run: Run) -> Iterator[str]:
    """A run in TREC's format."""
    for query, hits in run.items():
        for rank, (document, score) in enumerate(hits, start=1):
            yield f"{query} Q0 {document} {rank} {score:.6f} {TAG}\n"


def measure(run: Run, relevance: Relevance) -> dict[str, float]:
    """Measures averaged over all judged queries, as trec_eval computes them; a query without hits counts 0."""
    pairs = [
        ([document for document, _ in run.get(query, [])], judged) for query, judged in relevance.items()
    ]
    return {
        "ndcg@10": _mean([ndcg(ranked, judged, 10) for ranked, judged in pairs]),
        "recall@100": _mean([recall(ranked, judged, 100) for ranked, judged in pairs]),
        "map": _mean([average_precision(ranked, judged) for ranked, judged in pairs]),
    }


def ndcg(ranked: Sequence[str], judged: Mapping[str, int], cut: int) -> float:
    """Normalised discounted cumulative gain, linear in the judgement: trec_eval's ndcg_cut.

    Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418.
    """
    ideal = _discounted(sorted((gain for gain in judged.values() if gain > 0), reverse=True)[:cut])
    return (
        _discounted([max(judged.get(document, 0), 0) for document in ranked[:cut]]) / ideal if ideal else 0.0
    )


def recall(ranked: Sequence[str], judged: Mapping[str, int], cut: int) -> float:
    """Share of the relevant documents among the first `cut`."""
    relevant = {document for document, gain in judged.items() if gain > 0}
    return len(relevant.intersection(ranked[:cut])) / len(relevant) if relevant else 0.0


def average_precision(ranked: Sequence[str], judged: Mapping[str, int]) -> float:
    """Mean of the precision at each relevant document of the run; those not in it count 0."""
    relevant = {document for document, gain in judged.items() if gain > 0}
    found = [rank for rank, document in enumerate(ranked, start=1) if document in relevant]
    return sum(n / rank for n, rank in enumerate(found, start=1)) / len(relevant) if relevant else 0.0


def _read_corpus(path: Path) -> Iterator[Record]:
    for document in read_jsonl(path, ("_id", "text")):
        yield Record(
            id=str(document["_id"]), title=str(document.get("title") or ""), text=str(document["text"])
        )


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)
