"""The drug–mechanism–outcome graph of the corpus: who acts through what on which outcome, per independent group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from litmine.reports.gap_map import counted_relations, majority, net_direction
from litmine.reports.wording import OUTCOMES, level_rank
from litmine.types import Grade, Reading, Record, Relation

LARGEST = {"drug": 10, "mechanism": 14, "outcome": len(OUTCOMES)}
"""Nodes of each kind that are kept: those which most independent groups report."""
RECORDS_PER_EDGE = 6

_Node = tuple[str, str]


def relation_graph(
    readings: Iterable[Reading],
    *,
    records: Mapping[str, Record],
    grades: Mapping[str, Grade],
    groups: Mapping[str, str],
) -> dict[str, Any]:
    """Nodes and edges that most independent groups report; counted as in the gap map.

    Args:
        readings: what was read in each record.
        records: by id.
        grades: by record id.
        groups: record id → independent group; a record without one is its own.

    Returns:
        `nodes` (kind, label, groups) and `edges` (source and target as `kind:label`, groups, direction, confidence,
        the strongest records), those of most groups first. Relations that name no mechanism are left out. The
        direction of an edge is that of the outcome.
    """
    reported: dict[_Node, set[str]] = defaultdict(set)
    votes: dict[tuple[_Node, _Node], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    behind: dict[tuple[_Node, _Node], dict[str, Record]] = defaultdict(dict)
    for record, _sentence, relation in counted_relations(readings, records, grades):
        group = groups.get(record.id) or record.id
        for edge in _edges(relation):
            votes[edge][group][relation.direction] += 1
            behind[edge][record.id] = record
            for node in edge:
                reported[node].add(group)
    largest = _largest(reported)
    kept = set(largest)
    edges = [
        _edge(pair, by_group, _strongest(behind[pair].values(), grades))
        for pair, by_group in votes.items()
        if kept.issuperset(pair)
    ]
    edges.sort(key=lambda edge: (-edge["groups"], edge["source"], edge["target"]))
    joined = {name for edge in edges for name in (edge["source"], edge["target"])}
    return {
        "nodes": [
            {"kind": kind, "label": label, "groups": len(reported[kind, label])}
            for kind, label in largest
            if _name((kind, label)) in joined
        ],
        "edges": edges,
    }


def _edges(relation: Relation) -> set[tuple[_Node, _Node]]:
    outcome = ("outcome", OUTCOMES[relation.outcome_type])
    drugs = [("drug", slot.name or slot.text) for slot in relation.drug]
    if relation.mechanism is None:
        return set()
    mechanism = ("mechanism", relation.mechanism.name or relation.mechanism.text)
    return {(drug, mechanism) for drug in drugs} | {(mechanism, outcome)}


def _largest(reported: Mapping[_Node, set[str]]) -> list[_Node]:
    kept = []
    for kind, limit in LARGEST.items():
        nodes = sorted(
            (node for node in reported if node[0] == kind),
            key=lambda node: (-len(reported[node]), node[1].casefold()),
        )
        kept += nodes[:limit]
    return kept


def _strongest(records: Iterable[Record], grades: Mapping[str, Grade]) -> list[str]:
    def place(record: Record) -> tuple[int, int, str]:
        grade = grades.get(record.id)
        return level_rank(grade.level if grade else None), -(record.year or 0), record.id

    return [record.id for record in sorted(records, key=place)[:RECORDS_PER_EDGE]]


def _edge(
    pair: tuple[_Node, _Node], by_group: Mapping[str, Counter[str]], records: list[str]
) -> dict[str, Any]:
    source, target = pair
    direction, confidence, _share = net_direction(Counter(majority(counter) for counter in by_group.values()))
    return {
        "source": _name(source),
        "target": _name(target),
        "groups": len(by_group),
        "direction": direction,
        "confidence": confidence,
        "records": records,
    }


def _name(node: _Node) -> str:
    return f"{node[0]}:{node[1]}"
