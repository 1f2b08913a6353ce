"""Arms and drugs that a paper names by letters of its own: "paclitaxel plus epirubicin (PE)", "lapatinib (L)"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from litmine.types import Abbreviation, Entity

_DRUGS = frozenset({"drug", "drug_class"})
_LETTERS = re.compile(r"\s?\(\s?([A-Z](?:\s?\+\s?[A-Z]|[A-Z]{1,4})?)(?:\s(?:regimen|group|arm))?\s?\)")
_JOIN = re.compile(
    r"[\s,]*(?:plus|and|with|\+|/|followed by|in combination with|combined with|,)[\s,]*", re.IGNORECASE
)
_OPENS = re.compile(r"\(\s?$")
_HEADINGS = ("Results", "Methods", "Background", "Conclusion", "Conclusions", "Introduction")
_LEFT_EDGE = rf"(?:(?<![\w-])|{'|'.join(f'(?<={heading})' for heading in _HEADINGS)})"
"""Where an arm's letters may begin: at a word, or behind a heading that lost its space ("ResultsL+T")."""
_NOT_AN_ARM = re.compile(
    r"[-\s](?:cells?|lymphocytes?|stage|stages|category|helper|classification|mutations?)\b", re.IGNORECASE
)


def find_arms(
    document: str, entities: Sequence[Entity], abbreviations: Sequence[Abbreviation]
) -> dict[str, str]:
    """Letters in parentheses behind one drug or a row of joined drugs.

    Returns:
        For each such short form the standard name, members of a combination joined by " + ".
    """
    known = {abbreviation.short for abbreviation in abbreviations}
    drugs = [entity for entity in entities if entity.type in _DRUGS]
    arms: dict[str, str] = {}
    for place, drug in enumerate(drugs):
        match = _LETTERS.match(document, drug.end)
        if match is None:
            continue
        short = match.group(1)
        members = [drug.name]
        before = place
        while before and _JOIN.fullmatch(document[drugs[before - 1].end : drugs[before].start]):
            before -= 1
            members.insert(0, drugs[before].name)
        letters = len(short.replace("+", "").replace(" ", ""))
        if letters == 1 and document[drug.start].upper() == short and short not in known:
            arms.setdefault(short, drug.name)
        elif len(members) >= 2 and letters >= len(members) > 1:
            arms.setdefault(short, " + ".join(members[-letters:]))
    return arms


def _holds(entity: Entity, left: int, right: int) -> bool:
    """True when an entity is longer than the letters and includes them."""
    return entity.start <= left and right <= entity.end and entity.end - entity.start > right - left


def with_arms(
    document: str, start: int, end: int, entities: Sequence[Entity], arms: Mapping[str, str]
) -> list[Entity]:
    """Add the arms that a sentence names; an arm wins over what the lexicon reads in the same letters."""
    if not arms:
        return list(entities)
    pattern = "|".join(re.escape(short) for short in sorted(arms, key=lambda short: (-len(short), short)))
    added = []
    for match in re.finditer(rf"{_LEFT_EDGE}(?:{pattern})(?![\w])", document[start:end]):
        left, right = start + match.start(), start + match.end()
        if _OPENS.search(document[left - 2 : left]) or _NOT_AN_ARM.match(document, right):
            continue
        if any(_holds(entity, left, right) for entity in entities):
            continue
        added.append(Entity("drug", left, right, match.group(), arms[match.group()]))
    taken = {(entity.start, entity.end) for entity in added}
    kept = [e for e in entities if not any(e.start < right and left < e.end for left, right in taken)]
    return sorted([*kept, *added], key=lambda entity: entity.start)
