"""Cut a sentence of a review into clauses that can be true or false alone, and bind its citations to them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmine.types import Citation

_VERB_LIST = (
    "show suggest indicate cause lead result inhibit promote activate increase reduce decrease bind "
    "express make drive keep let get come become fall rise decline drop exert affect regulate induce "
    "raise lower play serve recruit exist differ allow enable correlate weaken strengthen enhance "
    "produce develop remain appear carry mediate prove offset stop kill curb act work threaten "
    "influence take help need depend block cover mean bring grow recur spread expose express secrete "
    "further live survive escape persist"
)
_VERBS = _VERB_LIST.split()
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|may|might|must|will|would|should|does|did|do|found|saw|"
    r"went|made|led|"
    r"became|fell|rose|gave|took|kept|bound|drew|"
    + "|".join(_VERBS)
    + "|"
    + "|".join(f"{v}s" if not v.endswith(("s", "x", "sh", "ch")) else f"{v}es" for v in _VERBS)
    + r"|[a-z]{2,}(?:ed|ies|izes|ises|ates))\b"
)
_ENSUES = re.compile(r"^\w+ \w+ (?:results|follows|ensues|arises)\W*$", re.IGNORECASE)
"""A short clause that says what comes of the one before it."""
_BEING = re.compile(r"(?:the|one|an?)\s+(?:[\w-]+\s+){1,3}being\s", re.IGNORECASE)
"""A part with a participle for a verb ("the rate being 9%")."""
_SUBJECT_FIRST = re.compile(
    r"^(?:\s*(?:then|thus|also|therefore|so|in turn|meanwhile|however|in consequence|\w{3,}ly)\b,?)*\s*(\S+)"
)
_JOINTS = re.compile(
    r";\s+(?:and\s+|\d+\.\s+)?"
    r"|,\s+(?:whereas|while|whereupon|but|yet|although|though)\s+"
    r"|\s+(?:whereas|whereupon)\s+"
    r"|,?\s+and\s+(?:also\s+)?that\s+(?!(?:too|also)?\s*(?:may|can|is|was|will)\b)"
    r"|,\s+and,?\s+"
    r"|,\s+which\s+(?:proves?|shows?|indicates?|demonstrates?|suggests?|implies|means)\s+that\s+"
    r"|,\s+a\s+(?:finding|result)\s+(?:that|which)\s+(?:\w+\s+)?(?:proves?|shows?|indicates?|suggests?)\s+(?:that\s+)?"
    r"|:\s+1\.\s+"
    r"|,\s+(?=(?:the|one|an?)\s+(?:[\w-]+\s+){1,3}being\s)"
)
_SERIES = re.compile(
    r"(?:,\s+(?:and\s+)?|\s+and\s+)(?=(?:of (?:these|which|"
    r"them),?\s+)?(?:\d+(?:\.\d+)?(?:\s*[-–]\s*\d+(?:\.\d+)?)?\s*%)\s+"
    r"(?:is|are|was|were|had|have|show\w*|carr(?:y|ied)|los[et]|express\w*|harbou?r\w*|develop\w*|respond\w*|"
    r"of|among|in|for)\b)"
)
_REPORTED_AGAIN = re.compile(
    r"\b(?P<verb>showed|found|noted|reported|concluded)\b(?P<said>.{15,}?),?\s+and\s+(?=(?P=verb)\s+(?:that|it|this)\b)"
)
_REPORTING = re.compile(
    r"^\W*(?:,?\s*(?:for its part|however|likewise),?\s*)?(?:\w+\s+){0,3}?"
    r"(?:found|showed|shown|noted|proved|saw|looked|explored|reported|demonstrated|observed|revealed|"
    r"pointed|concluded|confirmed)\b"
)
_STUDY_BEFORE = re.compile(
    r"(?:stud(?:y|ies)|trials?|analys[ie]s|reports?|et al\.?|investigation|research|\([A-Z]+\)|cancer)[^.;]{0,40}$",
    re.IGNORECASE,
)


def split_clauses(sentence: str) -> list[tuple[int, int]]:
    """Spans of the clauses of one sentence, in order; one span when it can't be cut safely.

    A cut is made at a semicolon, before whereas / while / but / yet, before "and" where a clause with its own subject
    and finite verb follows, before what a sentence infers (", which proves that"), before a second finding ("and showed
    it to be"), and inside a series of figures ("20% are …, 15-20% are … and 2% are …").
    """
    cuts: list[tuple[int, int]] = []
    for match in _JOINTS.finditer(sentence):
        left, right = sentence[: match.start()], sentence[match.end() :]
        if _inside_brackets(sentence, match.start()) or not _cuts_well(left, right, match[0]):
            continue
        keep = re.search(r"\b(?:whereas|while|whereupon|but|yet|although|though)\b", match[0])
        cuts.append((match.start(), match.start() + keep.start() if keep else match.end()))
    series = [m for m in _SERIES.finditer(sentence) if not _inside_brackets(sentence, m.start())]
    cuts.extend(
        match.span()
        for match in series
        if len(sentence[: match.start()].split()) >= 4 and re.search(r"\d", sentence[: match.start()])
    )
    cuts.extend((m.end("said"), m.end()) for m in _REPORTED_AGAIN.finditer(sentence))
    spans: list[tuple[int, int]] = []
    start = 0
    for left_end, right_start in sorted(set(cuts)):
        if left_end - start < 15 or len(sentence) - right_start < 12:
            continue
        spans.append((start, left_end))
        start = right_start
    spans.append((start, len(sentence)))
    return spans


def _inside_brackets(text: str, position: int) -> bool:
    before = text[:position]
    return before.count("(") > before.count(")") or before.count("[") > before.count("]")


def _cuts_well(left: str, right: str, joint: str) -> bool:
    """Do both sides of a joint stand as clauses of their own?"""
    following = re.split(r"[;]|,\s+(?:whereas|while|but|yet|and)\s+", right, maxsplit=1)[0]
    if len(left.split()) < 4 or not _FINITE.search(left):
        return False
    if len(following.split()) < 4 and not _ENSUES.match(following):
        return False
    if joint.lstrip().startswith((";", ":")) or _BEING.match(following):
        return True
    finite = _FINITE.search(following)
    if not finite:
        return False
    first = _SUBJECT_FIRST.match(following)
    if first is None or _FINITE.fullmatch(first[1].rstrip(",")):
        return False
    if "and" in joint and "that" not in joint:
        return len(following[: finite.start()].split()) <= 12 and not re.match(
            r"(?:to|by|in this way|thus)\b", following
        )
    return True


def bind_citations(
    clauses: Sequence[tuple[int, int]], citations: Sequence[Citation], sentence: str, offset: int = 0
) -> list[tuple[int, ...]]:
    """Numbers that each clause rests on.

    A marker that follows its statement covers the text since the marker before it; one that introduces its statement
    ("study [13] found", "a study of patients [18] noted") covers the text up to the next marker.

    Args:
        clauses: spans inside the sentence.
        citations: markers of the sentence, offsets into the document.
        sentence: its text.
        offset: where the sentence starts in the document.

    Returns:
        One tuple of numbers per clause, in print order, without repeats.
    """
    bound: list[list[int]] = [[] for _ in clauses]
    ordered = sorted(citations, key=lambda c: c.start)
    edges = [0, *(c.start - offset for c in ordered), len(sentence)]
    for index, citation in enumerate(ordered):
        begin, end = citation.start - offset, citation.end - offset
        leads = bool(_STUDY_BEFORE.search(sentence[:begin]) and _REPORTING.match(sentence[end:]))
        if leads:
            low, high = begin, edges[index + 2]
        else:
            low, high = (ordered[index - 1].end - offset if index else 0), end
        for number, (start, stop) in enumerate(clauses):
            inside = start < high and low < stop
            overlap = min(stop, high) - max(start, low)
            if inside and (overlap * 2 >= stop - start or start <= begin < stop):
                bound[number].extend(n for n in citation.numbers if n not in bound[number])
    if ordered and len(clauses) > 1:
        _attach_trailing(bound, clauses, ordered, offset)
    return [tuple(numbers) for numbers in bound]


def _attach_trailing(
    bound: list[list[int]], clauses: Sequence[tuple[int, int]], citations: Sequence[Citation], offset: int
) -> None:
    """A marker between two clauses (after the joint) belongs to the one before it."""
    for (_, stop), (start, _), before in zip(clauses, clauses[1:], bound, strict=False):
        for citation in citations:
            if stop <= citation.start - offset < start:
                before.extend(n for n in citation.numbers if n not in before)


def ordered_union(parts: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """All numbers in order of first appearance."""
    return tuple(dict.fromkeys(number for part in parts for number in part))
