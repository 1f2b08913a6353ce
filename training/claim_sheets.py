r"""Claims of ours about other people's abstracts, in a short form, turned into training pairs and checked.

    python training/claim_sheets.py FILE.txt... --shared ../shared/data > annotations/stance/abstract_claims.jsonl
    python training/claim_sheets.py --shared ../shared/data --show ID...

The short form: a line `# ID` opens an abstract, each further line is one claim,

    label | sentences | claim

where the label is `+` (the abstract supports it) or `-` (it contradicts it), and the sentences are the numbers of those
that decide, as `--show` prints them (0 is the title). An empty line ends a family: claims about one finding, true and
false ones. The abstracts stay outside the project: the output holds
the claims, the offsets of the deciding sentences and a hash of the text, and whoever trains joins them by id.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

STANCE = {"+": "supports", "-": "contradicts"}
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z(\[\d])")


def abstracts(shared: Path) -> dict[str, str]:
    """Texts by id: title, a line break, abstract."""
    found = {}
    rows = (shared / "pubmed" / "her2_breast.jsonl").read_text(encoding="utf-8").split("\n")
    with gzip.open(shared / "pubmed" / "scale.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in (*lines, *rows):
            if line.strip():
                row = json.loads(line)
                found[str(row.get("id") or f"PMID:{row['pmid']}")] = f"{row['title']}\n{row['abstract']}"
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Offsets of the title and of each sentence of the abstract."""
    title = text.index("\n")
    spans, start = [(0, title)], title + 1
    for gap in _END.finditer(text, start):
        spans.append((start, gap.start()))
        start = gap.end()
    return [*spans, (start, len(text))]


def claims_of(path: Path, texts: dict[str, str]) -> Iterator[dict]:
    """Rows of one file in the short form; ValueError names the line that can't be read."""
    record, family, fresh = "", 0, True
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        where = f"{path.name}:{number}"
        if line.startswith("# "):
            record, family, fresh = line[2:].strip(), 0, True
            if record not in texts:
                raise ValueError(f"{where}: no text {record}")
            continue
        if not line.strip():
            fresh = True
            continue
        try:
            label, numbers, claim = (part.strip() for part in line.split("|", 2))
            spans = sentences(texts[record])
            chosen = [spans[int(n)] for n in re.findall(r"\d+", numbers)]
            stance = STANCE[label]
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"{where}: {line[:60]!r} is no claim of {record} ({error})") from error
        if not chosen or len(claim.split()) < 4:
            raise ValueError(f"{where}: a claim of four words or more, and the sentences that settle it")
        family, fresh = family + fresh, False
        yield {
            "claim": claim,
            "record": record,
            "stance": stance,
            "rationale": chosen,
            "family": family,
            "sha256": hashlib.sha256(texts[record].encode()).hexdigest(),
        }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--show", nargs="+", default=[], metavar="ID")
    given = parser.parse_args()
    texts = abstracts(given.shared)
    for record in given.show:
        print(f"# {record}")
        for number, (start, end) in enumerate(sentences(texts[record])):
            print(f"{number}: {texts[record][start:end]}")
        print()
    try:
        for path in given.files:
            for row in claims_of(path, texts):
                print(json.dumps(row, ensure_ascii=False))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
