"""The drug table: names and variants of DrugBank open data and MedlinePlus, names and code names of MeSH."""

from __future__ import annotations

import re
from typing import Any

from litmine.lexicon.building.sources import MAX_LENGTH, Row, Sources, Table, own_keys, word_list
from litmine.lexicon.normalise import GREEK_NAMES
from litmine.lexicon.tables import HERE, read_table

_CHEMICAL_TREES = ("D02", "D03", "D04", "D09", "D10", "D26")
"""MeSH branches of chemicals; D12 (proteins) is left to the gene table except for antibodies."""
_ANTIBODY = re.compile(r"(?:mab|cept|vedotin|tansine|tecan|leucel)s?$", re.IGNORECASE)
_CODE_NAME = re.compile(r"^[A-Za-z]{1,5}[\s-]?\d{2,7}[A-Za-z]{0,2}(?:-\d{1,4}[A-Z]?)?$")
_GENERIC_NAME = re.compile(
    r"^[a-z]{4,}(?:mab|tinib|ciclib|lisib|parib|sertib|rafenib|metinib|limus|strant|degib)$"
)
"""Stems of International Nonproprietary Names (WHO) by which a new drug of MeSH's supplement is known."""


def build_drugs(sources: Sources, ambiguous: frozenset[str]) -> Table:
    """Drug names and variants (DrugBank open data, MedlinePlus, MeSH), MeSH synonyms and research code names."""
    table, data = Table(), sources.drugs()
    details: dict[str, dict[str, Any]] = data["drug_canonical_to_data"]
    mesh = {row[0]: row for row in sources.lines("mesh_id_label_mappings.tsv") if len(row) >= 4}
    mesh_terms = {
        term.lower()
        for row in mesh.values()
        for term in (row[1], *row[2].split("|"))
        if row[3].startswith("D")
    }
    symbols = {row[1].lower() for row in sources.lines("hgnc_entries.tsv") if row[3] == "Approved"}
    own = {
        term.term.lower(): term.name
        for term in read_table(HERE / "drug.tsv")
        if "kind" not in dict(term.attributes)
    }
    common = word_list("common_chemicals")
    names: dict[str, tuple[str, str, str]] = {}
    for canonical in sorted(details):
        detail = details[canonical]
        identifier = _drug_identifier(detail)
        if identifier is None or not _is_drug(canonical, detail):
            table.left_out["not a drug, or from Wikipedia only"] += 1
            continue
        kind = "" if identifier.startswith("DRUGBANK") or "medline_plus_id" in detail else "kind=chemical"
        if canonical in common:
            kind = "kind=chemical"
        names[canonical] = own.get(canonical, canonical), identifier, kind
        if _good_drug(canonical, symbols, ambiguous, canonical=True):
            table.add(Row(canonical, *names[canonical]), replace=True)
    for variant in sorted(data["drug_variant_to_canonical"]):
        owners = [name for name in data["drug_variant_to_canonical"][variant] if name in names]
        if len(owners) != 1:
            continue
        (owner,) = owners
        if "wikipedia_url" in details[owner] and variant not in mesh_terms and variant != owner:
            table.left_out["variant may come from Wikipedia"] += 1
        elif _good_drug(variant, symbols, ambiguous, canonical=False):
            table.add(Row(variant, *names[owner]))
    _add_code_names(table, sources, names, symbols, ambiguous)
    taken = own_keys(
        "drug_class", "outcome", "adverse_effect", "process", "pathway", "alteration", "cell_line", "gene"
    )
    for form in sorted(taken & table.rows.keys()):
        del table.rows[form]
    return table


def _drug_identifier(detail: dict[str, Any]) -> str | None:
    if "drugbank_id" in detail:
        return f"DRUGBANK:{detail['drugbank_id']}"
    if "mesh_id" in detail:
        return f"MESH:{detail['mesh_id']}"
    return "" if "medline_plus_id" in detail else None


def _is_drug(name: str, detail: dict[str, Any]) -> bool:
    """Is this a chemical or an antibody, not a protein of the body, a device or a class of assays?"""
    if "drugbank_id" in detail or "medline_plus_id" in detail:
        return True
    trees = detail.get("mesh_tree", [])
    return any(tree.startswith(_CHEMICAL_TREES) for tree in trees) or bool(_ANTIBODY.search(name))


def _good_drug(term: str, symbols: set[str], ambiguous: frozenset[str], *, canonical: bool) -> bool:
    size = sum(c.isalnum() for c in term)
    if size < 4 or len(term) > MAX_LENGTH or term in ambiguous or term in GREEK_NAMES:
        return False
    if not canonical and (", " in term or term in symbols or (size < 5 and term.isalpha())):
        return False
    if term.split(" ")[0].split("-")[0] in GREEK_NAMES and size < 10:
        return False
    if term.startswith("human "):
        return False
    if sum(c.isalpha() for c in term) < 3 or not term[0].isalnum():
        return False
    return not re.search(
        r"\b(?:and|component|receptors?|antigens?|virus|vaccine strain|extract of|protein [a-z]?\d)\b", term
    )


def _add_code_names(
    table: Table,
    sources: Sources,
    names: dict[str, tuple[str, str, str]],
    symbols: set[str],
    ambiguous: frozenset[str],
) -> None:
    """Code names (GW 572016) and synonyms that MeSH gives for a drug already known, and new generic names."""
    for row in (
        *sources.lines("mesh_id_label_mappings.tsv"),
        *sources.lines("mesh_supp_id_label_mappings.tsv"),
    ):
        if len(row) < 3:
            continue
        terms = [row[1], *row[2].split("|")]
        known = next((names[term.lower()] for term in terms if term.lower() in names), None)
        if known is None:
            generic = next((term for term in terms if _GENERIC_NAME.match(term)), None)
            if generic is None:
                continue
            known = generic, f"MESH:{row[0]}", ""
            table.add(Row(generic, *known))
        for term in terms:
            lower = term.lower()
            if _CODE_NAME.match(term) and sum(c.isdigit() for c in term) >= 2 and lower not in symbols:
                size = sum(c.isalnum() for c in term)
                if size >= 5:
                    table.add(Row(term, *known, "symbol" if size < 7 else ""))
            elif (
                _good_drug(lower, symbols, ambiguous, canonical=False)
                and len(term.split()) <= 3
                and term.isascii()
                and not any(c.isdigit() for c in term)
            ):
                table.add(Row(lower, *known))
