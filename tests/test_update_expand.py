"""Beyond the references: slices, expansions, relevance, refresh, merges, tombstones, and what people decide."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from eutils import StandIn, article

from litmine.cli import _run
from litmine.config import Config
from litmine.corpus import Corpus
from litmine.errors import FetchFailed
from litmine.sources.entrez import Entrez, Patience
from litmine.types import Correction, Record
from litmine.update import ClaimQuery, Expansion, relevance_to, update
from litmine.update.events import events_of

QUICK = Patience(attempts=3, base=0.01, longest=1.0, per_second=1000.0)
NOW = datetime(2025, 6, 1, tzinfo=UTC)
LATER = datetime(2025, 7, 1, tzinfo=UTC)


@pytest.fixture
def server():
    with StandIn() as stand_in:
        stand_in.add(
            article(
                "301",
                "Lapatinib resistance in invented tumours",
                "HER2 mutants resist.",
                entered="2020-01-05",
            ),
            article(
                "302", "Later lapatinib resistance", "HER2 mutants resist lapatinib.", entered="2025-05-01"
            ),
            article("303", "Railway timetables", "Trains leave late.", entered="2025-05-02"),
            article("304", "Lapatinib sensitivity", "HER2 tumours shrink.", entered="2025-05-03"),
        )
        yield stand_in


@pytest.fixture
def config(tmp_path, server):
    return Config(root=tmp_path, corpus="c", review=tmp_path / "review.md", eutils_url=server.url)


@pytest.fixture
def corpus(config):
    with Corpus.open(config.corpus_path) as store:
        store.upsert([Record("PMID:301", "Lapatinib resistance in invented tumours", source="digests")])
        yield store


REVIEW = "Lapatinib resistance of HER2 mutants. Tumours resist lapatinib. HER2 mutants shrink.\n" * 6


def run(config, corpus, now=NOW, **options):
    client = Entrez(config, patience=QUICK)
    return update(config, corpus, client=client, now=lambda: now, **options)


def expansion(*kinds: str, **options) -> Expansion:
    options = {"cutoff": 0.3, "relevance": relevance_to(REVIEW), "newer_than": "2024-01-01"} | options
    return Expansion(kinds, claims=lambda: [ClaimQuery("C001", "lapatinib OR railway")], **options)


def test_a_query_beyond_the_limit_is_sliced(config, server):
    for number in range(30):
        server.add(
            article(str(400 + number), "Sliced", entered=f"2025-01-{1 + number % 6:02d}", year=2000 + number)
        )
    client = Entrez(config, patience=QUICK, search_limit=7, now=lambda: NOW)
    slices = client.search_all("Sliced[ti]")
    assert sorted(p for s in slices for p in s.pmids) == [str(400 + n) for n in range(30)]
    assert max(s.count for s in slices) <= 7
    narrow = Entrez(config, patience=QUICK, search_limit=3, now=lambda: NOW)
    assert sum(s.count for s in narrow.search_all("Sliced[ti]")) == 30  # a day of five is split by year
    server.add(*(article(str(500 + n), "Same", entered="2025-01-01", year=2000) for n in range(4)))
    with pytest.raises(FetchFailed, match="one day and year"):
        narrow.search_all("Same[ti]")


def test_a_sliced_query_is_stored_whole(config, corpus, server):
    for number in range(30):
        server.add(article(str(400 + number), "Sliced", entered=f"2025-01-{1 + number % 6:02d}"))
    client = Entrez(config, patience=QUICK, search_limit=7, now=lambda: NOW)
    outcome = update(config, corpus, client=client, now=lambda: NOW, queries=["Sliced[ti]"])
    assert (outcome.queries[0].found, outcome.queries[0].fetched) == (30, 30)
    assert corpus.watermark("Sliced[ti]") == "2025-06-01"


def test_listed_but_not_sent_is_an_error_that_names_the_ids(config, corpus, server, monkeypatch):
    listed = server.entries
    ghost = article("999", "Drug ghost", entered="2025-01-01")
    server.add(ghost)
    entries = listed()
    del server.articles["999"]
    monkeypatch.setattr(server, "entries", lambda: entries)
    outcome = run(config, corpus, queries=["ghost OR lapatinib"])
    assert "999" in {i.what: i.reason for i in outcome.not_fetched}["query ghost OR lapatinib"]
    assert corpus.watermark("ghost OR lapatinib") is None


def test_claims_bring_what_is_new_and_near(config, corpus, server):
    outcome = run(config, corpus, expansion=expansion("claims"))
    assert corpus.ids() == ["PMID:301", "PMID:302", "PMID:304"]
    assert dict(outcome.below_cutoff).keys() == {"PMID:303"}
    assert corpus.get("PMID:303") is not None  # kept, but not counted
    flow = outcome.flow
    assert (flow.found, flow.duplicates, flow.below_cutoff, flow.kept) == (3, 0, 1, 2)
    (log,) = outcome.queries
    assert (log.kind, log.claim, log.found, log.fetched, log.since) == ("claim", "C001", 3, 3, "2024-01-01")
    assert outcome.prisma == {
        "found": 5,
        "duplicates": 1,  # 301 came as a digest and from PubMed
        "deleted": 0,
        "excluded": 0,
        "below_cutoff": 1,
        "kept": 3,
    }
    server.asked.clear()
    again = run(config, corpus, expansion=expansion("claims"))
    assert (again.flow.duplicates, again.new) == (3, ())
    assert "efetch" not in server.utilities()


def test_the_cutoff_can_be_moved_later(config, corpus):
    run(config, corpus, expansion=expansion("claims"))
    run(config, corpus, expansion=expansion("claims", cutoff=0.0))
    assert "PMID:303" in corpus.ids()


def test_all_years_and_cap(config, corpus, server):
    server.add(article("305", "Old lapatinib", "HER2 mutants.", entered="2001-01-01"))
    assert run(config, corpus, expansion=expansion("claims", newer_than="")).queries[0].found == 5
    outcome = run(config, corpus, expansion=expansion("claims", cap=1))
    assert outcome.queries[0].capped


def test_linked_papers(config, corpus, server):
    server.links = {"301": ["302", "303", "304"]}
    references = [type("R", (), {"number": 1})()]

    def resolve(_references, _records):
        return [type("M", (), {"reference": references[0], "record_id": "PMID:301"})()]

    outcome = run(config, corpus, references=references, resolve=resolve, expansion=expansion("cited-by"))
    assert (outcome.queries[0].kind, outcome.queries[0].found) == ("cited-by", 3)
    assert corpus.ids() == ["PMID:301", "PMID:302", "PMID:304"]
    server.asked.clear()
    rehearsed = run(
        config,
        corpus,
        references=references,
        resolve=resolve,
        expansion=expansion("similar", "claims"),
        dry_run=True,
    )
    assert [q.kind for q in rehearsed.queries] == ["claim", "similar"]
    assert "efetch" not in server.utilities()


def test_decisions_stand_above_the_cutoff(config, corpus):
    run(config, corpus, expansion=expansion("claims"))
    corpus.decide("PMID:303", include=True, reason="I know better")
    corpus.decide("PMID:302", include=False, reason="wrong drug")
    run(config, corpus, LATER, expansion=expansion("claims"))
    assert corpus.ids() == ["PMID:301", "PMID:303", "PMID:304"]
    assert len(corpus) == corpus.counts()["records"] == 3
    assert corpus.prisma()["excluded"] == 1


@pytest.mark.parametrize("whole", [1_000, 0], ids=["fetched whole", "asked by date"])
def test_refresh_finds_what_pubmed_changed(config, corpus, server, monkeypatch, whole):
    monkeypatch.setattr("litmine.update.refresh.FETCHED_WHOLE", whole)
    run(config, corpus, refresh=True)
    notice = (
        "<CommentsCorrectionsList><CommentsCorrections RefType='RetractionIn'><RefSource>x</RefSource>"
        "<PMID>888</PMID></CommentsCorrections></CommentsCorrectionsList>"
    )
    server.add(
        article(
            "301",
            "Lapatinib resistance in invented tumours",
            "HER2 mutants resist.",
            entered="2020-01-05",
            revised="2025-06-15",
            citation_extra=notice,
        )
    )
    outcome = run(config, corpus, LATER, refresh=True)
    assert [(e.kind, e.record_id, e.other) for e in outcome.events] == [("retracted", "PMID:301", "PMID:888")]
    assert corpus.get("PMID:301").retracted
    server.asked.clear()
    assert run(config, corpus, LATER, refresh=True).events == ()


def test_what_pubmed_says_of_a_record_becomes_an_event(config, corpus):
    def told(kind: str, **given) -> list[tuple[str, str, str]]:
        number = str(400 + len(corpus.ids()))
        link = Correction(kind, "9", given.pop("where", "J Invent Oncol. 2025;1:2"))
        corpus.upsert([Record(f"PMID:{number}", f"Paper {number}", source="entrez")])
        run_id = corpus.start_run("update", {})
        corpus.upsert(
            [Record(f"PMID:{number}", f"Paper {number}", source="entrez", corrections=(link,), **given)],
            run=run_id,
        )
        return [(e.kind, e.record_id, e.other) for e in events_of(corpus, [f"PMID:{number}"], run_id)]

    assert [kind for kind, _, other in told("RetractionIn", retracted=True) if other == "PMID:9"] == [
        "retracted"
    ]
    assert told("RetractionOf") == []  # the notice, not the paper
    assert [e[0] for e in told("ErratumIn")] == ["corrected"]
    assert [e[0] for e in told("CorrectedandRepublishedIn")] == ["corrected"]
    assert [e[0] for e in told("ExpressionOfConcernIn")] == ["concern"]
    assert told("ExpressionOfConcernFor") == []
    assert [e[0] for e in told("UpdateIn", publication_types=("Preprint",))] == ["published"]
    assert [e[0] for e in told("UpdateOf", where="bioRxiv. 2024 May 1")] == ["preprint"]
    assert [e[0] for e in told("UpdateIn")] == ["updated"]  # a review that has a newer version
    assert told("UpdateOf") == []


def test_a_change_without_a_new_date_is_seen(config, corpus, server):
    run(config, corpus, refresh=True)
    server.add(
        article("301", "Lapatinib resistance in invented tumours", "Other words.", entered="2020-01-05")
    )
    assert run(config, corpus, LATER, refresh=True).changed == ("PMID:301",)


@pytest.mark.parametrize("whole", [1_000, 0], ids=["fetched whole", "asked by date"])
def test_what_pubmed_no_longer_has_gets_a_tombstone_and_can_come_back(
    config, corpus, server, monkeypatch, whole
):
    monkeypatch.setattr("litmine.update.refresh.FETCHED_WHOLE", whole)
    run(config, corpus, refresh=True)
    gone = server.articles.pop("301")
    outcome = run(config, corpus, LATER, refresh=True)
    assert [(e.kind, e.record_id) for e in outcome.events] == [("deleted", "PMID:301")]
    assert corpus.ids() == []
    assert corpus.get("PMID:301") is not None
    assert corpus.prisma()["deleted"] == 1
    server.add(gone)
    run(config, corpus, LATER, queries=["lapatinib"])
    assert "PMID:301" in corpus.ids()


@pytest.mark.parametrize("whole", [1_000, 0], ids=["fetched whole", "asked by date"])
def test_merged_ids_become_one_record(config, corpus, server, monkeypatch, whole):
    monkeypatch.setattr("litmine.update.refresh.FETCHED_WHOLE", whole)
    run(config, corpus, refresh=True)
    corpus.decide("PMID:301", include=True, reason="cited")
    del server.articles["301"]
    server.add(
        article(
            "309", "Lapatinib resistance in invented tumours", "HER2 mutants resist.", entered="2020-01-05"
        )
    )
    server.merged["301"] = "309"
    outcome = run(config, corpus, LATER, refresh=True)
    assert [(e.kind, e.record_id, e.other) for e in outcome.events] == [("merged", "PMID:301", "PMID:309")]
    assert corpus.ids() == ["PMID:309"]
    assert corpus.get("PMID:301").id == "PMID:309"
    assert corpus.decisions()["PMID:309"].reason == "cited"
    corpus.upsert([Record("PMID:301", "Lapatinib resistance in invented tumours", source="digests")])
    assert corpus.ids() == ["PMID:309"]


def test_another_paper_in_place_of_one_is_no_merge(config, corpus, server):
    run(config, corpus, refresh=True)
    del server.articles["301"]
    server.merged["301"] = "303"
    outcome = run(config, corpus, LATER, refresh=True)
    assert corpus.merges() == {}
    assert outcome.not_found == ("PMID:301",)


def test_relevance():
    score = relevance_to(REVIEW)
    near, far = (
        Record("1", "Lapatinib resistance", "HER2 mutants"),
        Record("2", "Railway timetables", "Late trains"),
    )
    assert score(near) > 0.3 > score(far) == 0.0
    assert score(Record("3", "")) == 0.0


def test_include_and_exclude_on_the_command_line(config, corpus, tmp_path, capsys):
    (tmp_path / "litmine.toml").write_text('[workspace]\ncorpus = "c"\nreview = "review.md"\n')
    assert _run(["exclude", "301", "--reason", "wrong species", "-w", str(tmp_path)]) == 0
    assert corpus.ids() == []
    assert _run(["include", "PMID:301", "-w", str(tmp_path)]) == 0
    assert corpus.ids() == ["PMID:301"]
    assert _run(["exclude", "PMID:9", "--reason", "x", "-w", str(tmp_path)]) == 1
    assert _run(["exclude", "301", "-w", str(tmp_path)]) == 2
    assert "holds no record" in capsys.readouterr().err


JATS = """<article><front><article-meta><article-id pub-id-type="pmid">77</article-id>
<article-id pub-id-type="doi">10.1000/r</article-id><article-id pub-id-type="pmc">PMC5</article-id>
<title-group><article-title>An invented review</article-title></title-group></article-meta></front>
<body><sec><title>Results</title><p>Lapatinib resistance is common in invented tumours
<xref ref-type="bibr" rid="B1">1</xref>. More work is needed.</p></sec></body>
<back><ref-list><ref id="B1"><label>1</label><mixed-citation>Tester A. A paper. J Test. 2020;1:2.</mixed-citation>
</ref></ref-list></back></article>"""


def test_init_fetches_an_open_access_review(server, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LITMINE_EUTILS_URL", server.url)
    server.full_texts = {
        "5": ("77", "10.1000/r", JATS),
        "6": ("78", "10.1000/s", JATS.replace("body", "closed")),
    }
    assert _run(["init", str(tmp_path / "w"), "--pmid", "77"]) == 0
    assert (tmp_path / "w/corpora/pmc5/review.xml").is_file()
    assert _run(["init", str(tmp_path / "d"), "--doi", "https://doi.org/10.1000/R"]) == 0
    for number, said in (("79", "has no full text"), ("78", "does not give"), ("x", "no PMID")):
        assert _run(["init", str(tmp_path / "n"), "--pmid", number]) == 1
        assert said in capsys.readouterr().err
    monkeypatch.setenv("LITMINE_EUTILS_URL", "http://127.0.0.1:9/")
    assert _run(["init", str(tmp_path / "n"), "--pmid", "77"]) == 1
    assert "can't be reached" in capsys.readouterr().err
    assert not (tmp_path / "n").exists()


@pytest.mark.shared
def test_references_resolved_through_the_server(shared):
    """ECitMatch and ESearch in place of the local corpus; benchmarks/resolve_online.py."""
    import runpy

    measure = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "resolve_online.py"))["measure"]
    figures = measure(
        shared / "benchmarks/references/dev.jsonl", shared / "pubmed/xml/genia.xml.gz", first=60
    )
    assert figures["precision"] >= 0.99
    assert figures["recall"] >= 0.96
    assert (figures["decoys_matched"], figures["not_fetched"]) == (0, 0)
