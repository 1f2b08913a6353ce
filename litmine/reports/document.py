"""report.json as a dict: what a run found, in the contract's fields and one order, from the stages' dataclasses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from litmine.assess import THRESHOLDS
from litmine.reports import entries
from litmine.reports.changes import since_last_run
from litmine.reports.gap_groups import gap_groups
from litmine.reports.gap_map import gap_map
from litmine.reports.graph import relation_graph
from litmine.reports.summary import build_summary
from litmine.reports.wording import AID, level_rank
from litmine.types import Assessment, Gap, Grade, MissingTopic, Reading, Record, ReferenceMatch, Review


def report_document(
    *,
    review: Review,
    generated_at: datetime | str,
    manifest: Mapping[str, Any],
    corpus_counts: Mapping[str, Any],
    not_fetched: Sequence[str],
    network: str,
    matches: Sequence[ReferenceMatch],
    assessments: Sequence[Assessment],
    gaps: Sequence[Gap],
    missing: Sequence[MissingTopic],
    records: Mapping[str, Record],
    grades: Mapping[str, Grade],
    readings: Iterable[Reading] = (),
    groups: Mapping[str, str] | None = None,
    accuracy: Mapping[str, Any] | None = None,
    curation: Mapping[str, Any] | None = None,
    previous: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Assemble the report.

    Lists come in one order whatever order the inputs have: claims as in the review, evidence by stance and
    strength, references by number, gaps by rank.

    Args:
        review: as read.
        generated_at: when, for people; the one field that differs between two runs on the same input.
        manifest: what the report was made of (hashes, versions); repeated as it is.
        corpus_counts: `Corpus.counts()`: `records`, `by_source`, `by_depth`.
        not_fetched: what was asked for and not got, in words or ids.
        network: one sentence when PubMed was not asked or could not be reached, else empty.
        matches: one per printed reference.
        assessments: one per claim.
        gaps: ranked, of all claims.
        missing: topics the literature has and the review lacks.
        records: at least all that any part of the report shows; only those shown are written.
        grades: by record id; also the count by level.
        readings: of the corpus, for the gap map and the slots marked in evidence sentences.
        groups: record id → independent group.
        accuracy: figures that say how far to trust the labels; see docs/report.md.
        curation: what people decided, from `curation_part`.
        previous: the last report, for `since_last_run`.

    Returns:
        Plain JSON types only.
    """
    read = sorted(readings, key=lambda reading: reading.record_id)
    marks = {reading.record_id: reading for reading in read}
    claims = [
        entries.claim_entry(assessment, marks)
        for assessment in sorted(assessments, key=lambda a: (a.claim.start, a.claim.id))
    ]
    references = [
        entries.reference_entry(match) for match in sorted(matches, key=lambda m: m.reference.number)
    ]
    topics = [entries.missing_entry(topic, marks) for topic in missing]
    cells = gap_map(read, records=records, grades=grades, groups=groups or {})
    graph = relation_graph(read, records=records, grades=grades, groups=groups or {})
    shown = _shown(claims, references, topics, cells) | {
        record_id for edge in graph["edges"] for record_id in edge["records"]
    }
    document: dict[str, Any] = {
        "notice": AID,
        "review": entries.review_entry(review),
        "generated_at": generated_at
        if isinstance(generated_at, str)
        else generated_at.isoformat(timespec="seconds"),
        "manifest": dict(manifest),
        "thresholds": THRESHOLDS,
        "corpus": _corpus(corpus_counts, grades, not_fetched, network),
        "references": references,
        "claims": claims,
        "gaps": [
            {"rank": rank, **entries.gap_entry(gap)}
            for rank, gap in enumerate(sorted(gaps, key=entries.gap_order), 1)
        ],
        "missing_from_review": topics,
        "internal_conflicts": _conflicts(claims),
        "gap_map": cells,
        "graph": graph,
        "records": [
            entries.record_entry(records[record_id], grades.get(record_id))
            for record_id in sorted(shown & records.keys())
        ],
        "accuracy": dict(accuracy or {}),
        "curation": dict(curation or {"decisions": [], "agreement": {}}),
    }
    sections = {claim["id"]: claim["section"] for claim in claims}
    document["gap_groups"] = gap_groups(document["gaps"], sections)
    document = entries.plain(document)
    document["since_last_run"] = since_last_run(previous, document)
    document["summary"] = build_summary(document)
    return document


def _corpus(
    counts: Mapping[str, Any], grades: Mapping[str, Grade], not_fetched: Sequence[str], network: str
) -> dict[str, Any]:
    levels = Counter(grade.level for grade in grades.values())
    return {
        **counts,
        "records": counts.get("records", sum(counts["by_depth"].values())),
        "by_level": {level: levels[level] for level in sorted(levels, key=level_rank)},
        "not_fetched": sorted(not_fetched),
        "network": network,
    }


def _conflicts(claims: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every internal conflict once, though both of its claims carry it."""
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for claim in claims:
        for conflict in claim["internal_conflicts"]:
            sides = tuple(sorted((conflict["claim"], conflict["other_claim"])))
            places = tuple(sorted((span["start"], span["end"]) for span in conflict["spans"]))
            seen.setdefault((conflict["kind"], sides, places), conflict)
    return list(seen.values())


def _shown(
    claims: Iterable[Mapping[str, Any]],
    references: Iterable[Mapping[str, Any]],
    topics: Iterable[Mapping[str, Any]],
    cells: Mapping[str, Any],
) -> set[str]:
    """Ids of all records that some part of the report names."""
    shown = {reference["record"] for reference in references}
    for claim in claims:
        shown |= {entry["record"] for entry in claim["evidence"]}
        shown |= {check["record"] for check in claim["citation_check"]}
        shown |= {*claim["newer_trials"], *(record for record, _ in claim["later_reports"])}
    for topic in topics:
        shown |= set(topic["records"])
    for cell in cells["cells"]:
        shown |= {sentence["record"] for sentence in cell["sentences"]}
    return shown - {None}
