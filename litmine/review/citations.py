"""Find citation markers in a sentence or paragraph: `[3]`, `[1, 3-5]`, `[1]-[3]`, (Smith et al., 2018)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from litmine.types import Citation

MARKER = re.compile(r"\[\s*(?:Refs?\.?\s*)?\d{1,3}(?:\s*[,;‐‑–—−-]\s*\d{1,3})*\s*[,;]?\s*\]")
_RUN = re.compile(rf"{MARKER.pattern}(?:\s*[,;‐‑–—−-]?\s*{MARKER.pattern})*")
_DASH = "‐‑–—−-"
_AUTHOR = r"(?:(?:van|von|de|der|den|del|della|di|da|dos|la|le|ten|ter|el|al)\s+){0,3}[^\W\d_][\w'’‐-]+"
_YEAR = r"(?:19|20)\d\d[a-z]?"
_GROUP = re.compile(rf"\(([^()]*?\b{_YEAR}[^()]*)\)")
_NARRATIVE = re.compile(
    rf"({_AUTHOR})(?:\s+(?:and|&)\s+{_AUTHOR}|,?\s+et\s+al\.?|\s+and\s+(?:colleagues|co-?workers))?\s*\(({_YEAR})\)"
)
_PARENTHESES = re.compile(r"\(\s*\d{1,3}(?:\s*[,;–—-]\s*\d{1,3})*\s*\)")


def expand(marker: str) -> tuple[int, ...]:
    """Numbers a marker stands for: `[1, 3-5]` → (1, 3, 4, 5). Empty when it can't be a citation."""
    body = re.sub(rf"\]\s*([{_DASH}])\s*\[", r"\1", marker)
    numbers: list[int] = []
    for part in re.split(r"[,;\]\[()]", body):
        ends = [int(n) for n in re.findall(r"\d+", part)]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + 60:
            numbers.extend(range(ends[0], ends[1] + 1))
        else:
            numbers.extend(ends)
    return () if 0 in numbers else tuple(dict.fromkeys(numbers))


def find_numbered(text: str, *, parentheses: bool = False) -> list[Citation]:
    """Numbered markers of a text, in order. Neighbouring markers (`[1], [2]` or `[1]-[3]`) count as one.

    Args:
        text: Any text; offsets count into it.
        parentheses: Read `(3, 4)` as markers too; only right for reviews that cite that way.
    """
    pattern = _PARENTHESES if parentheses else _RUN
    found = [Citation(m.start(), m.end(), expand(m[0])) for m in pattern.finditer(text)]
    return [citation for citation in found if citation.numbers]


def fold(name: str) -> str:
    """A name for comparing only: no accents, lower case, letters alone."""
    letters = unicodedata.normalize(
        "NFKD", name.replace("ø", "o").replace("Ø", "O").replace("ß", "ss").replace("ł", "l")
    )
    return "".join(c for c in letters if c.isalpha() and not unicodedata.combining(c)).lower()


class AuthorYears:
    """Numbers of references by first author and year, for reviews that cite "(Smith et al., 2018)"."""

    def __init__(self, references: Mapping[int, str]) -> None:
        self._numbers: dict[tuple[str, str], list[int]] = {}
        for number, printed in sorted(references.items()):
            years = re.findall(rf"\b{_YEAR}\b", printed)
            names = self._first_names(printed)
            for year in dict.fromkeys(years):
                for key in {(name, y) for name in names for y in (year, year[:4])}:
                    self._numbers.setdefault(key, []).append(number)

    @staticmethod
    def _first_names(printed: str) -> set[str]:
        words = re.findall(r"[^\W\d_][\w'’‐-]*", re.sub(r"^\W+", "", printed)[:60])
        words = [w for w in words if len(w) > 1]
        first: set[str] = set()
        for count in (1, 2, 3):
            if len(words) >= count:
                first.add(fold("".join(words[:count])))
        if words and words[0][0].islower() and len(words) > 1:
            first.add(fold(words[1]))
        return first - {""}

    def number(self, author: str, year: str) -> int | None:
        """The one reference of this author and year; None when there is none or more than one."""
        numbers = self._numbers.get((fold(author), year), [])
        return numbers[0] if len(numbers) == 1 else None

    def find(self, text: str) -> list[Citation]:
        """Author-year citations of a text that are bound to a reference without doubt."""
        found: list[Citation] = []
        for match in _NARRATIVE.finditer(text):
            number = self.number(match[1], match[2])
            if number:
                found.append(Citation(match.start(), match.end(), (number,)))
        for match in _GROUP.finditer(text):
            numbers: list[int] = []
            author = ""
            for part in re.split(r"[;,]\s*", match[1]):
                name = re.search(
                    rf"({_AUTHOR})(?:\s+(?:and|&)\s+{_AUTHOR}|\s+et\s+al\.?)?\s*(?:{_YEAR})?\s*$", part
                )
                if name and re.search(r"[^\W\d_]{2}", name[1]):
                    author = name[1]
                for year in re.findall(rf"\b{_YEAR}\b", part):
                    number = self.number(author, year) if author else None
                    if number:
                        numbers.append(number)
            if numbers and not any(c.start <= match.start() and match.end() <= c.end for c in found):
                found.append(Citation(match.start(), match.end(), tuple(dict.fromkeys(numbers))))
        return sorted(found, key=lambda citation: citation.start)


def cites_in_parentheses(text: str, numbers: Sequence[int]) -> bool:
    """Does this text cite as `(3, 4)`? True when such markers name at least half of the reference numbers."""
    known = set(numbers)
    cited = {n for citation in find_numbered(text, parentheses=True) for n in citation.numbers}
    return len(known) >= 3 and len(cited & known) * 2 >= len(known)
