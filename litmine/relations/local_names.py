"""Drugs and genes that only the document introduces: code names, short forms of names no vocabulary holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from litmine.lexicon import Lexicon
from litmine.types import Abbreviation, Entity

_CODE = re.compile(
    r"(?<![\w-])(?=[A-Za-z]{0,6}-?\d)(?:[a-z]{1,3}[A-Z]{1,3}|[A-Z]{2,5})-?\d{1,7}[A-Z]?(?![\w]|-\d)"
    r"|(?<![\w-])(?:[A-Z]-?\d{2,7}|\d{1,2}[A-Z]{1,3}-\d{2,5})(?![\w-])"
)
"""KX-01, FTY720, chA21, Y-142, 1A-116."""
_CAPITALS = re.compile(r"(?<![\w-])[A-Za-z]{0,4}[A-Z]{2}[A-Za-z0-9]{0,6}(?:-[A-Z0-9]{1,4})?(?![\w-])")
"""What may be a name that the text made up for a drug: HTPB, scIgG-T."""
_GENE = re.compile(
    r"(?:kinase|receptor|factor|protein|phosphatase|ligand|ligase|transporter|integrin|antigen|enzyme|gene|oncogene"
    r"|hormone|homologu?e?|repressor|activator|\w{4,}(?<!rele)(?<!incre)(?<!decre)(?<!dise)ase|\w+kine|interleukin|interferon)"
    r"(?:\s(?:subunit|family|isoform))?(?:[-\s][\w./]{1,7})?$",
    re.IGNORECASE,
)
"""How the long form of a gene's or protein's short form ends: "p21-activated kinase 4"."""
_AGENT = (
    r"(?:inhibitor|antibody|antagonist|agonist|agent|drug|compound|derivative|analogu?e?|conjugate|immunotoxin|vaccine"
    r"|nanobody|modulator|degrader|TKI|triterpenoid|flavonoid|alkaloid|prodrug)"
)
_CHEMICAL = re.compile(
    rf"(?:\bacid|{_AGENT}|\w{{4,}}(?:ine|ole|ide|one|ate|ane|ol|in|oid|ose|inib|mab|ium))$", re.IGNORECASE
)
_BEFORE = re.compile(
    r"(?:(?:treat(?:ed|ment|ing)|expos(?:ed|ure)|incubat\w+|administration|injection|doses?|dosing|effects?|efficacy"
    r"|activit(?:y|ies)|cytotoxicity|combin\w+|sensitivity|resistance|resistant)\s(?:of|with|to|by)\s(?:the\s)?"
    rf"|{_AGENT}\s?[,(]?\s)$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?:[-\s](?:treat\w+|therapy|monotherapy|exposure|administration|alone|plus|in combination|combin\w+"
    r"|dos(?:e|es|ing)|resistan\w+)"
    r"|\s(?:significantly |dramatically |markedly |effectively |potently |also |can |could )*"
    r"(?:inhibit|suppress|sensiti[sz]|synergi|reduc|enhanc|exert|exhibit|show|induc)\w*\s"
    rf"|\s?[,(]?\s?(?:is |was |which is )?an?\s[^.;]{{0,70}}?\b{_AGENT}\b)",
    re.IGNORECASE,
)
"""What stands before or behind the name of a drug."""
_OTHER = re.compile(
    r"[-\s](?:cells?|cell lines?|trial|study|tumou?rs?|mice|xenografts?|models?|gene|expression|positive|mutations?"
    r"|knock-?down|loss|levels?|protein|siRNA|HER)\b",
    re.IGNORECASE,
)
"""What shows that a code is a cell line, a trial or a gene."""


def local_names(
    document: str, entities: Sequence[Entity], abbreviations: Iterable[Abbreviation], lexicon: Lexicon
) -> list[Entity]:
    """The entities of a document, with those that it names itself.

    A short form is a gene when its long form ends like one; it is a drug when the long form ends like a chemical's
    name and the text treats somebody with it; a code name is a drug when the text does so.

    Args:
        document: Title, newline, text.
        entities: What the vocabulary finds, in order.
        abbreviations: Short forms that the document defines.
        lexicon: The vocabulary: what it knows is not judged here.

    Returns:
        All entities in order, not overlapping; the ones added have no identifier.
    """
    taken = {entity.text for entity in entities}
    kinds: dict[str, str] = {}
    longs: dict[str, str] = {}
    for abbreviation in abbreviations:
        short, long = abbreviation.short, abbreviation.long
        if short in taken or len(short) < 2:
            continue
        if _GENE.search(long):
            kinds[short], longs[short] = "gene", long
        elif _given(document, short, 1 if _CHEMICAL.search(long) else 3) and not lexicon.knows(short):
            kinds[short], longs[short] = "drug", long
    defined = {abbreviation.short for abbreviation in abbreviations}
    for name in {match.group() for match in _CODE.finditer(document)} - taken - defined:
        digits = sum(letter.isdigit() for letter in name)
        if not lexicon.knows(name) and _given(document, name, 1 if digits > 1 else 2):
            kinds[name] = "drug"
    for name, count in Counter(_CAPITALS.findall(document)).items():
        if count < 2 or len(name) < 3 or name in taken or name in defined or name in kinds:
            continue
        if not lexicon.knows(name) and _given(document, name, 3):
            kinds[name] = "drug"
    if not kinds:
        return list(entities)
    return _placed(document, entities, kinds, longs)


def _given(document: str, name: str, least: int) -> bool:
    """Whether the text speaks of giving this to cells or patients, and not of cells, trials or genes of that name."""
    found = 0
    for match in _occurrences(document, name):
        if _OTHER.match(document, match.end()):
            return False
        found += bool(_BEFORE.search(document[max(0, match.start() - 60) : match.start()]))
        found += bool(_BEHIND.match(document, match.end()))
    return found >= least


def _occurrences(document: str, name: str) -> Iterable[re.Match[str]]:
    return re.finditer(rf"(?<![\w]){re.escape(name)}(?![\w])", document)


def _placed(
    document: str, entities: Sequence[Entity], kinds: dict[str, str], longs: dict[str, str]
) -> list[Entity]:
    """Each printed form of the names as an entity; a longer entity that holds it stays, shorter ones inside it go."""
    added: list[Entity] = []
    for name, kind in sorted(kinds.items()):
        attributes = (("class", "other"),) if kind == "gene" else ()
        printed = [name, longs[name]] if name in longs else [name]
        for form in printed:
            added.extend(
                Entity(kind, match.start(), match.end(), form, name, "", attributes)
                for match in _occurrences(document, form)
            )
    ranked = sorted([*added, *entities], key=lambda e: (e.start - e.end, e.start))
    kept: list[Entity] = []
    covered: set[int] = set()
    for entity in ranked:
        span = range(entity.start, entity.end)
        if covered.isdisjoint(span):
            covered.update(span)
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity.start)
