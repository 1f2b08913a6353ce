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
    r"relative to|for (?:it|this)|what (?:sets|this))\b",
    re.IGNORECASE,
)
_CONTINUES_STUDY = re.compile(
    r"^(?:it|the study|the authors|they|this study) (?:also |likewise )?(?:pointed|found|showed|noted|reported)\b",
    re.I,
)
_SPECIFIC = frozenset(
    {"drug", "drug_class", "gene", "alteration", "pathway", "process", "cell", "adverse_effect"}
)


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
        entities count into `review.text`. A sentence that names nothing itself ("It can also ...") carries the
        entities of the sentence before it in the same section.
    """
    end = max((s.end for s in review.sentences), default=0)
    reading = extractor.read("review", "", review.text[:end])
    relations = [_shifted(relation, -1) for relation in reading.relations]
    entities = [replace(e, start=e.start - 1, end=e.end - 1) for e in reading.entities]
    expansions = _expansions(reading.abbreviations)
    claims: list[Claim] = []
    carried: tuple[Entity, ...] = ()
    previous: ReviewSentence | None = None
    for sentence in review.sentences:
        if len(re.findall(r"[^\W\d_]{2,}", sentence.text)) < 4:
            continue
        if previous is None or previous.section != sentence.section:
            carried = ()
        inside = [e for e in entities if sentence.start <= e.start and e.end <= sentence.end]
        own = tuple(e for e in inside if e.type in _SPECIFIC)
        needs_subject = bool(_ANAPHOR.match(sentence.text)) or not inside
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
        carried = own or carried
        previous = sentence
    return tuple(claims)


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
        clauses.append(
            Clause(
                start,
                end,
                part,
                numbers or inherited,
                tuple(r for r in relations if start <= _anchor(r) < end),
                find_figures(_blank(part, sentence, start), offset=start),
                _resolve(part, title, subject, expansions, first=low == 0),
            )
        )
    kind, judged = classify_claim(text)
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
    return ", ".join(dict.fromkeys(e.name or e.text for e in entities))


def _resolve(
    part: str, title: str, subject: str, expansions: Sequence[tuple[str, str]], *, first: bool
) -> str:
    """Make a clause readable alone: abbreviations written out, the subject named, the section's title kept."""
    resolved = re.sub(r"\s*\[\s*\d[\d,;\s–-]*\]", "", part)
    for short, long in expansions:
        match = re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", resolved)
        if match and long.lower() not in resolved.lower():
            resolved = f"{resolved[: match.start()]}{long} ({short}){resolved[match.end() :]}"
    if first and subject:
        return f"{title} ({subject}): {resolved}" if title else f"({subject}): {resolved}"
    if not first and _ANAPHOR.match(part) and title:
        return f"{title}: {resolved}"
    return resolved
