"""An invented PubMed, a workspace that asks for it, and updates of it with faults, for tests and the stress script."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from eutils.articles import article
from eutils.server import FAULTS, Fault, StandIn
from litmine.annotations import EXPORTS
from litmine.config import Config
from litmine.corpus import Corpus
from litmine.sources.entrez import Entrez, Patience
from litmine.types import Reference, ReferenceMatch
from litmine.update import ClaimQuery, Expansion, UpdateOutcome, update

NO_WAITING = Patience(attempts=3, base=0.0005, longest=0.002, per_second=100_000.0)
FIRST_DAY = datetime(2025, 6, 1, tzinfo=UTC)
QUERIES = ("tumours AND invented", "resistance")
PAPERS = 24


def fill(server: StandIn) -> None:
    """Papers as they are on the first day."""
    server.add(*(_paper(n) for n in range(PAPERS)))
    for n in range(4):
        server.links[str(101 + n)] = [str(115 + n), str(116 + n)]


def move_on(server: StandIn) -> None:
    """What happens in PubMed between the first and the second update."""
    server.add(
        _paper(0, abstract="The abstract was corrected.", revised="2025-06-20"),
        _paper(
            1,
            types=("Journal Article", "Retracted Publication"),
            revised="2025-06-20",
        ),
        _paper(PAPERS, entered="2025-06-15"),
        _paper(PAPERS + 1, entered="2025-06-16"),
    )
    server.remove("103")
    server.merge("105", "106")


def _paper(n: int, abstract: str = "", **changed) -> str:
    topic = "Resistance" if n % 3 else "Invented tumours"
    given = {
        "doi": f"10.1000/p{n}",
        "volume": str(10 + n),
        "pages": f"{100 + n}-9",
        "entered": f"2025-0{1 + n % 4}-1{n % 10}",
        "revised": "2025-05-01",
    }
    title = (
        f"{topic} to drug {'ABCDEFGH'[n % 8]} in cohort {n}" if n not in {4, 5} else "One work, two records"
    )
    return article(str(101 + n), title, abstract or f"Cohort {n} was invented.", **given | changed)


@dataclass
class Workspace:
    """A workspace that asks the stand-in for seeds, references, queries and expansions."""

    config: Config

    @classmethod
    def create(cls, root: Path, server: StandIn) -> "Workspace":
        folder = root / "corpora" / "c"
        folder.mkdir(parents=True)
        seeds = folder / "digests.jsonl"
        lines = [{"pmid": str(101 + n)} for n in range(6)] + [{"doi": f"10.1000/p{n}"} for n in (6, 7)]
        told = {"digest": "Told in short.", "digest_basis": "abstract"}
        seeds.write_text(
            "".join(
                json.dumps(
                    line | told | {"title": f"Seed {i}" if i not in {4, 5} else "One work, two records"}
                )
                + "\n"
                for i, line in enumerate(lines)
            )
        )
        review = folder / "review.md"
        return cls(
            Config(
                root=root,
                corpus="c",
                review=review,
                seeds=(seeds,),
                eutils_url=server.url,
                email="tests@example.org",
                cache_dir=root / "cache",
            )
        )

    def write_settings(self) -> None:
        """What the command line reads: settings, and a review with the references."""
        lines = [
            f"{r.number}. Tester A. {r.title}. {r.journal}. {r.year};{r.volume}:{r.pages}."
            for r in REFERENCES
        ]
        told = "Drug A acts on tumours [1]. Resistance to drug B came in cohort 9 [2]. Drug C slows tumours [3,4]."
        self.config.review.write_text(
            f"# Invented tumours\n\n{told}\n\n## References\n\n" + "\n".join(lines) + "\n"
        )
        (self.config.root / "litmine.toml").write_text(
            '[workspace]\ncorpus = "c"\nreview = "corpora/c/review.md"\nseeds = ["corpora/c/digests.jsonl"]\n'
        )

    def update(self, day: datetime = FIRST_DAY) -> UpdateOutcome:
        """One update, all that update can do in it."""
        with Corpus.open(self.config.corpus_path, now=lambda: day) as corpus:
            return update(
                self.config,
                corpus,
                references=REFERENCES,
                queries=QUERIES,
                expansion=Expansion(
                    kinds=("claims", "cited-by", "similar"),
                    cutoff=0.5,
                    claims=lambda: [ClaimQuery("c1", "drug AND cohort")],
                    relevance=lambda record: 0.1 if record.title.endswith("9") else 0.9,
                ),
                refresh=True,
                resolve=_by_title,
                client=Entrez(self.config, patience=NO_WAITING, raw_dir=self.config.corpus_dir / "raw"),
                now=lambda: day,
            )

    def export(self) -> str:
        """The canonical export, of records that don't count as well."""
        with Corpus.open(self.config.corpus_path, readonly=True) as corpus:
            lines = EXPORTS["jsonl"]((record, None) for record in corpus.records())
            assert corpus.check() == []
            return "".join(lines) + repr(sorted(corpus.tombstones()))


REFERENCES = [
    Reference(
        n,
        "",
        title=f"{'Resistance' if n % 3 else 'Invented tumours'} to drug {'ABCDEFGH'[n % 8]} in cohort {n}",
        journal="J Invent Oncol",
        year=2021,
        volume=str(10 + n),
        pages=f"{100 + n}-9",
    )
    for n in (8, 9, 10, 11)
]


def _by_title(references, records) -> list[ReferenceMatch]:
    ids = {record.title.rstrip("."): record.id for record in records}
    return [
        ReferenceMatch(
            r, "matched" if r.title in ids else "unresolved", ids.get(r.title), float(r.title in ids)
        )
        for r in references
    ]


def story(
    root: Path, server: StandIn, random: Random | None = None, faults: tuple[Fault, ...] = FAULTS
) -> str:
    """Two updates with a month between them; with `random`, each first fails some times in random ways.

    Returns:
        The export at the end.

    Raises:
        AssertionError: a fault ended as if there were nothing, or something is twice.
    """
    reset(server)
    fill(server)
    space = Workspace.create(root, server)
    for day in (FIRST_DAY, FIRST_DAY + timedelta(days=25)):
        if day != FIRST_DAY:
            move_on(server)
        if random is not None:
            server.misbehave(random, random.choice((0.05, 0.2, 0.5, 0.9)), faults)
            for _ in range(random.choice((1, 1, 2))):
                _check_honest(space.update(day), day == FIRST_DAY)
            server.behave()
        outcome = space.update(day)
        assert outcome.not_fetched == (), outcome.not_fetched
    return space.export()


def _check_honest(outcome: UpdateOutcome, first: bool) -> None:
    """All that was asked for exists: an absence can only be a lie."""
    gone = set() if first else {"PMID:103", "PMID:104", "PMID:105"}
    assert set(outcome.not_found) <= gone, outcome.not_found
    assert len(set(outcome.new)) == len(outcome.new)
    failed = {item.what for item in outcome.not_fetched}
    for log in outcome.queries:
        if log.query in QUERIES and f"query {log.query}" not in failed:
            assert log.found == log.fetched, log
            assert log.found or log.since, log


def reset(server: StandIn) -> None:
    """An empty server without faults."""
    server.behave()
    for kept in (server.articles, server.links, server.history, server.merged):
        kept.clear()
    server.asked.clear()


def renamed(fault: Fault, utility: str) -> Fault:
    """The same fault for one utility only."""
    return replace(fault, utility=utility)
