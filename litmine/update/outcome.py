"""What an update did, as data; the command line only prints it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Something that was asked for and did not come. It may well exist."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class QueryLog:
    """A query as it was sent: dates of entry, records found, records fetched.

    `kind` is `query`, `claim`, `cited-by` or `similar`; `claim` is the id of the claim that it was written for;
    `capped` says that more was found than the cap lets in.
    """

    query: str
    since: str
    until: str
    found: int
    fetched: int
    kind: str = "query"
    claim: str = ""
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that PubMed now says of a record: `kind` is retracted, corrected, concern, published, preprint,
    updated, merged or deleted; `other` is the record or notice it names, where it names one.
    """

    kind: str
    record_id: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """The flow of records through the expansions of one update, after PRISMA 2020 (doi:10.1136/bmj.n71)."""

    found: int = 0
    duplicates: int = 0
    below_cutoff: int = 0
    excluded: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class FileLog:
    """A file that was read, or passed over because it has not changed since it was taken in."""

    name: str
    source: str
    records: int
    unchanged: bool


@dataclass(frozen=True, slots=True)
class UpdateOutcome:
    """What an update did.

    Attributes:
        asked: things asked of PubMed (references, records, queries); 0 offline.
        fetched: records that came over the network.
        new, changed, unchanged: record ids.
        not_fetched: what was asked for and did not come, with the reason; never to be read as missing.
        not_found: ids and references ("reference 7") of which PubMed answered that it has none.
        references_matched: record id by reference number, as resolved in this update or, offline, in an earlier one.
        queries, files: the log.
        deleted: ids that PubMed has taken back.
        reachable: None when PubMed was not asked.
        dry_run: nothing was changed; `asked` says what would have been, `seconds` how long it would take.
        events: retractions, corrections, merges and the like that are new to the corpus.
        flow: what the expansions found and what became of it.
        below_cutoff: records that the expansions found and that are too far from the review, with their score.
        prisma: the state of the whole corpus after the update (`Corpus.prisma`).
    """

    asked: int = 0
    fetched: int = 0
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    not_fetched: tuple[NotFetched, ...] = ()
    not_found: tuple[str, ...] = ()
    references_matched: tuple[tuple[int, str], ...] = ()
    queries: tuple[QueryLog, ...] = ()
    files: tuple[FileLog, ...] = ()
    deleted: tuple[str, ...] = ()
    reachable: bool | None = None
    dry_run: bool = False
    unreachable_reason: str = ""
    events: tuple[Event, ...] = ()
    flow: Flow = Flow()
    below_cutoff: tuple[tuple[str, float], ...] = ()
    seconds: float = 0.0
    prisma: dict[str, int] = field(default_factory=dict)

    @property
    def references_not_found(self) -> tuple[int, ...]:
        """Numbers of the references of which PubMed answered that it has none: the only ones not in PubMed."""
        return tuple(sorted(int(what.split()[1]) for what in self.not_found if what.startswith("reference ")))

    @property
    def message(self) -> str:
        """One warning for the user; empty when all went well."""
        if self.reachable is False:
            return f"{self.unreachable_reason}; going on with what the corpus holds"
        if self.not_fetched:
            reasons = [item.reason for item in self.not_fetched]
            reason = next((r for r in reasons if not r.startswith("not asked")), reasons[0])
            return f"{len(self.not_fetched)} not fetched: {reason}; run `litmine update` again"
        return ""

    @property
    def closing_line(self) -> str:
        """The one line that ends an update."""
        if self.dry_run:
            read = sum(file.records for file in self.files)
            return (
                f"would read {read} records from files and ask PubMed for {self.asked}"
                f"{f', about {self.seconds:.0f} s' if self.seconds else ''}; nothing was changed"
            )
        kept = f"new {len(self.new)}, changed {len(self.changed)}, unchanged {len(self.unchanged)}"
        if self.reachable is None:
            return f"PubMed was not asked; {kept}"
        listed = f", not fetched {len(self.not_fetched)} (listed in the corpus)" if self.not_fetched else ""
        return f"asked {self.asked}, fetched {self.fetched}{listed}; {kept}"
