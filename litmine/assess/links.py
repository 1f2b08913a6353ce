"""Read who acts on whom in a text: named thing, direction word, named thing; compare such links of two texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litmine.assess.judgement import Judgement
from litmine.types import Entity

_UP = (
    r"(?:increas|rais|enhanc|promot|activat|up-?regulat|stimulat|induc|elevat|boost|caus|trigger|reinforc|strengthen|"
    r"further|elicit|restor)(?:e|es|ed|s|ing|ation|d)?"
)
_DOWN = (
    r"(?:reduc|decreas|inhibit|suppress|weaken|lower|impair|block|dampen|abolish|attenuat|diminish|down-?regulat|"
    r"degrad)(?:e|es|ed|s|ing|ion|ation|d)?"
)
_ACT = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_BY = re.compile(r"^\s+(?:\w+\s+){0,2}?(?:by|through)\s", re.IGNORECASE)
_BREAK = re.compile(
    r"[;:]|\b(?:whereas|while|but|although|which|because|if|when|without|not|no|nor)\b", re.IGNORECASE
)
_RELATIVE = re.compile(r",?\s+(?:which|that)\s+(?:(?:then|thereby|also|\w+ly)\s+)?$", re.IGNORECASE)
"""A relative pronoun right before a direction word: what it stands for acts, and all that is joined to it."""
_JOIN = re.compile(
    r"^[\s,]*(?:\([^)]*\)[\s,]*)?(?:and|or|,|/)?\s*(?:(?:the|also|both|of)\s+)*$", re.IGNORECASE
)
_LESS = re.compile(
    r"\b(?:loss|lack|absence|inhibit(?:ion|ors?)|block(?:ade|ing)|silencing|knock\w*|depletion|less|without|anti)[\s-]+"
    r"(?:of\s+)?(?:the\s+)?$|^[\s-]+(?:loss|inhibit\w*|blockade|silencing|knock\w*|deficien\w+|antibod\w+)",
    re.IGNORECASE,
)
REACH = 70
"""Characters between a direction word and the things it links."""
LINK_TYPES = frozenset({"gene", "pathway", "cell", "drug", "process"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A named thing in a text, with its comparable keys."""

    start: int
    end: int
    keys: frozenset[str]
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """One thing makes more (+1) or less (-1) of another."""

    agent: Mention
    target: Mention
    sign: int


def mentions_in(text: str, entities: Sequence[Entity], keys: Sequence[frozenset[str]]) -> list[Mention]:
    """Places of the entities in their text, in order; entities of other texts are left out."""
    found: list[Mention] = []
    at = 0
    for entity, own in zip(entities, keys, strict=True):
        place = text.find(entity.text, at)
        if place >= 0 and entity.type in LINK_TYPES:
            at = place + len(entity.text)
            found.append(Mention(place, at, own, entity.name or entity.text))
    return found


def links_in(text: str, mentions: Sequence[Mention]) -> list[Link]:
    """Links that a text states: active ("A raises B and C") and passive ("B is raised by A").

    Nothing is read across a clause break or a negation, nor of a thing that the text has less of.
    """
    links: list[Link] = []
    whole = [m for m in mentions if not _LESS.search(text[: m.start]) and not _LESS.search(text[m.end :])]
    for act in _ACT.finditer(text):
        sign = 1 if act["up"] else -1
        before = _near(text, whole, act.start(), left=True)
        relative = _RELATIVE.search(text[: act.start()]) if not before else None
        if relative:
            before = _near(text, whole, relative.start(), left=True)
        after = _near(text, whole, act.end(), left=False)
        if not before or not after:
            continue
        passive = bool(_PASSIVE.search(text[: act.start()])) and bool(_BY.match(text[act.end() :]))
        agents, targets = (after[:1], before) if passive else (before if relative else before[:1], after)
        links.extend(Link(a, t, sign) for a in agents for t in targets if not a.keys & t.keys)
    return links


_ENSUES = re.compile(
    r"^(?:whereupon|so(?: that)?|thus|then|hence|therefore|thereby|as a result)\b|\b(?:in consequence|as a result)\b",
    re.I,
)
_GOES = re.compile(
    r"\b(?:(?P<down>drops?|declin\w+|falls?|decreases?|weakens?|(?:is|are|was|were) (?:\w+ )?(?:inhibited|reduced|"
    r"suppressed|weakened|impaired|lessened|lowered))|(?P<up>rises?|increases?|grows?|(?:is|are|was|were) (?:\w+ )?"
    r"(?:raised|increased|enhanced|strengthened|activated)))\b(?! (?:by|through)\b)",
    re.IGNORECASE,
)


def ensuing_link(
    earlier: str, before: Sequence[Mention], text: str, inside: Sequence[Mention]
) -> Link | None:
    """What a clause says to come of the one before: its thing rises or falls through the subject of that clause.

    Args:
        earlier: the clause before.
        before: things that it names, in order; the first is taken as its subject, unless it is passive.
        text: a clause that begins with "whereupon", "so that" or the like.
        inside: things that it names.
    """
    going = _GOES.search(text)
    if not (before and going and _ENSUES.search(text)) or re.search(r"\b(?:by|not|no)\b", earlier):
        return None
    targets = _near(text, inside, going.start(), left=True)
    if not targets or targets[0].keys & before[0].keys:
        return None
    return Link(before[0], targets[0], 1 if going["up"] else -1)


def _near(text: str, mentions: Sequence[Mention], place: int, *, left: bool) -> list[Mention]:
    """The nearest thing on one side of a direction word, and those joined to it by "and" or a comma."""
    side = [m for m in mentions if (m.end <= place if left else m.start >= place)]
    side.sort(key=lambda m: -m.end if left else m.start)
    if not side:
        return []
    first = side[0]
    between = text[first.end : place] if left else text[place : first.start]
    if len(between) > REACH or _BREAK.search(between):
        return []
    chain = [first]
    for following in side[1:]:
        last = chain[-1]
        gap = text[following.end : last.start] if left else text[last.end : following.start]
        if not _JOIN.match(gap):
            break
        chain.append(following)
    return chain


def by_links(claimed: Sequence[Link], found: Sequence[Link], common: frozenset[str]) -> list[Judgement]:
    """A link of the claim that a sentence states the same way supports it; the other way it qualifies it."""
    judgements = []
    for one in claimed:
        for other in found:
            agents = one.agent.keys & other.agent.keys
            targets = one.target.keys & other.target.keys
            if not agents or not targets or not (agents | targets) - common:
                continue
            sign = "raises" if other.sign > 0 else "lowers"
            rule = f"link: {other.agent.name} {sign} {other.target.name}"
            if one.sign == other.sign:
                judgements.append(Judgement("supports", 0.7, rule))
            else:
                judgements.append(Judgement("qualifies", 0.5, f"{rule}; the clause says the opposite"))
    return judgements
