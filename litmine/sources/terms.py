"""Query terms over records while they stream past: AND, OR, NOT, parentheses, phrases, `*`, [ti], [tiab], [mh]."""

from __future__ import annotations

import re
from collections.abc import Callable

from litmine.errors import UsageError
from litmine.types import Record

Test = Callable[[Record], bool]
_TOKEN = re.compile(
    r'\(|\)|\b(?:AND|OR|NOT)\b|"[^"]*"(?:\[[^\]]*\])?|(?:(?!\b(?:AND|OR|NOT)\b)[^()"\[\]])+(?:\[[^\]]*\])?'
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_FIELDS = {
    "ti": "title",
    "title": "title",
    "tiab": "text",
    "mh": "mesh",
    "mesh": "mesh",
    "mesh terms": "mesh",
}


def term_filter(query: str) -> Test:
    """A test for records, read from left to right as PubMed does.

    A term without a field is looked for in title, abstract and MeSH headings, as whole words, letter case aside;
    `*` at its end stands for any ending.

    Raises:
        UsageError: the terms can't be read.
    """
    tokens = [token.strip() for token in _TOKEN.findall(query) if token.strip()]
    test, rest = _expression(tokens, query)
    if rest:
        raise UsageError(f"--filter {query!r}: can't be read from {rest[0]!r} on")
    return test


def _expression(tokens: list[str], query: str) -> tuple[Test, list[str]]:
    negated = bool(tokens) and tokens[0] == "NOT"
    test, tokens = _single(tokens[1:] if negated else tokens, query)
    if negated:
        test = _joined("NOT", lambda _record: True, test)
    while tokens and tokens[0] in _OPERATORS:
        operator, tokens = tokens[0], tokens[1:]
        if operator == "AND" and tokens and tokens[0] == "NOT":
            operator, tokens = "NOT", tokens[1:]
        right, tokens = _single(tokens, query)
        test = _joined(operator, test, right)
    return test, tokens


def _joined(operator: str, left: Test, right: Test) -> Test:
    if operator == "AND":
        return lambda record: left(record) and right(record)
    if operator == "OR":
        return lambda record: left(record) or right(record)
    return lambda record: left(record) and not right(record)


def _single(tokens: list[str], query: str) -> tuple[Test, list[str]]:
    if not tokens or tokens[0] == ")" or tokens[0] in _OPERATORS:
        raise UsageError(f"--filter {query!r}: a term is missing")
    if tokens[0] != "(":
        return _term(tokens[0], query), tokens[1:]
    test, rest = _expression(tokens[1:], query)
    if not rest or rest[0] != ")":
        raise UsageError(f"--filter {query!r}: a parenthesis is not closed")
    return test, rest[1:]


def _term(token: str, query: str) -> Test:
    match = re.fullmatch(r'"?([^"\[\]]*?)"?\s*(?:\[([^\]]*)\])?', token)
    words = match[1].strip() if match else ""
    field = (match[2] or "").strip().lower() if match else ""
    if not words.rstrip("*") or (field and field not in _FIELDS):
        raise UsageError(f"--filter {query!r}: can't read {token!r}; fields are [ti], [tiab] and [mh]")
    body = r"\s+".join(re.escape(word) for word in words.rstrip("*").split())
    search = re.compile(rf"(?<!\w){body}" + ("" if words.endswith("*") else r"(?!\w)"), re.IGNORECASE).search

    def mesh(record: Record) -> bool:
        return any(search(heading.descriptor) for heading in record.mesh_headings)

    where = _FIELDS.get(field, "all")
    if where == "title":
        return lambda record: bool(search(record.title))
    if where == "mesh":
        return mesh
    if where == "text":
        return lambda record: bool(search(record.title) or search(record.text))
    return lambda record: bool(search(record.title) or search(record.text)) or mesh(record)
