"""Precision, recall and speed of reference matching on printed references with known PMIDs.

Usage: python benchmarks/references.py REFERENCES.jsonl RECORDS.xml.gz [--more TITLES.jsonl.gz] [--errors]

REFERENCES.jsonl has `printed` and `gold` (a PMID, or null for a paper that is not among the records).
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from pathlib import Path

from litmine.references import RecordFinder, match_references, parse_reference
from litmine.sources import medline
from litmine.types import Record, ReferenceMatch


def report(name: str, rows: list[dict], matches: list[ReferenceMatch]) -> str:
    given = [(row, match) for row, match in zip(rows, matches, strict=True) if match.record_id]
    right = sum(match.record_id == f"PMID:{row['gold']}" for row, match in given)
    real = sum(row["gold"] is not None for row in rows)
    decoys = sum(row["gold"] is None for row, _ in given)
    precision, recall = right / max(1, len(given)), right / max(1, real)
    return f"| {name} | {real} | {len(rows) - real} | {precision:.3f} | {recall:.3f} | {decoys} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("references", type=Path)
    parser.add_argument("records", type=Path)
    parser.add_argument(
        "--more", type=Path, help="further records with titles only: JSON lines.gz with pmid and title"
    )
    parser.add_argument("--errors", action="store_true", help="list the references that went wrong")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.references.read_text(encoding="utf-8").splitlines()]
    records = list(medline.read(arguments.records))
    if arguments.more:
        known = {record.id for record in records}
        with gzip.open(arguments.more, "rt", encoding="utf-8") as lines:
            titles = {f"PMID:{item['pmid']}": item["title"] or "" for item in map(json.loads, lines)}
        records.extend(Record(id=pmid, title=title) for pmid, title in titles.items() if pmid not in known)
    start = time.perf_counter()
    finder = RecordFinder(records)
    built = time.perf_counter()
    references = [parse_reference(row["printed"], number) for number, row in enumerate(rows, start=1)]
    matches = list(match_references(references, finder.find, offline=True))
    done = time.perf_counter()
    print("| set | references | decoys | precision | recall | decoys matched |\n|---|---|---|---|---|---|")
    print(report("all", rows, matches))
    for half in (0, 1):
        chosen = [i for i, row in enumerate(rows) if sum(map(ord, row["id"])) % 2 == half]
        print(report(f"half {half + 1}", [rows[i] for i in chosen], [matches[i] for i in chosen]))
    for style in sorted({row["style"] for row in rows}):
        chosen = [i for i, row in enumerate(rows) if row["style"] == style]
        print(report(f"style {style}", [rows[i] for i in chosen], [matches[i] for i in chosen]))
    print(f"\nStatuses: {dict(sorted(Counter(match.status for match in matches).items()))}")
    print(
        f"Time: index of {len(records)} records {built - start:.2f} s, "
        f"parsing and matching {(done - built) / len(rows) * 1000:.1f} ms a reference"
    )
    if arguments.errors:
        for row, match in zip(rows, matches, strict=True):
            if (match.record_id or "PMID:None") != f"PMID:{row['gold']}":
                print(
                    row,
                    match.status,
                    match.record_id,
                    match.score,
                    match.problems,
                    match.reference,
                    sep="\n   ",
                )


if __name__ == "__main__":
    main()
