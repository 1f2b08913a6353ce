"""Possible relations of a sentence and the features by which they are judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from litmine.assertion import Cues
from litmine.relations.frames import WORD_LETTERS, Frame, Unit
from litmine.relations.pairs import CONNECTING, Pairs
from litmine.relations.patterns import Hit

_STEM = 8
"""Letters of an outcome's last word that its feature keeps: a plural shares them with its singular."""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice for the drug slot: mentions that together are one combination."""

    places: tuple[int, ...]
    group: int
    kind: str
    """`group` (coordinated), `one` (a member alone), `joined` (two groups taken together)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible relation; places index `Frame.units`, -1 is an empty slot."""

    drug: Option | None
    mechanism: int
    outcome: int
    blocks: tuple[tuple[str, ...], ...]
    """Features, in rows that the candidates of a sentence share."""

    @property
    def features(self) -> tuple[str, ...]:
        """All features in one row."""
        return tuple(name for block in self.blocks for name in block)


def drug_options(frame: Frame) -> list[Option]:
    """Groups of coordinated drugs, their single members, and pairs of groups."""
    groups: dict[int, list[int]] = {}
    for place, unit in frame.mentions("D"):
        groups.setdefault(unit.group, []).append(place)
    options = []
    ordered = sorted(groups.items(), key=lambda item: item[1][0])
    for group, places in ordered:
        options.append(Option(tuple(places), group, "group"))
        if 1 < len(places) <= 4:
            options.extend(Option((place,), group, "one") for place in places)
    for (group, places), (_, others) in pairwise(ordered):
        if not _names(frame, places) & _names(frame, others):
            options.append(Option((*places, *others), group, "joined"))
    return options[:14]


def _names(frame: Frame, places: Sequence[int]) -> set[str]:
    mentions = (frame.units[place].mention for place in places)
    return {slot.name for mention in mentions if mention is not None for slot in mention.slots}


def candidates(
    frame: Frame, hits: Sequence[Hit], cues: Cues, base: int, context: Sequence[str]
) -> Iterator[Candidate]:
    """All combinations of two or three slots with their features.

    Args:
        hits: Pattern matches in the frame.
        base: Offset of the sentence in the document.
        context: Features of the sentence as a whole.
    """
    options = drug_options(frame)
    mechanisms = frame.mentions("M")[:10]
    outcomes = frame.mentions("O")[:10]
    shape = [
        f"n:drugs{min(len({o.group for o in options}), 3)}",
        f"n:mech{min(len(mechanisms), 3)}",
        f"n:out{min(len(outcomes), 3)}",
        *context,
    ]
    pairs_of = Pairs(frame, hits, cues, base)
    drug_outcome = {
        (i, o): _drug_pair(pairs_of, option, o, "DO") for i, option in enumerate(options) for o, _ in outcomes
    }
    drug_mechanism = {
        (i, m): _drug_pair(pairs_of, option, m, "DM")
        for i, option in enumerate(options)
        for m, _ in mechanisms
    }
    mechanism_outcome = {(m, o): pairs_of(m, o, "MO") for m, _ in mechanisms for o, _ in outcomes}
    drug_own = [_drug_features(frame, option) for option in options]
    mechanism_own = {m: _mechanism_features(frame, m, unit) for m, unit in mechanisms}
    outcome_own = {o: _outcome_features(frame, o, unit, cues, base) for o, unit in outcomes}
    whole = tuple(shape)
    crossed = _Crossings()
    for o, _ in outcomes:
        for m, _ in mechanisms:
            lone = "MO-no-drug" if not options else "MO-drug-left-out"
            own = (outcome_own[o], mechanism_own[m])
            both = (*own, mechanism_outcome[m, o], whole)
            yield Candidate(None, m, o, (*crossed(lone, whole, *own), *both))
            for i, option in enumerate(options):
                pairs = (drug_own[i], drug_outcome[i, o], drug_mechanism[i, m])
                blocks = (*crossed("DMO", whole, *own, drug_own[i]), *both, *pairs)
                yield Candidate(option, m, o, blocks)
        for i, option in enumerate(options):
            lone = "DO-no-mech" if not mechanisms else "DO-mech-left-out"
            own = (outcome_own[o], drug_own[i])
            blocks = (*crossed(lone, whole, *own), *own, drug_outcome[i, o], whole)
            yield Candidate(option, -1, o, blocks)
    targets = {key: tuple(f"x:{feature}" for feature in pair) for key, pair in drug_mechanism.items()}
    for m, _ in mechanisms:
        for i, option in enumerate(options):
            lone = "DM-no-out" if not outcomes else "DM-out-left-out"
            own = (mechanism_own[m], drug_own[i])
            blocks = ((lone,), *crossed("DM", whole, *own)[1:], *own, targets[i, m], whole)
            yield Candidate(option, m, -1, blocks)


class _Crossings:
    """Rows of features crossed with the kind of a candidate, each made once in a sentence."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], tuple[str, ...]] = {}

    def __call__(self, name: str, *rows: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """The kind itself, and each row crossed with it; the rows must outlive this object."""
        return ((name,), *(self._row(name, row) for row in rows))

    def _row(self, name: str, row: tuple[str, ...]) -> tuple[str, ...]:
        made = self._made.get((name, id(row)))
        if made is None:
            made = self._made[name, id(row)] = tuple(_crossed(name, row))
        return made


def _crossed(name: str, features: Sequence[str]) -> list[str]:
    return [
        f"{name}&{item}"
        for item in features
        if ":word" not in item and not item.startswith(("O:before", "O:after", "M:before"))
    ]


_METHOD = frozenset(
    {
        "evaluated", "assessed", "examined", "randomized", "randomised", "randomly", "assigned",
        "selected", "measured", "analyzed", "analysed", "enrolled", "performed", "determined",
        "investigated", "tested", "monitored", "collected", "recruited", "compared", "quantified",
        "stratified",
    }
)  # fmt: skip


def sentence_features(frame: Frame, cues: Cues, section: str, *, drugs_in_document: int) -> list[str]:
    """Features of a sentence as a whole: its place, cues, the vocabulary of methods and of therapy."""
    texts = {unit.text for unit in frame.units}
    features = [f"S:drugs{min(drugs_in_document, 2)}"]
    if section == "title":
        features.append("S:title")
    if cues.aims:
        features.append("S:aim")
    if cues.negations:
        features.append("S:negation")
    if texts & _METHOD:
        features.append("S:method")
    if texts & {"treatment", "therapy", "treated", "treatments", "therapies", "drug", "drugs"}:
        features.append("S:therapy")
    if texts & {"review", "study", "trial", "studies", "trials"}:
        features.append("S:study")
    if texts & {"significant", "significantly", "p", "ci", "hr", "%"}:
        features.append("S:result")
    if texts & {"approved", "approval", "approves", "indicated", "standard", "recommended", "used", "use"}:
        features.append("S:use")
    return features


def _words(frame: Frame, place: int, slot: str) -> Iterator[str]:
    """The two words on either side of a mention, and the last word of a mechanism or outcome."""
    units = frame.units
    for step in (-2, -1, 1, 2):
        word = units[place + step].word if 0 <= place + step < len(units) else "^"
        yield f"{slot}:word{step:+d}-{word}"
    if slot != "D":
        yield f"{slot}:word-{units[place].text.split()[-1][:WORD_LETTERS]}"


def _drug_features(frame: Frame, option: Option) -> tuple[str, ...]:
    features = [f"D:{option.kind}", f"D:n{min(len(option.places), 3)}"]
    for place in option.places:
        mention = frame.mention_at(place)
        features.extend(f"D:{flag}" for flag in sorted(mention.flags))
        if frame.units[place].depth:
            features.append("D:depth")
    if option.kind == "one":
        group = [u for u in frame.units if u.mention is not None and u.group == option.group]
        between = {
            u.text for u in frame.units if group[0].end <= u.start < group[-1].start and u.mention is None
        }
        features.extend(f"D:one-{word}" for word in ("or", "and", "plus", "with", "+") if word in between)
    if option.kind == "joined":
        features.extend(_joined_features(frame, option))
    for place in (option.places[0], option.places[-1]):
        features.extend(_words(frame, place, "D"))
    return tuple(dict.fromkeys(features))


def _joined_features(frame: Frame, option: Option) -> Iterator[str]:
    """Two groups taken together: one combination, or two arms with a comparison or figures between them?"""
    other = next(place for place in option.places if frame.units[place].group != option.group)
    last = max(place for place in option.places if place < other)
    between = frame.units[last + 1 : other]
    for name in ("against", "together", "equal"):
        if any(name in unit.classes for unit in between):
            yield f"D:joined-{name}"
    if any(unit.text[0].isdigit() for unit in between):
        yield "D:joined-figure"
    alike = any("equal" in unit.classes or unit.text.startswith("differ") for unit in frame.units)
    yield f"D:joined-{'alike' if alike else 'unlike'}"


def _mechanism_features(frame: Frame, place: int, unit: Unit) -> tuple[str, ...]:
    mention = frame.mention_at(place)
    features = [f"M:{flag}" for flag in sorted(mention.flags)]
    features.append(f"M:sign{mention.sign}")
    if unit.depth:
        features.append("M:depth")
        inner = next(
            (u for u in reversed(frame.units[:place]) if u.depth < unit.depth and u.text not in "(["), None
        )
        features.append(f"M:depth-after-{inner.kind if inner is not None else 'none'}")
    if place == 0:
        features.append("M:first")
    before = frame.units[place - 1].text if place else "^"
    if before in CONNECTING or before == "^":
        features.append(f"M:before-{before}")
    features.extend(_words(frame, place, "M"))
    return tuple(features)


def _outcome_features(frame: Frame, place: int, unit: Unit, cues: Cues, base: int) -> tuple[str, ...]:
    mention = frame.mention_at(place)
    position = mention.start - base
    features = [f"O:{mention.outcome_type}", f"O:dir-{mention.direction or 'none'}"]
    features.append(f"O:last-{unit.text.split()[-1][:_STEM]}")
    if mention.generic:
        features.append("O:generic")
    features.extend(f"O:{flag}" for flag in sorted(mention.flags))
    if unit.depth:
        features.append("O:depth")
    if any(cue < position for cue in cues.aims):
        features.append(f"O:aim-{mention.outcome_type}")
    before = frame.units[place - 1] if place else None
    after = frame.units[place + 1] if place + 1 < len(frame.units) else None
    if before is not None:
        if before.text in CONNECTING or before.kind == "mark":
            features.append(f"O:before-{before.text}")
        features.extend(f"O:before<{name}>" for name in sorted(before.classes))
    if after is not None:
        if after.text in CONNECTING or after.kind == "mark":
            features.append(f"O:after-{after.text}")
        features.extend(f"O:after<{name}>" for name in sorted(after.classes))
        if after.kind != "word" and after.kind != "mark":
            features.append(f"O:after-{after.kind}")
    features.extend(_words(frame, place, "O"))
    return tuple(features)


def _drug_pair(pairs: Pairs, option: Option, place: int, name: str) -> tuple[str, ...]:
    nearest = min(option.places, key=lambda drug: (abs(drug - place), drug))
    features = pairs(nearest, place, name)
    if "habit" in pairs.frame.mention_at(nearest).flags:
        features = (*features, f"{name}:habit-{'here' if 0 < place - nearest <= 2 else 'elsewhere'}")
    if name == "DO":
        features = (*features, *_choice_features(pairs.frame, option, place, aim=bool(pairs.cues.aims)))
    return features


def _choice_features(frame: Frame, option: Option, place: int, *, aim: bool) -> Iterator[str]:
    """Which of a sentence's drugs belong to an outcome: "A restores sensitivity to B" takes both."""
    mention = frame.mention_at(place)
    around = min(option.places) < place < max(option.places)
    yield f"DO:{option.kind}{'-around' if around else ''}&{mention.outcome_type}"
    yield f"DO:{option.kind}&{frame.units[place].text.split()[-1][:_STEM]}"
    if aim:
        yield f"DO:{option.kind}&aim"
    behind = frame.units[place + 1 : place + 3]
    if len(behind) == 2 and behind[1].kind == "D":
        taken = place + 2 in option.places
        word = behind[0].text if behind[0].text in CONNECTING else "*"
        yield f"DO:{option.kind}-{'takes' if taken else 'leaves'}-{word}"
