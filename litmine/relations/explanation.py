"""How a document was read, sentence by sentence, as text for a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from litmine.relations.candidates import Candidate
from litmine.relations.frames import Frame

if TYPE_CHECKING:
    from litmine.relations.steps import SentenceReading

_SHOWN = 3


def explain_sentences(record_id: str, steps: Iterable[SentenceReading], model: str) -> str:
    """Lay out entities, triggers, patterns, parse and decisions of every sentence that has at least one mention."""
    lines = [f"record {record_id}"]
    for step in steps:
        lines.append("")
        lines.append(f"[{step.sentence.index}] {step.sentence.text}")
        if not step.mentions:
            lines.append("    no drug, mechanism or outcome")
            continue
        for mention in step.mentions:
            slot = ", ".join(f"{slot.text} = {slot.name}" for slot in mention.slots)
            extra = [mention.outcome_type or mention.mechanism_class, *sorted(mention.flags)]
            lines.append(f"    {mention.kind} {slot}  ({', '.join(item for item in extra if item)})")
        if step.frame is None or step.cues is None:
            lines.append("    dropped: fewer than two of drug, mechanism, outcome")
            continue
        words = [
            f"{unit.text} ({'/'.join(sorted(unit.classes))})" for unit in step.frame.units if unit.classes
        ]
        lines.append(f"    triggers: {', '.join(words) or 'none'}")
        cues = {"aim": step.cues.aims, "hedge": (*step.cues.hedges_forward, *step.cues.hedges_clause)}
        cues["negation"] = tuple(start for start, _ in step.cues.negations)
        found = [
            f"{name}: {_word(step.sentence.text, place)}" for name, places in cues.items() for place in places
        ]
        lines.append(f"    cues: {'; '.join(found) or 'none'}")
        lines.append(f"    patterns: {', '.join(sorted({hit.pattern.name for hit in step.hits})) or 'none'}")
        lines.append(f"    parse: {_parse(step.frame, model)}")
        kept = {id(candidate) for candidate, _ in step.kept}
        for (candidate, probability), relation in zip(step.kept, step.relations, strict=True):
            lines.append(
                f"    kept {probability:.2f} {_candidate(step.frame, candidate)} -> {relation.outcome_type} "
                f"{relation.direction}, {relation.assertion}, rule {relation.rule}"
            )
        dropped = [candidate for candidate in step.candidates if id(candidate) not in kept]
        lines.extend(
            f"    dropped {_candidate(step.frame, candidate)}: too improbable, or a better reading has its slots"
            for candidate in dropped[:_SHOWN]
        )
        if len(dropped) > _SHOWN:
            lines.append(f"    ... and {len(dropped) - _SHOWN} more combinations dropped")
    return "\n".join(lines)


def _word(sentence: str, place: int) -> str:
    return " ".join(sentence[place:].split()[:2])


def _candidate(frame: Frame, candidate: Candidate) -> str:
    drug = " + ".join(frame.units[place].text for place in candidate.drug.places) if candidate.drug else "-"
    mechanism = frame.units[candidate.mechanism].text if candidate.mechanism >= 0 else "-"
    outcome = frame.units[candidate.outcome].text if candidate.outcome >= 0 else "-"
    return f"{drug} | {mechanism} | {outcome}"


def _parse(frame: Frame, model: str) -> str:
    """Dependency parse of the sentence with its mentions masked by plain nouns."""
    from litmine.pipeline import parse_texts
    from litmine.relations.masking import masked_text

    text = masked_text(frame)
    doc = next(parse_texts([text], model))
    return ", ".join(f"{token.text}-{token.dep_}->{token.head.text}" for token in doc if not token.is_punct)
