"""Turn a Draft into a Review: one body text, and sections, sentences and citations that point into it."""

from __future__ import annotations

import re
from collections.abc import Callable

from litmine.errors import ReviewError
from litmine.review.citations import AuthorYears, cites_in_parentheses, find_numbered
from litmine.review.draft import Draft
from litmine.review.plain import NOT_BODY
from litmine.types import Citation, Review, ReviewSection, ReviewSentence

Split = Callable[[str], list[tuple[int, int]]]


def assemble(draft: Draft, split: Split, name: str) -> Review:
    """Build the Review.

    Args:
        draft: What a format's reader found.
        split: Splits one paragraph into sentence spans.
        name: The file's name, for messages.

    Raises:
        ReviewError: no sentence, or no reference.
    """
    references, numbers = _number(draft.references)
    text, sections, paragraphs = _lay_out(draft)
    if not paragraphs:
        raise ReviewError(f"{name}: no sentences found; is this a review with running text?")
    if not references:
        raise ReviewError(f'{name}: no references found; the list needs a heading such as "References"')
    cite = _citation_finder(
        [text[a:b] for a, b, _ in paragraphs], dict(zip(numbers, references, strict=True))
    )
    sentences: list[ReviewSentence] = []
    for start, end, section in paragraphs:
        if NOT_BODY.fullmatch(sections[section].title):
            continue
        paragraph = text[start:end]
        citations = cite(paragraph)
        position = 0
        for left, right in split(paragraph):
            while position < len(citations) and citations[position].start < left:
                position += 1
            own: list[Citation] = []
            while position < len(citations) and citations[position].end <= right:
                cited = citations[position]
                own.append(Citation(start + cited.start, start + cited.end, cited.numbers))
                position += 1
            sentences.append(
                ReviewSentence(start + left, start + right, paragraph[left:right], section, tuple(own))
            )
    if not sentences:
        raise ReviewError(f"{name}: no sentences found; is this a review with running text?")
    return Review(
        title=draft.title or name,
        text=text,
        sections=sections,
        sentences=tuple(sentences),
        references=references,
        reference_numbers=numbers,
        author=draft.author,
        year=draft.year if draft.year is not None else _latest_year(references),
        restated=draft.restated,
        note=draft.note,
    )


def _number(entries: tuple[tuple[int | None, str], ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Printed entries and their numbers; entries without a number are counted on."""
    numbers: list[int] = []
    for number, _ in entries:
        numbers.append(number if number is not None else (numbers[-1] + 1 if numbers else 1))
    return tuple(printed for _, printed in entries), tuple(numbers)


def _lay_out(draft: Draft) -> tuple[str, tuple[ReviewSection, ...], list[tuple[int, int, int]]]:
    """Body text, sections, and (start, end, section) of each paragraph."""
    parts: list[str] = []
    length = 0
    headings: list[tuple[str, str, int, int]] = []
    paragraphs: list[tuple[int, int, int]] = []
    for block in draft.blocks:
        label = f"{block.number}. {block.text}" if block.kind == "heading" and block.number else block.text
        start = length + (2 if parts else 0)
        length = start + len(label)
        parts.append(label)
        if block.kind == "heading":
            headings.append((block.number, block.text, block.level, length))
        else:
            if not headings:
                headings.append(("", "", 1, start))
            paragraphs.append((start, length, len(headings) - 1))
    inside: dict[int, list[tuple[int, int]]] = {}
    for a, b, section in paragraphs:
        inside.setdefault(section, []).append((a, b))
    sections: list[ReviewSection] = []
    for index, (number, title, level, after) in enumerate(headings):
        own = inside.get(index, [])
        sections.append(
            ReviewSection(number, title, level, own[0][0] if own else after, own[-1][1] if own else after)
        )
    return "\n\n".join(parts), tuple(sections), paragraphs


def _citation_finder(paragraphs: list[str], references: dict[int, str]) -> Callable[[str], list[Citation]]:
    """The way this review cites: bracketed numbers, else author and year, else numbers in parentheses."""
    bracketed = sum(len(find_numbered(paragraph)) for paragraph in paragraphs)
    if bracketed >= 2 or (bracketed and len(references) < 4):
        return find_numbered
    by_author = AuthorYears(references)
    if sum(len(by_author.find(paragraph)) for paragraph in paragraphs) >= 2:
        return by_author.find
    if cites_in_parentheses("\n".join(paragraphs), sorted(references)):
        return lambda paragraph: find_numbered(paragraph, parentheses=True)
    return lambda paragraph: find_numbered(paragraph) or by_author.find(paragraph)


def _latest_year(references: tuple[str, ...]) -> int | None:
    """Newest year printed in the reference list: a review is not older than what it cites."""
    years = [
        int(y)
        for printed in references
        for y in re.findall(r"(?<![\d-])(?:19[5-9]\d|20[0-4]\d)(?![\d-])", printed)
    ]
    return max(years, default=None)
