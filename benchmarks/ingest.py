"""Time and memory to take in a file of PubMed XML, next to pubmed_parser, which only parses.

    python benchmarks/ingest.py FILE.xml.gz [--records 30000] [--peer FOLDER_WITH_PUBMED_PARSER]

FILE's records are repeated with fresh PMIDs and DOIs until there are enough. Each measurement is a process of its own:
CPU seconds and peak memory are those that the system counts for it.
"""

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

_OURS = """
import sys, time
from pathlib import Path
from litmine.config import Config
from litmine.corpus import Corpus
from litmine.update import update
root, path = Path(sys.argv[1]), Path(sys.argv[2])
config = Config(root=root, corpus="c", review=root / "r")
start = time.process_time()
with Corpus.open(config.corpus_path) as corpus:
    outcome = update(config, corpus, paths=[path], offline=True)
    count = len(outcome.new) + len(outcome.changed) + len(outcome.unchanged)
"""
_PEER = """
import sys, time
import pubmed_parser
start = time.process_time()
count = sum(1 for _ in pubmed_parser.parse_medline_xml(sys.argv[2]))
"""
_TELL = """
import json, resource
print(json.dumps({"records": count, "seconds": time.process_time() - start,
                  "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def write_repeated(source: Path, path: Path, count: int, *, first: int, fresh_from: int) -> None:
    """Write `count` records; those from number `fresh_from` on have PMIDs that no other file has."""
    data = gzip.decompress(source.read_bytes())
    articles = re.findall(rb"<PubmedArticle>.*?</PubmedArticle>\s*", data, re.S)
    head = data[: data.index(b"<PubmedArticle>")]
    with path.open("wb") as plain, gzip.GzipFile(fileobj=plain, mode="wb", compresslevel=6, mtime=0) as file:
        file.write(head)
        for n in range(count):
            pmid = b"%d" % (first + n + (10_000_000 if n >= fresh_from else 0))
            article = re.sub(rb"(<PMID [^>]*>)\d+", rb"\g<1>" + pmid, articles[n % len(articles)], count=1)
            article = re.sub(rb'(IdType="pubmed">)\d+', rb"\g<1>" + pmid, article, count=1)
            article = re.sub(
                rb'((?:IdType="(?:doi|pmc|pii)"|EIdType="\w+")[^>]*>)', rb"\g<1>" + pmid + b".", article
            )
            file.write(article)
        file.write(b"</PubmedArticleSet>\n")


def measured(code: str, root: Path, path: Path, extra: str = "") -> dict[str, float]:
    """Run code in a process of its own; records, CPU seconds, peak MB."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": extra}
    done = subprocess.run(
        [sys.executable, "-c", code + _TELL, str(root), str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--peer", default="", help="folder where pubmed_parser is installed")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "corpora/c").mkdir(parents=True)
        whole, nearly = root / "whole.xml.gz", root / "nearly.xml.gz"
        n = given.records
        write_repeated(given.file, whole, n, first=50_000_000, fresh_from=n)
        write_repeated(given.file, nearly, n, first=50_000_000, fresh_from=n - n // 100)
        rows = []
        if given.peer:
            rows.append(("pubmed_parser, parsed", measured(_PEER, root, whole, given.peer)))
        rows.append(("litmine, parsed and stored", measured(_OURS, root, whole)))
        rows.append(("the same file again", measured(_OURS, root, whole)))
        (root / "copy.xml.gz").write_bytes(whole.read_bytes())
        rows.append(("the same records in another file", measured(_OURS, root, root / "copy.xml.gz")))
        rows.append(("1 % of the records new, the others again", measured(_OURS, root, nearly)))
        write_repeated(given.file, root / "new.xml.gz", n // 100, first=70_000_000, fresh_from=n)
        rows.append(("an update file with 1 % new records", measured(_OURS, root, root / "new.xml.gz")))
    first = dict(rows)["litmine, parsed and stored"]["seconds"]
    print(
        "| what | records | CPU s | records per CPU s | share of the first | peak MB |\n|---|---|---|---|---|---|"
    )
    for name, row in rows:
        rate = row["records"] / row["seconds"] if row["records"] else 0
        print(
            f"| {name} | {row['records']:,} | {row['seconds']:.2f} | {rate:,.0f} | {row['seconds'] / first:.3f} "
            f"| {row['megabytes']:.0f} |"
        )


if __name__ == "__main__":
    main()
