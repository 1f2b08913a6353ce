"""Publication dates as MEDLINE prints them, to ISO dates cut to what is known."""

from __future__ import annotations

import calendar
import re
from functools import lru_cache
from typing import Literal

Precision = Literal["none", "year", "month", "day"]

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_MONTH = re.compile(
    r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s*(\d{1,2}\b(?!\d))?", re.I
)


def month_number(printed: str) -> int | None:
    """Month of "Mar", "March", "03" or "3"; None when it is no month."""
    printed = printed.strip()
    if printed.isascii() and printed.isdecimal():
        return int(printed) if 1 <= int(printed) <= 12 else None
    return _MONTHS.get(printed[:3].lower())


@lru_cache(maxsize=1 << 14)
def iso_date(year: str, month: str = "", day: str = "") -> str:
    """`2023-04-17`, cut after the last part that is known and possible."""
    found = _YEAR.fullmatch(year.strip())
    if not found:
        return ""
    number = month_number(month)
    if number is None:
        return found[1]
    last = calendar.monthrange(int(found[1]), number)[1]
    if day.strip().isdecimal() and 1 <= int(day) <= last:
        return f"{found[1]}-{number:02d}-{int(day):02d}"
    return f"{found[1]}-{number:02d}"


def parse_medline_date(printed: str) -> str:
    """First day of a printed span, cut to what is known: "1998 Dec-1999 Jan" → `1998-12`, "2000 Spring" → `2000`.

    A span of years without months ("1990-1991") gives its first year; text without a year gives "".
    """
    year = _YEAR.search(printed)
    if not year:
        return ""
    month = _MONTH.search(printed)
    if not month:
        return year[1]
    return iso_date(year[1], month[1], month[2] or "")


def precision(date: str) -> Precision:
    """How much of an ISO date is known."""
    names: dict[int, Precision] = {0: "none", 4: "year", 7: "month", 10: "day"}
    return names[len(date)]
