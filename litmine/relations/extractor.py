"""From a document to its sentences, entities and relations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, cast

from litmine.assertion import Cues, assertion_of, find_cues, is_aim, value_spans
from litmine.entities import Recogniser, combine, find_entities
from litmine.lexicon import load_lexicon
from litmine.pipeline import find_abbreviations, model_version, sentences_of
from litmine.relations.arms import find_arms, with_arms
from litmine.relations.candidates import Candidate, candidates, sentence_features
from litmine.relations.decision import decide
from litmine.relations.direction import direction_of
from litmine.relations.direction_features import direction_features
from litmine.relations.figures import compared_figures
from litmine.relations.frames import Frame, Mention, build_frame
from litmine.relations.local_names import local_names
from litmine.relations.mentions import DRUG_TYPES, find_mentions, is_preclinical, with_antecedents
from litmine.relations.model import WEIGHTS_SHA256, DirectionWeights, Weights, load_weights
from litmine.relations.parallel import Item, read_in_processes
from litmine.relations.patterns import PATTERN_FILES, Hit, match_patterns
from litmine.relations.steps import SentenceReading
from litmine.types import (
    Abbreviation,
    Direction,
    Entity,
    MechanismClass,
    OutcomeType,
    Reading,
    Relation,
    Sentence,
    Slot,
    TextSection,
)

if TYPE_CHECKING:
    from litmine.lexicon import Lexicon

_OVERRULES = 0.7
"""How probable a direction must be that the model reads and the rules don't; below it no sign counts.

Where the rules read "increases", which they do for want of any sign, the model is right in 84 of 100 cases below it (in
five folds over the training annotations), and in 55 to 61 where they read anything else.
"""
_CODE = ("pipeline.py", "entities", "assertion.py", "lexicon", "relations")
"""Parts of litmine whose code decides what is read; readings made by other code are read anew."""


@cache
def _code_hash() -> bytes:
    package = Path(str(resources.files("litmine")))
    digest = hashlib.sha256()
    for part in _CODE:
        for path in sorted((package / part).glob("*.py")) or [package / part]:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()


@dataclass(frozen=True, slots=True)
class _Document:
    """What a sentence needs to know of its document."""

    drugs: int
    preclinical: bool


@dataclass
class Extractor:
    """Reads drug - mechanism - outcome relations in documents (docs/relations.md).

    Args:
        pipeline_model: Name of the spaCy or scispaCy model whose parse is shown by `explain`.
        lexicon_dir: A folder with term tables of the user's own field.
        weights: Weights of the relation decision; the shipped ones unless given.
        recogniser: A model that reads entities beside the dictionary; None for the dictionary alone.

    Loading happens at first use, not when an extractor is made.
    """

    pipeline_model: str = "litmine"
    lexicon_dir: Path | None = None
    weights: Weights | None = field(default=None, repr=False)
    recogniser: Recogniser | None = None

    @cached_property
    def lexicon(self) -> Lexicon:
        """The term tables with their matcher."""
        return load_lexicon(self.lexicon_dir)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that a reading depends on: patterns, weights, lexicon, model, code version."""
        return hashlib.sha256(f"{self.base_fingerprint} {self.lexicon.fingerprint}".encode()).hexdigest()[:32]

    @cached_property
    def base_fingerprint(self) -> str:
        """Hash of all that a reading depends on but the terms of the lexicon."""
        digest = hashlib.sha256(_code_hash())
        digest.update(model_version(self.pipeline_model).encode())
        digest.update(self.recogniser.version.encode() if self.recogniser else b"")
        folder = resources.files("litmine").joinpath("relations")
        for name in (*PATTERN_FILES, "triggers.toml"):
            digest.update(folder.joinpath(name).read_bytes())
        digest.update((self.weights.fingerprint if self.weights else WEIGHTS_SHA256).encode())
        return digest.hexdigest()[:32]

    @property
    def _weights(self) -> Weights:
        return self.weights or load_weights()

    def read(self, record_id: str, title: str, text: str, sections: Sequence[TextSection] = ()) -> Reading:
        """Read one document; offsets count into title, newline, text."""
        reading, _ = self._read(record_id, title, text, sections)
        return reading

    def read_sentences(
        self, record_id: str, title: str, text: str, sections: Sequence[TextSection] = ()
    ) -> tuple[SentenceReading, ...]:
        """Like `read`, with every step of each sentence."""
        return self._read(record_id, title, text, sections)[1]

    def _read(
        self, record_id: str, title: str, text: str, sections: Sequence[TextSection]
    ) -> tuple[Reading, tuple[SentenceReading, ...]]:
        document = f"{title}\n{text}"
        sentences = sentences_of(title, text, sections)
        abbreviations = find_abbreviations(document)
        entities = self._entities(document, abbreviations)
        arms = find_arms(document, entities, abbreviations)
        names = {entity.name for entity in entities if entity.type in DRUG_TYPES}
        context = _Document(len(names), is_preclinical(document))
        steps: list[SentenceReading] = []
        cursor = 0
        earlier: tuple[Slot, ...] = ()
        for sentence in sentences:
            inside: list[Entity] = []
            while cursor < len(entities) and entities[cursor].start < sentence.end:
                if entities[cursor].start >= sentence.start and entities[cursor].end <= sentence.end:
                    inside.append(entities[cursor])
                cursor += 1
            inside = with_arms(document, sentence.start, sentence.end, inside, arms)
            step = self._read_sentence(document, sentence, inside, earlier, context)
            earlier = _drugs_of(step.mentions) or earlier
            steps.append(step)
        relations = tuple(relation for step in steps for relation in step.relations)
        return Reading(record_id, sentences, tuple(entities), relations, abbreviations), tuple(steps)

    def entities(self, title: str, text: str) -> tuple[Entity, ...]:
        """The entities that `read` finds in a document, without its relations."""
        document = f"{title}\n{text}"
        return tuple(self._entities(document, find_abbreviations(document)))

    def _entities(self, document: str, abbreviations: Sequence[Abbreviation]) -> list[Entity]:
        found = find_entities(document, self.lexicon, abbreviations)
        if self.recogniser is not None:
            mentions, version = self.recogniser.mentions(document), self.recogniser.version
            found = combine(document, found, mentions, self.lexicon, abbreviations, version, only_new=True)
        return local_names(document, found, abbreviations, self.lexicon)

    def _read_sentence(
        self,
        document: str,
        sentence: Sentence,
        entities: Sequence[Entity],
        earlier: Sequence[Slot],
        context: _Document,
    ) -> SentenceReading:
        found = find_mentions(
            document, sentence.start, sentence.end, entities, preclinical=context.preclinical
        )
        mentions = with_antecedents(document, sentence.start, sentence.end, found, earlier)
        if len({mention.kind for mention in mentions}) < 2:
            return SentenceReading(sentence, tuple(mentions))
        frame = build_frame(document, sentence.start, sentence.end, mentions)
        cues = find_cues(sentence.text, sentence.section or ("title" if sentence.index == 0 else ""))
        hits = match_patterns(frame)
        shape = sentence_features(frame, cues, sentence.section, drugs_in_document=context.drugs)
        possible = tuple(candidates(frame, hits, cues, sentence.start, shape))
        kept: list[tuple[Candidate, float]] = []
        relations: list[Relation] = []
        for candidate, probability in decide(possible, self._weights):
            relation, certainty = to_relation(candidate, frame, hits, cues, sentence, self._weights.direction)
            if probability * certainty >= self._weights.threshold:
                kept.append((candidate, probability * certainty))
                relations.append(relation)
        return SentenceReading(
            sentence,
            tuple(mentions),
            frame,
            cues,
            tuple(hits),
            possible,
            tuple(kept),
            _with_values(tuple(relations), sentence),
        )

    def read_many(
        self, items: Iterable[Item], *, workers: int = 1, progress: Callable[[int], None] | None = None
    ) -> Iterator[Reading]:
        """Read documents, in order.

        Args:
            items: (record id, title, text, sections).
            workers: Processes; more than one pays from some hundred documents on.
            progress: Called with 1 for each document read.
        """
        if workers <= 1:
            readings: Iterator[Reading] = (self.read(*item) for item in items)
        else:
            make = partial(Extractor, self.pipeline_model, self.lexicon_dir, self.weights, self.recogniser)
            readings = read_in_processes(make, items, workers)
        for reading in readings:
            if progress is not None:
                progress(1)
            yield reading

    def explain(self, record_id: str, title: str, text: str, sections: Sequence[TextSection] = ()) -> str:
        """How a document was read, sentence by sentence, as text."""
        from litmine.relations.explanation import explain_sentences

        steps = self.read_sentences(record_id, title, text, sections)
        return explain_sentences(record_id, steps, self.pipeline_model, self._weights)

    def explain_page(
        self, record_id: str, title: str, text: str, sections: Sequence[TextSection] = ()
    ) -> str:
        """How a document was read, as a web page with mentions and parses drawn by displaCy."""
        from litmine.relations.explanation_html import explanation_page

        steps = self.read_sentences(record_id, title, text, sections)
        return explanation_page(record_id, steps, self.pipeline_model, self._weights)


def to_relation(
    candidate: Candidate,
    frame: Frame,
    hits: Sequence[Hit],
    cues: Cues,
    sentence: Sentence,
    model: DirectionWeights | None = None,
) -> tuple[Relation, float]:
    """Fill in direction, assertion and rule of a relation that stands.

    Args:
        model: Decides the direction on what the rules read and on the words around. The rules alone decide without
            it, where printed figures of two arms tell it, and in an aim.

    Returns:
        The relation, and how probable its direction is: 0 where the model reads another than the rules and is not sure.
    """
    place = candidate.outcome if candidate.outcome >= 0 else candidate.mechanism
    mine = _own_hits(candidate, frame, hits)
    position = frame.units[place].start - sentence.start
    aim = is_aim(cues, position)
    own = _own_places(candidate)
    direction, rule = direction_of(frame, place, mine, cues, sentence.start, own=own, aim=aim)
    figures: Direction | None = None
    if direction == "associated" and not aim and candidate.outcome >= 0:
        figures = compared_figures(frame, candidate.outcome, own, sentence)
    read, certainty = figures or direction, 1.0
    direction = read
    if model is not None and figures is None and not aim:
        features = direction_features(frame, place, own, mine, cues, sentence.start, read=read)
        found = model.probabilities(features)
        direction, certainty = max(found.items(), key=lambda item: item[1])
        if direction != read and read != "increases" and certainty < _OVERRULES:
            direction, certainty = read, found[read] if read == "associated" else 0.0
        rule = rule if direction == read else "direction-model"
    outcome = frame.units[candidate.outcome].mention if candidate.outcome >= 0 else None
    mechanism = frame.units[candidate.mechanism].mention if candidate.mechanism >= 0 else None
    drugs: list[Slot] = []
    for index in candidate.drug.places if candidate.drug else ():
        drugs.extend(frame.mention_at(index).slots)
    relation = Relation(
        sentence=sentence.index,
        drug=tuple(drugs),
        mechanism=mechanism.slots[0] if mechanism else None,
        mechanism_class=cast(MechanismClass, mechanism.mechanism_class) if mechanism else None,
        outcome=outcome.slots[0] if outcome else None,
        outcome_type=cast(OutcomeType, outcome.outcome_type if outcome else "pathway"),
        direction=direction,
        assertion=assertion_of(cues, position, denied=direction == "no_effect"),
        rule=rule or (mine[0].pattern.name if mine else "co-occurrence"),
    )
    return relation, certainty


def _own_places(candidate: Candidate) -> frozenset[int]:
    drugs = candidate.drug.places if candidate.drug else ()
    return frozenset(place for place in (*drugs, candidate.mechanism, candidate.outcome) if place >= 0)


def _own_hits(candidate: Candidate, frame: Frame, hits: Sequence[Hit]) -> list[Hit]:
    """Pattern matches whose slots are all slots of the candidate and that hold its outcome (or mechanism)."""
    groups = {
        "drug": candidate.drug.group if candidate.drug else -2,
        "mechanism": frame.units[candidate.mechanism].group if candidate.mechanism >= 0 else -2,
        "outcome": frame.units[candidate.outcome].group if candidate.outcome >= 0 else -2,
    }
    slot = "outcome" if candidate.outcome >= 0 else "mechanism"
    mine = []
    for hit in hits:
        fits = all(getattr(hit, key) in (-1, group) for key, group in groups.items())
        if fits and getattr(hit, slot) == groups[slot]:
            mine.append(hit)
    return mine


def _drugs_of(mentions: Sequence[Mention]) -> tuple[Slot, ...]:
    """Drugs of a sentence, each once, for "this combination" in the next one."""
    slots: dict[str, Slot] = {}
    for mention in mentions:
        if mention.kind == "D" and "anaphor" not in mention.flags:
            for slot in mention.slots:
                slots.setdefault(slot.name, slot)
    return tuple(slots.values())


_PARENTHESIS_END = re.compile(r"\)")


def _with_values(relations: tuple[Relation, ...], sentence: Sentence) -> tuple[Relation, ...]:
    """Give each printed figure to the relations whose outcome (or mechanism) stands last before it."""
    from dataclasses import replace

    if not relations:
        return relations
    anchors = sorted({_anchor(relation) for relation in relations})
    owners: dict[int, list[str]] = {}
    for start, _, value in value_spans(sentence.text):
        before = [anchor for anchor in anchors if anchor <= start + sentence.start]
        owners.setdefault(before[-1] if before else anchors[0], []).append(value)
    return tuple(replace(relation, values=tuple(owners.get(_anchor(relation), ()))) for relation in relations)


def _anchor(relation: Relation) -> int:
    slot = relation.outcome or relation.mechanism
    return slot.start if slot else 0
