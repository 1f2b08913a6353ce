"""What a hit shows: the sentence with the match marked, its neighbours, its paper, grade, relations and links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from litmine.index import stems
from litmine.lexicon import tokenise
from litmine.search.fusion import Question
from litmine.types import Depth, Grade, Hit, Level, Reading, Record, Relation


@dataclass(frozen=True, slots=True)
class Answer:
    """One sentence that answers a query, with all a reader needs to judge it.

    Attributes:
        record_id, sentence, start, end: the record, the sentence's index in it, its offsets into the record's document.
        text: the sentence, verbatim.
        before, after: the sentences beside it; empty at the ends.
        marks: (start, end) in `text` of what the query asked for: its words by their stems, its named things.
        score: see docs/search.md.
        why: parts of the score: ("dense", 0.61), ("lexical", 0.3), ("record", 0.5), ("entities", "PTEN, trastuzumab").
        title, authors, journal, year, pmid, doi, url: the paper; `url` leads to PubMed, else to its DOI.
        level, design: its place on the evidence ladder.
        depth: how much of it litmine has read.
        retracted: it was withdrawn.
        relations: drug - mechanism - outcome relations of the sentence, with offsets into the record's document.
    """

    record_id: str
    sentence: int
    start: int
    end: int
    text: str
    score: float
    why: tuple[tuple[str, float | str], ...]
    marks: tuple[tuple[int, int], ...]
    before: str
    after: str
    title: str
    authors: tuple[str, ...]
    journal: str
    year: int | None
    pmid: str | None
    doi: str | None
    url: str
    level: Level
    design: str
    depth: Depth
    retracted: bool
    relations: tuple[Relation, ...] = ()

    def marked(self, left: str = "**", right: str = "**") -> str:
        """The sentence with what the query asked for between marks."""
        text = self.text
        for start, end in reversed(self.marks):
            text = f"{text[:start]}{left}{text[start:end]}{right}{text[end:]}"
        return text


def answer_of(hit: Hit, record: Record, grade: Grade, reading: Reading | None, question: Question) -> Answer:
    """Put together what a hit shows; a record that was not read has no neighbours, entities or relations."""
    sentences = reading.sentences if reading else ()
    here = next((place for place, s in enumerate(sentences) if s.start == hit.start), None)
    return Answer(
        record_id=hit.record_id,
        sentence=hit.sentence,
        start=hit.start,
        end=hit.end,
        text=hit.text,
        score=hit.score,
        why=hit.why,
        marks=_marks(hit, reading, question),
        before=sentences[here - 1].text if here else "",
        after=sentences[here + 1].text if here is not None and here + 1 < len(sentences) else "",
        title=record.title,
        authors=record.authors,
        journal=record.journal,
        year=record.year,
        pmid=record.pmid,
        doi=record.doi,
        url=url_of(record),
        level=grade.level,
        design=grade.design,
        depth=record.depth,
        retracted=record.retracted,
        relations=tuple(r for r in (reading.relations if reading else ()) if r.sentence == hit.sentence),
    )


def by_record(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """Answers grouped by record, records in the order of their first answer."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.record_id, []).append(answer)
    return groups


def url_of(record: Record) -> str:
    """Where the paper is found: PubMed, else its DOI; empty when it has neither."""
    if record.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{quote(record.pmid)}/"
    return f"https://doi.org/{quote(record.doi, safe='/()')}" if record.doi else ""


def _marks(hit: Hit, reading: Reading | None, question: Question) -> tuple[tuple[int, int], ...]:
    asked = {*question.words, *question.also}
    spans = [span for span, found in _stemmed(hit.text) if asked.intersection(found)]
    spans += [
        (entity.start - hit.start, entity.end - hit.start)
        for entity in (reading.entities if reading else ())
        if hit.start <= entity.start
        and entity.end <= hit.end
        and f"{entity.type}:{entity.name}" in question.names
    ]
    return _joined(spans)


@lru_cache(maxsize=2000)
def _stemmed(text: str) -> tuple[tuple[tuple[int, int], tuple[str, ...]], ...]:
    """Spans of a sentence's tokens, each with its stems."""
    return tuple((span, tuple(stems(text[slice(*span)]))) for span in tokenise(text).spans)


def _joined(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans in order, those that touch made one."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return tuple(kept)
