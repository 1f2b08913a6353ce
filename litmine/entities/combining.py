"""Dictionary and model together: the model finds more and knows where a name ends, the dictionary knows what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from litmine.entities.recogniser import Mention
from litmine.lexicon import Lexicon, Term, key
from litmine.lexicon.matching import forms
from litmine.types import Abbreviation, Entity

KINDS = {
    "drug": "drug",
    "gene": "gene",
    "disease": "disease",
    "adverse_effect": "disease",
    "cell_line": "cell_line",
}
"""litmine's entity type → the type a model can confirm or correct. Entities of other types stay as they are."""

RANK = ("disease", "gene", "drug", "cell_line")
"""Which type is taken where a model gives one span two."""


def combine(
    document: str,
    entities: Sequence[Entity],
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    abbreviations: Sequence[Abbreviation] = (),
    version: str = "",
    *,
    only_new: bool = False,
) -> tuple[Entity, ...]:
    """Entities of the dictionary, corrected and completed by the mentions of a model.

    Where both see a thing of one type the model's boundaries hold and the dictionary's identity. A mention that meets
    no entity becomes one, linked if the vocabulary knows its name. Where they see different types a term written by
    hand stands and one of a generated table yields. A short form the document defines is what its long form is. Drug
    classes, pathways, outcomes and the other types no model finds are never touched. The figures of these rules:
    docs/benchmarks/entities.md.

    Args:
        document: the text both read.
        entities: of the dictionary, without overlaps.
        mentions: of the model.
        lexicon: the vocabulary that links new mentions.
        abbreviations: short forms the document defines.
        version: name and version of the model.
        only_new: leave every entity of the dictionary as it is and add what it does not touch.

    Returns:
        Entities without overlaps, sorted by start; the attribute `found_by` is `dictionary`, `model` or `both`, and
        `model` is its version where it had a part.
    """
    kinds = {} if only_new else KINDS
    open_ = [entity for entity in entities if entity.type in kinds]
    kept = [entity for entity in entities if entity.type not in kinds]
    for mention in _longest_first([*mentions, *_short_forms(document, mentions, abbreviations)]):
        met = [e for e in open_ if e.start < mention.end and mention.start < e.end]
        same = [entity for entity in met if KINDS[entity.type] == mention.type]
        if _overlaps(kept, mention) or any(_by_hand(e, lexicon) for e in met if e not in same):
            continue
        kept.append(_entity(document, mention, same, lexicon, version))
        open_ = [entity for entity in open_ if entity not in met]
    kept.extend(_with(entity, "dictionary", "") for entity in open_)
    return tuple(sorted(kept, key=lambda entity: entity.start))


def _longest_first(mentions: Iterable[Mention]) -> list[Mention]:
    """The longest wins; of two as long a disease, then a gene, so that a protein given as a drug is a gene."""
    return sorted(set(mentions), key=lambda m: (m.start - m.end, RANK.index(m.type), m.start))


def _by_hand(entity: Entity, lexicon: Lexicon) -> bool:
    """Does a name stand in a table written by hand?"""
    return any(form in lexicon.by_key for form, _ in forms(key(entity.text) or " "))


def _overlaps(entities: Iterable[Entity], mention: Mention) -> bool:
    return any(e.start < mention.end and mention.start < e.end for e in entities)


def _short_forms(
    document: str, mentions: Sequence[Mention], abbreviations: Sequence[Abbreviation]
) -> list[Mention]:
    """Every occurrence of a short form whose long form, where it is defined, is a mention."""
    found: list[Mention] = []
    for abbreviation in abbreviations:
        end = len(document[: abbreviation.start].rstrip(" (["))
        start = document.rfind(abbreviation.long, 0, end + 1)
        whole = next((m for m in mentions if start >= 0 and m.end == end and m.start <= start + 4), None)
        if whole is not None:
            pattern = rf"(?<![\w-]){re.escape(abbreviation.short)}(?!\w)"
            found.extend(Mention(whole.type, *match.span()) for match in re.finditer(pattern, document))
    return found


def _entity(document: str, mention: Mention, met: Sequence[Entity], lexicon: Lexicon, version: str) -> Entity:
    text = document[mention.start : mention.end]
    term = _term(text, mention.type, lexicon)
    found_by = "both" if met else "model"
    if term is not None:
        made = Entity(
            term.type, mention.start, mention.end, text, term.name, term.identifier, term.attributes
        )
    elif len(met) == 1:
        made = replace(met[0], start=mention.start, end=mention.end, text=text)
    else:
        made = Entity(mention.type, mention.start, mention.end, text, text)
    return _with(made, found_by, version)


def _term(text: str, kind: str, lexicon: Lexicon) -> Term | None:
    """The term of this type that a name denotes, in any case: the model vouches for the type."""
    written = key(text)
    if not written:
        return None
    terms = (term for form, _ in forms(written) for term in lexicon.lookup(form))
    return next((term for term in terms if KINDS.get(term.type) == kind), None)


def _with(entity: Entity, found_by: str, version: str) -> Entity:
    model = (("model", version),) if version and found_by != "dictionary" else ()
    return replace(entity, attributes=(*entity.attributes, ("found_by", found_by), *model))
