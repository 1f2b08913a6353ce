"""The vocabulary of litmine: `load_lexicon` reads the shipped term tables and those of a workspace."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from pathlib import Path

from litmine.errors import InputError
from litmine.lexicon.compiled import read_compiled, write_compiled
from litmine.lexicon.matching import Match
from litmine.lexicon.normalise import key, key_variants, tokenise
from litmine.lexicon.tables import HERE, TYPES, Term, digest, reach_of, read_generated, read_table
from litmine.lexicon.vocabulary import Lexicon
from litmine.stamps import remembered

__all__ = ["TYPES", "Lexicon", "Match", "Term", "key", "load_lexicon", "open_lexicon", "tokenise"]

VERSION = "1"
"""Raise when the way tables are read or matched changes: part of every fingerprint."""
_PHOSPHO_PREFIXES = ("p-", "phospho-", "phosphorylated ", "p")


def load_lexicon(extra: Path | None = None) -> Lexicon:
    """Load the shipped vocabulary, and the terms of a workspace over it. Cached for the process.

    Args:
        extra: folder with tables of the same form (`drug.tsv`, ...); its terms win over the shipped ones, and a
            term flagged `exclude` is no longer found. A folder that does not exist is no error.

    Raises:
        InputError: a table is broken.
    """
    own = _own_tables(extra)
    return _load(tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in own))


def open_lexicon(extra: Path | None, cache_dir: Path) -> Lexicon:
    """The vocabulary of `load_lexicon` for a few lookups: from a compiled file, which is made when it is missing.

    Args:
        extra: see `load_lexicon`.
        cache_dir: where the compiled file is kept; when it can't be written to, the tables are read instead.

    Raises:
        InputError: a table is broken.
    """
    tables = [*HERE.glob("*.tsv"), *HERE.glob("*.tsv.gz"), *_own_tables(extra)]
    sources = [*tables, *HERE.glob("*.py")]
    name = remembered(cache_dir, f"lexicon {extra}", sources, lambda: _hash_of(sources))
    path = cache_dir / f"lexicon-{name[:16]}.sqlite"
    try:
        return read_compiled(path)
    except sqlite3.Error:
        lexicon = load_lexicon(extra)
    try:
        write_compiled(lexicon, path)
    except (OSError, sqlite3.Error):
        return lexicon
    return lexicon


def _hash_of(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _own_tables(extra: Path | None) -> list[Path]:
    return sorted(extra.glob("*.tsv")) if extra is not None and extra.is_dir() else []


@lru_cache(maxsize=4)
def _load(stamp: tuple[tuple[str, int, int], ...]) -> Lexicon:
    own = [Path(path) for path, _, _ in stamp]
    shipped, big = sorted(HERE.glob("*.tsv")), sorted(HERE.glob("*.tsv.gz"))
    if not shipped:
        raise InputError(f"no term tables in {HERE}: the installation is incomplete, install litmine again")
    rank = {kind: number for number, kind in enumerate(TYPES)}
    by_key: dict[str, tuple[Term, ...]] = {}
    tables: dict[str, dict[str, str]] = {}
    reach: dict[str, int] = {}
    for path in big:
        rows, ahead = read_generated(path)
        tables[path.name.split(".")[0]] = rows
        reach.update((head, n) for head, n in ahead.items() if n > reach.get(head, 0))
    for layer in (shipped, own):
        fresh: dict[str, list[Term]] = {}
        for term in _collect(layer):
            for form in key_variants(term.term):
                if "exclude" in term.flags:
                    by_key[form] = tuple(t for t in by_key.get(form, ()) if t.type != term.type)
                    tables.get(term.type, {}).pop(form, None)
                else:
                    fresh.setdefault(form, []).append(term)
        for form, found in fresh.items():
            found.sort(key=lambda term: rank[term.type])
            kinds = {term.type for term in found}
            by_key[form] = (*found, *(term for term in by_key.get(form, ()) if term.type not in kinds))
    generated = tuple(sorted(tables.items(), key=lambda item: rank[item[0]]))
    for head, length in reach_of(by_key).items():
        reach[head] = max(reach.get(head, 0), length)
    known = dict.fromkeys(chain(*(table for _, table in generated), by_key))
    heads = {form.partition(" ")[0] for form in known if " " in form}
    return Lexicon(digest([*shipped, *big, *own], VERSION), by_key, generated, known, heads, reach)


def _collect(paths: Iterable[Path]) -> Iterator[Term]:
    for path in paths:
        for term in read_table(path):
            for expanded in _expand(term):
                yield _guard(expanded)


def _expand(term: Term) -> Iterator[Term]:
    """The term itself and, for signalling proteins, its phosphorylated forms."""
    yield term
    if "phospho" not in term.flags or " " in term.term:
        return
    attributes = (*term.attributes, ("phospho", "yes"))
    for prefix in _PHOSPHO_PREFIXES:
        if prefix != "p" or term.term[0].isupper():
            flags = frozenset({"symbol"}) if prefix in ("p", "p-") else frozenset[str]()
            yield replace(term, term=prefix + term.term, attributes=attributes, flags=flags)


def _guard(term: Term) -> Term:
    """Symbols of up to three characters count only in their own case, other gene symbols need a capital."""
    if term.flags - {"phospho"} or " " in term.term or not any(c.isupper() for c in term.term):
        return term
    size = sum(c.isalnum() for c in term.term)
    if size <= 3:
        return replace(term, flags=term.flags | {"exact"})
    if term.type == "gene" and size <= 5:
        return replace(term, flags=term.flags | {"symbol"})
    return term
