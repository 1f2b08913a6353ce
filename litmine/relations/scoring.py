"""Score predicted relations against gold ones by the matching rule of docs/relations.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

_Gold = Mapping[str, Any]
_Pair = tuple[int, int]


def score(gold_docs: Iterable[_Gold], predicted_docs: Iterable[_Gold]) -> dict[str, Any]:
    """Compare relations of the same documents; both sides in the gold format (docs/relations.md).

    A predicted relation matches a gold one when their sentences overlap (the predicted one at most twice as long),
    every drug of the one meets a drug of the other and back (spans overlap or names are equal), the mechanisms meet
    likewise or both are empty, and `outcome_type` is equal; one to one, with as many pairs as possible.

    Args:
        gold_docs: Documents with `id`, `title`, `text`, `sentences`, `relations`.
        predicted_docs: The same documents as predicted; a document that is absent counts as having no relations.

    Returns:
        For each of `core` (drug, mechanism, outcome_type), `core_direction`, `core_assertion` and
        `drug_outcome_direction` (mechanism ignored) a dict of `precision`, `recall`, `f1`; `direction_accuracy` and
        `assertion_accuracy` on the core matches; counts `gold`, `predicted`, `matched`; `span_errors`, the number of
        predicted spans whose text is not what the document holds at their offsets.
    """
    gold = {str(document["id"]): document for document in gold_docs}
    predicted = {str(document["id"]): document for document in predicted_docs}
    matched = dict.fromkeys(_MEASURES, 0)
    totals = {"gold": 0, "predicted": 0}
    agree = {"direction": 0, "assertion": 0}
    span_errors = sum(_span_errors(document) for document in predicted.values())
    for identifier in sorted(gold.keys() | predicted.keys()):
        ours = _located(predicted.get(identifier))
        theirs = _located(gold.get(identifier))
        totals["predicted"] += len(ours)
        totals["gold"] += len(theirs)
        for measure, test in _MEASURES.items():
            pairs = _match(ours, theirs, test)
            matched[measure] += len(pairs)
            if measure == "core":
                for left, right in pairs:
                    for key in agree:
                        agree[key] += ours[left][key] == theirs[right][key]
    result: dict[str, Any] = {
        measure: _figures(count, totals["predicted"], totals["gold"]) for measure, count in matched.items()
    }
    for key, count in agree.items():
        result[f"{key}_accuracy"] = round(count / matched["core"], 4) if matched["core"] else 0.0
    return {**result, **totals, "matched": matched["core"], "span_errors": span_errors}


def _figures(matched: int, predicted: int, gold: int) -> dict[str, float]:
    precision = matched / predicted if predicted else 0.0
    recall = matched / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if matched else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _located(document: _Gold | None) -> list[dict[str, Any]]:
    """Relations with the span of their sentence in place of its number."""
    if document is None:
        return []
    return [
        {**relation, "span": document["sentences"][relation["sentence"]]}
        for relation in document["relations"]
    ]


def _span_errors(document: _Gold) -> int:
    text = f"{document.get('title') or ''}\n{document.get('text') or ''}"
    errors = 0
    for relation in document["relations"]:
        slots = [*relation["drug"], relation["mechanism"], relation["outcome"]]
        errors += sum(text[slot["start"] : slot["end"]] != slot["text"] for slot in slots if slot)
    return errors


def _meets(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one["start"] < other["end"] and other["start"] < one["end"]:
        return True
    name = str(one.get("name") or "").casefold()
    return bool(name) and name == str(other.get("name") or "").casefold()


def _all_meet(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> bool:
    return all(any(_meets(a, b) for b in theirs) for a in ours) and all(
        any(_meets(a, b) for a in ours) for b in theirs
    )


def _drugs(ours: _Gold, theirs: _Gold) -> bool:
    (start, end), (gold_start, gold_end) = ours["span"], theirs["span"]
    if start >= gold_end or gold_start >= end or end - start > 2 * (gold_end - gold_start):
        return False
    return bool(ours["outcome_type"] == theirs["outcome_type"]) and _all_meet(ours["drug"], theirs["drug"])


def _core(ours: _Gold, theirs: _Gold) -> bool:
    mechanisms = [[relation["mechanism"]] if relation["mechanism"] else [] for relation in (ours, theirs)]
    return _drugs(ours, theirs) and _all_meet(*mechanisms)


def _same(key: str, ours: _Gold, theirs: _Gold) -> bool:
    return bool(ours[key] == theirs[key])


_MEASURES: dict[str, Callable[[_Gold, _Gold], bool]] = {
    "core": _core,
    "core_direction": lambda a, b: _core(a, b) and _same("direction", a, b),
    "core_assertion": lambda a, b: _core(a, b) and _same("assertion", a, b),
    "drug_outcome_direction": lambda a, b: _drugs(a, b) and _same("direction", a, b),
}


def _match(
    ours: Sequence[_Gold], theirs: Sequence[_Gold], test: Callable[[_Gold, _Gold], bool]
) -> list[_Pair]:
    """Largest one-to-one matching (augmenting paths); pairs that agree in everything are tried first."""
    edges: list[list[int]] = []
    for relation in ours:
        found = [j for j, other in enumerate(theirs) if test(relation, other)]
        found.sort(key=lambda j: -sum(_same(k, relation, theirs[j]) for k in ("direction", "assertion")))
        edges.append(found)
    owner: dict[int, int] = {}

    def place(left: int, seen: set[int]) -> bool:
        for right in edges[left]:
            if right not in seen:
                seen.add(right)
                if right not in owner or place(owner[right], seen):
                    owner[right] = left
                    return True
        return False

    for left in range(len(ours)):
        place(left, set())
    return sorted((left, right) for right, left in owner.items())
