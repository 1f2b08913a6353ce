"""The claim ledger of the bundled review, read by eye sentence by sentence and kept as it was found right.

After a change that is meant to move it: `python tests/test_claims_golden.py`, then read the difference.
"""

import json
from dataclasses import asdict
from pathlib import Path

from litmine.claims import build_ledger
from litmine.config import Config
from litmine.review import read_review
from litmine.run import make_extractor

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden" / "her2_claims.json"


def ledger():
    """Every claim with its clauses; relations are the extractor's and are checked where it is."""
    config = Config(root=ROOT, corpus="her2_resistance", review=ROOT / "corpora/her2_resistance/review.md")
    claims = build_ledger(read_review(config.review), make_extractor(config))
    return [
        {
            "id": claim.id,
            "section": claim.section,
            "kind": claim.kind,
            "judged": claim.judged,
            "cited": list(claim.cited),
            "clauses": [
                {
                    "text": clause.text,
                    "span": [clause.start, clause.end],
                    "cited": list(clause.cited),
                    "resolved": clause.resolved,
                    "figures": [asdict(figure) for figure in clause.figures],
                }
                for clause in claim.clauses
            ],
        }
        for claim in claims
    ]


def write_golden():
    """Write the ledger as it is now."""
    text = json.dumps(ledger(), ensure_ascii=False, indent=1)
    GOLDEN.write_text(text + "\n", encoding="utf-8")


def test_the_ledger_is_the_one_that_was_read():
    expected = json.loads(GOLDEN.read_text(encoding="utf-8"))
    found = ledger()
    assert [c["id"] for c in found] == [c["id"] for c in expected]
    different = [f["id"] for f, e in zip(found, expected, strict=True) if f != e]
    assert not different, f"claims that differ from tests/golden/her2_claims.json: {different}"


if __name__ == "__main__":
    write_golden()
