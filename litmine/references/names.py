"""Author lists of printed references: where they end, and the names in them."""

from __future__ import annotations

import re

_PARTICLE = (
    r"(?:van der|van den|van de|van|von der|von|de la|de|del|della|der|den|di|da|dos|du|la|le|ten|ter|el|al|"
    r"St\.?|Le|La|De|Van|Von)"
)
_WORD = r"[^\W\d_][\w'’‐-]*"
_INITIALS = r"(?:[A-ZÀ-Þ]{1,4}|[A-ZÀ-Þ](?:[ -][A-ZÀ-Þ]){1,3}|(?:[A-ZÀ-Þ]\.[ -]?){1,4})"
_SUFFIX = r"(?:,? (?:Jr|Sr|2nd|3rd|II|III)\.?)?"
NAME = rf"(?:{_PARTICLE} ){{0,3}}{_WORD}(?: {_WORD}){{0,3}}? {_INITIALS}{_SUFFIX}"
YEAR = r"(?:18|19|20)\d\d"
_INVERTED = rf"(?:{_PARTICLE} ){{0,3}}{_WORD}(?: {_WORD}){{0,2}},\s?(?:[A-ZÀ-Þ]\.[ -]?){{1,4}}{_SUFFIX}"
_INITIALS_FIRST = rf"(?:[A-ZÀ-Þ]\.[ -]?){{1,4}}(?:{_PARTICLE} ){{0,3}}{_WORD}"
_REST = r"(?P<rest>\S.*)$"
_LISTS = (
    re.compile(
        rf"^(?P<authors>{NAME}(?:(?:,|;| and| &|, and|, &) {NAME})*(?:,? et al\.?)?)"
        rf"(?:[.:]\s+|(?<=\.)\s+|,?\s+(?=\({YEAR}\))){_REST}"
    ),
    re.compile(
        rf"^(?P<authors>{_INVERTED}(?:(?:,|;|,? and|,? &)\s?{_INVERTED})*(?:,?\s?et al\.?)?)[,.:]?\s+{_REST}"
    ),
    re.compile(
        rf"^(?P<authors>{_INITIALS_FIRST}(?:(?:,|;|,? and|,? &)\s?{_INITIALS_FIRST})*(?:,?\s?et al\.?)?)[,.:]\s+{_REST}"
    ),
    re.compile(
        r"^(?P<authors>[^.]{3,120}?\b(?:Group|Collaborative|Consortium|Investigators|Organi[sz]ation|Committee|Society)"
        rf"[^.]{{0,60}})\.\s+{_REST}"
    ),
)
"""`Doe A, Roe B, et al.` · `Doe, A. & Roe, B.` · `A. Doe, B. Roe` · `Some Trial Group.`"""


def split_authors(text: str) -> tuple[str, str]:
    """Author part and the rest of `Doe A, Roe B. Title…`; the first is empty where no list of names is recognised."""
    for pattern in _LISTS:
        match = pattern.match(text)
        if match:
            return match["authors"], match["rest"]
    return "", text


def looks_like_authors(text: str) -> bool:
    """Names, initials and joining words only: at most two words in lower case that are no particles."""
    words = re.findall(r"[^\W\d_][\w'’-]*", text)
    small = [
        w
        for w in words
        if w[0].islower() and not re.fullmatch(rf"{_PARTICLE}|and|et|al|y|und|for|of|on|the", w)
    ]
    return bool(words) and len(small) <= len(words) // 6


def split_names(text: str) -> tuple[str, ...]:
    """Author list as `Surname AB` each, whatever the printed order and punctuation."""
    text = re.sub(r",?\s*(?:\bet al\b\.?|\band (?:others|colleagues)\b|…)", "", text).strip(" .,;:&")
    text = re.sub(r"\s*(?:,\s*&|&|,\s*and\b|\band\b|;)\s*", ", ", text)
    pieces = [piece.strip(" .") for piece in text.split(",") if piece.strip(" .")]
    initials = r"(?:[A-ZÀ-Þ]\.?[ -]?){1,4}"
    if len(pieces) > 1 and all(re.fullmatch(initials, piece) for piece in pieces[1::2]):
        pieces = [
            f"{pieces[i]} {pieces[i + 1]}" if i + 1 < len(pieces) else pieces[i]
            for i in range(0, len(pieces), 2)
        ]
    names: list[str] = []
    for piece in pieces:
        names.extend(_names_in(piece))
    return tuple(name for name in names if name)


def _names_in(piece: str) -> list[str]:
    """Names of one stretch without commas: `Wu Z P Xu S G` → `Wu ZP`, `Xu SG`; `J. B. Doe` → `Doe JB`."""
    front = re.match(r"^((?:[A-ZÀ-Þ]\.[ -]?)+)\s?(\S.*)$", piece)
    if front:
        return [f"{front[2].strip()} {re.sub(r'[^A-ZÀ-Þ]', '', front[1])}"]
    names: list[str] = []
    words: list[str] = []
    initials = ""
    for token in piece.split():
        if (
            words
            and re.fullmatch(r"(?:[A-ZÀ-Þ]\.?-?){1,4}", token)
            and not (initials and len(token.strip(".")) > 2)
        ):
            initials += re.sub(r"[^A-ZÀ-Þ]", "", token)
        elif words and re.fullmatch(r"Jr\.?|Sr\.?|2nd|3rd|II|III", token):
            continue
        else:
            if initials:
                names.append(f"{' '.join(words)} {initials}")
                words, initials = [], ""
            words.append(token)
    if words:
        names.append(f"{' '.join(words)} {initials}".strip())
    return names
