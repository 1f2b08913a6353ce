"""Ends of printed references: volume, issue, pages and perhaps the year, style by style."""

from __future__ import annotations

import re
from dataclasses import dataclass

from litmine.references.names import YEAR

_PAGES = r"(?P<pages>(?:pp?\.? ?)?[A-Za-z]{0,5}\d+[A-Za-z]?(?:\s?[-–—−]+\s?[A-Za-z]{0,2}\d*[A-Za-z]?)?)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_VOLUME = (
    r"(?P<volume>[A-Z]?\d+[A-Z]?(?:\s?[-–/]\s?\d+)?"
    r"(?:\s(?:Suppl|Pt|Spec No)\.?(?:\s?[A-Z]?\d+)?|\s?\(\s?(?:Pt|Suppl)[^)]*\))?)"
)
_ISSUE = r"(?:\s?\(\s?(?P<issue>(?:[^()]|\([^()]*\)){0,30})\))?"
_NAMED_ISSUE = r"(?:,\s*(?:no|iss)\.\s?(?P<issue>[^,(]*?))?"
_BOUND_YEAR = rf"(?P<year>{YEAR})"
_DATE = rf"\(?{_BOUND_YEAR}\)?(?:\s{_MONTH}(?:\s?[-/]\s?{_MONTH})?)?(?:\s\d{{1,2}})?"
_END = r"[.;]?\s*$"
_ENDINGS = {
    "vancouver": rf"[.,]?\s+{_DATE}\s?[;,]\s?(?:{_VOLUME}|Suppl\s?\d*)?{_ISSUE}\s?(?:[:,]\s?{_PAGES})?",
    "ieee": rf",\s*vol\.\s?{_VOLUME}{_NAMED_ISSUE}(?:,\s*(?:pp?|art)\.\s?(?:no\.\s?)?(?P<pages>[^,]+?))?"
    rf"(?:,\s*(?:{_MONTH}\s?)?{_BOUND_YEAR})?",
    "chicago": rf",?\s+{_VOLUME}{_NAMED_ISSUE}\s*\((?:{_MONTH}\s)?{_BOUND_YEAR}\)\s?:\s?{_PAGES}",
    "nature": rf",?\s+{_VOLUME}{_ISSUE},\s?{_PAGES}\s?\({_BOUND_YEAR}\)",
    "colon": rf",?\s+{_VOLUME}{_ISSUE}\s?:\s?{_PAGES},\s?\(?{_BOUND_YEAR}\)?",
    "apa": rf",\s*{_VOLUME}{_ISSUE}(?:,\s?(?:[Aa]rt(?:icle|\.)?\s)?{_PAGES})?",
    "plain": rf",?\s+{_VOLUME}{_ISSUE}\s?[:,]\s?{_PAGES}",
}
TAILS = {name: re.compile(pattern + _END) for name, pattern in _ENDINGS.items()}
"""`. 2001;12(3):34-56` · `, vol. 12, no. 3, pp. 34-56, 2001` · ` 12, no. 3 (2001): 34-56` · ` 12, 34-56 (2001)` ·
` 12: 34, 2001` · `, 12(3), 34-56` · ` 12:34-56`."""


@dataclass(frozen=True, slots=True)
class Tail:
    """What stood at the end of a reference, and the text before it."""

    before: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    year: str = ""


def find_tail(text: str, *names: str) -> Tail | None:
    """The first of the named endings that fits; asterisks of italics are ignored."""
    bare = re.sub(r"(?<!\w)\*([^*]*)\*", r"\1", text)
    for name in names:
        match = TAILS[name].search(bare)
        if match:
            parts = {key: (value or "").strip() for key, value in match.groupdict().items()}
            parts["pages"] = re.sub(r"^pp?\.?\s?", "", parts.get("pages", ""))
            return Tail(bare[: match.start()].strip(), **parts)
    return None
