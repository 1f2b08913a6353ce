"""Features of two mentions of a sentence: order, distance, which words stand between, which patterns join them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from litmine.assertion import Cues
from litmine.relations.frames import Frame, Unit
from litmine.relations.patterns import Hit

CONNECTING = frozenset(
    {
        "to", "of", "with", "by", "in", "for", "on", "from", "against", "than", "as", "and", "or", "plus",
        "after", "via", "through", "due", "under", "upon", "among", "between", "is", "was",
    }
)  # fmt: skip
_CLASSES = ("up", "down", "cause", "association", "show", "equal", "against", "together")
_WORDS = (";", ",", "but", "whereas", "and", "in", "not", "no")
_MOST_WORDS = 14
"""Words between two mentions that are features, from the left."""


class Pairs:
    """The pairs of one sentence; what several of them need is worked out once."""

    def __init__(self, frame: Frame, hits: Sequence[Hit], cues: Cues, base: int) -> None:
        self.frame = frame
        self.cues = cues
        self._base = base
        self._words = [unit.word for unit in frame.units]
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, unit in enumerate(frame.units):
            if unit.mention is not None:
                self._places[unit.kind].append((place, unit.group))
        self._joined: dict[tuple[str, int, int], set[str]] = defaultdict(set)
        for hit in hits:
            self._joined["DO", hit.drug, hit.outcome].add(hit.pattern.kind)
            self._joined["DM", hit.drug, hit.mechanism].add(hit.pattern.kind)
            self._joined["MO", hit.mechanism, hit.outcome].add(hit.pattern.kind)
        self._made: dict[tuple[int, int], tuple[str, ...]] = {}

    def __call__(self, one: int, other: int, name: str) -> tuple[str, ...]:
        """Features of the mentions at two places; `name` says their kinds, in that order: `DO`, `DM` or `MO`."""
        made = self._made.get((one, other))
        if made is None:
            made = self._made[one, other] = tuple(self._features(one, other, name))
        return made

    def _features(self, one: int, other: int, name: str) -> list[str]:
        units = self.frame.units
        left, right = units[one], units[other]
        order = ">" if one < other else "<"
        outer = min(left.depth, right.depth)
        between: list[Unit] = []
        texts: set[str] = set()
        classes: set[str] = set()
        rivals: tuple[set[int], set[int]] = ({left.group}, {right.group})
        words = 0
        for unit in units[min(one, other) + 1 : max(one, other)]:
            if unit.depth > outer or unit.text in "()[]":
                continue
            between.append(unit)
            texts.add(unit.text)
            classes |= unit.classes
            words += unit.kind == "word"
            if unit.mention is not None:
                for mention, groups in zip((left, right), rivals, strict=True):
                    if unit.kind == mention.kind:
                        groups.add(unit.group)
        features = [f"{name}:{order}", f"{name}:{order}{_bucket(words)}"]
        if not self.cues.same_clause(left.start - self._base, right.start - self._base):
            features.append(f"{name}:clause")
        features.append(f"{name}:rivals{min(len(rivals[0]) - 1, 2)}{min(len(rivals[1]) - 1, 2)}")
        same, reach = self._places[left.kind], abs(one - other)
        nearer = {group for place, group in same if abs(place - other) < reach} - {left.group}
        features.append(f"{name}:rank{min(len(nearer), 2)}")
        if all(place >= one for place, group in same if group != left.group):
            features.append(f"{name}:first")
        features.extend(f"{name}:has-{text}" for text in _WORDS if text in texts)
        features.extend(f"{name}:{order}<{cls}>" for cls in _CLASSES if cls in classes)
        if words <= 3:
            near = "_".join(
                unit.text if unit.text in CONNECTING or unit.kind == "mark" else "*" for unit in between[:4]
            )
            features.append(f"{name}:{order}near-{near}")
        said = self._words[min(one, other) + 1 : max(one, other)][:_MOST_WORDS]
        features.extend(f"{name}:{order}word-{word}" for word in dict.fromkeys(said))
        kinds = self._joined.get((name, left.group, right.group), ())
        features.extend(f"{name}:pattern-{kind}" for kind in sorted(kinds))
        features.append(f"{name}:{'pattern' if kinds else 'no-pattern'}")
        return features


def _bucket(words: int) -> str:
    for limit, name in ((0, "0"), (1, "1"), (2, "2"), (4, "4"), (7, "7"), (12, "12"), (20, "20")):
        if words <= limit:
            return name
    return "far"
