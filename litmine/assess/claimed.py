"""What a clause of the review claims: its relations as read, as settled, and as its own words imply them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from litmine.assess.record_context import said_by_measure
from litmine.assess.slots import Statement, keys_of, polarity
from litmine.assess.worded import withstood
from litmine.types import Direction, OutcomeType, Relation, Slot


def what_is_claimed(claim: Statement, common: frozenset[str]) -> list[Relation]:
    """The relations that a clause claims: those read in it, settled, and those its wording implies.

    Args:
        claim: the clause.
        common: keys that most records name.
    """
    read = [r for r in claim.relations if not withstood(r, claim.text) and not _set_apart(r, claim.text)]
    told = [_as_worded(_without_target(r, common, claim.text), claim.text) for r in settled(read)]
    return [
        *_not_compared(told, claim.text),
        *implied(claim, common),
        *measured(claim),
        *(effective(claim, common) or waning(claim)),
    ]


_ALTERED = re.compile(
    r"amplif|express|mutat|heterogen|splice|trunc|isoform|loss|delet|phosphoryl|\blow|level|ratio|masking|copy number",
    re.IGNORECASE,
)


_AIMED = re.compile(
    r"\b(?:therap\w+|treatments?|drugs?|agents?)\s+(?:against|targeting|targeted (?:at|against)|aimed at)\s+(?:the )?$",
    re.IGNORECASE,
)


def _without_target(relation: Relation, common: frozenset[str], text: str) -> Relation:
    """A drug's relation without a mechanism that only says what it is aimed at ("therapy against GEN works better")."""
    slot = relation.mechanism
    if slot is None or not relation.drug or relation.outcome_type == "pathway":
        return relation
    aimed = _AIMED.search(text[: max(0, text.find(slot.text))])
    if not aimed or _ALTERED.search(f"{slot.name} {slot.text}") or keys_of(slot.name or slot.text) - common:
        return relation
    return replace(relation, mechanism=None, mechanism_class=None)


_THE_MORE = re.compile(
    r"\bthe (?:(?P<up>greater|higher|larger|more|stronger|longer)|(?P<down>lower|smaller|less|weaker|fewer|shorter))\b"
    r"[^,;]{2,80}, the (?:(?P<better>longer|better|higher|greater|more)|"
    r"(?P<worse>shorter|worse|poorer|lower|smaller|less|fewer))\b",
    re.IGNORECASE,
)
_ENSUES = re.compile(
    r"\bresistance\b[^,;]{0,20}\b(?:is|was|gets?) (?:thereby |thus )?(?:induced|produced|caused|brought about)\b"
    r"|\bresistance (?:results|arises|ensues|follows)\b",
    re.IGNORECASE,
)


def _as_worded(relation: Relation, text: str) -> Relation:
    """The direction that a clause's own words give: "the more X, the shorter survival", "resistance is induced"."""
    pair = _THE_MORE.search(text)
    if pair and relation.mechanism and relation.direction == "associated":
        same = bool(pair["up"]) == bool(pair["better"])
        return replace(relation, direction="increases" if same else "decreases")
    if relation.outcome_type == "resistance" and relation.direction == "decreases" and _ENSUES.search(text):
        return replace(relation, direction="increases")
    return relation


_COMPARISON = re.compile(
    r"^\W*(?:relative|compared|in comparison) (?:to|with)\b[^,;]*\b(?:no|without)\b[^,;]*,", re.IGNORECASE
)


def _set_apart(relation: Relation, text: str) -> bool:
    """Is an effect read as denied only because of who is compared with ("relative to those without it")?"""
    group = _COMPARISON.match(text)
    if relation.assertion == "negated" and _NO_AGENT.search(text):
        return True
    return group is not None and relation.assertion == "negated" and not _DENIES.search(text[group.end() :])


_NO_AGENT = re.compile(
    r"\bno (?:\w+ )?(?:drug|approach|treatment|therapy|agent|method|option|strategy)s?\b", re.IGNORECASE
)
"""That nothing does it: the effect denied is none of a drug that the clause names besides."""
_DENIES = re.compile(r"\b(?:no|not|neither|nor|never|without|fail\w*|similar)\b", re.IGNORECASE)
_WORKS = re.compile(
    r"\b(?:works?\b(?! (?:by|through|via|on|against))|"
    r"(?:is|are|was|were)(?:,? (?:however|plainly|highly|clearly|very),?)*"
    r" (?:effective|efficacious)|(?:has|have|had) (?:a |an )?(?:significant|marked|clear|strong|important) "
    r"(?:effects?|benefits?|efficacy))\b",
    re.IGNORECASE,
)
_WANES = re.compile(
    r"\bsensitivity\b[^,;.]{0,25}\b(?:lost|wanes?|declin\w+|fad\w+|diminish\w*|disappear\w*)\b"
    r"|\bloses? (?:its |their )?(?:effect|efficacy|activity)\b",
    re.IGNORECASE,
)


def effective(claim: Statement, common: frozenset[str]) -> list[Relation]:
    """What a clause says of its one drug by "works" or "is effective" alone, without a mechanism or an outcome.

    A class beside a member of it ("anti-GEN therapy", alfamab) stands back for the member.
    """
    said = _WORKS.search(claim.text)
    described = {gene for gene, _ in claim.population}
    others = [
        n for n, k in claim.topics.items() if n not in claim.drugs and k - common - UNSPECIFIC - described
    ]
    if not said or others or _DENIES.search(claim.text) or any(r.outcome for r in claim.relations):
        return []
    classes = {name for name in claim.drugs if is_class(name)}
    names = sorted(set(claim.drugs) - classes) or sorted(classes)
    if len(names) != 1:
        return []
    outcome = Slot(said.start(), said.end(), said[0], "efficacy")
    return [_says(names, outcome, "sensitivity", "increases")]


def waning(claim: Statement) -> list[Relation]:
    """Resistance that a clause states as sensitivity lost."""
    said = _WANES.search(claim.text)
    if not said or len(claim.drugs) != 1 or _DENIES.search(claim.text):
        return []
    return [_resists(claim, said)]


def _says(
    drugs: Iterable[str], outcome: Slot, kind: OutcomeType, direction: Direction, mechanism: str = ""
) -> Relation:
    """A relation that a clause's wording implies; its things stand by name, without a place."""
    slots = tuple(Slot(0, 0, name, name) for name in drugs)
    cause = Slot(0, 0, mechanism, mechanism) if mechanism else None
    return Relation(0, slots, cause, None, outcome, kind, direction, "asserted", rule="implied")


_CLASS = re.compile(
    r"\b(?:therap\w+|treatment|inhibitor|blockade|antibod\w+|agent|conjugate|chemotherapy|drug)s?\b"
)


def is_class(name: str) -> bool:
    """Does a name stand for a class of drugs?"""
    return bool(_CLASS.search(name))


_RESIST = re.compile(r"\b(?:resist\w*|insensitiv\w+)", re.IGNORECASE)
_UNDONE = re.compile(
    r"\b(?:overcom\w+|overcame|weakened in|revers\w+|avert\w*|avoid\w*|restor\w+|sensiti[sz]\w+|"
    r"against (?:\w+ )?resistance|blockade|blocking|no |not |methods?)",
    re.IGNORECASE,
)


UNSPECIFIC = frozenset({"cancer", "tumour", "tumor", "growth factor"})
"""Keys of named things that are no mechanism of their own."""


def implied(claim: Statement, common: frozenset[str]) -> list[Relation]:
    """The link that a clause states by naming a specific mechanism beside resistance, where no relation was read.

    Only for clauses that name one or two specific mechanisms, speak of resistance and say nothing of undoing it.
    """
    read = {
        key for r in claim.relations if r.mechanism for key in keys_of(r.mechanism.name or r.mechanism.text)
    } - common
    said = _RESIST.search(claim.text)
    names: list[str] = []
    taken: set[str] = set()
    for name, keys in sorted(claim.topics.items(), key=lambda item: (-len(item[1]), item[0])):
        if name not in claim.drugs and keys - common - UNSPECIFIC and not keys & read and not keys & taken:
            names.append(name)
            taken.update(keys - common)
    own = [
        n for n in names if any(re.search(rf"\b{re.escape(k)}\b", claim.text, re.I) for k in claim.topics[n])
    ]
    names = names if not own and not read else own
    if not said or _UNDONE.search(claim.text) or len(names) > 2:
        return []
    if not names:
        return [] if claim.relations else _arises(claim, said)
    return [_resists(claim, said, name) for name in names]


def _resists(claim: Statement, said: re.Match[str], mechanism: str = "") -> Relation:
    """Resistance to the drugs of a clause, as it says there."""
    outcome = Slot(*said.span(), said[0], "resistance")
    return _says(claim.drugs, outcome, "resistance", "increases", mechanism)


def _arises(claim: Statement, said: re.Match[str]) -> list[Relation]:
    """Resistance to the drugs of the claim, by whatever mechanism: "some time later resistance can arise"."""
    if not claim.drugs or not _ARISES.search(claim.text):
        return []
    return [_resists(claim, said)]


_ARISES = re.compile(
    r"\b(?:aris\w+|develop\w*|emerg\w+|occur\w*|appear\w*|acquir\w+|common|frequent)\b", re.IGNORECASE
)


_AGAINST = re.compile(
    r"\b(?:compared (?:with|to)|relative to|than|versus)\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE
)


def _not_compared(relations: Sequence[Relation], text: str) -> list[Relation]:
    """Relations but those of a drug that the clause only compares with ("compared with the drug, it does better")."""
    kept = []
    for relation in relations:
        place = text.find(relation.drug[0].text) if relation.drug and relation.mechanism is None else -1
        if place < 0 or not _AGAINST.search(text[:place]):
            kept.append(relation)
    return kept


def measured(claim: Statement) -> list[Relation]:
    """What a clause says of its one drug by a measure and a direction, where no outcome was read in it."""
    return (
        [] if any(r.outcome and r.drug for r in claim.relations) else said_by_measure(claim.text, claim.drugs)
    )


def settled(relations: Sequence[Relation]) -> list[Relation]:
    """A claim's relations without those that another of its relations outvotes.

    Where one outcome of one mechanism (or drug) is read in two directions, the more frequent one stands; on a tie the
    direction is open. A claim is taken as asserting what it says, also where it reports the aim of a study.
    """
    votes: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    for relation in relations:
        if relation.direction != "associated":
            votes[_subject(relation)][relation.direction] += 1
    kept = []
    for relation in relations:
        ranked = votes[_subject(relation)].most_common()
        if len(ranked) > 1 and relation.direction != "associated":
            if ranked[0][1] == ranked[1][1]:
                relation = replace(relation, direction="associated")
            elif relation.direction != ranked[0][0]:
                continue
        kept.append(relation)
    return kept


def _subject(relation: Relation) -> tuple[object, ...]:
    mechanism = (
        keys_of(polarity(relation.mechanism.name or relation.mechanism.text)[0])
        if relation.mechanism
        else None
    )
    return relation.outcome_type, mechanism, None if mechanism else drug_names(relation.drug)


def drug_names(slots: Iterable[Slot]) -> frozenset[str]:
    """Names of drugs, those of a combination apart."""
    return frozenset(n for slot in slots for n in (slot.name or slot.text).casefold().split(" + "))
