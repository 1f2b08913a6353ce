"""Compare titles, names, journals and pages as printed with those of a record; normalised copies, never stored."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "ø": "o", "ß": "ss", "ł": "l",
    "đ": "d", "æ": "ae", "œ": "oe", "ı": "i",
}  # fmt: skip
_JOURNAL_FILLERS = {
    "the",
    "of",
    "and",
    "for",
    "in",
    "on",
    "de",
    "la",
    "et",
    "und",
    "fur",
    "der",
    "a",
    "an",
    "official",
}


def fold(text: str) -> str:
    """Lower case, no accents, Greek letters spelled out; for comparing only."""
    text = "".join(_GREEK.get(c, c) for c in text.lower())
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def title_words(title: str) -> list[str]:
    """Words of a title in the form they are compared in."""
    return re.findall(r"[^\W_]+", fold(re.sub(r"<[^>]*>", "", title)))


def title_similarity(printed: str, title: str) -> float:
    """How much two titles agree, 0 to 1.

    A dropped subtitle or dropped last words cost little; the rest is the share of characters that agree in order
    (normalised insertion–deletion distance), or in any order at a small discount.
    """
    a, b = " ".join(title_words(printed)), " ".join(title_words(title))
    if not a or not b:
        return 0.0
    best = max(fuzz.ratio(a, b), 0.95 * fuzz.token_sort_ratio(a, b)) / 100
    short, long = sorted((a, b), key=len)
    if len(short.split()) >= 5 and len(short) >= 0.5 * len(long):
        best = max(best, 0.96 * fuzz.ratio(short, long[: len(short)]) / 100)
    return best


def lost_words(printed: str, title: str) -> list[str]:
    """Words of the record's title that the printed title lacks, as the record spells them.

    Small words are left out, and a misspelt word counts as printed.
    """
    have = set(title_words(printed))
    lost: list[str] = []
    for word in re.findall(r"[^\W_]+(?:[-–][^\W_]+)*", title):
        parts = title_words(word)
        missing = [p for p in parts if p not in have and not any(fuzz.ratio(p, h) >= 75 for h in have)]
        if len(word) > 2 and word.lower() not in _SMALL_WORDS and missing and "".join(parts) not in have:
            lost.append(word)
    return lost


def words_substituted(printed: str, title: str) -> bool:
    """Does each title have a word that the other lacks (`alpha` for `beta`, `II` for `I`), beyond misspellings?"""
    a, b = set(title_words(printed)), set(title_words(title))

    def alone(words: set[str], others: set[str]) -> bool:
        missing = (w for w in words - others if w not in _SMALL_WORDS and w not in _JOURNAL_FILLERS)
        return any(
            len(w) <= 3 or any(c.isdigit() for c in w) or not any(fuzz.ratio(w, o) >= 75 for o in others)
            for w in missing
        )

    return alone(a, b) and alone(b, a)


def surname(author: str) -> str:
    """Folded surname of `Surname AB` or `Surname, A. B.`; initials and suffixes dropped."""
    author = re.sub(r"\b(?:Jr|Sr|II|III|2nd|3rd)\b\.?", "", author)
    head = author.split(",")[0]
    words = head.split()
    while len(words) > 1 and re.fullmatch(r"(?:[A-ZÀ-Þ]\.?-?){1,4}", words[-1]):
        words.pop()
    return "".join(re.findall(r"[^\W\d_]", fold(" ".join(words))))


def surname_similarity(a: str, b: str) -> float:
    """1 for the same surname; less for a misspelt one; a particle (`van`, `de`) may be missing on one side."""
    a, b = surname(a), surname(b)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    short, long = sorted((a, b), key=len)
    if len(short) >= 4 and long.endswith(short) and long[: -len(short)] in _PARTICLES:
        return 1.0
    return fuzz.ratio(a, b) / 100


_SMALL_WORDS = {
    "the",
    "and",
    "for",
    "with",
    "from",
    "into",
    "that",
    "its",
    "are",
    "via",
    "between",
    "after",
    "during",
}
_PARTICLES = {"van", "von", "de", "der", "den", "del", "della", "di", "da", "la", "le", "el", "al", "vander", "vanden",
              "vonder", "dela", "st", "ten", "ter", "dos", "do", "du"}  # fmt: skip


def same_journal(a: str, b: str) -> bool:
    """Do two journal names denote one journal? Abbreviations match word by word (`Proc Natl Acad Sci U S A`)."""
    left, right = _journal_words(a), _journal_words(b)
    if not left or not right:
        return False
    if "".join(left) == "".join(right):
        return True
    if len(left) == len(right):
        return all(_abbreviates(x, y) or _abbreviates(y, x) for x, y in zip(left, right, strict=True))
    short, long = sorted((left, right), key=len)
    if len(short) == 1 and 3 <= len(short[0]) <= 6 and short[0] == "".join(word[0] for word in long):
        return True
    joined_short, joined_long = sorted(("".join(left), "".join(right)), key=len)
    return len(joined_short) >= 10 and joined_long.startswith(joined_short)


def _journal_words(name: str) -> list[str]:
    name = re.sub(r"\([^)]*\)|\s:\s.*$|\s=\s.*$", " ", fold(name.replace("&", " and ")))
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=\b\w)\.(?=\w\b)", " ", name))
    last = len(words) - 1
    return [w for i, w in enumerate(words) if w not in _JOURNAL_FILLERS or (i == last and i)] or words


def _abbreviates(short: str, long: str) -> bool:
    """`natl` for `national`: cut at the end, or contracted with first and last letter kept (ISO 4)."""
    if long.startswith(short):
        return True
    if short[0] != long[0] or short[-1] != long[-1]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def first_page(pages: str) -> str:
    """First page or article number, folded: `S56-64` → `s56`; empty when there is none."""
    match = re.match(r"\s*(?:pp?\.?\s*)?([A-Za-z]{0,6}\d+[A-Za-z]?)", pages)
    return match[1].lower().lstrip("0") if match else ""


def page_slip(a: str, b: str) -> bool:
    """Is one page a slip of the other: off by one or two, or one digit wrong, dropped or swapped?"""
    if a == b or not a or not b:
        return False
    if a.isdigit() and b.isdigit() and abs(int(a) - int(b)) <= 2:
        return True
    if len(a) < 3 or len(b) < 3:
        return False
    if sorted(a) == sorted(b):
        return True
    wrong = sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b))
    return wrong == 1


def same_number(a: str, b: str) -> bool:
    """Do two volumes or issues agree? Leading zeros and blanks don't matter; `110 ( Pt 20)` agrees with `110`."""
    clean = [re.sub(r"[^\w]", "", fold(value)).lstrip("0") for value in (a, b)]
    if clean[0] == clean[1]:
        return True
    numbers = [re.match(r"\d+", value) for value in clean]
    return bool(numbers[0] and numbers[1] and numbers[0][0] == numbers[1][0] and ("pt" in clean[0] or "pt" in clean[1]
                or "suppl" in clean[0] or "suppl" in clean[1]))  # fmt: skip
