"""Compare what no relation holds: figures, presence stated or denied, and plain wording."""

from __future__ import annotations

import re

from litmine.assess.judgement import SUPPORT_FLOOR, Judgement
from litmine.assess.slots import DOWN, NEGATION, UP, Statement, content_words
from litmine.claims import measures_in
from litmine.types import Figure

TOPIC_FLOOR = 0.6
WORDING_CAP = 0.58
"""Likeness of wording alone never counts; it only shows where to look."""
SHORT = 14
"""Words of a clause up to which like wording can carry a link without direction ("the X/Y pathway exists")."""
_ABSENT = re.compile(
    r"\b(?:lack(?:s|ed|ing)?|absen(?:t|ce)|minimal|no|not detect\w*|undetectable|did not express|do not "
    r"express|without)\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(r"\b(?:express(?:es|ed)?|carr(?:y|ies)|bears?|secretes?)\b", re.IGNORECASE)


def by_figures(
    claim: Statement, evidence: Statement, similarity: float | None, common: frozenset[str]
) -> list[Judgement]:
    """Compare figures of one measure and unit where the two texts speak of the same things."""
    judgements: list[Judgement] = []
    overlap = len(claim.words & (evidence.words | evidence.context)) / max(1, len(claim.words))
    alike = overlap >= 0.5 or (similarity or 0.0) >= 0.65
    for asked in claim.figures:
        if not asked.about or asked.unit not in {"%", "months", "HR", "OR", "RR", "times"}:
            continue
        candidates = [f for f in evidence.figures if f.about == asked.about and f.unit == asked.unit]
        if not candidates or not _same_things(claim, evidence, common):
            continue
        best = min(candidates, key=lambda f: (_distance(asked, f), f.start))
        values = (best.text,)
        gap = _distance(asked, best)
        if not _one_group(asked, best):
            rule = f"figure of another group: {asked.text} of {asked.group} / {best.text} of {best.group}"
            judgements.append(Judgement("qualifies", 0.5, rule, values=values))
        elif gap <= 0.02 and (alike or (claim.keys & (evidence.keys | evidence.context)) - common):
            judgements.append(
                Judgement("supports", 0.8, f"figure: {asked.about} {asked.text} / {best.text}", values=values)
            )
        elif (
            asked.unit == "%"
            and asked.about in _SHARES
            and gap > 0.2
            and alike
            and _one_population(claim, evidence)
            and _one_whole(claim.text, evidence.text)
            and _plain_share(evidence.text, best)
        ):
            rule = f"figure differs: {asked.about} {asked.text} / {best.text}"
            judgements.append(Judgement("contradicts", 0.65, rule, values=values))
        else:
            rule = f"other figure: {asked.about} {asked.text} / {best.text}"
            judgements.append(Judgement("qualifies", 0.5, rule, values=values))
    return _merged(judgements)


def _merged(judgements: list[Judgement]) -> list[Judgement]:
    """Two or more figures of a clause that one sentence prints count as one, firmer support."""
    same = [j for j in judgements if j.stance == "supports"]
    if len(same) < 2:
        return judgements
    rule = "figure: " + ", ".join(j.rule.removeprefix("figure: ") for j in same)
    values = tuple(v for j in same for v in j.values)
    return [Judgement("supports", 0.85, rule, values=values), *(j for j in judgements if j not in same)]


_SHARES = frozenset(
    {
        "brain metastasis",
        "overexpression or amplification",
        "share of cancers",
        "pathological complete response",
    }
)


def _distance(one: Figure, other: Figure) -> float:
    """Relative distance of two ranges; 0 when they meet."""
    if one.low <= other.high and other.low <= one.high:
        return 0.0
    low, high = sorted(((one.low + one.high) / 2, (other.low + other.high) / 2))
    return (high - low) / high if high else 0.0


def _same_things(claim: Statement, evidence: Statement, common: frozenset[str]) -> bool:
    """Do the two share what the clause's figure is about: a specific thing, else a common one, else the tumour?"""
    named = evidence.keys | evidence.context
    wanted = claim.keys - common or claim.keys
    return bool(wanted & named) if wanted else bool(claim.tumours & evidence.tumours)


_WHOLE = re.compile(
    r"\b(?:of|among|in)\s+(?:all|the|these|those|about)?\s*(?P<what>(?:[\w-]+\s+){0,3}?(?:tumou?rs|patients|cancers|"
    r"cases|women))\b",
    re.IGNORECASE,
)


_PLAIN_GROUP = content_words(
    "patients women people tumours tumors cancers cases disease all these those overall"
)


def _one_group(asked: Figure, found: Figure) -> bool:
    """May two figures be of one group? False where each names its own and the two share no telling word."""
    groups = [content_words(figure.group) - _PLAIN_GROUP for figure in (asked, found)]
    return not all(groups) or bool(groups[0] & groups[1])


_BOUND = re.compile(
    r"(?:under|over|(?:more|less|fewer) than|at least|below|above|up to|[<>≥≤])\s*$", re.IGNORECASE
)
_DESCRIBED = re.compile(r"^\s*(?:of )?(?:[\w-]+\s+){0,3}?(?:whose|who|with|that)\b", re.IGNORECASE)


def _plain_share(text: str, figure: Figure) -> bool:
    """Is a figure the share itself: no bound ("under 50%"), no share of people whose description names the measure?"""
    before, after = text[: figure.start], text[figure.end :]
    described = bool(_DESCRIBED.match(after)) and figure.about not in measures_in(before)
    return not _BOUND.search(before) and not described


def _one_whole(claim: str, evidence: str) -> bool:
    """Are the two shares of one whole ("of resistant tumours")? True where either does not say of what."""
    asked = [content_words(m["what"]) for m in _WHOLE.finditer(claim)]
    found = [content_words(m["what"]) for m in _WHOLE.finditer(evidence)]
    plain = content_words("patients tumours cancers cases women")
    return not asked or not found or any((a - plain) & (f - plain) or a == f for a in asked for f in found)


def _one_population(claim: Statement, evidence: Statement) -> bool:
    """Every status that the clause names ("HER2-positive") stands in the sentence, and the drugs are the same."""
    status = {
        s.casefold() for s in re.findall(r"\b[\w-]+?[- ](?:positive|negative|low|mutant)\b", claim.text, re.I)
    }
    text = re.sub(r"\s+", "-", evidence.text.casefold())
    return all(re.sub(r"\s+", "-", s) in text or s.split("-")[0] in text for s in status) and (
        not claim.drugs or bool(set(claim.drugs) & set(evidence.drugs))
    )


def by_presence(claim: Statement, evidence: Statement, common: frozenset[str]) -> list[Judgement]:
    """The clause says that X carries Y; the sentence says that X carries Y, or that X lacks it."""
    said = _PRESENT.search(claim.text)
    if not said or NEGATION.search(claim.text) or DOWN.search(claim.text):
        return []
    around = claim.text[max(0, said.start() - 50) : said.end() + 60].casefold()
    wanted = {key for key in claim.keys - common if key in around}
    shared = {name for name, keys in claim.topics.items() if keys & wanted & evidence.keys}
    if len(shared) < 2:
        return []
    keys = {key for name in shared for key in claim.topics[name]}
    denied, named = _ABSENT.search(evidence.text), ", ".join(sorted(shared))
    if denied:
        after = evidence.text[denied.end() : denied.end() + 60].casefold()
        linked = re.search(
            r"\b(?:correlat|associat|no (?:significant|difference|effect|longer|data))", evidence.text, re.I
        )
        if linked or not any(key in after for key in keys):
            return []
        return [Judgement("contradicts", 0.7, f"presence denied: “{denied[0]}” beside {named}")]
    stated = re.search(
        r"\b(?:express\w*|carr(?:y|ies)|on (?:the surface|human|resting)|secret\w+)\b", evidence.text, re.I
    )
    if not stated or NEGATION.search(evidence.text):
        return []
    return [Judgement("supports", 0.65, f"presence stated: “{stated[0]}” beside {named}")]


def share_of_topics(claim: Statement, evidence: Statement) -> tuple[float, int]:
    """Share of the clause's topics in the sentence (carried ones count half), and how many it names itself."""
    if not claim.topics:
        return 0.0, 0
    own = sum(bool(keys & evidence.keys) for keys in claim.topics.values())
    carried = sum(
        not keys & evidence.keys and bool(keys & evidence.context) for keys in claim.topics.values()
    )
    return (own + carried / 2) / len(claim.topics), own


def _direction(text: str) -> int:
    up, down = bool(UP.search(text)), bool(DOWN.search(text))
    return up - down


def by_wording(
    claim: Statement,
    evidence: Statement,
    similarity: float | None,
    topic_share: float | None,
    common: frozenset[str],
) -> Judgement | None:
    """Same named things, same words of direction, no negation on one side only: shown as near, never counted."""
    share, own = share_of_topics(claim, evidence)
    share = share if topic_share is None else topic_share
    specific = claim.keys & evidence.keys - common
    if own < 2 or not specific or share < TOPIC_FLOOR or evidence.title:
        return None
    overlap = len(claim.words & evidence.words) / max(1, len(claim.words))
    likeness = max(overlap, similarity or 0.0)
    if likeness < 0.4 or bool(NEGATION.search(claim.text)) != bool(NEGATION.search(evidence.text)):
        return None
    ways = _direction(claim.text), _direction(evidence.text)
    if ways[0] != ways[1]:
        return None
    shared = sum(bool(keys & evidence.keys - common) for keys in claim.topics.values())
    printed = bool(claim.printed & evidence.keys)
    rule = f"wording: {own} named things shared, share {share:.2f}, likeness {likeness:.2f}"
    short = len(claim.text.split()) <= SHORT
    if short and printed and ways[0] == 0 and share >= 0.95 and likeness >= 0.6 and shared >= 2:
        return Judgement("supports", SUPPORT_FLOOR, f"{rule}; a link that neither text gives a direction")
    score = round(min(0.15 + 0.25 * share + 0.25 * likeness + (0.05 if ways[0] else 0.0), WORDING_CAP), 3)
    return Judgement("silent", score, f"{rule}; same direction words, no aligned relation")
