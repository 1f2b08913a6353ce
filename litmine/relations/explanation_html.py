"""How a document was read, as one web page without scripts: displaCy draws the mentions and the parse."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from litmine.relations.explanation import masked_parse, sentence_lines
from litmine.relations.model import Weights

if TYPE_CHECKING:
    from litmine.relations.steps import SentenceReading

_LABELS = {"D": "drug", "M": "mechanism", "O": "outcome"}
_COLOURS = {"drug": "#cfe3f5", "mechanism": "#f6e3b4", "outcome": "#d3ecd0"}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "section{border-top:1px solid #bbb;padding:1rem 0}li{overflow-wrap:anywhere}"
    "details>div{overflow-x:auto}.kept{font-weight:600}.dropped{color:#555}"
)


def explanation_page(record_id: str, steps: Iterable[SentenceReading], model: str, weights: Weights) -> str:
    """A complete HTML document; every text of the record is escaped."""
    sections = "".join(_section(step, model, weights) for step in steps)
    title = f"How litmine read {escape(record_id)}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1><p>Mentions, triggers and cues of each sentence, the relations kept with their "
        "probability, and the nearest of those dropped with the reason. The parse is shown, not used.</p>"
        f"{sections}</body></html>\n"
    )


def _section(step: SentenceReading, model: str, weights: Weights) -> str:
    items = "".join(
        f'<li class="{line.partition(" ")[0]}">{escape(line)}</li>'
        if line.startswith(("kept ", "dropped "))
        else f"<li>{escape(line)}</li>"
        for line in sentence_lines(step, weights)
    )
    body = f"{_mentions(step)}<ul>{items}</ul>{_parse(step, model)}"
    return f"<section><h2>Sentence {step.sentence.index}</h2>{body}</section>"


def _mentions(step: SentenceReading) -> str:
    from spacy import displacy

    base = step.sentence.start
    spans = sorted(
        (slot.start - base, slot.end - base, _LABELS[mention.kind])
        for mention in step.mentions
        for slot in mention.slots
        if slot.start >= base and slot.end <= step.sentence.end
    )
    ents = [{"start": start, "end": end, "label": label} for start, end, label in spans]
    data = {"text": step.sentence.text, "ents": ents}
    options = {"colors": _COLOURS}
    return str(displacy.render(data, style="ent", manual=True, jupyter=False, options=options))


def _parse(step: SentenceReading, model: str) -> str:
    if step.frame is None:
        return ""
    from spacy import displacy

    doc = masked_parse(step.frame, model)
    drawing = displacy.render(doc, style="dep", jupyter=False, options={"compact": True, "distance": 90})
    return f"<details><summary>Parse, mentions masked by plain nouns</summary><div>{drawing}</div></details>"
