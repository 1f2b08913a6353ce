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


def combine(
    document: str,
    entities: Sequence[Entity],
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    abbreviations: Sequence[Abbreviation] = (),
    version: str = "",
) -> tuple[Entity, ...]:
    """Entities of the dictionary, corrected and completed by the mentions of a model.

    Where both see a thing of one type the model's boundaries hold and the dictionary's identity. A mention that meets
    no entity becomes one, linked if the vocabulary knows its name. A short form the document defines is what its long
    form is. Drug classes, pathways, outcomes and the other types no model finds are never touched.

    Args:
        document: the text both read.
        entities: of the dictionary, without overlaps.
        mentions: of the model.
        lexicon: the vocabulary that links new mentions.
        abbreviations: short forms the document defines.
        version: name and version of the model.

    Returns:
        Entities without overlaps, sorted by start; the attribute `found_by` is `dictionary`, `model` or `both`, and
        `model` is its version where it had a part.
    """
    kept: list[Entity] = [entity for entity in entities if entity.type not in KINDS]
    open_ = [entity for entity in entities if entity.type in KINDS]
    for mention in _longest_first([*mentions, *_short_forms(document, mentions, abbreviations)]):
        met = [e for e in open_ if e.start < mention.end and mention.start < e.end]
        if any(KINDS[e.type] != mention.type for e in met) or _overlaps(kept, mention):
            continue
        kept.append(_entity(document, mention, met, lexicon, version))
        open_ = [entity for entity in open_ if entity not in met]
    kept.extend(_with(entity, "dictionary", "") for entity in open_)
    return tuple(sorted(kept, key=lambda entity: entity.start))


def _longest_first(mentions: Iterable[Mention]) -> list[Mention]:
    return sorted(set(mentions), key=lambda m: (m.start - m.end, m.start, m.type))


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
