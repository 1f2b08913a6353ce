"""Who was studied: genes with a status that describe patients or tumours, told apart from mechanisms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from litmine.types import Relation

_STATUS = {
    "mutant": "positive",
    "mutated": "positive",
    "altered": "positive",
    "rearranged": "positive",
    "amplified": "positive",
    "overexpressing": "positive",
    "positive": "positive",
    "negative": "negative",
    "wild-type": "negative",
    "zero": "negative",
    "low": "low",
}
_HEAD = (
    r"(?:cancers?|carcinomas?|adenocarcinomas?|tumou?rs?|disease|NSCLC|BC|leuka?emias?|lymphomas?|melanomas?|"
    r"gliomas?|neoplasms?|patients?|women)"
)
_DESCRIBED = re.compile(
    r"\b(?P<gene>[A-Za-z][A-Za-z0-9/]{1,11}|\([A-Z][A-Za-z0-9/]{1,9}\))[- ](?P<status>"
    + "|".join(_STATUS)
    + rf")\b(?:[,\s]+(?!or\b|and\b)[\w-]+){{0,4}}?\s+{_HEAD}\b",
    re.IGNORECASE,
)
_STATUS_AFTER = re.compile(
    rf"\b{_HEAD}\s+(?:that (?:are|were|is|was) |whose \w+ (?:is|was|are) )?"
    r"(?P<status>positive|negative) for [^.;,()]{0,50}?\(?(?P<gene>[A-Z][A-Za-z]*\d\w*)\b",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"\b(?:in|with|of|for|against|among|from|on|treat(?:s|ed|ing)?)\s+(?:[\w-]+\s+){0,5}$", re.I
)


_ONE_NAME = {"erbb2": "her2", "neu": "her2"}
"""Names in lower case under which one status is reported, with the one used here."""


@lru_cache(maxsize=20_000)
def population_in(text: str) -> tuple[tuple[str, str], ...]:
    """Genes with their status as the text gives them to patients or tumours: (("egfr", "positive"),)."""
    found = {
        (
            _ONE_NAME.get(match["gene"].strip("()").casefold(), match["gene"].strip("()").casefold()),
            _STATUS[match["status"].casefold()],
        )
        for pattern in (_DESCRIBED, _STATUS_AFTER)
        for match in pattern.finditer(text)
        if any(c.isupper() for c in match["gene"])
    }
    return tuple(sorted(found))


def _spans(text: str) -> list[tuple[int, int]]:
    """Spans of descriptions that stand behind a preposition ("in patients with GEN1-mutant lung cancer")."""
    return [m.span() for m in _DESCRIBED.finditer(text) if _PLACED.search(text[: m.start()])]


def without_population(relations: Sequence[Relation], text: str) -> tuple[Relation, ...]:
    """Relations of a drug in which the description of the patients was read as a mechanism, mended.

    "GEN1-mutant" in "the drug prolongs survival in patients with GEN1-mutant cancer" says who was treated. Where such a
    relation has an outcome it stays without the mechanism; where it has none it goes.
    """
    spans = _spans(text)
    if not spans:
        return tuple(relations)
    kept: list[Relation] = []
    for relation in relations:
        slot = relation.mechanism
        places = [m.span() for m in re.finditer(re.escape(slot.text), text)] if slot and slot.text else []
        describes = bool(places) and all(
            any(low <= start and end <= high for low, high in spans) for start, end in places
        )
        if not relation.drug or not describes:
            kept.append(relation)
        elif relation.outcome is not None:
            bare = replace(relation, mechanism=None, mechanism_class=None)
            if bare not in kept:
                kept.append(bare)
    return tuple(kept)


def by_gene(population: Sequence[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    """Statuses that a text gives each gene."""
    genes = sorted({gene for gene, _ in population})
    return {gene: frozenset(s for g, s in population if g == gene) for gene in genes}


def difference(claim: Sequence[tuple[str, str]], record: Sequence[tuple[str, str]]) -> str:
    """How the people of a record differ from those of a claim, in words; empty when they may be the same."""
    asked, given = by_gene(claim), by_gene(record)
    other = [
        f"{gene.upper()}-{'/'.join(sorted(given[gene]))}"
        for gene, statuses in asked.items()
        if gene in given and not statuses & given[gene]
    ]
    return f"other population: {', '.join(other)}" if other else ""
