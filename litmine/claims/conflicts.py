"""Find statements of one review that cannot both hold, and drug names that no vocabulary knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from litmine.claims.unknown_names import NameBook, unknown_drug_names
from litmine.types import Claim, Figure, InternalConflict, Review, Slot

_GREATER = re.compile(
    r"\b(?:higher|greater|longer|larger|more|above|exceed\w*|better)\b(?:\s+\w+){0,2}?\s+than\b|"
    r"\bexceed(?:s|ed|ing)\b",
    re.I,
)
_LESS = re.compile(r"\b(?:lower|shorter|smaller|less|fewer|below|worse)\b(?:\s+\w+){0,2}?\s+than\b", re.I)
_PARTS = re.compile(r"\b(?:of (?:these|which|them|those)|among (?:these|them|which))\b", re.I)
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "and",
        "or",
        "with",
        "by",
        "from",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "that",
        "this",
        "these",
        "those",
        "their",
        "its",
        "it",
    ]
)


def find_internal_conflicts(
    claims: Sequence[Claim], review: Review, lexicon: NameBook
) -> tuple[InternalConflict, ...]:
    """Check a ledger against itself; nothing outside the review is consulted but the names of drugs.

    Returns:
        Conflicts in the order of their first claim: the same group given two values, parts that do not fit
        their whole,
        a number called higher that is lower, statements about one quantity with different values, unknown drug names.
    """
    found: list[InternalConflict] = []
    for claim in claims:
        figures = [f for clause in claim.clauses for f in clause.figures]
        found.extend(_same_group_two_values(claim, figures, review))
        found.extend(_parts_and_whole(claim, figures, review))
        found.extend(_wrong_comparison(claim, figures))
    found.extend(_two_statements(claims))
    found.extend(unknown_drug_names(claims, review, lexicon))
    return tuple(
        sorted(found, key=lambda c: (c.claim_id, c.kind, c.spans[0].start if c.spans else 0, c.message))
    )


def _slot(figure: Figure) -> Slot:
    return Slot(figure.start, figure.end, figure.text, f"{figure.low:g}-{figure.high:g} {figure.unit}")


def _words(text: str) -> set[str]:
    return {w for w in re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", text.lower()) if w not in _STOP}


def _overlapping(one: Figure, other: Figure) -> bool:
    return one.low <= other.high and other.low <= one.high


def _group_after(figure: Figure, stop: int, review: Review) -> str:
    """The words after a figure up to the next figure or mark: the group it was printed for."""
    text = re.split(r"[,;.()\[]", review.text[figure.end : stop], maxsplit=1)[0]
    return re.sub(r"\s+and\s*$", "", text).strip()


def _same_group_two_values(claim: Claim, figures: Sequence[Figure], review: Review) -> list[InternalConflict]:
    """Two figures of one sentence whose groups are worded alike: "5% among those with low X and 9% among ..."."""
    groups = []
    for index, figure in enumerate(figures):
        stop = figures[index + 1].start if index + 1 < len(figures) else claim.end
        groups.append((figure, _group_after(figure, stop, review)))
    found = []
    for (one, first), (other, second) in combinations(groups, 2):
        left, right = _words(first), _words(second)
        if one.unit != other.unit or _overlapping(one, other) or min(len(left), len(right)) < 3:
            continue
        if left == right:
            message = (
                f"one group (“{first}”) is given two values, {one.text} and {other.text}; one is misprinted"
            )
            found.append(
                InternalConflict("two_values", claim.id, message, (_slot(one), _slot(other)), claim.id)
            )
    return found


def _parts_and_whole(claim: Claim, figures: Sequence[Figure], review: Review) -> list[InternalConflict]:
    """Percentages given as parts of a whole: their sum against the whole, or against 100%."""
    shares = [f for f in figures if f.unit == "%"]
    match = _PARTS.search(claim.text)
    if not match or len(shares) < 3:
        return []
    split = claim.start + match.start()
    wholes = [f for f in shares if f.end <= split]
    parts = [f for f in shares if f.start >= split]
    if len(wholes) != 1 or len(parts) < 2:
        return []
    whole = wholes[0]
    low, high = sum(f.low for f in parts), sum(f.high for f in parts)
    over = bool(
        re.search(
            r"(?:over|more than|above|at least|>)\s*$",
            review.text[max(claim.start, whole.start - 12) : whole.start],
            re.I,
        )
    )
    spans = tuple(_slot(f) for f in (whole, *parts))
    total = f"{low:g}%" if low == high else f"{low:g}-{high:g}%"
    if low > 100.5:
        message = f"the parts of “{whole.text}” add up to {total}, more than the whole"
    elif low > whole.high and not over and high < 95:
        message = f"the parts after “{whole.text}” add up to {total}: more than the whole, yet not 100% of it either"
    elif high < 95:
        message = (
            f"“{'more than ' if over else ''}{whole.text}”, then parts that add up to {total}: unclear of what they "
            "are shares (of it they would be 100%)"
        )
    else:
        return []
    return [InternalConflict("parts_above_whole", claim.id, message, spans)]


def _wrong_comparison(claim: Claim, figures: Sequence[Figure]) -> list[InternalConflict]:
    """A number called higher than another that is in fact higher."""
    found = []
    for one, other in pairwise(figures):
        if one.unit != other.unit or not one.unit:
            continue
        between = claim.text[one.end - claim.start : other.start - claim.start]
        wrong = (_GREATER.search(between) and one.high <= other.low and "called higher than") or (
            _LESS.search(between) and one.low >= other.high and "called lower than"
        )
        if wrong and not re.search(r"[.;]", between):
            message = f"{one.text} is {wrong} {other.text}, which it is not"
            found.append(
                InternalConflict("comparison", claim.id, message, (_slot(one), _slot(other)), claim.id)
            )
    return found


def _key_entities(claim: Claim, start: int, end: int) -> frozenset[str]:
    return frozenset(
        e.name.casefold() for e in claim.entities if start <= e.start and e.end <= end and e.type != "outcome"
    )


def _two_statements(claims: Sequence[Claim]) -> list[InternalConflict]:
    """Figures of different claims with one measure, one unit and the same named things, whose ranges do not meet."""
    entries = [
        (claim, figure, _key_entities(claim, clause.start, clause.end), _words(clause.text))
        for claim in claims
        for clause in claim.clauses
        for figure in clause.figures
        if figure.unit in {"%", "months", "HR", "RR", "OR"} and figure.about
    ]
    found = []
    for (claim, one, named, words), (later, other, also, wording) in combinations(entries, 2):
        if (
            claim.id == later.id
            or one.unit != other.unit
            or one.about != other.about
            or _overlapping(one, other)
        ):
            continue
        alike = len(words & wording) / max(1, min(len(words), len(wording)))
        if named and named == also and alike >= 0.6:
            message = f"{one.about} is given as {one.text} here and as {other.text} in {later.id}"
            found.append(
                InternalConflict("two_values", claim.id, message, (_slot(one), _slot(other)), later.id)
            )
    return found
