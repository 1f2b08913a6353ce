"""Sentences that word an effect and find none: aims, topics, proposals, methods, expectations, open questions."""

from __future__ import annotations

import re
from functools import lru_cache

from litmine.assess.slots import Statement

_UNDECIDED = re.compile(
    r"\b(?:is|are|was|were|remain(?:s|ed)?)\s+(?:still |largely |as yet |so far )?"
    r"(?:un(?:clear|known|certain|resolved)|not (?:known|clear|established)|controversial|debated)\s*[.;]?\s*$",
    re.IGNORECASE,
)
"""How a sentence ends that leaves its subject open; its words of effect state no effect."""


_EXPECTED = re.compile(
    r"\b(?:counter|contrary) to (?:the |an? |our |earlier |previous |common |widespread )*"
    r"(?:expectations?|notion|idea|hypothes[ie]s|view|belief|assumption)\b",
    re.IGNORECASE,
)
"""How a sentence takes back what it then words; the effect after it is not its finding."""
_SURVEYS = re.compile(
    r"^(?:This|The|Our) (?:\w+ )?(?:review|article|commentary|overview|paper) (?:weighs|covers|asks|address\w+|"
    r"discuss\w+|examines|considers|deals|describes|outlines|looks|follows|explores|summari[sz]es|presents|"
    r"(?:sets|goes) \w+)\b"
    r"|.*\b(?:is|are)(?: \w+ly| then| also)? (?:outlined|discussed|described|reviewed|summari[sz]ed|considered|"
    r"set out|listed|surveyed|presented)\.?\s*$",
    re.IGNORECASE,
)
_ROLE_OF = re.compile(r"\broles? (?:of|for)\b|\bto overcome\b", re.IGNORECASE)
"""How a title names what a paper is about."""
_PROPOSES = re.compile(
    r"\b(?:is|are) (?:therefore |thus )?(?:proposed|offered|suggested|recommended|put forward) (?:as|to|for|in)\b",
    re.IGNORECASE,
)
_WHO_WAS_TREATED = re.compile(
    r"^(?:\S+ ){0,8}?(?:treated|enrolled|randomi[sz]ed|recruited|assigned|gave|included) (?:only |about )?\d[\d,]* "
    r"(?:\S+ ){0,3}?(?:patients|women|people|participants|adults)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:was|were|had|showed|found|saw|led|survived|responded|died|occurred|developed|improved|worsened|reduced|increased"
    r"|decreased|lowered|raised|prolonged|lengthened|shortened|favou?red|reached|achieved|resulted|fell|rose)\b",
    re.IGNORECASE,
)
"""A verb that tells what came of a treatment."""


def no_finding(evidence: Statement) -> str:
    """Why a sentence states no finding, whatever its words of effect say; empty where it may state one."""
    if evidence.aim:
        return "evidence states an aim, not a finding"
    if evidence.title and _ROLE_OF.search(evidence.text):
        return "evidence names a topic, not a finding"
    return _worded(evidence.text)


@lru_cache(maxsize=100_000)
def _worded(text: str) -> str:
    if _UNDECIDED.search(text):
        return "evidence says that it is not known"
    if _EXPECTED.search(text):
        return "evidence tells what others expected"
    if _SURVEYS.match(text):
        return "evidence names a topic, not a finding"
    if _PROPOSES.search(text):
        return "evidence proposes, it does not find"
    if (treated := _WHO_WAS_TREATED.match(text)) and not _RESULT.search(treated["rest"]):
        return "evidence tells who was treated, not what came of it"
    return ""
