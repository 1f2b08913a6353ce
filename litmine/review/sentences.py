"""Split a paragraph of scientific English into sentences that stay whole.

A rule-based splitter made for reviews: abbreviations, initials, decimals, enumerations and citation markers do not
end a sentence, and a marker printed after the full stop stays with the sentence before it.
"""

from __future__ import annotations

import re

from litmine.review.citations import MARKER

_ABBREVIATIONS = re.compile(
    r"e\.g|i\.e|cf|vs|viz|approx|ca|al|figs?|eqs?|refs?|nos?|vol|pp?|spp?|var|eds?|drs?|prof|mrs?|ms|st|jr|sr|inc|ltd|co|"
    r"dept|suppl|tab|resp|v|s\.c|i\.[vpm]|p\.o|b\.i\.d|t\.i\.d|q\.d"
)
_MAY_END = re.compile(r"al|nos?|st|co|inc|ltd|i\.[vpm]|s\.c|p\.o|b\.i\.d|t\.i\.d|q\.d|jr|sr")
"""Abbreviations after which a sentence may end when a new one plainly begins."""
_BOUNDARY = re.compile(r"[.!?…](?:[\"”’')\]]|\*\*)*(?=\s|\[\d)")
WINDOW = 400
"""Characters on either side of a full stop that decide whether it ends a sentence."""
_OPENERS = "\"“‘'(["


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of one paragraph.

    Args:
        text: A paragraph without line breaks.

    Returns:
        (start, end) pairs in order, code points, end exclusive, without blanks at either end.
    """
    cuts = [
        match.end() for match in _BOUNDARY.finditer(text) if _ends_sentence(text, match.start(), match.end())
    ]
    spans: list[tuple[int, int]] = []
    start = 0
    for cut in [*cuts, len(text)]:
        if cut < start:
            continue
        cut = _with_trailing_markers(text, cut)
        piece = text[start:cut]
        left, right = len(piece) - len(piece.lstrip()), len(piece.rstrip())
        if right > left:
            spans.append((start + left, start + right))
        start = cut
    return spans


def _with_trailing_markers(text: str, cut: int) -> int:
    """Take a citation marker after the full stop (and a second full stop after that) into the sentence before it."""
    if not text[max(0, cut - 5) : cut].rstrip().endswith((".", "!", "?", "…", '"', "”", ")", "]")):
        return cut
    after = re.match(
        rf"\s*{MARKER.pattern}(?:\s*,?\s*{MARKER.pattern})*\s*[.;]?(?=\s+[^a-zα-ω\s]|\s*$)",
        text[cut : cut + WINDOW],
    )
    return cut + after.end() if after else cut


def _ends_sentence(text: str, dot: int, end: int) -> bool:
    """Does the mark at `dot` (closers up to `end`) end a sentence?"""
    past, rest = text[max(0, dot - WINDOW) : dot], text[end : end + WINDOW].lstrip()
    if not rest:
        return True
    marker = re.match(rf"(?:{MARKER.pattern}\s*)+\.?\s*", rest)
    after_marker = rest[marker.end() :] if marker else rest
    if marker and not after_marker:
        return True
    begin = after_marker.lstrip(_OPENERS)[:1]
    if not begin:
        return True
    if _inside_parentheses(past, text[dot + 1 : dot + WINDOW]):
        return False
    if text[dot] in "!?":
        return not begin.islower()
    word = re.search(r"[^\s(\[\"“‘/]*$", past)
    before = word[0] if word else ""
    lowered = before.lower().rstrip(".")
    if lowered == "etc":
        return not begin.islower()
    if _ABBREVIATIONS.fullmatch(lowered):
        return bool(_MAY_END.fullmatch(lowered)) and _begins_plainly(after_marker)
    if re.fullmatch(r"[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]", before) and _is_initial(past, before, after_marker):
        return False
    if re.fullmatch(r"\d{1,2}|[ivx]{1,4}|[a-h]", before) and _is_enumerator(past, before):
        return False
    if begin.islower() and not marker:
        return _lowercase_start(before, after_marker)
    return True


def _begins_plainly(rest: str) -> bool:
    return bool(
        re.match(
            r"(?:The|This|These|Those|In|However|Moreover|Here|Thus|It|We|A|An|But|By|For|At|On)\b", rest
        )
    )


def _is_initial(past: str, letter: str, rest: str) -> bool:
    """Is this capital an initial (`by J. Smith`), and not the end of a name (`luminal B. HER2 is`)?"""
    if _begins_plainly(rest):
        return False
    before = re.search(r"(\S+)\s+$", past.removesuffix(letter)[-80:])
    if before is None:
        return True
    name = re.fullmatch(r"[a-z-]{2,}", before[1])
    return not name or bool(re.fullmatch(r"by|and|of|from|with|to|as|or|in|see", before[1]))


def _is_enumerator(past: str, number: str) -> bool:
    """`ways: 1. they play ...; 2. their ...`: a counter after a colon, semicolon or start, not the figure at an end."""
    before = past.removesuffix(number).rstrip()
    if not before:
        return True
    if before[-1] in ":;,(":
        return True
    return bool(re.search(r"\b(?:and|or)$", before)) and bool(
        re.search(r"(?:^|[:;,(]\s*)\d{1,2}\.\s", before)
    )


def _inside_parentheses(past: str, future: str) -> bool:
    """Is a parenthesis open before the mark that closes after it?"""
    depth = 0
    for character in past:
        if character in "([":
            depth += 1
        elif character in ")]" and depth:
            depth -= 1
    if not depth:
        return False
    return bool(re.match(r"[^()\[\]]{0,300}[)\]]", future))


def _lowercase_start(before: str, rest: str) -> bool:
    """Reviews print some sentences without their capital; believe it after a whole word of four letters or a figure.

    Gene and protein names such as `p95HER2`, `mTOR` or `c-Src` may begin a sentence as well.
    """
    first = re.match(r"\S+", rest)
    if first and re.match(r"(?:p\d|m(?:TOR|RNA|iR)|c-[A-Z]|si[A-Z]|sh[A-Z]|[a-z]{1,2}[A-Z])", first[0]):
        return True
    return bool(re.fullmatch(r"[\w%)\]-]*(?:[a-z]{4}|\d|[)\]%])", before)) and bool(
        first and len(rest.split()) >= 4
    )
