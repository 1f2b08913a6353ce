"""Words around a relation that turn or void it and that its slots do not hold: less of the mechanism, denials, limits.

A relation has a direction, and a sentence can take it back beside the slots: "RB1 is knocked out", "but not GEN1",
"leaves the cells alive", "less than the other drug". Where one text has such words and the other has not, the two can't
be compared by their directions alone.
"""

from __future__ import annotations

import re

from litmine.assess.slots import content_words
from litmine.types import Relation, Slot

_FILL = (
    r"(?:\s+(?:of|in|for|against|to|the|both|its|their|any|active|amounts?|levels?|expression|activity|function|"
    r"functional|endogenous|wild-type|genes?|proteins?|cells?|either|all|with|from|much))"
)
_LACKING = (
    r"loss|lack(?:s|ed|ing)?|absence|shortage|deficien\w+|deplet\w+|delet\w+|knock(?:ed|ing)?[- ]?(?:down|out)|"
    r"silenc\w+|remov\w+|ablat\w+|depriv\w+|withdraw\w*"
)
_SCARCE = (
    r"lost|absent|missing|low(?:er|ered)?|little|scarce\w*|scant|few(?:er)?|reduced|decreased|diminished"
)
_GONE_BEFORE = re.compile(
    rf"\b(?:{_LACKING}|{_SCARCE}|los(?:e|es|ing)|lowering|without|short|poor|devoid|free){_FILL}{{0,3}}\s+$",
    re.IGNORECASE,
)
_GONE_AFTER = re.compile(
    r"^[\s-]*(?:(?:genes?|proteins?|expression|activity|function|levels?|m?RNA)\s+){0,3}"
    rf"(?:(?:{_LACKING}|null|negative|(?:si|sh) ?RNA)\b"
    rf"|(?:was|were|is|are|been|being|becomes?)\s+(?:{_LACKING}|{_SCARCE})\b)",
    re.IGNORECASE,
)
_NOT_GIVEN = re.compile(
    rf"\b(?:withh\w+|without|stopp\w+|omi(?:t\w*|ssion)|lack(?:ing)?|absence|discontinu\w+|withdraw\w*){_FILL}{{0,3}}"
    r"(?:\s+(?:adjuvant|neoadjuvant|maintenance|further))?\s+$",
    re.IGNORECASE,
)
_HELD = r"inhibit\w*|block\w*|suppress\w*|antagon\w+|neutrali[sz]\w+|disrupt\w*|inactivat\w+|down-?regulat\w+|quench\w*"
_HELD_BEFORE = re.compile(rf"\b(?:{_HELD}){_FILL}{{0,3}}\s+$", re.IGNORECASE)
_HELD_AFTER = re.compile(
    r"^[\s-]*(?:(?:genes?|proteins?|expression|activity|function|signal\w+|was|were|is|are|be|been|being)\s+){0,3}"
    rf"(?:{_HELD})\b",
    re.IGNORECASE,
)


def amount_of(slot: Slot | None, text: str) -> int:
    """How a text speaks of a mechanism: 1 as it is, -1 gone or less of it, 0 held back (inhibited, blocked).

    A text that names it in several ways speaks of it as it is.
    """
    if slot is None or not slot.text:
        return 1
    ways = {
        _way(text[: match.start()], text[match.end() :]) for match in re.finditer(re.escape(slot.text), text)
    }
    return ways.pop() if len(ways) == 1 else 1


def _way(before: str, after: str) -> int:
    if _GONE_BEFORE.search(before) or _GONE_AFTER.match(after):
        return -1
    return 0 if _HELD_BEFORE.search(before) or _HELD_AFTER.match(after) else 1


def _not_given(relation: Relation, text: str) -> bool:
    """Does a text say that a relation's drug was not given ("withholding adjuvant alfamab")?"""
    return any(
        _NOT_GIVEN.search(text[: match.start()])
        for slot in relation.drug
        if slot.text
        for match in re.finditer(re.escape(slot.text), text)
    )


_DENIAL = re.compile(
    r"\b(?:not(?! only)|no(?! longer than)|never|neither|nor|fail\w*|cannot|hardly|rarely|seldom|barely|nothing|none|"
    r"unable|unlike|spar(?:es?|ed|ing)|unchanged|unaffected|unaltered|intact|untouched|stays?|stayed|escap\w+|"
    r"persist\w*|without|instead)\b",
    re.IGNORECASE,
)
_LESS_SO = re.compile(
    r"\b(?:less|fewer|weaker|poorer|slower|smaller)\b(?:\s+[\w-]+){0,6}?\s+than\b|\bless\s+(?!than)(?:well|strongly|"
    r"effective\w*|sensitive|responsive|toxic|often|likely|of\b)",
    re.IGNORECASE,
)
_NEEDS = re.compile(
    r"\b(?:need\w*|requir\w+|depend\w*|independent\w*|regardless|irrespective|whether or not|necessary|essential|"
    r"indispensable|dispensable|rel(?:y|ies|ied))\b",
    re.IGNORECASE,
)
_UNDOES = re.compile(
    r"\b(?:revers\w+|restor\w+|overc[ao]m\w+|rescu\w+|counter\w*|reliev\w*|undo(?:es|ne)?|abrogat\w+|offset\w*|"
    r"weaken\w*|attenuat\w+|blunt\w*|dampen\w*|cancel\w*|lose|loses|losing|regain\w*|re-?sensiti[sz]\w+|dimin\w+|"
    r"curb\w*|protect\w*|limit\w*)\b",
    re.IGNORECASE,
)


def unread(asked: Relation, claim: str, found: Relation, evidence: str) -> str:
    """What a clause or a sentence says beside the relations that were compared; empty where they hold it all.

    Args:
        asked: relation of the clause.
        claim: text of the clause.
        found: relation of the sentence.
        evidence: the sentence.

    Returns:
        The reason in words, for the rule.
    """
    if _not_given(asked, claim) != _not_given(found, evidence):
        return "one of the two speaks of the drug not given"
    if asked.direction == "no_effect" and found.direction != "no_effect" and not _PLAINLY_NONE.search(claim):
        return "what the clause denies was not read"
    if asked.direction != "no_effect" and (said := _DENIAL.search(claim)):
        return f"“{said[0]}” in the clause was not read"
    if (less := _LESS_SO.search(claim)) and not _LESS_SO.search(evidence):
        return f"“{less[0]}” in the clause was not read"
    for words in (_NEEDS, _UNDOES):
        one, other = words.search(claim), words.search(evidence)
        if one and not other:
            return f"“{one[0]}” stands in the clause alone"
    if not _same_than(claim, evidence):
        return "compared with something else"
    if _of_another(found, evidence):
        return "what another brought about is lessened in the sentence"
    if found.direction != "no_effect" and (denied := _not_this(found, evidence)):
        return f"“{denied}” in the sentence was not read"
    return ""


_PLAINLY_NONE = re.compile(
    r"\bno (?:[\w-]+ ){0,2}?(?:effects?|influence|impact|change|difference|role|bearing|benefit|gain)\b|"
    r"\b(?:not|never|nor|neither|without|fail\w* to|cannot)\b[^.;,]{0,40}?\b(?:chang|affect|alter|influenc|rais|"
    r"increas|reduc|decreas|lower|induc|improv|prolong|enhanc|promot|lengthen|shorten|correlat|associat|differ|inhibit|activat|"
    r"matter|add)|\bun(?:changed|affected|altered)\b|\b(?:similar|alike|the same)\b",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(?:than|versus|vs\.?|compared (?:with|to)|relative to)\s+(?P<what>[^.;,]{1,60})", re.IGNORECASE
)


def _same_than(claim: str, evidence: str) -> bool:
    """Where a clause compares ("than …"), does the sentence compare with something that shares a telling word?"""
    asked = [content_words(m["what"]) for m in re.finditer(r"\bthan\s+(?P<what>[^.;,]{1,60})", claim, re.I)]
    if not asked:
        return True
    found = [content_words(m["what"]) for m in _THAN.finditer(evidence)]
    return any(one & other for one in asked for other in found)


_INDUCED = re.compile(
    r"(?:-(?:induced|mediated|stimulated|triggered|driven|evoked)|\binduced by [\w-]+)(?:\s+[\w-]+){0,3}\s*$",
    re.I,
)
_LESSENED = re.compile(
    r"\b(?:abrogat|attenuat|inhibit|block|prevent|suppress|reduc|abolish|decreas|diminish|revers|counteract|lower)\w*",
    re.I,
)


def _of_another(relation: Relation, text: str) -> bool:
    """Is what a relation raises induced by another, and lessened ("alfamab-induced GEN1 was abrogated by the drug")?"""
    slot = relation.outcome or relation.mechanism
    if relation.direction != "increases" or slot is None or not slot.text or not _LESSENED.search(text):
        return False
    return any(_INDUCED.search(text[: m.start()]) for m in re.finditer(re.escape(slot.text), text))


def beside_link(claim: str, evidence: str) -> str:
    """What a clause says beside a link of two things that the sentence does not say; empty where there is nothing."""
    for words in (_DENIAL, _NEEDS, _UNDOES, _TURNED):
        one, other = words.search(claim), words.search(evidence)
        if one and not other:
            return f"“{one[0]}” stands in the clause alone"
    return ""


_TURNED = re.compile(
    rf"\b(?:{_LACKING}|lost|absent|without|prevent\w*|quench\w*|neutrali[sz]\w+|broken)\b", re.I
)


def _not_this(relation: Relation, text: str) -> str:
    """A denial of one of a relation's own slots: "but not GEN1", "neither the drug nor …"."""
    for slot in (*relation.drug, relation.mechanism, relation.outcome):
        if slot is None or not slot.text:
            continue
        denied = re.search(
            rf"\b(?:not|nor|neither)\b(?:\s+(?!only\b)[\w-]+){{0,4}}?\s+{re.escape(slot.text)}", text
        )
        if denied:
            return denied[0]
    return ""
