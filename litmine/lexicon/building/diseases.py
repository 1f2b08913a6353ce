"""The disease table: neoplasms of MONDO and DOID, diseases of MeSH."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from litmine.lexicon.building.sources import MAX_LENGTH, Row, Sources, Table, own_keys

NEOPLASM = "0005070"
"""MONDO identifier of neoplasm."""
_TUMOUR = re.compile(r"cancer|carcinoma|sarcoma|neoplasm|lymphoma|leukemia|melanoma|tumor")
_NOT_DISEASES = ("C22", "C23", "C25")
"""MeSH branches of animal diseases, signs and processes, and poisoning."""
_STATUS = re.compile(
    r"\b(?:HER-?2|ERBB2|ER|PR|HR|estrogen|progesterone|hormone|triple|receptor)\b|positive|negative|amplified",
    re.IGNORECASE,
)
"""Tumours by receptor status are left to matching, which keeps the status as an attribute."""


def build_diseases(sources: Sources, ambiguous: frozenset[str]) -> Table:
    """Neoplasms of MONDO and DOID, and the diseases of MeSH."""
    table = Table()
    entries = {entry["id"]: entry for entry in sources.json("mondo.json")}
    children: dict[str, list[str]] = defaultdict(list)
    for entry in entries.values():
        for parent in entry.get("relations", {}).get("is_a", []):
            children[parent].append(entry["id"])
    reached, waiting = {NEOPLASM}, [NEOPLASM]
    while waiting:
        for child in children[waiting.pop()]:
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    found = [(entries[number], f"MONDO:{number}") for number in sorted(reached)]
    found += [(entry, entry["id"]) for entry in sources.json("doid.json") if _TUMOUR.search(entry["name"])]
    for entry, identifier in found:
        _add(table, (entry["name"], *entry.get("synonyms", [])), identifier, "tumour=yes", ambiguous)
    for row in sources.lines("mesh_id_label_mappings.tsv"):
        trees = row[3].split("|") if len(row) > 3 else []
        if any(tree.startswith("C") and not tree.startswith(_NOT_DISEASES) for tree in trees):
            tumour = "tumour=yes" if any(tree.startswith("C04") for tree in trees) else ""
            _add(table, (row[1], *row[2].split("|")), f"MESH:{row[0]}", tumour, ambiguous)
    taken = own_keys("drug", "drug_class", "outcome", "adverse_effect", "process", "pathway", "gene", "cell")
    for form in sorted(taken & table.rows.keys()):
        del table.rows[form]
    return table


def _add(
    table: Table, terms: Iterable[str], identifier: str, attributes: str, ambiguous: frozenset[str]
) -> None:
    """Add a disease under its terms, the first of which is its name."""
    known = list(terms)
    for term in known:
        size = sum(c.isalnum() for c in term)
        if (
            size >= 5
            and len(term) <= MAX_LENGTH
            and ", " not in term
            and "(" not in term
            and not _STATUS.search(term)
            and term.lower() not in ambiguous
        ):
            table.add(Row(term, known[0], identifier, attributes, "exact" if term.isupper() else ""))
