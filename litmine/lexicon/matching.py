"""Does a term fit where its letters stand: case, plural and, for ambiguous symbols, the words around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from litmine.lexicon.normalise import letters
from litmine.lexicon.tables import Term

_CONTEXT_AFTER = re.compile(
    r"[\s\-]*(?:\+|\(\+\)|positiv|negativ|status|express|overexpress|over-express|protein|gene\b|genes\b|mrna|mutat|"
    r"mutant|loss|delet|amplif|inhibit|antagonis|agonis|signal|pathway|kinase|receptor|knock|silenc|phosphoryl|activ|"
    r"level|/PR\b|/HER|/ER\b|isoform|locus|promoter|variant|polymorph|antibod|targeted|crosstalk|down-?reg|up-?reg|"
    r"siRNA|shRNA)",
    re.IGNORECASE,
)
_CONTEXT_BEFORE = re.compile(
    r"(?:express(?:ion|ing|es)?(?: of)?|anti|gene|protein|receptor|kinase|loss of|of phospho|phosphorylated|"
    r"ER|HER2|EGFR|inhibit(?:s|ed|or|ion)?(?: of)?|activat(?:es|ed|ion)(?: of)?|amplification of|mutations? in|"
    r"phosphorylation of|levels? of)[\s\-/]*$",
    re.IGNORECASE,
)
_REACH = 24


@dataclass(frozen=True, slots=True)
class Match:
    """A term found in a text, with its code points [start, end)."""

    term: Term
    start: int
    end: int


def forms(candidate: str) -> tuple[tuple[str, bool], ...]:
    """A key and, where its last word may be a plural, the keys of the singular (marked True)."""
    if candidate[-1] != "s" or len(candidate) < 4 or candidate[-2] == " ":
        return ((candidate, False),)
    if candidate.endswith("ies"):
        return (candidate, False), (candidate[:-1], True), (candidate[:-3] + "y", True)
    if candidate.endswith("ses"):
        return (candidate, False), (candidate[:-1], True), (candidate[:-2] + "is", True)
    if candidate.endswith("es"):
        return (candidate, False), (candidate[:-1], True), (candidate[:-2], True)
    return (candidate, False), (candidate[:-1], True)


def context_fits(text: str, start: int, end: int) -> bool:
    """Do the words around an ambiguous symbol speak of a gene, protein or receptor?"""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    return bool(_CONTEXT_AFTER.match(after) or _CONTEXT_BEFORE.search(before))


def case_fits(term: Term, surface: str, plural: bool) -> bool:
    """Does the case of the surface allow the term?

    `exact`: as in the table. `symbol`: so, beginning with a capital (`Pten`, `RhoB`), with a digit and a capital, or in
    small letters with a digit or behind a one-letter prefix (`bcl-2`, `c-myc`).
    """
    if not term.flags & {"exact", "symbol"}:
        return True
    written, wanted = letters(surface), letters(term.term)
    if written == wanted or (plural and written == wanted + "s"):
        return True
    if "exact" in term.flags:
        return False
    if any(c.isupper() for c in written):
        return any(c.isdigit() for c in written) or written[0].isupper()
    return len(written) >= 4 and (any(c.isdigit() for c in written) or surface[1] == "-")
