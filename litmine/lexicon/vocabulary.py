"""All term tables as one vocabulary: look up, match in a text, synonyms for queries, nearest known names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from litmine.lexicon.matching import Match, case_fits, context_fits, forms
from litmine.lexicon.normalise import Tokens, key, tokenise
from litmine.lexicon.tables import Term, parse_generated

_LOCAL_TOKENS = 4
"""Most tokens of an abbreviation that a document defines."""
_OWN_BONUS = 4.0
"""Points by which a generated name must be closer than one of the tables written by hand."""


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All term tables, ready to be matched. Build one with `litmine.lexicon.load_lexicon`.

    Attributes:
        fingerprint: hash of every table and of the version of the code that reads and matches them.
        by_key: terms written by hand, by key, the preferred one first.
        generated: for each type with a generated table, key → line, parsed when met.
        longest: first token of a key → most tokens of a key that begins with it.
    """

    fingerprint: str
    by_key: Mapping[str, tuple[Term, ...]]
    generated: tuple[tuple[str, Mapping[str, str]], ...]
    longest: Mapping[str, int]

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
        words, spans = (tokens.words, tokens.spans) if tokens else _split(text)
        local = local or {}
        heads = {form.partition(" ")[0] for form in local}
        starts, position = [], 0
        for word in words:
            starts.append(position)
            position += len(word) + 1
        joined, count, longest, index = " ".join(words), len(words), self.longest, 0
        found: list[Match] = []
        doubtful: list[Match] = []
        while index < count:
            word = words[index]
            reach = longest.get(word, 0) or (longest.get(word[:-1], 0) if word[-1] == "s" else 0)
            if heads and (word in heads or word[:-1] in heads):
                reach = max(reach, _LOCAL_TOKENS)
            start = spans[index][0]
            index += 1
            if not reach or (start and text[start - 1].isalnum()):
                continue
            for last in range(min(index + reach - 1, count), index - 1, -1):
                end = spans[last - 1][1]
                if end < len(text) and text[end].isalnum():
                    continue
                candidate = joined[starts[index - 1] : starts[last - 1] + len(words[last - 1])]
                term = self._accept(candidate, text[start:end], local)
                if term is None:
                    continue
                sure = "context" not in term.flags or context_fits(text, start, end)
                (found if sure else doubtful).append(Match(term, start, end))
                index = last
                break
        if doubtful:
            known = {match.term.name for match in found}
            found += [match for match in doubtful if match.term.name in known]
            found.sort(key=lambda match: match.start)
        return found

    def _accept(self, candidate: str, surface: str, local: Mapping[str, Term | None]) -> Term | None:
        """The first term with this key (or its singular) whose case fits."""
        written = forms(candidate)
        for form, plural in written:
            if form in local:
                term = local[form]
                if term is None or case_fits(term, surface, plural):
                    return term
        for form, plural in written:
            for term in self.by_key.get(form, ()):
                if case_fits(term, surface, plural):
                    return term
        for form, plural in written:
            for kind, table in self.generated:
                row = table.get(form)
                if row is not None:
                    term = parse_generated(kind, row)
                    if case_fits(term, surface, plural):
                        return term
        return None


def _split(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    tokens = tokenise(text)
    return tokens.words, tokens.spans
