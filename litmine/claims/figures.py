"""Find printed figures with unit and measure: "30% to 95%", "18.1 months", "three-year rate of 53.6%"."""

from __future__ import annotations

import re

from litmine.types import Figure

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORD_SHARES = {
    "half": 50.0,
    "a third": 33.3,
    "one third": 33.3,
    "a quarter": 25.0,
    "one quarter": 25.0,
    "two thirds": 66.7,
}
_NUMBER = rf"(?:\d+(?:[,\u00a0]\d{{3}})*(?:\.\d+)?|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_UNITS = (
    ("%", r"%|per ?cent\b|percentage points?\b"),
    ("months", r"[- ]?months?\b"),
    ("years", r"[- ]?years?\b"),
    ("weeks", r"[- ]?weeks?\b"),
    ("days", r"[- ]?days?\b"),
    ("times", r"[- ]?(?:times|fold)\b"),
    ("kDa", r"kDa\b"),
    ("patients", r"(?:patients|women|participants|cases|people|individuals)\b"),
)
_UNIT = "|".join(f"(?P<u{i}>{pattern})" for i, (_, pattern) in enumerate(_UNITS))
_FIGURE = re.compile(
    rf"(?<![\w./-])(?P<low>{_NUMBER})(?:\s*(?:%|per ?cent)?\s*(?:-|–|to|and)\s*(?P<high>{_NUMBER}))?\s*(?:{_UNIT})",
    re.IGNORECASE,
)
_RATIO = re.compile(
    r"\b(?P<name>HR|RR|OR|hazard ratio|odds ratio|risk ratio|relative risk)\b[ =:,of]*(?P<value>\d+\.\d+)",
    re.I,
)
_SHARE_WORD = re.compile(r"\b(?P<word>" + "|".join(_WORD_SHARES) + r")(?= of\b)", re.IGNORECASE)
_INTERVAL_OF = re.compile(r"\s*(?:CI\b|confidence|UI\b|CrI\b)")
_BETWEEN = re.compile(r"\bbetween\s+$", re.IGNORECASE)
_SPAN = re.compile(r"\b(?:for|over|during|within)\s+(?:about |at least |up to |some )?$", re.IGNORECASE)
_LIVED = re.compile(r"surviv|free|alive|lived|\bP?OS\b|\bPFS\b", re.IGNORECASE)
_GROUP = re.compile(r"^\s*(?:\([^)]*\)\s*)?(?:of|among|in|for)\s+(?P<who>[^,;.()\[]{3,80})", re.IGNORECASE)
_DESCRIBED = re.compile(r"\b(?:who|whose|that|which|with|without)\b", re.IGNORECASE)
_PREDICATE = re.compile(
    r"\s+(?:is|are|was|were|has|have|had|shows?|showed|develops?|developed|express(?:es|ed)?|respond(?:s|ed)?|"
    r"los[et]|carr(?:y|ies|ied)|harbou?r(?:s|ed)?)\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"^[- ]?(?:follow|old|of age|later|earlier|ago)|^\s+(?:survival|overall|progression|DFS|OS|PFS)", re.I
)

MEASURES: tuple[tuple[str, str], ...] = (
    (
        "brain metastasis",
        r"brain[- ](?:metasta\w+|turn|transform\w+)|intracranial|central nervous system metasta\w+|CNS metasta\w+",
    ),
    ("progression-free survival", r"\bm?PFS\b|progression[- ]free(?: survival)?"),
    ("disease-free survival", r"\b(?:i?D|E|R)FS\b|(?:disease|event|relapse|recurrence)[- ]free(?: survival)?"),
    (
        "survival",
        r"\bm?OS\b|overall survival|survival (?:rate|time)|\b\w+-year (?:survival |death )?rate|\bdeaths?\b|mortality"
        r"|(?<![- ]free )survival\b",
    ),
    ("response rate", r"\b(?:ORR|CBR)\b|objective respons\w+|respon(?:se|ded|ders)\b|benefit rate|disease control"),
    ("pathological complete response", r"\bt?pCR\b|pathologic(?:al)? complete|complete respon\w+"),
    ("interstitial lung disease", r"\bILD\b|interstitial lung|pneumonitis"),
    ("cardiac toxicity", r"\bLVEF\b|ejection fraction|cardi\w+|heart failure|\bto the heart\b"),
    ("immune-related adverse events", r"\birAEs?\b|\bimmune[- ](?:related|mediated)\b"),
    ("adverse events", r"adverse|toxicit\w+|grade (?:3|III)|neutropeni\w+|diarrh\w+"),
    ("overexpression or amplification", r"over-?express\w*|amplif\w+"),
    ("mutation", r"\bmutat\w+|variants?\b"),
    ("expression", r"\bexpress\w*|positivity"),
    ("share of cancers", r"all (?:new )?(?:cancer|tumou?r)s?\b|cases overall|cancer cases|of (?:all )?cancers"),
    ("recurrence", r"recur\w+|relaps\w+"),
    ("incidence", r"\bincidence\b|\bprevalence\b|\bfrequency\b"),
)  # fmt: skip
_IN_TIME = frozenset({"progression-free survival", "disease-free survival", "survival"})
_MEASURES = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in MEASURES)


def measures_in(text: str) -> tuple[str, ...]:
    """Names of the measures a text speaks of, in the fixed order of `MEASURES`."""
    return tuple(name for name, pattern in _MEASURES if pattern.search(text))


def _value(text: str) -> float:
    lowered = text.lower()
    return float(_WORDS[lowered]) if lowered in _WORDS else float(re.sub(r"[,\u00a0]", "", text))


def _measure_near(text: str, start: int, end: int, unit: str) -> str:
    """The measure named nearest to a figure; what stands before it is preferred. Time spans measure survival only."""
    in_time = unit in {"months", "years", "weeks", "days"}
    best: tuple[int, int, str] | None = None
    for order, (name, pattern) in enumerate(_MEASURES):
        if in_time and name not in _IN_TIME:
            continue
        for match in pattern.finditer(text):
            distance = start - match.end() if match.end() <= start else match.start() - end + 25
            if distance > (200 if in_time else 90):
                continue
            candidate = (max(distance, 0), order, name)
            best = min(best, candidate) if best else candidate
    return best[2] if best else ""


def _group(after: str) -> str:
    """Whom or what a figure was printed for, from the words after it: "patients whose tumours express it"."""
    match = _GROUP.match(after)
    if match is None:
        return ""
    who = re.split(r"\s+and\s+(?=\d)|(?=\s\d)", match["who"])[0]
    who = (who if _DESCRIBED.search(who) else _PREDICATE.split(who)[0]).strip()
    return "" if who in {"all", "total"} else who


def _without(text: str, start: int, group: str) -> str:
    """The text with a described group blanked: what it is told by is not what the figure measures."""
    low = text.find(group, start) if _DESCRIBED.search(group) else -1
    return text if low < 0 else text[:low] + " " * len(group) + text[low + len(group) :]


def find_figures(text: str, *, offset: int = 0) -> tuple[Figure, ...]:
    """Figures of a clause or sentence, in text order.

    Args:
        text: one clause or sentence.
        offset: where the text starts in the document; added to the offsets of the figures.

    Returns:
        Figures with their range (`low` = `high` for one value), unit (%, months, years, times, kDa, patients,
        HR, RR, OR), the group they were printed for ("of patients who are resistant"), empty when none follows,
        and the measure they were printed beside (`about`), empty when none is near. A time span that only names a
        measure ("three-year survival", "5 years of follow-up") carries the unit but no measure.
    """
    found: list[Figure] = []
    for match in _FIGURE.finditer(text):
        unit = next(name for i, (name, _) in enumerate(_UNITS) if match[f"u{i}"])
        low = _value(match["low"])
        high = low
        if match["high"]:
            joined = text[match.end("low") : match.start("high")]
            if re.search(r"\band\b", joined) and not _BETWEEN.search(text[: match.start()]):
                continue
            high = _value(match["high"])
        if low > high or _INTERVAL_OF.match(text[match.end() :]):
            continue
        before, after = text[: match.start()], text[match.end() :]
        spent = bool(_SPAN.search(before)) and not _LIVED.search(before[-40:])
        time_point = unit in {"months", "years", "weeks", "days"} and (
            "-" in match[0][-8:]
            or _DURATION.match(after) is not None
            or match["low"].lower() in _WORDS
            or spent
        )
        group = "" if time_point else _group(after)
        about = "" if time_point else _measure_near(_without(text, match.end(), group), *match.span(), unit)
        found.append(
            Figure(offset + match.start(), offset + match.end(), match[0], low, high, unit, about, group)
        )
    for match in _SHARE_WORD.finditer(text):
        value = _WORD_SHARES[match["word"].lower()]
        about = _measure_near(text, match.start(), match.end(), "%")
        found.append(Figure(offset + match.start(), offset + match.end(), match[0], value, value, "%", about))
    names = {"hazard ratio": "HR", "odds ratio": "OR", "risk ratio": "RR", "relative risk": "RR"}
    for match in _RATIO.finditer(text):
        unit = names.get(match["name"].lower(), match["name"].upper())
        value = float(match["value"])
        about = _measure_near(text, match.start(), match.end(), unit)
        found.append(
            Figure(offset + match.start(), offset + match.end(), match[0], value, value, unit, about)
        )
    return tuple(sorted(found, key=lambda f: (f.start, f.end)))
