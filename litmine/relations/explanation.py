"""How a document was read, sentence by sentence: entities, cues, patterns, parse, and why a candidate was dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from litmine.relations.candidates import Candidate
from litmine.relations.decision import rival_of
from litmine.relations.frames import Frame
from litmine.relations.model import Weights

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from litmine.relations.steps import SentenceReading

_SHOWN = 3


def explain_sentences(record_id: str, steps: Iterable[SentenceReading], model: str, weights: Weights) -> str:
    """Every sentence of a document as text for a terminal; `model` parses those that hold two kinds of mention."""
    lines = [f"record {record_id}"]
    for step in steps:
        lines += ["", f"[{step.sentence.index}] {step.sentence.text}"]
        lines += [f"    {line}" for line in sentence_lines(step, weights)]
        if step.frame is not None:
            lines.append(f"    parse: {_printed(masked_parse(step.frame, model))}")
    return "\n".join(lines)


def sentence_lines(step: SentenceReading, weights: Weights) -> list[str]:
    """What was found in one sentence and what became of it, without the parse."""
    if not step.mentions:
        return ["no drug, mechanism or outcome"]
    lines = []
    for mention in step.mentions:
        slot = ", ".join(f"{slot.text} = {slot.name}" for slot in mention.slots)
        extra = [mention.outcome_type or mention.mechanism_class, *sorted(mention.flags)]
        lines.append(f"{mention.kind} {slot}  ({', '.join(item for item in extra if item)})")
    if step.frame is None or step.cues is None:
        return [*lines, "dropped: fewer than two of drug, mechanism, outcome"]
    words = [f"{unit.text} ({'/'.join(sorted(unit.classes))})" for unit in step.frame.units if unit.classes]
    cues = {"aim": step.cues.aims, "hedge": (*step.cues.hedges_forward, *step.cues.hedges_clause)}
    cues["negation"] = tuple(start for start, _ in step.cues.negations)
    found = [
        f"{name}: {_word(step.sentence.text, place)}" for name, places in cues.items() for place in places
    ]
    lines.append(f"triggers: {', '.join(words) or 'none'}")
    lines.append(f"cues: {'; '.join(found) or 'none'}")
    lines.append(f"patterns: {', '.join(sorted({hit.pattern.name for hit in step.hits})) or 'none'}")
    return [*lines, *_kept(step, step.frame), *_dropped(step, step.frame, weights)]


def _kept(step: SentenceReading, frame: Frame) -> Iterator[str]:
    for (candidate, probability), relation in zip(step.kept, step.relations, strict=True):
        yield (
            f"kept {probability:.2f} {_candidate(frame, candidate)} -> {relation.outcome_type} "
            f"{relation.direction}, {relation.assertion}, rule {relation.rule}"
        )


def _dropped(step: SentenceReading, frame: Frame, weights: Weights) -> Iterator[str]:
    """The most probable of the candidates that do not stand, each with its reason."""
    kept = [candidate for candidate, _ in step.kept]
    places = {id(candidate) for candidate in kept}
    probabilities = weights.probabilities(step.candidates)
    scored = [
        (probability, candidate)
        for probability, candidate in zip(probabilities, step.candidates, strict=True)
        if id(candidate) not in places
    ]
    scored.sort(key=lambda item: -item[0])
    for probability, candidate in scored[:_SHOWN]:
        rival = rival_of(candidate, kept) if probability >= weights.threshold else None
        if rival:
            reason = f"a better reading has its slots: {_candidate(frame, rival)}"
        elif probability >= weights.threshold:
            reason = "its direction is doubtful"
        else:
            reason = f"less probable than {weights.threshold:g}"
        yield f"dropped {probability:.2f} {_candidate(frame, candidate)}: {reason}"
    if len(scored) > _SHOWN:
        yield f"... and {len(scored) - _SHOWN} more combinations dropped"


def _word(sentence: str, place: int) -> str:
    return " ".join(sentence[place:].split()[:2])


def _candidate(frame: Frame, candidate: Candidate) -> str:
    drug = " + ".join(frame.units[place].text for place in candidate.drug.places) if candidate.drug else "-"
    mechanism = frame.units[candidate.mechanism].text if candidate.mechanism >= 0 else "-"
    outcome = frame.units[candidate.outcome].text if candidate.outcome >= 0 else "-"
    return f"{drug} | {mechanism} | {outcome}"


def masked_parse(frame: Frame, model: str) -> Doc:
    """Dependency parse of a sentence with its mentions masked by plain nouns."""
    from litmine.pipeline import parse_texts
    from litmine.relations.masking import masked_text

    return next(iter(parse_texts([masked_text(frame)], model)))


def _printed(doc: Doc) -> str:
    return ", ".join(f"{token.text}-{token.dep_}->{token.head.text}" for token in doc if not token.is_punct)
