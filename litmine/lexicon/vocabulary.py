"""All term tables as one vocabulary: look up, match in a text, synonyms for queries, nearest known names."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from litmine.lexicon.matching import Match, case_fits, context_fits, forms
from litmine.lexicon.normalise import Tokens, key, tokenise
from litmine.lexicon.tables import Term, parse_generated

_SHORT = 2
_LOCAL = 4
"""Tokens tried where no longer key begins; more where a document defines abbreviations (`T-DM1`, `CDK4/6i`)."""


_OWN_BONUS = 10.0
"""Points by which a name must be closer than one of the tables written by hand, which hold the drugs of the field."""


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All term tables, ready to be matched. Build one with `litmine.lexicon.load_lexicon`.

    Attributes:
        fingerprint: hash of every table and of the version of the code that reads and matches them.
        by_key: terms written by hand, by key, the preferred one first.
        generated: for each type with a generated table, key → line, parsed when met.
        known: every key of every table.
        heads: first tokens of keys of two or more.
        reach: first two tokens of a key of three or more → most tokens of a key that begins so.
    """

    fingerprint: str
    by_key: Mapping[str, tuple[Term, ...]]
    generated: tuple[tuple[str, Mapping[str, str]], ...]
    known: Mapping[str, None]
    heads: Set[str]
    reach: Mapping[str, int]

    def lookup(self, term_key: str) -> tuple[Term, ...]:
        """All terms with this key (see `normalise.key`), the preferred one first."""
        rows = ((kind, table.get(term_key)) for kind, table in self.generated)
        return (
            *self.by_key.get(term_key, ()),
            *(parse_generated(k, row) for k, row in rows if row is not None),
        )

    def knows(self, word: str) -> bool:
        """Is this a term of any table, in whatever case, or the plural of one?"""
        return any(self.lookup(form) for form, _ in forms(key(word) or " "))

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Every term of every table, sorted by type, name and term; parsed on first use."""
        rows = [term for terms in self.by_key.values() for term in terms]
        rows += [parse_generated(kind, row) for kind, table in self.generated for row in table.values()]
        unique = {(term.type, term.name, term.term): term for term in rows}
        return tuple(unique[k] for k in sorted(unique))

    @cached_property
    def _by_name(self) -> dict[str, list[Term]]:
        grouped: dict[str, list[Term]] = {}
        for term in self.terms:
            grouped.setdefault(term.name.lower(), []).append(term)
        return grouped

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(term.term for terms in self.by_key.values() for term in terms)

    @cached_property
    def _long(self) -> dict[str, tuple[str, ...]]:
        grouped: dict[str, set[str]] = {}
        for terms in self.by_key.values():
            for term in terms:
                if " " in term.term:
                    grouped.setdefault(term.name, set()).add(term.term)
        return {name: tuple(sorted(terms)) for name, terms in grouped.items()}

    @cached_property
    def _spelled(self) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """For each type: lower-case spelling → name, of the tables written by hand and of the generated ones."""
        spelled: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
        for term in self.terms:
            own, rest = spelled.setdefault(term.type, ({}, {}))
            (own if term.term in self._own else rest).setdefault(term.term.lower(), term.name)
        return spelled

    def long_forms(self, name: str) -> tuple[str, ...]:
        """Terms of two words or more, written by hand, that denote a standard name."""
        return self._long.get(name, ())

    def names(self, kind: str) -> tuple[str, ...]:
        """Standard names of one entity type, sorted."""
        return tuple(sorted({term.name for term in self.terms if term.type == kind}))

    def synonyms(self, name: str, limit: int = 12) -> tuple[str, ...]:
        """Ways to write a concept that are safe in a query: the name first, ambiguous short forms left out.

        Args:
            name: a standard name, or any term that denotes it.
            limit: most synonyms returned; terms written by hand come before generated ones.

        Returns:
            At least the name itself, also when no table knows it.
        """
        known = self.lookup(key(name))
        preferred = next((term for term in known if term.type != "disease"), known[0] if known else None)
        standard = preferred.name if preferred else name
        same = [
            term
            for term in self._by_name.get(standard.lower(), [])
            if (len(term.term) >= 4 or any(c.isdigit() for c in term.term))
            and "context" not in term.flags
            and (preferred is None or term.type == preferred.type)
            and not set(term.term) & set('"[]*$\\')
            and ("phospho", "yes") not in term.attributes
        ]
        same.sort(key=lambda term: (term.term not in self._own, len(term.term), term.term))
        seen: dict[str, str] = {}
        for term in (standard, *(term.term for term in same)):
            seen.setdefault(key(term), term)
        return tuple(seen.values())[:limit]

    def nearest(self, name: str, kind: str = "drug", floor: float = 60.0) -> tuple[str, float] | None:
        """The known name that is spelled most like an unknown one. A suggestion, never a link.

        Args:
            name: what the text says.
            kind: entity type to look in.
            floor: lowest similarity worth offering, 0 to 100 (indel similarity of the spellings).

        Returns:
            The standard name and its similarity, or None. Names written by hand are preferred when about as close.
        """
        from rapidfuzz import fuzz, process

        best: tuple[str, float] | None = None
        for choices in self._spelled.get(kind, ()):
            hit = process.extractOne(name.lower(), choices.keys(), scorer=fuzz.ratio, score_cutoff=floor)
            if hit and (best is None or hit[1] > best[1] + _OWN_BONUS):
                best = choices[hit[0]], float(hit[1])
        return best

    def match(
        self, text: str, tokens: Tokens | None = None, local: Mapping[str, Term | None] | None = None
    ) -> list[Match]:
        """Find terms, leftmost and longest first, without overlaps.

        A term begins and ends where a word does: the character before and after it is no letter and no digit. A symbol
        that needs context has it when its surroundings speak of genes, or when the same concept is found elsewhere in
        the text.

        Args:
            text: any text.
            tokens: its tokens, when they are at hand.
            local: terms of this document by key (abbreviations it defines); None blocks the key.
        """
        tokens = tokens or tokenise(text)
        words, spans, cuts = tokens.words, tokens.spans, tokens.cuts
        local = local or {}
        joined, count = " ".join(words), len(words)
        stops = [stop + place for place, stop in enumerate(accumulate(map(len, words)))]
        starts = [0, *(stop + 1 for stop in stops)]
        known, heads, reach, index = self.known, self.heads, self.reach, 0
        here = {form.partition(" ")[0] for form in local}
        here |= {f"{head}s" for head in here}
        found: list[Match] = []
        doubtful: list[Match] = []
        while index < count:
            first, word = index, words[index]
            index += 1
            own = word in here
            if own or word in heads:
                begin, short = starts[first], _LOCAL if own else _SHORT
                longest = reach.get(joined[begin : stops[index]], short) if index < count else 1
                candidates = [joined[begin:stop] for stop in stops[first : first + longest]]
            elif word in known or word[-1] == "s":
                candidates = [word]
            else:
                continue
            for last in range(first + len(candidates) - 1, first - 1, -1):
                candidate = candidates[last - first]
                if (
                    candidate not in known
                    and (candidate[-1] != "s" or not self._singular(candidate))
                    and not (own and any(form in local for form, _ in forms(candidate)))
                ):
                    continue
                start, end = spans[first][0], spans[last][1]
                if start and text[start - 1].isalnum() and start not in cuts:
                    break
                if end < len(text) and text[end].isalnum() and end not in cuts:
                    continue
                term = self._accept(candidate, text[start:end], local)
                if term is None:
                    continue
                sure = "context" not in term.flags or context_fits(text, start, end)
                (found if sure else doubtful).append(Match(term, start, end))
                index = last + 1
                break
        if doubtful:
            names = {match.term.name for match in found}
            found += [match for match in doubtful if match.term.name in names]
            found.sort(key=lambda match: match.start)
        return found

    def _singular(self, candidate: str) -> bool:
        return any(form in self.known for form, plural in forms(candidate) if plural)

    def _accept(self, candidate: str, surface: str, local: Mapping[str, Term | None]) -> Term | None:
        """The first term with this key (or its singular) whose case fits."""
        if local:
            for form, plural in forms(candidate):
                if form in local:
                    term = local[form]
                    if term is None or case_fits(term, surface, plural):
                        return term
        readings = self._readings.get(candidate)
        if readings is None:
            readings = self._readings[candidate] = self._read(candidate)
        return next((t for t, plural in readings if not t.flags or case_fits(t, surface, plural)), None)

    @cached_property
    def _readings(self) -> dict[str, tuple[tuple[Term, bool], ...]]:
        """What was looked up before: key → terms, marked True where the key is their plural."""
        return {}

    def _read(self, candidate: str) -> tuple[tuple[Term, bool], ...]:
        """Terms with this key or its singular: those written by hand first, then the generated ones."""
        written = forms(candidate)
        own = [(term, plural) for form, plural in written for term in self.by_key.get(form, ())]
        rest = [
            (parse_generated(kind, table[form]), plural)
            for form, plural in written
            for kind, table in self.generated
            if form in table
        ]
        return (*own, *rest)
