"""What changed between two reports, claim by claim, each change with the record that caused it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litmine.reports.wording import VERDICTS, counted, shortened

Document = Mapping[str, Any]
_MOVES = {
    "supported": ("supports",),
    "contradicted": ("contradicts", "no_effect"),
    "mixed": ("contradicts", "supports", "no_effect", "qualifies"),
    "insufficient": ("supports", "contradicts", "no_effect", "qualifies"),
    "not_comparable_only": ("not_comparable",),
    "untested": (),
    "not_judged": (),
}
"""Verdict → the stances of new evidence that can have brought it about."""


def since_last_run(previous: Document | None, current: Document) -> dict[str, Any]:
    """Compare two reports.

    Claims are paired by their text, then by their id, so that a review that gained a sentence does not look all new.

    Args:
        previous: the report before, as read from its JSON; None on the first run.
        current: this run's report.

    Returns:
        `first_run`, `previous` (when it was made), `changes` (each with `message` and the `records` that caused it),
        `claims_added`, `claims_removed` (ids), `records_added`, `records_retracted` (ids).
    """
    if previous is None:
        return {
            "first_run": True,
            "previous": None,
            "changes": [],
            "claims_added": [],
            "claims_removed": [],
            "records_added": [],
            "records_retracted": [],
        }
    pairs, added, removed = _pair(previous["claims"], current["claims"])
    same_rules = _rules(previous) == _rules(current)
    changes = [
        change for before, after in pairs for change in _claim_changes(before, after, same_rules=same_rules)
    ]
    changes += _reference_changes(previous["references"], current["references"])
    before_records = {record["id"]: record for record in previous.get("records", ())}
    now_records = {record["id"]: record for record in current.get("records", ())}
    return {
        "first_run": False,
        "previous": previous.get("generated_at"),
        "changes": changes,
        "claims_added": added,
        "claims_removed": removed,
        "records_added": sorted(now_records.keys() - before_records.keys()),
        "records_retracted": sorted(
            id_
            for id_, record in now_records.items()
            if record["retracted"] and not before_records.get(id_, {}).get("retracted", False)
        ),
    }


def _rules(document: Document) -> Any:
    manifest = document.get("manifest") or {}
    return {key: manifest.get(key) for key in ("litmine", "code", "extractor", "embedder")}


def _pair(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> tuple[list[tuple[dict[str, Any], dict[str, Any]]], list[str], list[str]]:
    by_text: dict[str, list[dict[str, Any]]] = {}
    for claim in before:
        by_text.setdefault(claim["text"], []).append(claim)
    by_id = {claim["id"]: claim for claim in before}
    pairs, unpaired, used = [], [], set()
    for claim in after:
        same = by_text.get(claim["text"])
        if same:
            earlier = same.pop(0)
            used.add(earlier["id"])
            pairs.append((earlier, claim))
        else:
            unpaired.append(claim)
    added = []
    for claim in unpaired:
        earlier_or_none = by_id.get(claim["id"])
        if earlier_or_none is not None and earlier_or_none["id"] not in used:
            used.add(claim["id"])
            pairs.append((earlier_or_none, claim))
        else:
            added.append(claim["id"])
    pairs.sort(key=lambda pair: (pair[1]["start"], pair[1]["id"]))
    return pairs, added, sorted(by_id.keys() - used)


def _key(evidence: Mapping[str, Any]) -> tuple[str, str]:
    return evidence["record"], evidence["text"]


def _claim_changes(
    before: dict[str, Any], after: dict[str, Any], *, same_rules: bool
) -> list[dict[str, Any]]:
    changes = []
    if before["verdict"] != after["verdict"]:
        changes.append(_verdict_change(before, after, same_rules=same_rules))
    retracted = sorted(
        {e["record"] for e in after["evidence"] if e["retracted"]}
        - {e["record"] for e in before["evidence"] if e["retracted"]}
    )
    if retracted and any(_key(e)[0] in retracted for e in before["evidence"]):
        changes.append(
            {
                "claim": after["id"],
                "kind": "retraction",
                "before": "",
                "after": "",
                "records": retracted,
                "sentence": "",
                "message": f"Claim {after['id']}: {', '.join(retracted)} was retracted and counts for nothing now.",
            }
        )
    return changes


def _verdict_change(before: dict[str, Any], after: dict[str, Any], *, same_rules: bool) -> dict[str, Any]:
    step = f"Claim {after['id']}: {VERDICTS[before['verdict']]} → {VERDICTS[after['verdict']]}"
    records, sentence, cause = _cause(before, after, same_rules=same_rules)
    return {
        "claim": after["id"],
        "kind": "verdict",
        "before": before["verdict"],
        "after": after["verdict"],
        "records": records,
        "sentence": sentence,
        "message": f"{step}, {cause}",
    }


def _cause(before: dict[str, Any], after: dict[str, Any], *, same_rules: bool) -> tuple[list[str], str, str]:
    """Records, sentence and words for what moved a verdict."""
    if after["curated"] != before["curated"]:
        decided = (
            f"by a curator ({after['curated']})"
            if after["curated"]
            else "a curator's decision was taken back"
        )
        return (
            sorted({e["record"] for e in after["evidence"] if e["stance"] in _MOVES[after["verdict"]]}),
            "",
            decided,
        )
    old = {_key(e): e for e in before["evidence"]}
    now = {_key(e): e for e in after["evidence"]}
    moved = [
        e
        for key, e in now.items()
        if (key not in old or old[key]["stance"] != e["stance"]) and not e["retracted"]
    ]
    wanted = _MOVES[after["verdict"]]
    decisive = [e for e in moved if e["stance"] in wanted] or moved
    if decisive:
        decisive.sort(
            key=lambda e: (
                wanted.index(e["stance"]) if e["stance"] in wanted else len(wanted),
                -e["score"],
                *_key(e),
            )
        )
        first = decisive[0]
        records = list(dict.fromkeys(e["record"] for e in decisive))
        others = f" and {counted(len(records) - 1, 'other record')}" if len(records) > 1 else ""
        words = f"by {first['record']}{others}, sentence “{shortened(first['text'])}”"
        return records, first["text"], words if same_rules else f"{words}; litmine itself changed too"
    gone = sorted(
        {
            e["record"]
            for key, e in old.items()
            if key not in now or (now[key]["retracted"] and not e["retracted"])
        }
    )
    if gone:
        return gone, "", f"because {', '.join(gone)} no longer counts"
    records = sorted({e["record"] for e in after["evidence"] if e["stance"] in wanted})
    if same_rules:
        return records, "", "on the same evidence, judged anew"
    return records, "", "on the same evidence: the version of litmine or of its models changed"


def _reference_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, Any]]:
    earlier = {(reference["number"], reference["printed"]): reference for reference in before}
    changes = []
    for reference in after:
        old = earlier.get((reference["number"], reference["printed"]))
        if old is None or (old["status"], old["record"]) == (reference["status"], reference["record"]):
            continue
        records = sorted({r for r in (old["record"], reference["record"]) if r})
        now = f"{reference['status']} ({reference['record']})" if reference["record"] else reference["status"]
        changes.append(
            {
                "claim": None,
                "kind": "reference",
                "before": old["status"],
                "after": reference["status"],
                "records": records,
                "sentence": "",
                "message": f"Reference [{reference['number']}]: {old['status']} → {now}",
            }
        )
    return changes
