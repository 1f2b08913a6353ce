"""Statements about the present of a review: which newer trials on their drugs the corpus holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmine.assess.library import Library
from litmine.assess.population import population_in
from litmine.assess.slots import GENE_OF
from litmine.types import Claim

_PRESENT = re.compile(
    r"\b(?:at present|presently|current(?:ly)?|nowadays|today|for now|so far|to date|as yet|emerging|is still|"
    r"are still|(?:is|are) now|now (?:used|a)|not yet)\b",
    re.IGNORECASE,
)
_TRIAL_LEVELS = frozenset({"A", "B1"})


def newer_trials(claim: Claim, library: Library, year: int | None) -> tuple[str, ...]:
    """Trials published after a review on the drugs of a claim that says how things stand "at present".

    Args:
        claim: a claim of the ledger; only one that speaks of its own present has newer trials.
        library: the corpus.
        year: year of the review.

    Returns:
        Ids of records of level A or B1 newer than the review that name a drug of the claim, or a drug of a class or
        with a target that it names; newest first.
    """
    if not year or not claim.judged or not _PRESENT.search(claim.text):
        return ()
    names = {(e.name or e.text).casefold() for e in claim.entities if e.type in {"drug", "drug_class"}}
    targets = {e.attribute("target").casefold() for e in claim.entities if e.type == "drug_class"}
    if re.search(r"\b(?:approach|treatment|therap|strateg|method|drug)", claim.text, re.IGNORECASE):
        targets |= {e.name.casefold() for e in claim.entities if e.type == "gene"}
        targets |= {GENE_OF.get(gene, gene) for gene, _ in population_in(claim.text)}
    found: list[tuple[int, str]] = []
    for record_id, record in library.records.items():
        grade = library.grade(record_id)
        if not record.year or record.year <= year or record.retracted or grade.pointer:
            continue
        if grade.level not in _TRIAL_LEVELS or grade.system != "patients":
            continue
        drugs = {name.casefold(): target.casefold() for name, target in library.drugs_of(record_id).items()}
        if names & drugs.keys() or (targets - {""}) & set(drugs.values()):
            found.append((record.year, record_id))
    return tuple(record_id for _, record_id in sorted(found, key=lambda item: (-item[0], item[1])))


def in_words(trials: Sequence[str], library: Library, year: int | None) -> str:
    """One line on the newer trials of a claim; empty without any."""
    if not trials:
        return ""
    latest = library.records[trials[0]]
    plural = "s" if len(trials) != 1 else ""
    return (
        f"it says how things stood in {year}: {len(trials)} newer trial{plural} on its drugs, the latest {trials[0]} "
        f"({latest.year})"
    )
