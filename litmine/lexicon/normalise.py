"""Text as tokens that compare equal across case, hyphens, spaces and Greek letters, with offsets kept.

A token is a run of letters, a run of digits, one Greek letter or one other visible character. Hyphens, spaces,
slashes and underscores only separate: `SK-BR-3`, `HER-2/neu` and `TGF-β1` become the keys `sk br 3`, `her 2 neu`
and `tgf beta 1`. Every token knows its place in the original text, so nothing is lost by normalising.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
}
GREEK_NAMES = frozenset(GREEK.values())
MINUS = "~"
"""The token of a minus sign that belongs to the word before it (`HER2-`, `ER−`)."""
_BREAK = "\x1f"


def _one_to_one() -> dict[int, str]:
    """Characters that are written otherwise but mean the same, each mapped to exactly one character."""
    table = dict.fromkeys(map(ord, "‐‑‒–−﹣－⁻"), "-")
    table |= dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u200a\u202f\u3000\u00ad\u200b\ufeff"), " ")
    table |= dict.fromkeys(map(ord, "’‘ʼ′`´"), "'") | dict.fromkeys(map(ord, "⁺＋﹢"), "+")
    table |= {ord("∆"): "δ", ord("µ"): "μ", ord("ς"): "σ", ord("ϵ"): "ε", ord("ϕ"): "φ", ord("ß"): "ß"}
    for code in (*range(0xC0, 0x250), *range(0x2070, 0x20A0), 0xB2, 0xB3, 0xB9, *range(0xFF01, 0xFF5F)):
        plain = [c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c)]
        if code not in table and len(plain) == 1 and plain[0] != chr(code):
            table[code] = plain[0].lower()[0]
    return table


_TABLE = _one_to_one()
_NEW_BLOCK = re.compile(r"\n(?=\s*[A-Z\n])")
_TOKEN = re.compile(
    r"[a-z]+|\d+|[α-ω]"
    r"|(?<=[\w+])-(?=[/),;]|$|\s+(?!and\b|or\b|to\b|versus\b|based\b)[a-z(])"
    r"|[^\W\d_α-ω]+|[^\s\-/_]"
)


_GLUED_LABEL = re.compile(
    r"(?<![A-Za-z])(?:Background|Conclusions?|Discussion|Findings|Interpretation|Introduction|Aims?|Methods?|Objectives?|"
    r"Patients|Purpose|Results?|Significance)(?=[A-Z])"
)
"""Labels of structured abstracts that lost the space after them ("ConclusionsTrastuzumab was ...")."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: what they are and where they stand (code points, end exclusive).

    `cuts`: places inside a run of letters where a word begins all the same.
    """

    words: list[str]
    spans: list[tuple[int, int]]
    cuts: frozenset[int] = frozenset()


def fold(text: str) -> str:
    """Lower-case and unify the characters of a text without changing its length."""
    folded = _NEW_BLOCK.sub(_BREAK, text)
    lower = folded.lower()
    if len(lower) != len(folded):
        lower = "".join(c if len(c.lower()) != 1 else c.lower() for c in folded)
    return lower if lower.isascii() else lower.translate(_TABLE)


def tokenise(text: str) -> Tokens:
    """Split a text into comparable tokens with their offsets."""
    folded = fold(text)
    cuts = frozenset(match.end() for match in _GLUED_LABEL.finditer(text))
    spans, words = [], []
    for match in _TOKEN.finditer(folded):
        start, end = match.span()
        for cut in cuts:
            if start < cut < end:
                spans.append((start, cut))
                words.append(folded[start:cut])
                start = cut
                break
        spans.append((start, end))
        words.append(folded[start:end])
    for index, word in enumerate(words):
        if word == "-":
            words[index] = MINUS
        elif not word.isascii():
            words[index] = GREEK.get(word) or unicodedata.normalize("NFKC", word).lower()
    return Tokens(words, spans, cuts)


def key(term: str) -> str:
    """The comparable form of a term: its tokens joined by single spaces."""
    return " ".join(tokenise(term).words)


_SEPARATORS = re.compile(r"[\s\-/_]+")
_SIGNS = {code: char for code, char in _TABLE.items() if char in "-+ '"}


def letters(surface: str) -> str:
    """A surface without its separators, Greek spelled out, case kept: what case-exact terms are compared by."""
    if surface.isascii():
        return surface if surface.isalnum() else _SEPARATORS.sub("", surface)
    plain = _SEPARATORS.sub("", surface.translate(_SIGNS))
    return "".join(GREEK.get(_TABLE.get(ord(c), c).lower(), c) for c in plain)


_SPELLINGS = (
    ("tumour", "tumor"),
    ("oestr", "estr"),
    ("oedema", "edema"),
    ("haem", "hem"),
    ("anaemi", "anemi"),
    ("aemia", "emia"),
    ("paenia", "penia"),
    ("diarrhoea", "diarrhea"),
    ("signalling", "signaling"),
    ("favour", "favor"),
    ("behaviour", "behavior"),
    ("leukaem", "leukem"),
    ("modelling", "modeling"),
    ("labelling", "labeling"),
    ("foetal", "fetal"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("oesoph", "esoph"),
    ("gynaec", "gynec"),
    ("fibre", "fiber"),
    ("paediatric", "pediatric"),
    ("sulph", "sulf"),
    ("analogue", "analog"),
    ("ischaem", "ischem"),
)


def spellings(term: str) -> list[str]:
    """A term in British and American spelling (the term itself first)."""
    american, british = term, term
    for left, right in _SPELLINGS:
        american = american.replace(left, right)
        if left not in british:
            british = british.replace(right, left) if left[-4:] not in ("ised", "sing", "tion") else british
    return list(dict.fromkeys((term, american, british)))


def key_variants(term: str) -> list[str]:
    """Keys under which a term is looked up: as written, and with hyphens and Greek names closed up."""
    found = [key(spelled) for spelled in spellings(term)]
    words = found[0].split(" ")
    if " " not in term.strip() and "-" in term and re.search(r"[A-Z\d]", term):
        found.append(key(re.sub(r"(?<=\w)-(?=\w)", "", term)))
    for index, word in enumerate(words):
        if word in GREEK_NAMES and len(words) > 1:
            if index and words[index - 1].isalpha():
                found.append(" ".join((*words[: index - 1], words[index - 1] + word, *words[index + 1 :])))
            if index + 1 < len(words) and len(words[index + 1]) <= 2 and words[index + 1].isalpha():
                tail = (word + words[index + 1], *words[index + 2 :])
                found.append(" ".join((*words[:index], *tail)))
                if index:
                    found.append(" ".join((*words[: index - 1], words[index - 1] + tail[0], *tail[1:])))
    return list(dict.fromkeys(found))
