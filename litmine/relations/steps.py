"""Every step of reading one sentence, kept for those who ask why."""

from __future__ import annotations

from dataclasses import dataclass

from litmine.assertion import Cues
from litmine.relations.candidates import Candidate
from litmine.relations.frames import Frame, Mention
from litmine.relations.patterns import Hit
from litmine.types import Relation, Sentence


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """All that was made of one sentence, for relations and for `explain`."""

    sentence: Sentence
    mentions: tuple[Mention, ...]
    frame: Frame | None = None
    cues: Cues | None = None
    hits: tuple[Hit, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    kept: tuple[tuple[Candidate, float], ...] = ()
    relations: tuple[Relation, ...] = ()
