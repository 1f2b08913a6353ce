"""Match references made from records with a random fault each; a fifth of the papers are taken out of the records.

Usage: python benchmarks/made_references.py RECORDS.xml.gz [--seed N ...] [--errors]
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from pathlib import Path

from litmine.references import RecordFinder, match_reference, parse_reference
from litmine.sources import medline
from litmine.types import Record

FAULTS = ["none", "typo", "drop", "last", "year", "page", "journal", "no_issue", "author", "volume"]


def make(record: Record, style: int, fault: str, draw: random.Random) -> str:
    """One printed reference of a style, with a fault."""
    title, year, pages = record.title.rstrip(".").strip("[]"), record.year or 1999, record.pages
    volume, issue, journal, authors = record.volume, record.issue, record.journal, list(record.authors)
    words = title.split()
    if fault == "typo":
        i = draw.randrange(len(title) - 2)
        title = title[:i] + title[i + 1] + title[i] + title[i + 2 :]
    elif fault == "drop" and len(words) > 4:
        del words[draw.randrange(1, len(words) - 1)]
        title = " ".join(words)
    elif fault == "last" and len(words) > 5:
        title = " ".join(words[:-2])
    elif fault == "year":
        year += draw.choice([-1, 1])
    elif fault == "page":
        step = draw.choice([-1, 1, 10])
        pages = re.sub(r"\d+", lambda m: str(int(m[0]) + step), pages, count=1)
    elif fault == "journal":
        journal = draw.choice(["Tumor", "J Immunol", "Cancer Res"])
    elif fault == "no_issue":
        issue = ""
    elif fault == "author" and len(authors[0]) > 3:
        authors[0] = authors[0][1].upper() + authors[0][0].lower() + authors[0][2:]
    elif fault == "volume":
        volume = str(draw.randrange(1, 300))
    name, _, initials = authors[0].rpartition(" ")
    first = pages.split("-")[0]
    several = " ".join(authors[:3]) + (" et al" if len(authors) > 3 else "")
    return (
        f"{several} {year} {title} *{journal}* {volume} {issue} {pages}",
        f"{', '.join(authors[:6])}. {title}. {journal}. {year};{volume}({issue}):{pages}.",
        f"{name}, {'. '.join(initials)}., et al. ({year}). {title}. {journal}, {volume}({issue}), {pages}.",
        f'{". ".join(initials)}. {name} et al., "{title}," {journal}, vol. {volume}, no. {issue}, pp. {pages}, {year}.',
        f"{name.upper()} {initials}: {title}. {journal} {volume}: {first}, {year}",
        f"{authors[0]} et al. {journal} {year}; {volume}: {first}",
    )[style]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--errors", action="store_true")
    arguments = parser.parse_args()
    usable = [
        r for r in medline.read(arguments.records) if r.authors and len(r.title) > 5 and r.volume and r.pages
    ]
    print(
        "| seed | references | papers taken out | right | to another record | taken out, yet matched | recall |"
    )
    print("|---|---|---|---|---|---|---|")
    for seed in arguments.seed or [1]:
        draw = random.Random(seed)
        records = sorted(usable, key=lambda record: record.id)
        draw.shuffle(records)
        out = {record.id for record in records[: len(records) // 5]}
        find = RecordFinder(record for record in records if record.id not in out).find
        count: Counter[str] = Counter()
        for record in records:
            style = draw.randrange(6)
            fault = "none" if style == 5 else draw.choice(FAULTS)
            printed = make(record, style, fault, draw)
            match = match_reference(parse_reference(printed), find, offline=True)
            if record.id in out:
                kind = "forced" if match.record_id else "abstained"
            elif match.record_id is None:
                kind = "missed"
            else:
                kind = "right" if match.record_id == record.id else "wrong"
            count[kind] += 1
            if arguments.errors and kind in {"forced", "missed", "wrong"}:
                print(seed, kind, fault, printed, match.record_id, match.problems, sep=" | ")
        real = len(records) - len(out)
        print(
            f"| {seed} | {real} | {len(out)} | {count['right']} | {count['wrong']} | {count['forced']} | "
            f"{count['right'] / real:.4f} |"
        )


if __name__ == "__main__":
    main()
