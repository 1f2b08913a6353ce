"""What a request asks for, checked: filters of a search, fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_args
from urllib.parse import parse_qsl

from starlette.requests import Request

from litmine.errors import UsageError
from litmine.search import Filters
from litmine.search.searcher import Sort
from litmine.types import LEVELS, Level, OutcomeType
from litmine.web.searching import Wish

LONGEST_QUERY = 500
_MOST_FIELDS = 20
FILTERS = ("year_from", "year_to", "drug", "mechanism", "outcome", "level", "sort")
"""Names of the search form's fields beside the query, `q`."""


async def fields_of(request: Request) -> dict[str, str]:
    """The fields of a posted form.

    Raises:
        UsageError: it is no form, or holds too much.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise UsageError("send a form (application/x-www-form-urlencoded)")
    try:
        text = (await request.body()).decode("utf-8")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"))
    except ValueError as error:
        raise UsageError("the form can't be read: not UTF-8, or too many fields") from error


def wish_of(asked: Mapping[str, str]) -> Wish:
    """A search as its form asks for it.

    Raises:
        UsageError: a year that is none, or a value outside its list; the words say which.
    """
    query = " ".join(asked.get("q", "").split())
    if len(query) > LONGEST_QUERY:
        raise UsageError(f"the question has {len(query)} characters; {LONGEST_QUERY} are the most")
    filters = Filters(
        year_from=_year(asked, "year_from"),
        year_to=_year(asked, "year_to"),
        drug=_text(asked, "drug"),
        mechanism=_text(asked, "mechanism"),
        outcome=cast("OutcomeType | None", _one_of(asked, "outcome", get_args(OutcomeType))),
        level=cast("Level | None", _one_of(asked, "level", LEVELS)),
    )
    if filters.year_from and filters.year_to and filters.year_from > filters.year_to:
        raise UsageError(f"the years {filters.year_from} to {filters.year_to} are the wrong way round")
    sort = _one_of(asked, "sort", get_args(Sort)) or "relevance"
    return Wish(query, filters, cast("Sort", sort))


def _year(asked: Mapping[str, str], name: str) -> int | None:
    text = asked.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == 4):
        raise UsageError(f"{text[:20]!r} is no year: write it with four digits")
    return int(text)


def _text(asked: Mapping[str, str], name: str) -> str | None:
    text = " ".join(asked.get(name, "").split())
    if len(text) > 100:
        raise UsageError(f"the {name} has {len(text)} characters; 100 are the most")
    return text or None


def _one_of(asked: Mapping[str, str], name: str, known: tuple[str, ...]) -> str | None:
    text = asked.get(name, "").strip()
    if text and text not in known:
        raise UsageError(f"{text[:40]!r} is no {name}; known are {', '.join(known)}")
    return text or None
