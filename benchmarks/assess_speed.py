"""Time to judge 100 claims against a corpus, next to the time that reading and indexing the corpus took.

    python benchmarks/assess_speed.py RECORDS.jsonl.gz [--records 10000] [--new 100]

RECORDS holds one JSON object per line with pmid, title and abstract. The claims are the first 100 of the bundled
review; its digests are part of the corpus, so that the claims meet sentences on their topic. Then NEW further records
come in, and everything that they make necessary is done and timed. All in one process with one thread: CPU seconds.
"""

import argparse
import gzip
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from unittest import mock

os.environ.setdefault("OMP_NUM_THREADS", "1")

import litmine.run
from litmine.claims import build_ledger
from litmine.config import load_config
from litmine.corpus import Corpus
from litmine.review import read_review
from litmine.types import Record
from litmine.update import update
from litmine.workspace import create_example

CLAIMS = 100


def read_records(path: Path) -> Iterator[Record]:
    """Records of a gzipped file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Record(
                f"PMID:{row['pmid']}",
                row["title"],
                row["abstract"],
                "abstract",
                source="benchmark",
                authors=(f"Author {row['pmid']}",),
            )


@contextmanager
def timed(times: dict[str, float], name: str) -> Iterator[None]:
    """Add the CPU seconds of a block to `times[name]`."""
    start = time.process_time()
    yield
    times[name] = times.get(name, 0.0) + time.process_time() - start
    print(f"{name}: {times[name]:.1f} CPU s", file=sys.stderr, flush=True)


def first_claims(*args: object, **kwargs: object) -> tuple[object, ...]:
    """The first claims of the bundled review's ledger."""
    return build_ledger(*args, **kwargs)[:CLAIMS]  # type: ignore[arg-type]


def round_of_work(root: Path, name: str, times: dict[str, float]) -> int:
    """Read and index what is new, then judge the claims; the number of claims in the report."""
    config = load_config(root)
    review, extractor = read_review(config.review), litmine.run.make_extractor(config)
    with Corpus.open(config.corpus_path) as corpus:
        with timed(times, f"{name}: reading"):
            litmine.run.extract(corpus, extractor)
        with timed(times, f"{name}: indexing"):
            litmine.run.index(config, corpus, extractor)
        with timed(times, f"{name}: judging"):
            document, _ = litmine.run.current_document(config, corpus, review, extractor)
    return len(document["claims"])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--new", type=int, default=100)
    given = parser.parse_args()
    times: dict[str, float] = {}
    source = read_records(given.file)
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(litmine.run, "build_ledger", first_claims),
    ):
        os.environ["LITMINE_CACHE"] = f"{folder}/cache"
        root = Path(folder) / "workspace"
        create_example(root, "her2")
        config = load_config(root)
        with Corpus.open(config.corpus_path) as corpus:
            update(config, corpus, offline=True)
            corpus.upsert(islice(source, given.records - len(corpus)))
            count = len(corpus)
        claims = round_of_work(root, "first", times)
        with Corpus.open(config.corpus_path) as corpus:
            corpus.upsert(islice(source, given.new))
        round_of_work(root, "second", times)
    indexing = times["first: reading"] + times["first: indexing"]
    first = indexing + times["first: judging"]
    second = sum(seconds for name, seconds in times.items() if name.startswith("second"))
    print(f"| {count:,} records, {claims} claims | CPU s | share |\n|---|---|---|")
    print(f"| reading and indexing | {indexing:.1f} | 1 |")
    print(f"| judging | {times['first: judging']:.1f} | {times['first: judging'] / indexing:.3f} of it |")
    print(f"| second run, {given.new} new records | {second:.1f} | {second / first:.3f} of the first run |")


if __name__ == "__main__":
    main()
