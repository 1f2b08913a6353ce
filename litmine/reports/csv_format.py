"""The report as CSV tables for spreadsheets: claims, evidence, references, gaps; cells that could run are disarmed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_CLAIM = (
    "id",
    "section",
    "text",
    "kind",
    "verdict",
    "confidence",
    "strength",
    "reason",
    "would_change",
    "curated",
)
_EVIDENCE = (
    "record",
    "stance",
    "level",
    "study_type",
    "year",
    "depth",
    "assertion",
    "comparability",
    "score",
    "rule",
    "text",
    "start",
    "end",
    "cited",
    "newer",
    "retracted",
)
_GAP = (
    "rank",
    "claim",
    "code",
    "name",
    "message",
    "count",
    "highest_level",
    "would_change",
    "query",
    "score",
)


def render_csv(document: Mapping[str, Any]) -> dict[str, str]:
    """claims.csv, evidence.csv, references.csv and gaps.csv, each with a header row."""
    records = {record["id"]: record for record in document["records"]}
    return {
        "claims.csv": _table(
            (*_CLAIM, "cited", "drugs", "mechanism_classes", "outcome_types", "evidence", "gaps"),
            (
                {
                    **claim,
                    "evidence": len(claim["evidence"]),
                    "gaps": [gap["code"] for gap in claim["gaps"]],
                }
                for claim in document["claims"]
            ),
        ),
        "evidence.csv": _table(
            ("claim", "verdict", *_EVIDENCE, "title", "pmid", "doi"),
            (
                {
                    **_titled(records, entry["record"]),
                    **entry,
                    "claim": claim["id"],
                    "verdict": claim["verdict"],
                }
                for claim in document["claims"]
                for entry in claim["evidence"]
            ),
        ),
        "references.csv": _table(
            ("number", "printed", "status", "record", "title", "pmid", "doi", "problems"),
            ({**_titled(records, entry["record"]), **entry} for entry in document["references"]),
        ),
        "gaps.csv": _table(_GAP, document["gaps"]),
    }


def _titled(records: Mapping[str, Mapping[str, Any]], record_id: str | None) -> dict[str, Any]:
    record = records.get(record_id or "")
    return {key: record[key] for key in ("title", "pmid", "doi")} if record else {}


def _table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return text.getvalue()


def _cell(value: Any) -> str:
    """A value as one cell; text that a spreadsheet would run as a formula is kept as text by a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return str(value)
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return (
        f"'{text}"
        if text.lstrip()[:1] in ("=", "+", "-", "@", "|", "%") or text[:1] in ("\t", "\n")
        else text
    )
