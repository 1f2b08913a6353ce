"""Tell which records report the same trial or come from the same laboratory, and so count once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from litmine.types import Record

_TITLE_WORDS = 5
"""Words from which a title tells one study."""
_COMMON_NAME = 60
"""An author name on more records than this says nothing about a laboratory."""
_TRIAL_ID = re.compile(r"\b(?:NCT\d{8}|ISRCTN\d{8}|UMIN\d{9}|ChiCTR-?\w{8,})\b")
_NAME = (
    r"(?:[A-Z]{3,}[A-Za-z]*(?:-[A-Z]?[A-Za-z]*-?\d*)*\d*|[A-Z][a-z]+[A-Z][A-Za-z]*\d*|[a-z]+[A-Z]{3,}\d*"
    r"|[A-Z]{4,} [A-Z]?-?\d{2,}[\d-]*)"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\(({_NAME})\)\s*(?::|$|[,;.])",
        rf"\b({_NAME}) (?:(?:phase|Phase) \w+ )?(?:clinical |randomi[sz]ed )*(?:[Tt]rials?|[Ss]tudy)\b",
        rf"\b(?:[Tt]rial|[Ss]tudy),? \(?({_NAME})\b",
        rf"\b({_NAME}) (?:was|is) an? (?:[\w-]+,? ){{0,8}}(?:trial|study|phase)\b",
    )
)
_IN_TITLE = re.compile(rf"\b(?:from|in|of|by) (?:the )?({_NAME})(?:[:,.]|$)")
_MOLECULE = re.compile(
    r"^(?:HER\d|ERBB|EGFR|PIK3|PTEN|MUC|FASN|IGF|KIR|HLA|NKG|TFF|CDK|FCGR|PARP|BRCA|ESR|mRNA|miRNA|siRNA|lncRNA|mTOR"
    r"|ADC|DNA|RNA|PCR|CNS|CAR|TNF|TGF|IFN|STAT|MAPK|JAK|ECD|CTF|LVEF|ILD|PFS|BRAF|KRAS|NSCLC|AKT|SRC|PPAR|MMTV|NCT"
    r"|FDA|EMA|USA|III|PDX|FISH|IHC|MBC|EBC|TNBC|HSP|EMT)",
)
_POOLED = ("meta-analysis", "systematic review", "review")


def trial_key(record: Record) -> str:
    """Registry number or name of the one trial a record reports; empty when there is none or it pools several.

    Names are looked for in the title first, then in the text beside the words trial, study or phase.
    """
    types = {t.lower() for t in record.publication_types}
    if types.intersection(_POOLED) or record.study_context in {"review", "in vitro", "in vivo"}:
        return ""
    for where, patterns in ((record.title, (*_PATTERNS, _IN_TITLE)), (record.text, _PATTERNS)):
        for pattern in patterns:
            for match in pattern.finditer(where):
                name = match[1]
                plain = re.sub(r"[^A-Z0-9]", "", name.upper())
                if len(plain) >= 4 and not _MOLECULE.match(name):
                    return plain
    identifiers = sorted({*record.trial_ids, *_TRIAL_ID.findall(record.document)})
    return identifiers[0] if len(identifiers) == 1 else ""


def independent_group(records: Iterable[Record]) -> dict[str, str]:
    """Give every record the key of its independent group.

    Records of one trial (registry number or name) share a key; so do a preprint and the article it became. Records
    that name no trial share a key when at least two authors overlap and these are half of the shorter list: the sign
    of one laboratory. Records of two named trials are never joined by their authors.

    Returns:
        record id → group key; the key does not depend on the order of the records.
    """
    by_id = {record.id: record for record in records}
    parent = {key: key for key in by_id}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def join(one: str, other: str) -> None:
        low, high = sorted((root(one), root(other)))
        parent[high] = low

    by_trial: dict[str, list[str]] = defaultdict(list)
    names: dict[str, set[str]] = defaultdict(set)
    for key in sorted(by_id):
        record = by_id[key]
        name = trial_key(record)
        if name:
            names[name].add(key)
        for trial in {name, *record.trial_ids[:1]} - {""}:
            by_trial[trial].append(key)
    for ids in by_trial.values():
        for other in ids[1:]:
            join(ids[0], other)
    for ids in _same_study(by_id):
        for other in ids[1:]:
            join(ids[0], other)
    in_trial = {key for ids in by_trial.values() for key in ids}
    for one, other in _same_laboratory(record for key, record in by_id.items() if key not in in_trial):
        join(one, other)

    members: dict[str, list[str]] = defaultdict(list)
    for key in sorted(by_id):
        members[root(key)].append(key)
    trial_of = {key: name for name, keys in sorted(names.items(), reverse=True) for key in keys}
    result: dict[str, str] = {}
    for first, keys in members.items():
        trial = min((trial_of[key] for key in keys if key in trial_of), default="")
        group = f"trial {trial}" if trial else f"group of {first}" if len(keys) > 1 else first
        result.update(dict.fromkeys(keys, group))
    return result


def _same_study(by_id: Mapping[str, Record]) -> list[list[str]]:
    """Preprint and article of one study: PubMed links them, or one is a preprint and both have one title."""
    of_pmid = {record.pmid: key for key, record in by_id.items() if record.pmid}
    pairs = [
        sorted((key, of_pmid[link.pmid]))
        for key, record in sorted(by_id.items())
        for link in record.corrections
        if link.kind in {"UpdateOf", "UpdateIn"} and link.pmid in of_pmid
    ]
    titled: dict[str, list[str]] = defaultdict(list)
    for key, record in sorted(by_id.items()):
        title = re.sub(r"\W+", " ", record.title.casefold()).strip()
        if len(title.split()) >= _TITLE_WORDS:
            titled[title].append(key)
    alike = [ids for ids in titled.values() if len(ids) > 1 and any(_is_preprint(by_id[key]) for key in ids)]
    return [*pairs, *alike]


def _is_preprint(record: Record) -> bool:
    return "Preprint" in record.publication_types or bool(
        re.search(r"rxiv|research square|preprint", record.journal, re.I)
    )


def _same_laboratory(records: Iterable[Record]) -> list[tuple[str, str]]:
    """Pairs of record ids with overlapping author lists."""
    authors = {
        r.id: frozenset(a.casefold().replace(".", "") for a in r.authors if a.strip()) for r in records
    }
    by_author: dict[str, list[str]] = defaultdict(list)
    for key in sorted(authors):
        for author in authors[key]:
            by_author[author].append(key)
    shared: Counter[tuple[str, str]] = Counter()
    for ids in by_author.values():
        if len(ids) <= _COMMON_NAME:
            shared.update(combinations(ids, 2))
    return sorted(
        pair
        for pair, count in shared.items()
        if count >= 2 and 2 * count >= min(len(authors[pair[0]]), len(authors[pair[1]]))
    )
