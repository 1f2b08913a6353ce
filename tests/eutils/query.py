"""The part of PubMed's query language that litmine writes: fields, phrases, AND, OR, NOT, parentheses."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_TOKEN = re.compile(
    r'\(|\)|\b(?:AND|OR|NOT)\b|"[^"]*"(?:\[[^\]]*\])?|[^\s()\[\]"]+(?:\s+[A-Z]{1,3}(?=\[))?(?:\[[^\]]*\])?'
)


@dataclass(frozen=True)
class Entry:
    """What the server knows of a record for searching."""

    pmid: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    year: int
    identifiers: tuple[str, ...]
    entered: str
    revised: str = ""


def search(query: str, entries: list[Entry]) -> list[Entry]:
    """Entries that match, newest first.

    Raises:
        ValueError: the query can't be read.
    """
    tokens = _TOKEN.findall(query)
    if not tokens:
        raise ValueError("empty query")
    test, rest = _either(tokens)
    if rest:
        raise ValueError(f"can't read the query from {rest[0]!r}")
    return sorted((e for e in entries if test(e)), key=lambda e: (e.entered, int(e.pmid)), reverse=True)


Test = Callable[[Entry], bool]


def _either(tokens: list[str]) -> tuple[Test, list[str]]:
    """PubMed works from left to right: AND, OR and NOT bind alike."""
    test, tokens = _single(tokens)
    while tokens and tokens[0] != ")":
        operator = tokens[0] if tokens[0] in {"AND", "OR", "NOT"} else "AND"
        right, tokens = _single(tokens[1:] if tokens[0] in {"AND", "OR", "NOT"} else tokens)
        test = _joined(operator, test, right)
    return test, tokens


def _joined(operator: str, left: Test, right: Test) -> Test:
    if operator == "AND":
        return lambda e: left(e) and right(e)
    if operator == "OR":
        return lambda e: left(e) or right(e)
    return lambda e: left(e) and not right(e)


def _single(tokens: list[str]) -> tuple[Test, list[str]]:
    if not tokens:
        raise ValueError("the query ends too early")
    if tokens[0] == "(":
        test, rest = _either(tokens[1:])
        return test, rest[1:]
    return _term(tokens[0]), tokens[1:]


def _term(token: str) -> Test:
    match = re.fullmatch(r'"?([^"\[]*)"?(?:\[([^\]]*)\])?', token)
    if not match:
        raise ValueError(f"can't read the term {token!r}")
    text, field = match[1].strip().lower(), (match[2] or "").lower()
    if field in {"uid", "pmid"}:
        return lambda e: e.pmid == text
    if field in {"aid", "doi"}:
        return lambda e: text in e.identifiers
    if field in {"1au", "au", "author"}:
        return lambda e: any(
            a.lower().startswith(text) for a in (e.authors[:1] if field == "1au" else e.authors)
        )
    if field in {"dp", "pdat"}:
        low, _, high = text.partition(":")
        return lambda e: int(low[:4]) <= e.year <= int((high or low)[:4])
    words = re.compile(
        r"\b" + re.escape(text.rstrip("*")) + ("" if text.endswith("*") else r"\b"), re.IGNORECASE
    )
    if field in {"ti", "title"}:
        return lambda e: bool(words.search(e.title))
    return lambda e: bool(words.search(f"{e.title} {e.abstract}"))
