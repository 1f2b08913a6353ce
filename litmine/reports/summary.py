"""What a careful reader must know in ten seconds: headline counts, findings, and the ten lines a run prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from litmine.reports.gap_groups import group_words
from litmine.reports.wording import (
    AID,
    CITATION_STATUSES,
    DIGEST_LINE,
    GAP_CODES,
    REFERENCE_STATUSES,
    STANCES,
    VERDICTS,
    counted,
    level_rank,
    shortened,
)

ITEMS_PER_FINDING = 3
ITEM_CHARACTERS = 120
_TOLD = frozenset({"C", "M"})
"""Gap codes whose gaps stand on the first screen as findings of their own."""
_NUMBER_CONFLICTS = ("two_values", "parts_above_whole", "comparison")


def build_summary(document: Mapping[str, Any]) -> dict[str, Any]:
    """Counts over the whole document, and its findings in the order in which they matter.

    Args:
        document: the report without its summary.

    Returns:
        Counts by verdict, citation status and reference status; `findings` with `kind`, `title`, `count` and the
        first few `items` (claim, text); `reading`: what was read and what was not.
    """
    claims = document["claims"]
    checks = [check for claim in claims for check in claim["citation_check"]]
    evidence = [entry for claim in claims for entry in claim["evidence"]]
    judged = [claim for claim in claims if claim["judged"]]
    return {
        "claims": len(claims),
        "judged": len(judged),
        "with_evidence": sum(
            1 for claim in claims if any(e["stance"] != "silent" for e in claim["evidence"])
        ),
        "verdicts": _ordered(Counter(claim["verdict"] for claim in claims), VERDICTS),
        "evidence": len(evidence),
        "evidence_records": len({entry["record"] for entry in evidence}),
        "second_judge": dict(sorted(Counter(e["second"] for e in evidence if e["second"]).items())),
        "stances": _ordered(Counter(entry["stance"] for entry in evidence), STANCES),
        "references": _ordered(Counter(r["status"] for r in document["references"]), REFERENCE_STATUSES),
        "citations": _ordered(Counter(check["status"] for check in checks), CITATION_STATUSES),
        "gaps": _ordered(Counter(gap["code"] for claim in claims for gap in claim["gaps"]), GAP_CODES),
        "findings": _findings(document),
        "reading": _reading_lines(document["corpus"]),
    }


def _ordered(counts: Mapping[str, int], order: Iterable[str]) -> dict[str, int]:
    return {key: counts.get(key, 0) for key in order}


def _findings(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    claims = document["claims"]
    conflicts = document["internal_conflicts"]
    retracted = {record["id"] for record in document["records"] if record["retracted"]}
    findings = [
        _finding("contradicted", "Contradicted", map(_contradiction, _with(claims, "contradicted"))),
        _finding("mixed", "Evidence on both sides", map(_contradiction, _with(claims, "mixed"))),
        _finding("citation", "Citations that can't carry their sentence", _weak_citations(claims)),
        _finding(
            "numbers",
            "Numbers in conflict within the review",
            _conflict_items(conflicts, lambda kind: kind in _NUMBER_CONFLICTS),
        ),
        _finding(
            "overtaken",
            "Perhaps overtaken by newer trials",
            _overtaken(claims),
        ),
        _finding("retracted", "Rests on a retracted record", _retractions(claims, retracted)),
        _gaps(document),
        _finding(
            "names", "Unknown drug names", _conflict_items(conflicts, lambda kind: kind == "unknown_name")
        ),
        _finding(
            "missing",
            "In the literature, not in the review",
            (
                {
                    "claim": None,
                    "record": None,
                    "text": shortened(topic["message"], ITEM_CHARACTERS),
                    "said": "",
                }
                for topic in document["missing_from_review"]
            ),
        ),
    ]
    return [finding for finding in findings if finding["count"]]


def _finding(kind: str, title: str, items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    found = list(items)
    return {"kind": kind, "title": title, "count": len(found), "items": found[:ITEMS_PER_FINDING]}


def _with(claims: Iterable[dict[str, Any]], verdict: str) -> list[dict[str, Any]]:
    found = [claim for claim in claims if claim["verdict"] == verdict]
    return sorted(found, key=lambda claim: -claim["confidence"])


def _item(claim: Mapping[str, Any], text: str, record: str | None = None, said: str = "") -> dict[str, Any]:
    return {
        "claim": claim["id"],
        "record": record,
        "text": shortened(text, ITEM_CHARACTERS),
        "said": shortened(said, ITEM_CHARACTERS),
    }


def _contradiction(claim: Mapping[str, Any]) -> dict[str, Any]:
    against = [
        e for e in claim["evidence"] if e["stance"] in ("contradicts", "no_effect") and not e["retracted"]
    ]
    against.sort(key=lambda e: (level_rank(e["level"]), -(e["year"] or 0), -e["score"], e["record"]))
    if not against:
        return _item(claim, claim["text"])
    return _item(claim, claim["text"], against[0]["record"], against[0]["text"])


def _overtaken(claims: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Figures that a later report of their trial replaced, then statements about the review's own time.

    The latter stand by how many newer trials on their drugs there are.
    """
    replaced = [
        _item(claim, f"the same trial later: {value}. {claim['text']}", record)
        for claim in claims
        for record, value in claim["later_reports"]
    ]
    found = [claim for claim in claims if claim["newer_trials"]]
    found.sort(key=lambda claim: -len(claim["newer_trials"]))
    return [*replaced, *(_item(claim, claim["text"], claim["newer_trials"][0]) for claim in found)]


_SENTENCE = {
    "stands": "right sentence, wrong source: ",
    "falls": "wrong sentence, wrong source: ",
    "open": "",
}


def _weak_citations(claims: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for claim in claims:
        for check in claim["citation_check"]:
            if check["status"] == "does_not_back":
                told = f"[{check['number']}] {_SENTENCE[check['sentence']]}{check['reason']}"
                yield _item(claim, told, check["record"])


def _conflict_items(
    conflicts: Iterable[dict[str, Any]], wanted: Callable[[str], bool]
) -> Iterable[dict[str, Any]]:
    return (
        {
            "claim": conflict["claim"],
            "record": None,
            "text": shortened(conflict["message"], ITEM_CHARACTERS),
            "said": "",
        }
        for conflict in conflicts
        if wanted(conflict["kind"])
    )


def _retractions(claims: Iterable[dict[str, Any]], retracted: set[str]) -> Iterable[dict[str, Any]]:
    for claim in claims:
        cited = {check["record"] for check in claim["citation_check"]}
        touched = sorted(({e["record"] for e in claim["evidence"]} | cited) & retracted)
        if touched:
            yield _item(claim, claim["text"], touched[0])


def _gaps(document: Mapping[str, Any]) -> dict[str, Any]:
    """The biggest gaps beside those that have a finding of their own."""
    groups = [group for group in document["gap_groups"] if group["code"] not in _TOLD]
    items = [
        {
            "claim": group["claims"][0],
            "record": None,
            "text": shortened(group_words(group), ITEM_CHARACTERS),
            "said": "",
        }
        for group in groups[:ITEMS_PER_FINDING]
    ]
    count = sum(len(group["ranks"]) for group in groups)
    return {"kind": "gaps", "title": "Gaps, the biggest first", "count": count, "items": items}


def _reading_lines(corpus: Mapping[str, Any]) -> list[str]:
    """What was read, how deep, and what was not fetched, in sentences."""
    depths = {depth: n for depth, n in corpus["by_depth"].items() if n}
    parts = ", ".join(f"{n:,} as {_depth_words(depth)}" for depth, n in depths.items())
    lines = [f"{counted(corpus['records'], 'record')} read" + (f": {parts}." if parts else ".")]
    if depths.get("digest"):
        lines.append(DIGEST_LINE)
    not_fetched = len(corpus["not_fetched"])
    if not_fetched:
        lines.append(
            f"{counted(not_fetched, 'item')} not fetched: nothing is concluded from what was not fetched."
        )
    if corpus["network"]:
        lines.append(corpus["network"])
    return lines


def _depth_words(depth: str) -> str:
    return {"title": "title only", "digest": "digest", "abstract": "abstract", "full text": "full text"}.get(
        depth, depth
    )


def summary_lines(document: Mapping[str, Any], limit: int = 10) -> list[str]:
    """At most `limit` lines that say what was read, matched and found, and the three most important gaps."""
    summary = document["summary"]
    review = document["review"]
    restated = " (restated)" if review["restated"] else ""
    references = summary["references"]
    named = references["matched"] + references["mismatch"]
    verdicts = ", ".join(
        f"{n} {VERDICTS[v]}" for v, n in summary["verdicts"].items() if n and v != "not_judged"
    )
    citations = ", ".join(f"{CITATION_STATUSES[s]} {n}" for s, n in summary["citations"].items() if n)
    found = "; ".join(
        f"{f['title'][0].lower()}{f['title'][1:]}: {f['count']}"
        for f in summary["findings"]
        if f["kind"] in ("overtaken", "numbers", "names", "retracted", "missing")
    )
    lines = [
        f"{AID} {shortened(review['title'], 90)}{restated}",
        summary["reading"][0],
        f"References: {named} of {len(document['references'])} matched"
        + "".join(
            f", {n} {REFERENCE_STATUSES[s]}"
            for s, n in references.items()
            if n and s not in ("matched", "mismatch")
        ),
        f"Claims: {summary['claims']}, {summary['judged']} judged: {verdicts or 'none'}",
        f"Evidence: {counted(summary['evidence'], 'sentence')} of {counted(summary['evidence_records'], 'record')}"
        + (f"; citations: {citations}" if citations else ""),
    ]
    if found:
        lines.append(f"Also found: {found}")
    top = document["gap_groups"][:3]
    since = document["since_last_run"]
    if not since["first_run"] and len(lines) + len(top) < limit:
        lines.append(f"Since the last run: {counted(len(since['changes']), 'change')}")
    elif len(summary["reading"]) > 1 and len(lines) + len(top) < limit:
        lines.append(summary["reading"][-1])
    lines += [
        f"Gap {i}, {group['claims'][0]}: {shortened(group_words(group), 150)}"
        for i, group in enumerate(top, 1)
    ]
    return lines[:limit]


def gap_lines(document: Mapping[str, Any], limit: int = 20) -> list[str]:
    """The gaps that matter first, with the query that would fill each, for a terminal."""
    lines = []
    groups = document["gap_groups"]
    gaps = {gap["rank"]: gap for gap in document["gaps"]}
    claims = {claim["id"]: claim["text"] for claim in document["claims"]}
    for place, group in enumerate(groups[:limit], 1):
        ids, query = group["claims"], gaps[group["ranks"][0]]["query"]
        about = f"{ids[0]} {shortened(claims[ids[0]], 120)}"
        if len(ids) > 1:
            about = f"{len(ids)} claims of “{shortened(group['section'], 80)}”: {', '.join(ids)}"
        lines.append(f"{place:>3}. {group['code']} {group['name']}: {about}")
        lines.append(f"     {shortened(group['message'], 300)}")
        if query:
            lines.append(f"     PubMed query{f' for {ids[0]}' if len(ids) > 1 else ''}: {query}")
    rest = len(groups) - limit
    if rest > 0:
        lines.append(f"     and {counted(rest, 'more entry', 'more entries')}, in the report")
    if not lines:
        lines.append("no gaps found")
    topics = document["missing_from_review"][:limit]
    if topics:
        lines += ["", "Reported in the literature, not mentioned in the review:"]
        lines += [f"   - {shortened(topic['message'], 400)}" for topic in topics]
    return lines
