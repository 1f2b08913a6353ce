"""Build the claim ledger: each statement of a review with offsets, citations, clauses, relations and figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from litmine.claims.clauses import bind_citations, ordered_union, split_clauses
from litmine.claims.figures import find_figures
from litmine.claims.kinds import classify_claim
from litmine.types import (
    Abbreviation,
    Claim,
    Clause,
    Entity,
    Figure,
    Reading,
    Relation,
    Review,
    ReviewSentence,
    Slot,
    TextSection,
)

_ANAPHOR = re.compile(
    r"^(?:it|its|they|their|this|these|such|that|the (?:two|latter|former)|both|among (?:them|these)|"
    r"each of (?:the|these|them)|in "
    r"this|by this|moreover, once it|"
    r"relative to|for (?:it|this)|of (?:these|those|which|them)|what (?:sets|this))\b",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"^it\s+(?:(?:is|was|has|have|had|can|could|may|might|must|should|be|been|also|likewise|thus|therefore|now|"
    r"further)\s+)*(?:known|shown|found|seen|noted|thought|believed|reported|demonstrated|suggested|established|"
    r"proved|proven|observed|clear|likely|possible|surfaces|appears|seems|turns out|follows|emerges)\b"
    r"[^.;]{0,40}?\bthat\b",
    re.IGNORECASE,
)
"""An "it" that stands for nothing ("it was found that ...")."""
_SUBORDINATE = re.compile(
    r"^(?:because|although|though|when|once|if|as|while|since|after|before)\b", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"(?<!\bfor )(?<!beyond )(?<!besides )\b(?:its?|(?P<many>they|their|them|these)|such(?! (?:as|that)))\b",
    re.IGNORECASE,
)
_MANY = re.compile(r"\b(?:patients|women|people|cells|tumou?rs|studies|trials|researchers)\b", re.IGNORECASE)
_OBLIQUE = re.compile(r"\b(?:with|by|to|of|on|under|for)\s+(?:it|them)\b", re.IGNORECASE)
_CONTINUES_STUDY = re.compile(
    r"^(?:it|the study|the authors|they|this study) (?:also |likewise )?(?:pointed|found|showed|noted|reported)\b",
    re.I,
)
_SPECIFIC = frozenset(
    {"drug", "drug_class", "gene", "alteration", "pathway", "process", "cell", "adverse_effect"}
)
_THINGS = _SPECIFIC - {"process"}
_DRUGS = frozenset({"drug", "drug_class"})


class Reader(Protocol):
    """What the ledger needs of an extractor."""

    def read(self, record_id: str, title: str, text: str, sections: tuple[TextSection, ...] = ()) -> Reading:
        """Read one document; offsets count into title, newline, text."""
        ...


def build_ledger(review: Review, extractor: Reader) -> tuple[Claim, ...]:
    """Turn the sentences of a review into claims.

    Args:
        review: the review as read; every sentence of its body becomes one claim, cut into clauses.
        extractor: reads entities and relations in the review's text.

    Returns:
        Claims with ids C001, C002, ... in review order. Offsets of claims, clauses, figures, relations and
        entities count into `review.text`. A sentence that refers back ("It can also ...") or names nothing carries
        the entities of the sentence before it in the same section, and what that one carried by a pronoun of its own.
    """
    end = max((s.end for s in review.sentences), default=0)
    reading = extractor.read("review", "", review.text[:end])
    relations = [_shifted(relation, -1) for relation in reading.relations]
    entities = [replace(e, start=e.start - 1, end=e.end - 1) for e in reading.entities]
    expansions = _expansions(reading.abbreviations)
    claims: list[Claim] = []
    carried: tuple[Entity, ...] = ()
    before: tuple[Entity, ...] = ()
    previous: ReviewSentence | None = None
    for sentence in review.sentences:
        if len(re.findall(r"[^\W\d_]{2,}", sentence.text)) < 4:
            continue
        if previous is None or previous.section != sentence.section:
            carried, before = (), ()
        inside = [e for e in entities if sentence.start <= e.start and e.end <= sentence.end]
        own = tuple(e for e in inside if e.type in _SPECIFIC)
        needs_subject = not inside or _refers_back(sentence.text, sentence.start, inside)
        inherited = (
            claims[-1].cited
            if previous and _CONTINUES_STUDY.match(sentence.text) and not sentence.citations
            else ()
        )
        claims.append(
            _claim(
                review,
                sentence,
                f"C{len(claims) + 1:03d}",
                [r for r in relations if sentence.start <= _anchor(r) < sentence.end],
                tuple(
                    sorted(
                        {*inside, *(carried if needs_subject else ())}, key=lambda e: (e.start, e.end, e.type)
                    )
                ),
                _named(carried) if needs_subject else "",
                expansions,
                inherited,
            )
        )
        carried, before = (*(before if needs_subject else ()), *(own or inside)), own
        previous = sentence
    return tuple(claims)


def _refers_back(text: str, start: int, named: Sequence[Entity]) -> bool:
    """Does a text stand on the one before it: a pronoun before the first thing it names, or "with it" and no drug?

    Args:
        text: a sentence or clause.
        start: its place in the document that the offsets of `named` count into.
        named: the things it names.
    """
    empty = _EXPLETIVE.match(text)
    begin = empty.end() if empty else 0
    if re.search(r"\b(?:this|these)\b", empty[0]) if empty else _ANAPHOR.match(text):
        return True
    first = min((e.start - start for e in named), default=len(text))
    early = _PRONOUN.search(text, begin, max(begin, first))
    if early and not (early["many"] and _MANY.search(text[: early.start()])):
        return not (named and _SUBORDINATE.match(text))
    return bool(_OBLIQUE.search(text, begin)) and not any(e.type in _DRUGS for e in named)


def _claim(
    review: Review,
    sentence: ReviewSentence,
    identifier: str,
    relations: Sequence[Relation],
    entities: tuple[Entity, ...],
    subject: str,
    expansions: Sequence[tuple[str, str]],
    inherited: tuple[int, ...],
) -> Claim:
    text = review.text[sentence.start : sentence.end]
    spans = split_clauses(text)
    cited = bind_citations(spans, sentence.citations, text, sentence.start)
    section = review.sections[sentence.section] if review.sections else None
    title = section.title if section else ""
    clauses: list[Clause] = []
    for (low, high), numbers in zip(spans, cited, strict=True):
        start, end = sentence.start + low, sentence.start + high
        part = review.text[start:end]
        about = subject if low == 0 else _subject_of_part(part, start, entities)
        figures = find_figures(_blank(part, sentence, start), offset=start)
        if clauses and clauses[-1].figures:
            figures = _in_series(figures, clauses[-1].figures[-1])
        clauses.append(
            Clause(
                start,
                end,
                part,
                numbers or inherited,
                tuple(r for r in relations if start <= _anchor(r) < end),
                figures,
                _resolve(part, title, about, expansions),
            )
        )
    kind, judged = classify_claim(text, clauses[0].text)
    return Claim(
        identifier,
        section_path(review, sentence.section),
        text,
        sentence.start,
        sentence.end,
        kind,
        ordered_union([c.numbers for c in sentence.citations]) or inherited,
        tuple(clauses),
        tuple(relations),
        entities,
        judged,
    )


def section_path(review: Review, index: int) -> str:
    """Number and title of a section as printed: "2.1.3. Sites for ..."."""
    if not review.sections:
        return ""
    section = review.sections[index]
    return f"{section.number.rstrip('.')}. {section.title}" if section.number else section.title


def _blank(part: str, sentence: ReviewSentence, start: int) -> str:
    """The clause with its citation markers blanked, so that their numbers are not read as figures."""
    for citation in sentence.citations:
        low, high = max(citation.start - start, 0), min(citation.end - start, len(part))
        if low < high:
            part = part[:low] + " " * (high - low) + part[high:]
    return part


def _anchor(relation: Relation) -> int:
    """The position that decides which clause a relation belongs to: outcome, else mechanism, else drug."""
    slot: Slot | None = (
        relation.outcome or relation.mechanism or (relation.drug[0] if relation.drug else None)
    )
    return slot.start if slot else -1


def _shifted(relation: Relation, by: int) -> Relation:
    def move(slot: Slot | None) -> Slot | None:
        return replace(slot, start=slot.start + by, end=slot.end + by) if slot else None

    return replace(
        relation,
        drug=tuple(replace(s, start=s.start + by, end=s.end + by) for s in relation.drug),
        mechanism=move(relation.mechanism),
        outcome=move(relation.outcome),
    )


def _expansions(abbreviations: Iterable[Abbreviation]) -> tuple[tuple[str, str], ...]:
    known: dict[str, str] = {}
    for abbreviation in abbreviations:
        known.setdefault(abbreviation.short, abbreviation.long)
    return tuple(sorted(known.items(), key=lambda item: (-len(item[0]), item[0])))


def _named(entities: Iterable[Entity]) -> str:
    """Names in the order of the text, things before processes ("CDK4" rather than "overexpression")."""
    found = tuple(entities)
    things = tuple(e for e in found if e.type in _THINGS) or found
    return ", ".join(dict.fromkeys(e.name or e.text for e in things))


def _subject_of_part(part: str, start: int, entities: Sequence[Entity]) -> str:
    """What a later part of a sentence refers back to: the things named before it; empty when it stands alone."""
    inside = [e for e in entities if start <= e.start < start + len(part)]
    return _named(e for e in entities if e.end <= start) if _refers_back(part, start, inside) else ""


def _in_series(figures: Sequence[Figure], before: Figure) -> tuple[Figure, ...]:
    """Figures of a part that names no measure ("and 92% among the others"): that of the figure before, in one unit."""
    return tuple(
        replace(f, about=before.about) if not f.about and f.group and f.unit == before.unit == "%" else f
        for f in figures
    )


def _resolve(part: str, title: str, subject: str, expansions: Sequence[tuple[str, str]]) -> str:
    """Make a clause readable alone: abbreviations written out, the subject named, the section's title kept."""
    resolved = re.sub(r"\s*\[\s*\d[\d,;\s–-]*\]", "", part)
    resolved = re.sub(r"\.\s*\.$", ".", resolved)
    for short, long in expansions:
        match = re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", resolved)
        if match and long.lower() not in resolved.lower():
            resolved = f"{resolved[: match.start()]}{long} ({short}){resolved[match.end() :]}"
    if subject:
        return f"{title} ({subject}): {resolved}" if title else f"({subject}): {resolved}"
    return resolved
