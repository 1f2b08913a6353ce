"""Make one record of all versions that sources gave of it; a pure function, so the order of arrival is nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from litmine.errors import RecordError
from litmine.types import Record

DEPTH_RANK = {"title": 0, "digest": 1, "abstract": 2, "full text": 3}
_FAMILY = {"entrez": "pubmed", "medline": "pubmed"}
"""Sources that give the same thing: a file from PubMed and a fetch from PubMed revise each other."""
PUBMED = frozenset(_FAMILY)
"""Sources that speak for PubMed."""
_KIND_RANK = {"PMID": 0, "DOI": 1, "PMCID": 2, "litmine": 3}
_FILLED = (
    "journal",
    "year",
    "published",
    "volume",
    "issue",
    "pages",
    "publication_types",
    "mesh_headings",
    "chemicals",
    "keywords",
    "vernacular_title",
    "other_abstract",
    "study_context",
    "created",
    "revised",
)
"""Fields in which an empty value of the best version is filled from the next."""

encode = msgspec.json.Encoder().encode
decode_record = msgspec.json.Decoder(Record).decode


@dataclass(frozen=True, slots=True)
class Given:
    """One version of a record as a source gave it, with the number of the upsert that brought it."""

    record: Record
    hash: str
    batch: int

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Every identifier of the record, its id first."""
        return (self.record.id, *self.record.aliases)


def given(record: Record, batch: int) -> tuple[Given, bytes]:
    """Wrap a record with the hash of its canonical encoding; the encoding is returned too.

    Raises:
        RecordError: the record has no id, or text that is no Unicode (lone surrogates).
    """
    if not record.id:
        raise RecordError(f"a record has no id (title {record.title[:60]!r})")
    try:
        encoded = encode(record)
    except UnicodeEncodeError as error:
        raise RecordError(
            f"record {record.id}: its text holds half a character (a lone surrogate)"
        ) from error
    return Given(record, hash_of(encoded), batch), encoded


def redirected(record: Record, new: str) -> Record:
    """A record that PubMed has merged into another, as a version of that one; the other one's revisions count."""
    return replace(record, id=new, aliases=tuple(i for i in record.aliases if i != new), revised="")


def hash_of(encoded: bytes) -> str:
    """SHA-256 (hex) of a canonical encoding."""
    return hashlib.sha256(encoded).hexdigest()


def identifier_key(identifier: str) -> tuple[int, int, str]:
    """Sort key: PMIDs by number first, then DOIs, PMCIDs, litmine's own."""
    kind, _, value = identifier.partition(":")
    return _KIND_RANK.get(kind, 4), int(value) if value.isdecimal() else 0, identifier


def group_by_identity(versions: Iterable[Given]) -> dict[str, list[Given]]:
    """Tell which versions are one record: those that share a DOI, PMID or PMCID, directly or through others.

    Two PMIDs are two records even when they share a DOI (an article and its erratum); what has only that
    DOI goes to the lower PMID.

    Returns:
        Versions by the id of their record, its strongest identifier.
    """
    ordered = sorted(versions, key=lambda v: (v.record.id, v.hash))
    if len(ordered) == 1:
        return {min(ordered[0].identifiers, key=identifier_key): ordered}
    by_pmid: dict[str, list[Given]] = {}
    without: list[Given] = []
    for version in ordered:
        pmids = [i for i in version.identifiers if i.startswith("PMID:")]
        if pmids:
            by_pmid.setdefault(min(pmids, key=identifier_key), []).append(version)
        else:
            without.append(version)
    owner: dict[str, str] = {}
    for pmid in sorted(by_pmid, key=identifier_key):
        for version in by_pmid[pmid]:
            for identifier in version.identifiers:
                owner.setdefault(identifier, pmid)
    groups = dict(by_pmid)
    for component in _components(without):
        linked = {i for version in component for i in version.identifiers}
        owners = {owner[i] for i in linked if i in owner}
        record_id = min(owners or linked, key=identifier_key)
        groups[record_id] = groups.get(record_id, []) + component
    return groups


def _components(versions: Sequence[Given]) -> list[list[Given]]:
    """Versions connected by shared identifiers, in order of first appearance."""
    components: list[tuple[set[str], list[Given]]] = []
    for version in versions:
        linked = set(version.identifiers)
        members = [version]
        apart = []
        for component in components:
            if component[0] & linked:
                linked |= component[0]
                members = component[1] + members
            else:
                apart.append(component)
        components = [*apart, (linked, members)]
    return [members for _, members in components]


def merge_versions(record_id: str, versions: Sequence[Given]) -> Record:
    """Unite versions into the record as litmine shows it.

    Of each source the newest revision counts. The text, its sections and its title come from the deepest
    (title < digest < abstract < full text); fields that are empty there are filled from the others; identifiers,
    trial numbers and corrections are united; one source that says "retracted" is enough.
    """
    identifiers = {i for version in versions for i in version.identifiers} - {record_id}
    aliases = tuple(sorted(identifiers, key=identifier_key))
    if len(versions) == 1:
        only = versions[0].record
        same = (only.id, only.aliases) == (record_id, aliases)
        return _settled(only if same else replace(only, id=record_id, aliases=aliases))
    heads: dict[str, Given] = {}
    for version in versions:
        family = _FAMILY.get(version.record.source, version.record.source)
        if family not in heads or _recency(version) > _recency(heads[family]):
            heads[family] = version
    ranked = sorted(heads.values(), key=_depth, reverse=True)
    records = [version.record for version in ranked]
    best = records[0]
    filled = {
        name: next((value for record in records if (value := getattr(record, name))), getattr(best, name))
        for name in _FILLED
    }
    listed = next((r for r in records if r.authors and r.authors_complete), None)
    listed = listed or next((r for r in records if r.authors), best)
    merged = replace(
        best,
        **filled,
        id=record_id,
        aliases=aliases,
        authors=listed.authors,
        authors_complete=listed.authors_complete,
        corrections=tuple(c for record in records for c in record.corrections),
        trial_ids=tuple(t for record in records for t in record.trial_ids),
        retracted=any(record.retracted for record in records),
    )
    return _settled(merged)


def _settled(record: Record) -> Record:
    """United fields without repetition, in an order that does not depend on who came first."""
    corrections = tuple(dict.fromkeys(record.corrections))
    trial_ids = tuple(sorted(set(record.trial_ids)))
    if (corrections, trial_ids) == (record.corrections, record.trial_ids):
        return record
    return replace(record, corrections=corrections, trial_ids=trial_ids)


def _recency(version: Given) -> tuple[str, int, int, bool, str]:
    record = version.record
    return record.revised, DEPTH_RANK[record.depth], version.batch, record.source == "entrez", version.hash


def _depth(version: Given) -> tuple[int, bool, str, str]:
    record = version.record
    return DEPTH_RANK[record.depth], record.source in _FAMILY, record.revised, version.hash
