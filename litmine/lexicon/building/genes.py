"""The gene table: symbols, aliases and protein names of HGNC, families of FamPlex."""

from __future__ import annotations

import re
from collections import defaultdict

from litmine.lexicon.building.gene_classes import mechanism_class
from litmine.lexicon.building.sources import MAX_LENGTH, Row, Sources, Table, own_keys
from litmine.lexicon.normalise import key

_MINOR_LOCI = frozenset(
    {"pseudogene", "RNA, transfer", "fragile site", "endogenous retrovirus", "region", "phenotype only"}
)
"""Locus types of which only the approved symbol is kept."""


def build_genes(sources: Sources, ambiguous: frozenset[str]) -> Table:
    """Approved symbols, aliases, previous symbols and protein names of HGNC; families of FamPlex."""
    table, lines = Table(), sources.lines("hgnc_entries.tsv")
    next(lines)
    approved = [row for row in lines if row[3] == "Approved"]
    symbols = {row[1].upper() for row in approved}
    owners: dict[str, set[str]] = defaultdict(set)
    for row in approved:
        for alias in _aliases(row):
            owners[alias.upper()].add(row[1])
    taken = own_keys("drug", "drug_class", "cell_line", "outcome", "adverse_effect", "process", "cell")
    for row in approved:
        identifier, symbol, long_name, locus = row[0], row[1], row[2], row[11]
        cls = mechanism_class(symbol)
        attributes = f"class={cls}" if cls != "other" else ""
        flags = _symbol_flags(symbol, ambiguous, approved=True)
        if flags is not None and key(symbol) not in taken:
            table.add(Row(symbol, symbol, identifier, attributes, flags), replace=True)
        for alias in () if locus in _MINOR_LOCI else _aliases(row):
            if len(owners[alias.upper()]) > 1 or alias.upper() in symbols or key(alias) in taken:
                table.left_out["alias of several genes or of something else"] += 1
                continue
            flags = _symbol_flags(alias, ambiguous, approved=False)
            if flags is None:
                table.left_out["ambiguous alias"] += 1
            else:
                table.add(Row(alias, symbol, identifier, attributes, flags))
        if locus == "gene with protein product" and _good_name(long_name):
            table.add(Row(long_name, symbol, identifier, attributes))
    for cells in sources.lines("famplex/grounding_map.csv", separator=","):
        if (
            len(cells) > 2
            and cells[1] == "FPLX"
            and '"' not in cells[0]
            and not cells[0].startswith("derived")
            and key(cells[0]) not in taken
        ):
            flags = _symbol_flags(cells[0], ambiguous, approved=False)
            if flags is not None:
                name = cells[2].replace("_", " ")
                cls = mechanism_class(cells[2])
                table.add(
                    Row(cells[0], name, f"FPLX:{cells[2]}", f"class={cls}" if cls != "other" else "", flags)
                )
    return table


def _aliases(row: list[str]) -> list[str]:
    return [alias.strip() for cell in (row[9], row[4]) for alias in cell.split(", ") if alias.strip()]


def _good_name(name: str) -> bool:
    """Is a protein name long enough to be one, and not a description by chromosome or similarity?"""
    if len(name) < 9 or len(name) > MAX_LENGTH or "(" in name or "," in name:
        return False
    if " " not in name and not name.endswith(("in", "ase", "gen", "kine")):
        return False
    return not re.search(
        r"open reading frame|uncharacterized|family member [A-Z]?\d+$|putative|homolog of", name
    )


def _symbol_flags(term: str, ambiguous: frozenset[str], *, approved: bool) -> str | None:
    """Flags under which a symbol may be matched, or None when it is too ambiguous to be in the table."""
    letters = re.sub(r"[^A-Za-z]", "", term)
    size = sum(c.isalnum() for c in term)
    digits = any(c.isdigit() for c in term)
    if size < 3 or not letters or len(term) > MAX_LENGTH:
        return None
    if term.lower() in ambiguous:
        return "exact,context" if approved else None
    if " " in term:
        return "" if size >= (10 if digits else 8) else None
    if approved:
        return "exact,context" if size <= 3 and not digits else "exact" if size <= 3 else "symbol"
    if not digits:
        return "exact" if size >= 5 else None
    if size <= 3 or len(letters) == 1 or re.fullmatch(r"[A-Za-z]\d+[A-Za-z]?|[a-z]+\d*", term):
        return None
    return "symbol" if size >= 6 else "exact"
