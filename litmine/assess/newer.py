"""Statements about the present of a review: which newer trials on their drugs the corpus holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from litmine.assess.library import Library, Place
from litmine.assess.population import population_in
from litmine.assess.slots import GENE_OF
from litmine.types import Claim, Clause, Evidence, Figure

_PRESENT = re.compile(
    r"\b(?:at present|presently|current(?:ly)?|nowadays|today|for now|so far|to date|as yet|emerging|is still|"
    r"are still|(?:is|are) now|now (?:used|a)|not yet|(?:still|yet) to be|still (?:has|have|remains?|lacks?|needs?))\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:no|not|none|lack\w*|emerging|rare(?:ly)?|little|(?:less|un)commonly|uncommon|(?:still|yet) to be|"
    r"un(?:clear|known|proven|tested)|insufficient|limited)\b",
    re.IGNORECASE,
)
"""What a text says is missing, little used or open; a trial may have ended that."""
_FOREMOST = re.compile(
    r"\b(?:wid(?:e|ely|er|est)|most|main(?:ly)?|chief(?:ly)?|backbone|mainstay|standard|preferred|first choice|only)\b",
    re.IGNORECASE,
)
"""What a text says comes first; a trial may have put something else there."""
_TRIAL_LEVELS = frozenset({"A", "B1"})


def dated(text: str) -> bool:
    """Does a text say how things stand at its own time, so that a trial can overtake it: open, or foremost so far?"""
    return bool(_PRESENT.search(text)) and bool(_OPEN.search(text) or _FOREMOST.search(text))


def newer_trials(claim: Claim, library: Library, year: int | None) -> tuple[str, ...]:
    """Trials published after a review on the drugs of a claim that a trial can overtake ("at present no drug ...").

    Args:
        claim: a claim of the ledger; an outlook ("has still to be evaluated") has newer trials too.
        library: the corpus.
        year: year of the review.

    Returns:
        Ids of the newer ones of `trials_on`.
    """
    if not year or not (claim.judged or claim.kind == "outlook") or not dated(claim.text):
        return ()
    return tuple(r for r in trials_on(claim, library) if (library.records[r].year or 0) > year)


def trials_on(claim: Claim, library: Library) -> tuple[str, ...]:
    """Records of level A or B1 that name a drug of a claim, or one of a class or target that it names; newest first."""
    names = {(e.name or e.text).casefold() for e in claim.entities if e.type in {"drug", "drug_class"}}
    targets = {e.attribute("target").casefold() for e in claim.entities if e.type == "drug_class"}
    if re.search(r"\b(?:approach|treatment|therap|strateg|method|drug)", claim.text, re.IGNORECASE):
        targets |= {e.name.casefold() for e in claim.entities if e.type == "gene"}
        targets |= {GENE_OF.get(gene, gene) for gene, _ in population_in(claim.text)}
    found: list[tuple[int, str]] = []
    for record_id, record in library.records.items():
        grade = library.grade(record_id)
        if not record.year or record.retracted or grade.pointer:
            continue
        if grade.level not in _TRIAL_LEVELS or grade.system != "patients":
            continue
        drugs = {name.casefold(): target.casefold() for name, target in library.drugs_of(record_id).items()}
        if names & drugs.keys() or (targets - {""}) & set(drugs.values()):
            found.append((record.year, record_id))
    return tuple(record_id for _, record_id in sorted(found, key=lambda item: (-item[0], item[1])))


def in_words(trials: Sequence[str], library: Library, year: int | None, claim: Claim | None = None) -> str:
    """One line on the newer trials of a claim, and on those already out where it calls its subject open; or empty."""
    if not trials:
        return ""
    latest = library.records[trials[0]]
    plural = "s" if len(trials) != 1 else ""
    told = (
        f"it says how things stood in {year}: {len(trials)} newer trial{plural} on its drugs, the latest {trials[0]} "
        f"({latest.year})"
    )
    if claim is not None and _OPEN.search(claim.text):
        out = [r for r in trials_on(claim, library) if r not in trials]
        told += f"; {len(out)} more were out by {year}" if out else ""
    return told


def later_reports(
    clause: Clause, evidence: Iterable[Evidence], library: Library
) -> tuple[tuple[str, str], ...]:
    """Later reports of the trials whose figures bear a clause out, which print another value of the same measure.

    Args:
        clause: a clause with figures in months or hazard ratios, which grow with a trial's follow-up.
        evidence: the sentences judged against it.
        library: the corpus.

    Returns:
        (record, measure with the value it prints), by record; one of each.
    """
    asked = [f for f in clause.figures if f.about and f.unit in {"months", "HR"}]
    borne = [e for e in evidence if e.stance == "supports" and e.rule.startswith("figure") and e.year]
    found: dict[str, str] = {}
    for one in borne if asked else ():
        for record_id in library.of_group(one.group):
            year = library.records[record_id].year
            if not year or year <= (one.year or 0) or record_id in found:
                continue
            told = _other_value(asked, record_id, library)
            if told:
                found[record_id] = told
    return tuple(sorted(found.items()))


def _other_value(asked: Sequence[Figure], record_id: str, library: Library) -> str:
    """The first figure of a record with a measure and unit of those asked that meets none of their values."""
    for sentence in library.sentences(record_id):
        for figure in library.statement(Place(record_id, sentence.index)).figures:
            alike = [f for f in asked if (f.about, f.unit) == (figure.about, figure.unit)]
            if alike and not any(f.low <= figure.high and figure.low <= f.high for f in alike):
                return f"{figure.about} {figure.text}"
    return ""
