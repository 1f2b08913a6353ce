"""The update's work: seeds and files, references, fetches, watermarks, and honest accounts of what failed."""

import json
import socket
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from eutils import Fault, StandIn, article, article_set

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.errors import RecordError, UsageError
from litmine.sources.entrez import Entrez, Patience
from litmine.types import Reference, ReferenceMatch
from litmine.update import update
from litmine.update.pubmed import reference_queries

QUICK = Patience(attempts=3, base=0.01, longest=1.0, per_second=1000.0)
SEEDS = [
    {
        "pmid": "101",
        "title": "Drug A slows invented tumours",
        "digest": "Told in short.",
        "digest_basis": "abstract",
    },
    {"doi": "10.1000/b", "title": "Drug B does not", "digest": "No effect.", "digest_basis": "abstract"},
    {"pmcid": "PMC5", "title": "Only in a repository", "digest": "Cells.", "digest_basis": "full text"},
]
NOW = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
def server():
    with StandIn() as stand_in:
        stand_in.add(
            article("101", "Drug A slows invented tumours", "The abstract of A.", entered="2021-03-02"),
            article("102", "Drug B does not", "The abstract of B.", doi="10.1000/B", entered="2022-03-02"),
            article(
                "103",
                "Resistance to drug A in mice",
                "It comes.",
                volume="13",
                pages="55-60",
                entered="2025-05-20",
            ),
        )
        yield stand_in


@pytest.fixture
def config(tmp_path, server):
    folder = tmp_path / "corpora" / "c"
    folder.mkdir(parents=True)
    seeds = folder / "digests.jsonl"
    seeds.write_text("".join(json.dumps(line) + "\n" for line in SEEDS))
    return Config(
        root=tmp_path, corpus="c", review=folder / "review.md", seeds=(seeds,), eutils_url=server.url
    )


@pytest.fixture
def corpus(config):
    with Corpus.open(config.corpus_path, now=lambda: NOW) as store:
        yield store


def by_title(references, records) -> list[ReferenceMatch]:
    """The simplest honest matching: same title, letter case aside."""
    ids = {record.title.casefold().rstrip("."): record.id for record in records}
    found = [ids.get(reference.title.casefold()) for reference in references]
    return [
        ReferenceMatch(reference, "matched" if i else "unresolved", i, 1.0 if i else 0.0)
        for reference, i in zip(references, found, strict=True)
    ]


def run(config, corpus, **options):
    client = Entrez(config, patience=QUICK, raw_dir=config.corpus_dir / "raw")
    return update(config, corpus, client=client, resolve=by_title, now=lambda: NOW, **options)


def test_offline_takes_in_seeds_once(config, corpus, server):
    outcome = run(config, corpus, offline=True)
    assert outcome.new == ("DOI:10.1000/b", "PMCID:PMC5", "PMID:101")
    assert (outcome.reachable, outcome.not_fetched, server.asked) == (None, (), [])
    again = run(config, corpus, offline=True)
    assert (again.new, again.changed, again.unchanged, again.files[0].unchanged) == ((), (), (), True)
    assert "PubMed was not asked" in again.closing_line


def test_fetched_abstracts_take_the_digests_place(config, corpus):
    outcome = run(config, corpus)
    assert outcome.closing_line == "asked 3, fetched 2; new 3, changed 0, unchanged 0"
    assert corpus.get("PMID:101").text == "The abstract of A."
    assert corpus.get("DOI:10.1000/b").id == "PMID:102"
    assert corpus.get("PMCID:PMC5").depth == "digest"
    assert (outcome.not_fetched, outcome.not_found, outcome.message) == ((), ("PMCID:PMC5",), "")
    assert list((config.corpus_dir / "raw").glob("*.xml.gz"))


def test_nothing_is_fetched_twice(config, corpus, server):
    run(config, corpus)
    server.asked.clear()
    outcome = run(config, corpus)
    assert (outcome.asked, server.utilities()) == (1, ["elink"])  # what PubMed lacks may come later


def test_a_pmcid_leads_to_its_pubmed_record(config, corpus, server):
    server.add(
        article("105", "Only in a repository", "The abstract of C.", pmcid="PMC5", entered="2024-01-02")
    )
    server.add(article("106", "Another one", "Not asked for.", pmcid="PMC55", entered="2024-01-02"))
    outcome = run(config, corpus)
    assert (outcome.not_fetched, outcome.not_found) == ((), ())
    assert corpus.get("PMCID:PMC5").id == "PMID:105"
    assert corpus.get("PMID:106") is None
    (asked,) = [a for a in server.asked if a.utility == "elink"]
    assert (asked.one("dbfrom"), asked.parameters["id"]) == ("pmc", ["5"])


def test_changed_seeds_are_read_again(config, corpus):
    run(config, corpus)
    seeds = config.seeds[0]
    seeds.write_text(seeds.read_text().replace("Cells.", "Cells and more."))
    outcome = run(config, corpus)
    assert outcome.changed == ("PMCID:PMC5",)
    assert corpus.get("PMCID:PMC5").text == "Cells and more."


def test_references_are_resolved_verified_and_stored(config, corpus, server):
    references = [
        Reference(1, "", title="Drug A slows invented tumours"),  # in the seeds
        Reference(
            2,
            "",
            title="Resistance to drug A in mice",
            journal="J Invent Oncol",
            year=2021,
            volume="13",
            pages="55-60",
        ),
        Reference(
            3,
            "",
            title="Resistance to drug A in men",
            journal="J Invent Oncol",
            year=2021,
            volume="13",
            pages="55",
        ),
        Reference(4, "", title="Nobody wrote this paper", journal="J None", year=2001, volume="1", pages="1"),
    ]
    outcome = run(config, corpus, references=references)
    assert dict(outcome.references_matched) == {1: "PMID:101", 2: "PMID:103"}
    assert outcome.references_not_found == (4,)  # 3 has a candidate that does not fit: unresolved, not absent
    assert outcome.not_fetched == ()
    assert corpus.get("PMID:103").source == "entrez"
    assert "ecitmatch" in server.utilities()


def test_a_failed_resolution_is_not_fetched_rather_than_not_found(config, corpus, server):
    server.fail(
        *[Fault("status", utility="ecitmatch", code=500)] * 3, *[Fault("html", utility="esearch")] * 3
    )
    references = [Reference(7, "", title="Nobody wrote this paper", journal="J None", year=2001)]
    outcome = run(config, corpus, references=references)
    assert [item.what for item in outcome.not_fetched] == ["reference 7"]
    assert outcome.not_found == ("PMCID:PMC5",)
    assert corpus.not_fetched() == ["reference 7"]


def test_title_finds_what_ecitmatch_cannot(config, corpus, server):
    server.fail(*[Fault("status", utility="ecitmatch", code=500)] * 3)
    references = [Reference(7, "", title="Resistance to drug A in mice", journal="J Wrong", year=2021)]
    outcome = run(config, corpus, references=references)
    assert dict(outcome.references_matched) == {7: "PMID:103"}
    assert outcome.not_fetched == ()


def test_a_failed_fetch_is_listed_and_made_good_later(config, corpus, server):
    server.fail(*[Fault("status", utility="efetch", code=502)] * 3)
    outcome = run(config, corpus)
    assert [item.what for item in outcome.not_fetched] == ["PMID:101"]
    assert "HTTP 502" in outcome.not_fetched[0].reason
    assert corpus.get("PMID:101").depth == "digest"
    assert corpus.not_fetched() == ["PMID:101"]
    assert "not fetched 1" in outcome.closing_line
    outcome = run(config, corpus)
    assert (outcome.not_fetched, corpus.not_fetched(), corpus.get("PMID:101").depth) == ((), [], "abstract")


def test_a_server_that_keeps_failing_is_left_alone(config, corpus, server):
    server.fail(*[Fault("status", code=500)] * 60)
    references = [
        Reference(n, "", title=f"Unknown paper number {n}", journal="J", year=2000) for n in range(1, 11)
    ]
    outcome = run(config, corpus, references=references)
    assert len(outcome.not_fetched) == 13
    assert len(server.utilities()) == 9
    assert "3 times in a row" in outcome.not_fetched[-1].reason
    assert "HTTP 500" in outcome.message


def test_what_pubmed_does_not_have_is_not_found(config, corpus, server):
    del server.articles["101"]
    outcome = run(config, corpus)
    assert (outcome.not_found, outcome.not_fetched) == (("PMCID:PMC5", "PMID:101"), ())


def test_unreachable_says_so_and_keeps_what_is_there(config, corpus):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outcome = run(
        replace(config, eutils_url=f"http://127.0.0.1:{port}/"),
        corpus,
        references=[Reference(1, "", title="Unknown")],
        queries=["drug"],
    )
    assert outcome.reachable is False
    held = ["DOI:10.1000/b", "PMCID:PMC5", "PMID:101"]
    assert [i.what for i in outcome.not_fetched] == ["reference 1", *held, "query drug"]
    assert "can't be reached" in outcome.message
    assert "\n" not in outcome.message
    assert len(corpus) == 3


def test_queries_move_their_watermark_after_the_commit(config, corpus, server):
    outcome = run(config, corpus, queries=["drug"], source="entrez")
    (query,) = outcome.queries
    assert (query.found, query.fetched, query.since, query.until) == (3, 3, "", "2025-06-01")
    assert corpus.watermark("drug") == "2025-06-01"
    server.add(article("104", "New drug D", "New.", entered="2025-05-31"))
    outcome = run(config, corpus, queries=["drug"], source="entrez")
    (query,) = outcome.queries
    assert (query.since, query.found) == ("2025-05-02", 2)
    assert (outcome.new, outcome.unchanged) == (("PMID:104",), ("PMID:103",))


def test_a_failed_query_leaves_its_watermark(config, corpus, server):
    run(config, corpus, queries=["drug"], source="entrez")
    corpus.move_watermark("drug", "2025-01-01")
    server.fail(*[Fault("truncated", utility="efetch")] * 6)  # through the history, then by ids
    outcome = run(config, corpus, queries=["drug"], source="entrez")
    assert [i.what for i in outcome.not_fetched] == ["query drug"]
    assert corpus.watermark("drug") == "2025-01-01"


def test_since_and_maximum_leave_no_hole(config, corpus):
    run(config, corpus, queries=["drug"], source="entrez", since="2025-01-01")
    assert corpus.ids() == ["PMID:103"]
    assert corpus.watermark("drug") is None
    outcome = run(config, corpus, queries=["drug"], source="entrez", maximum=2)
    assert outcome.fetched == 2
    assert corpus.watermark("drug") is None
    run(config, corpus, queries=["drug"], source="entrez")
    assert corpus.watermark("drug") == "2025-06-01"


def test_files_are_read_once(config, corpus, tmp_path):
    path = tmp_path / "more.xml"
    path.write_bytes(
        article_set(
            [article("201", "From a file", "Text."), "<DeleteCitation><PMID>9</PMID></DeleteCitation>"]
        )
    )
    outcome = run(config, corpus, paths=[path], offline=True)
    assert "PMID:201" in outcome.new
    assert outcome.deleted == ("PMID:9",)
    outcome = run(config, corpus, paths=[path], source="medline", offline=True)
    assert [(f.name, f.unchanged) for f in outcome.files] == [("more.xml", True)]


def test_a_broken_file_changes_nothing(config, corpus, tmp_path):
    path = tmp_path / "broken.xml"
    path.write_bytes(article_set([article("201", "From a file")])[:-40])
    with pytest.raises(RecordError, match=r"broken\.xml"):
        run(config, corpus, paths=[path], offline=True)
    assert (len(corpus), [r.outcome for r in corpus.runs()]) == (0, [None])


def test_dry_run_changes_nothing(config, corpus, server):
    outcome = run(
        config, corpus, dry_run=True, references=[Reference(1, "", title="Unknown")], queries=["drug"]
    )
    said = "would read 3 records from files and ask PubMed for 5, about 0 s; nothing was changed"
    assert outcome.closing_line == said
    assert [(q.query, q.found) for q in outcome.queries] == [("drug", 3)]
    assert (len(corpus), corpus.runs(), server.utilities()) == (0, [], ["esearch"])


def test_every_run_is_logged(config, corpus):
    outcome = run(config, corpus, queries=["drug"])
    (entry,) = corpus.runs("update")
    assert entry.arguments["queries"] == ["drug"]
    assert entry.outcome["queries"][0]["found"] == 3
    assert entry.outcome["asked"] == outcome.asked
    assert {v.run for v in corpus.versions("PMID:101")} == {entry.id}


def test_wrong_options(config, corpus, tmp_path):
    with pytest.raises(UsageError, match="no date"):
        run(config, corpus, since="last year")
    with pytest.raises(UsageError, match="reads no files"):
        run(config, corpus, source="entrez", paths=[tmp_path / "x.xml"])


def test_reference_queries():
    reference = Reference(1, "", ("Tester A",), 2020, "Effects of HER-2 on the cell", doi="10.1/x", pmid="5")
    assert reference_queries(reference) == [
        "5[uid]",
        '"10.1/x"[aid]',
        "Effects[ti] AND HER-2[ti] AND cell[ti]",
        "Effects[ti] AND HER-2[ti] AND cell[ti] AND Tester A[1au] AND 2019:2021[dp]",
    ]
    assert reference_queries(Reference(1, "", title="On it")) == []


def test_litmines_own_matching_is_the_default(config, corpus):
    references = [
        Reference(
            1, "", ("Tester A",), 2021, "Resistance to drug A in mice", "J Invent Oncol", "13", "3", "55-60"
        )
    ]
    client = Entrez(config, patience=QUICK)
    outcome = update(config, corpus, references=references, client=client, now=lambda: NOW)
    assert dict(outcome.references_matched) == {1: "PMID:103"}


def test_progress_says_what_is_done(config, corpus):
    seen: Counter[str] = Counter()
    totals: dict[str, int | None] = {}

    @contextmanager
    def bars(what: str, total: int | None):
        totals[what] = total
        yield lambda count: seen.update({what: count})

    run(config, corpus, queries=["drug"], bars=bars)
    assert [seen[what] for what in totals] == [3, 2, 1]
    reading, fetching, asking = totals
    assert reading.startswith("reading ")
    assert totals[fetching] == 3
    assert "“drug”" in asking
    assert Path(config.corpus_path).is_file()
