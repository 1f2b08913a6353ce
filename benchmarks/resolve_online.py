"""References resolved through the E-utilities (ECitMatch, ESearch) of the stand-in server, against their gold PMIDs.

    python benchmarks/resolve_online.py REFERENCES.jsonl RECORDS.xml.gz

The server holds RECORDS; the corpus begins empty, so that nothing but its answers can lead to a record.
"""

import gzip
import json
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from eutils import StandIn

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.references import parse_reference
from litmine.sources.entrez import Entrez, Patience
from litmine.update import update


def measure(references: Path, records: Path, *, first: int | None = None) -> dict[str, float]:
    """Precision, recall, decoys matched, requests, seconds; of the `first` references only, when given."""
    with gzip.open(records) as file:
        articles = [
            ET.tostring(element, encoding="unicode")
            for _, element in ET.iterparse(file)
            if element.tag == "PubmedArticle"
        ]
    lines = [json.loads(line) for line in references.read_text(encoding="utf-8").splitlines()][:first]
    parsed = [parse_reference(line["printed"], number) for number, line in enumerate(lines, 1)]
    begin = time.perf_counter()
    with StandIn() as server, tempfile.TemporaryDirectory() as folder:
        server.add(*articles)
        server.entries()  # parsed once, before the first request
        root = Path(folder)
        config = Config(root=root, corpus="c", review=root / "review.md", eutils_url=server.url)
        client = Entrez(config, patience=Patience(per_second=1000.0))
        with Corpus.open(config.corpus_path) as corpus:
            outcome = update(config, corpus, references=parsed, client=client)
        requests = len(server.asked)
    found = dict(outcome.references_matched)
    gold = {number: line["gold"] for number, line in enumerate(lines, 1)}
    right = sum(f"PMID:{gold[number]}" == record_id for number, record_id in found.items())
    return {
        "references": len(lines),
        "precision": round(right / max(1, len(found)), 4),
        "recall": round(right / sum(bool(g) for g in gold.values()), 4),
        "decoys_matched": sum(gold[number] is None for number in found),
        "not_fetched": len(outcome.not_fetched),
        "requests": requests,
        "seconds": round(time.perf_counter() - begin, 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2])), indent=2))
