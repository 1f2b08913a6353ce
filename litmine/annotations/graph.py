"""The drug–mechanism–outcome graph as GraphML: who acts on what in which direction, in how many records.

Written by networkx (Hagberg et al. 2008, SciPy proceedings); opens in Cytoscape, Gephi and yEd.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import get_args

from litmine.annotations.marks import Pairs, is_digest
from litmine.types import AssertionKind, Relation

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class _Edge:
    """What supports one edge."""

    records: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    assertions: Counter[str] = field(default_factory=Counter)
    drugs: set[str] = field(default_factory=set)


def to_graphml(pairs: Pairs) -> Iterator[str]:
    """GraphML of all relations.

    Nodes are drugs, mechanisms and outcome types. An edge stands for one pair and one direction: mechanism → outcome
    (`drugs` says under which), drug → outcome and drug → mechanism where the relation has no third slot, else drug →
    mechanism with the direction `context`. Edges carry `records`, `record_ids`, `digest_ids` and one count of relations
    for each assertion.
    """
    import networkx

    nodes: dict[str, tuple[str, str]] = {}
    edges: defaultdict[tuple[str, str, str], _Edge] = defaultdict(_Edge)
    for record, reading in pairs:
        for relation in reading.relations if reading else ():
            drugs = [_node(nodes, "drug", slot.name or slot.text) for slot in relation.drug]
            for key in _edges(nodes, drugs, relation):
                edge = edges[key]
                edge.records.add(record.id)
                if is_digest(record):
                    edge.digests.add(record.id)
                edge.assertions[relation.assertion] += 1
                edge.drugs.update(nodes[drug][1] for drug in drugs)
    graph = networkx.MultiDiGraph(name="litmine: drugs, mechanisms and outcomes")
    for node, (kind, label) in sorted(nodes.items()):
        graph.add_node(node, kind=kind, label=label)
    for number, ((start, end, direction), edge) in enumerate(sorted(edges.items()), start=1):
        graph.add_edge(
            start,
            end,
            key=f"e{number}",
            direction=direction,
            records=len(edge.records),
            relations=edge.assertions.total(),
            record_ids="; ".join(sorted(edge.records)),
            digest_ids="; ".join(sorted(edge.digests)),
            drugs="; ".join(sorted(edge.drugs)),
            **{kind: edge.assertions[kind] for kind in get_args(AssertionKind)},
        )
    for line in networkx.generate_graphml(graph):
        yield f"{line}\n"


def _edges(
    nodes: dict[str, tuple[str, str]], drugs: list[str], relation: Relation
) -> list[tuple[str, str, str]]:
    mechanism = relation.mechanism
    middle = _node(nodes, "mechanism", mechanism.name or mechanism.text) if mechanism else ""
    if not relation.outcome:
        return [(drug, middle, relation.direction) for drug in drugs if middle]
    outcome = _node(nodes, "outcome", relation.outcome_type)
    if not middle:
        return [(drug, outcome, relation.direction) for drug in drugs]
    return [(middle, outcome, relation.direction), *((drug, middle, "context") for drug in drugs)]


def _node(nodes: dict[str, tuple[str, str]], kind: str, name: str) -> str:
    label = " ".join(_NOT_XML.sub(" ", name).split())
    key = f"{kind}:{label.casefold()}"
    nodes[key] = kind, min(label, nodes.get(key, (kind, label))[1])
    return key
