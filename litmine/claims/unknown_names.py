"""Find words of a review that are formed like drug names and that no vocabulary knows; offer what may be meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from litmine.types import Claim, InternalConflict, Review, Slot

NAME_FLOOR = 80.0
"""Likeness (0 to 100) from which a name of the whole vocabulary is offered."""
HOME_FLOOR = 78.0
"""Likeness from which a name that the review itself uses is offered."""
HOME_BONUS = 12.0
"""How much more alike a name from elsewhere must be to be offered before one that the review uses."""
_DRUG_NAME = re.compile(
    r"(?<![\w-])[A-Za-z][a-z]{3,}(?:[zx]umab|[tolv]?[uio]mab|mab|tinib|ciclib|parib|lisib|degib|limus|"
    r"taxel|rubicin|platin|tecan|tansine|"
    r"ansine|vedotin|govitecan|mitinib|citabine|stat)\b"
)
_NOT_A_NAME = frozenset({"rheostat", "thermostat", "cryostat", "hemostat", "haemostat"})
_DRUGS = frozenset({"drug", "drug_class"})


class NameBook(Protocol):
    """What the check of names needs of the lexicon."""

    def nearest(self, name: str, kind: str = "drug") -> tuple[str, float] | None:
        """The known name of a kind that is spelt most alike, with its similarity from 0 to 100."""
        ...


def unknown_drug_names(claims: Sequence[Claim], review: Review, lexicon: NameBook) -> list[InternalConflict]:
    """Unknown drug names of a review, each with the nearest known name or with the drugs named around it.

    A name that the review uses elsewhere, in its text or its reference list, is offered before a remote one of the
    whole vocabulary unless that one is spelt much more alike.
    """
    home: tuple[str, ...] | None = None
    found: list[InternalConflict] = []
    for place, claim in enumerate(claims):
        known = [e for e in claim.entities if e.type in {*_DRUGS, "gene", "pathway", "process"}]
        for match in _DRUG_NAME.finditer(claim.text):
            start, end = claim.start + match.start(), claim.start + match.end()
            if match[0].lower() in _NOT_A_NAME or any(e.start <= start and end <= e.end for e in known):
                continue
            nearest = lexicon.nearest(match[0], "drug")
            if nearest and nearest[0].casefold() == match[0].casefold():
                continue
            home = names_used(claims, review, lexicon) if home is None else home
            name, offer = _offer(match[0], nearest, home, claims[max(0, place - 1) : place + 2], claim)
            message = f"no vocabulary knows “{match[0]}”{offer}"
            slot = Slot(start, end, match[0], name)
            found.append(InternalConflict("unknown_name", claim.id, message, (slot,)))
    return found


def names_used(claims: Sequence[Claim], review: Review, lexicon: NameBook) -> tuple[str, ...]:
    """Known drug names that the review uses, as it writes them, in its text and its reference list; sorted."""
    written = {
        e.text.casefold() for c in claims for e in c.entities if e.type == "drug" and " " not in e.text
    }
    for printed in review.references:
        for match in _DRUG_NAME.finditer(printed):
            nearest = lexicon.nearest(match[0], "drug")
            if nearest and nearest[1] >= 100.0:
                written.add(match[0].casefold())
    return tuple(sorted(written))


def _offer(
    word: str,
    nearest: tuple[str, float] | None,
    home: Sequence[str],
    around: Sequence[Claim],
    claim: Claim,
) -> tuple[str, str]:
    """The name offered (empty when none is near) and the words that say so."""
    from rapidfuzz import fuzz

    scored = [(float(fuzz.ratio(word.lower(), name)), name) for name in home if len(name) > 4]
    score, name = max(scored, key=lambda item: (item[0], item[1]), default=(0.0, ""))
    elsewhere = nearest[1] if nearest else 0.0
    if score >= HOME_FLOOR and elsewhere <= score + HOME_BONUS:
        return name, f"; the nearest name that the review uses is {name} (similarity {score:.0f} of 100)"
    if nearest and elsewhere >= NAME_FLOOR:
        return nearest[0], f"; the nearest known name is {nearest[0]} (similarity {elsewhere:.0f} of 100)"
    near = [c for c in around if c.section == claim.section]
    drugs = sorted(
        {
            (e.type != "drug", e.name or e.text)
            for c in near
            for e in c.entities
            if e.type == "drug_class" or (e.type == "drug" and e.attribute("target"))
        }
    )
    named = f"; the text around it names {', '.join(name for _, name in drugs[:2])}" if drugs else ""
    return "", f" and no known name is near it{named}"
