"""How a sentence states something: clauses, negation, hedge and aim by scope, and the figures it prints.

Cue lists follow the idea of NegEx (Chapman et al. 2001, doi:10.1006/jbin.2001.1029) and of the BioScope corpus
(Vincze et al. 2008, doi:10.1186/1471-2105-9-S11-S9): a cue has a scope, and the scope ends with its clause.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from litmine.types import AssertionKind

_CLAUSE_BREAK = re.compile(
    r";|:(?=\s)|,?\s(?=(?:but|whereas|while|although|though|however|despite|yet)\s)"
    r"|,\s(?=(?:which|thereby|thus|suggesting|indicating|resulting|leading|providing|reflecting|showing|supporting"
    r"|explaining|raising|implying)\s)",
    re.IGNORECASE,
)
_STUDIED = (
    r"(?:investigat\w+|evaluat\w+|assess\w*|examin\w+|explor\w+|determin\w+|compar\w+|test(?:ed|s)?|stud(?:y|ied)|analy[sz]\w+"
    r"|identify|characteri[sz]\w+|clarify|elucidat\w+|define|quantif\w+|address|probe|measure|describe|gauge|validate"
    r"|understand|review\w*|ask(?:ed)?)"
)
_ADVERB = r"(?: \w+ly| also| have| then| now| therefore| further| next| here)*"
_AIM = re.compile(
    r"\b(?:aim(?:s|ed|ing)?\b|objectives?\b(?! (?:response|remission|tumou?r))|purpose\b|goals?\b"
    r"|(?:in order|sought|designed|planned|aimed|undertaken|conducted|performed|carried out|attempted|wished"
    rf"|wanted|help) to {_STUDIED}"
    rf"|(?<![\w-])to (?:further )?{_STUDIED}\b"
    rf"|(?:we|I|authors|investigators){_ADVERB} {_STUDIED}\b"
    r"|(?:study|trial|review|analysis|meta-analysis|paper|article|work|trials|studies)(?: \w+ly| also| here| is| are)*"
    rf" {_STUDIED}\b"
    r"|whether|remains? (?:un\w+|poorly|to be|elusive|controversial|incompletely)"
    r"|(?:is|are|still) (?:un(?:clear|known|certain)|poorly)"
    r"|not (?:been )?(?:fully |well |yet |completely )*(?:known|understood|clear|elucidated|established)"
    r"|(?:was|were)(?: \w+ly| also)* (?:evaluated|assessed|investigated|examined|studied|analy[sz]ed|explored"
    r"|compared)\b"
    rf"|(?:is|are)(?: currently| now| also)* being {_STUDIED}|will (?:be|provide|identify|help)|ongoing"
    r"|questions? (?:of|include))",
    re.IGNORECASE,
)
_AIM_TITLE = re.compile(
    r"^\W*(?:(?:the )?(?:effects?|impact|influence|roles?|associations?|evaluation|assessment|comparison|relationships?"
    r"|investigation|correlations?|safety|efficacy|changes|analysis)\b|.*\b(?:study|trial|protocol)\W*$)",
    re.IGNORECASE,
)
_HEDGE_FORWARD = re.compile(
    r"\b(?:suggest\w*|hypothesi[sz]\w*|hypothes[ie]s|propos(?:e|ed|es|ing|al)|speculat\w*|postulat\w*|presum\w*"
    r"|believe[ds]?|implying|potential(?:ly)?|thought to|putative|probable|rationale for|possibility"
    r"|impl(?:y|ies|icated? that)|tendency|trends?|feasib\w+|candidate|expected|theoretically|raise[ds]? the)\b",
    re.IGNORECASE,
)
_HEDGE_CLAUSE = re.compile(
    r"\b(?:may|might|could|would|possibly|probably|perhaps|likely|should|appear(?:s|ed)? to|seem(?:s|ed)? to"
    r"|tend(?:s|ed)? to)\b",
    re.IGNORECASE,
)
_COULD_FIND = re.compile(
    r"\bcould (?:be (?:detected|shown|demonstrated|observed|found)|not)\b", re.IGNORECASE
)
_NEGATION = re.compile(
    r"\b(?:no|not|without|neither|nor|none|never|fail(?:s|ed|ure|ing)? (?:to|of)|unable to|cannot"
    r"|lack(?:s|ed|ing)?|absence|absent|independent(?:ly)? of|regardless of|irrespective of"
    r"|unaffected|unchanged|n't|unrelated|un(?:altered|able))\b",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(
    r"\bnot only|\bno longer|\bwithout (?:trastuzumab|chemotherapy|treatment)|\bwith or without|\bnot (?:yet|been|be)\b"
    r"|\bno-treatment|\bif not|\bor not|\bnot (?:fully|well|yet|completely)",
    re.IGNORECASE,
)
AIM_SECTIONS = re.compile(r"aim|objective|purpose|goal", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of one sentence; offsets count into the sentence."""

    clause_ends: tuple[int, ...]
    aims: tuple[int, ...]
    hedges_forward: tuple[int, ...]
    hedges_clause: tuple[int, ...]
    negations: tuple[tuple[int, int], ...]
    aim_title: bool = False
    aim_section: bool = False

    def clause(self, position: int) -> int:
        """Number of the clause that holds a position, from 0."""
        return bisect_right(self.clause_ends, position)

    def same_clause(self, one: int, other: int) -> bool:
        """True when two positions lie in one clause."""
        return self.clause(one) == self.clause(other)


def find_cues(sentence: str, section: str = "") -> Cues:
    """Find clause ends and cues in a sentence.

    Args:
        sentence: Text of one sentence.
        section: Its label in a structured abstract, or `title`.
    """
    kept = [match.span() for match in _NO_NEGATION.finditer(sentence)]
    detected = [match.start() for match in _COULD_FIND.finditer(sentence)]
    return Cues(
        clause_ends=tuple(match.end() for match in _CLAUSE_BREAK.finditer(sentence)),
        aims=tuple(match.start() for match in _AIM.finditer(sentence)),
        hedges_forward=tuple(match.start() for match in _HEDGE_FORWARD.finditer(sentence)),
        hedges_clause=tuple(m.start() for m in _HEDGE_CLAUSE.finditer(sentence) if m.start() not in detected),
        negations=tuple(
            match.span()
            for match in _NEGATION.finditer(sentence)
            if not any(start <= match.start() < end for start, end in kept)
        ),
        aim_title=section == "title" and bool(_AIM_TITLE.search(sentence)),
        aim_section=bool(AIM_SECTIONS.search(section)),
    )


def is_aim(cues: Cues, position: int) -> bool:
    """True when what stands at `position` is a purpose or question, not a finding."""
    if cues.aim_title or cues.aim_section:
        return True
    return any(cue <= position for cue in cues.aims) or any(
        cues.same_clause(cue, position) for cue in cues.aims
    )


def is_hedged(cues: Cues, position: int) -> bool:
    """True when `position` is in the scope of a hedge: behind "suggest that", or in the clause of a "may"."""
    if any(cue < position for cue in cues.hedges_forward):
        return True
    return any(cues.same_clause(cue, position) for cue in cues.hedges_clause)


def assertion_of(cues: Cues, position: int, *, denied: bool) -> AssertionKind:
    """Assertion of a relation whose predicate or outcome stands at `position`: aim > hedged > negated > asserted.

    Args:
        denied: True when the relation says that there is no effect.
    """
    if is_aim(cues, position):
        return "aim"
    if is_hedged(cues, position):
        return "hedged"
    return "negated" if denied else "asserted"


_NUMBER = r"[<>≤≥~∼±=]?\s?\d+(?:[.,·]\d+)*|[<>≤≥]\s?[.·]\d+|[.·]\d+"
_RANGE = rf"(?:{_NUMBER})(?:\s?%)?(?:\s?(?:-|–|—|to|and|,)\s?(?:{_NUMBER}|not[ -]\w+|NR|NE)(?:\s?%)?)?"
_VALUE = re.compile(
    rf"""
    (?:(?:adjusted|unadjusted|pooled|univariable|multivariable)\s)?
    (?:hazard\sratios?|odds\sratios?|relative\srisk(?:\sratio)?|risk\sratio|\baHR|\bHR|\bOR|\bRR|\bSMD|\bZ|\bIC50|\bCI)
      (?:\s?[\[(]\s?\w{{1,4}}\s?[\])])?(?:\sfor\s[a-z ]{{3,40}})?\s?(?:=|:|,|of|was|is)?\s?
      (?:{_NUMBER})(?:\s?[μµn]?[mM]ol/l)?
    |\b\d\d\s?%\s(?:confidence\sintervals?|CrI|CI)(?:\s?[\[(]\s?CI\s?[\])])?\s?(?:=|:|,|of)?\s?[\[(]?{_RANGE}
    |\b[pPqQ](?:[- ]?values?|\sfor\s\w+)?\s?(?:=|<|>|≤|≥|was|of)\s?\d*[.·]\d+(?:e-?\d+)?
    |\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s(?:out\s)?of\s(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)
      (?:\s\d*\s?patients)?
    |\b\d+/\d+\b
    |\bn\s?=\s?\d+
    |(?:[<>≤≥~∼]\s?)?\b\d+(?:[.·]\d+)?(?:\s?(?:-|–|to)\s?\d+(?:[.·]\d+)?)?\s?%(?:\sversus\s\d+(?:[.·]\d+)?\s?%)?
    |\b\d+(?:[.·]\d+)?(?:\s(?:vs\.?|versus)\s\d+(?:[.·]\d+)?)?[\s-](?:months?|weeks?|years?|days?)
    |\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\spatients?\b
    |\b\d+(?:[.·]\d+)?[- ]?fold\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def printed_values(text: str, start: int = 0, end: int | None = None) -> tuple[str, ...]:
    """Figures printed in `text[start:end]`: ratios, intervals, p values, months, shares, numbers of patients.

    Returns:
        The figures as printed, in order.
    """
    return tuple(value for _, _, value in value_spans(text, start, end))


def value_spans(text: str, start: int = 0, end: int | None = None) -> tuple[tuple[int, int, str], ...]:
    """Like `printed_values`, with the offsets of each figure in `text`."""
    found = []
    for match in _VALUE.finditer(text, start, len(text) if end is None else end):
        value = match.group()
        lead = len(value) - len(value.lstrip())
        if value.strip():
            found.append((match.start() + lead, match.end(), value.strip()))
    return tuple(found)
