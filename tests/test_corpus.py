"""The store: order never matters, nothing is lost, nothing is stored twice, errors take one line."""

import itertools
import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from litmine.corpus import SCHEMA_VERSION, Changes, Corpus
from litmine.corpus import schema as corpus_schema
from litmine.corpus.merge import identifier_key
from litmine.errors import CorpusError, NewerSchema, RecordError
from litmine.types import Correction, Reading, Record, Sentence

DIGEST = Record(
    "DOI:10.1/a",
    "Drug A in lung cancer",
    "Told in short.",
    "digest",
    "digests",
    aliases=("PMCID:PMC7",),
    authors=("Tester A",),
    authors_complete=False,
    year=2021,
    published="2021",
    study_context="clinical",
    digest_basis="abstract",
)
ABSTRACT = Record(
    "PMID:12",
    "Drug A in lung cancer.",
    "The whole abstract.",
    "abstract",
    "entrez",
    aliases=("DOI:10.1/a",),
    authors=("Tester A", "Other B"),
    journal="J Invent",
    year=2021,
    published="2021-03",
    revised="2021-05-01",
)


@pytest.fixture
def corpus(tmp_path):
    with Corpus.open(
        tmp_path / "corpus.sqlite", now=lambda: datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    ) as store:
        yield store


def everything(corpus: Corpus) -> list:
    """All that a user can see of the records."""
    aliases = sorted({a for r in corpus.records() for a in r.aliases})
    return [
        list(corpus.records()),
        {a: corpus.resolve(a) for a in aliases},
        {i: sorted(v.hash for v in corpus.versions(i)) for i in corpus.ids()},
        corpus.state(),
        corpus.counts(),
    ]


def test_round_trip(corpus):
    full = replace(
        ABSTRACT,
        corrections=(Correction("ErratumIn", "5", "J Invent. 2022"),),
        keywords=("α-tubulin", "naïve"),
        trial_ids=("NCT00000001",),
    )
    assert corpus.upsert([full]) == Changes(new=("PMID:12",))
    assert corpus.get("PMID:12") == full == corpus.get("DOI:10.1/a")
    assert corpus.get("PMID:99") is None
    assert (len(corpus), corpus.ids(), list(corpus.records(["DOI:10.1/a", "PMID:12", "PMID:99"]))) == (
        1,
        ["PMID:12"],
        [full],
    )


def test_an_abstract_takes_the_digests_place(corpus):
    corpus.upsert([DIGEST])
    assert corpus.upsert([ABSTRACT]) == Changes(changed=("PMID:12",))
    merged = corpus.get("PMID:12")
    assert (merged.text, merged.depth, merged.source) == ("The whole abstract.", "abstract", "entrez")
    assert merged.aliases == ("DOI:10.1/a", "PMCID:PMC7")
    assert (merged.authors, merged.authors_complete) == (("Tester A", "Other B"), True)
    assert (merged.study_context, merged.digest_basis, merged.published) == ("clinical", "", "2021-03")
    assert corpus.get("DOI:10.1/a") == merged
    assert [(v.source, v.record.text) for v in corpus.versions("DOI:10.1/a")] == [
        ("digests", "Told in short."),
        ("entrez", "The whole abstract."),
    ]


def test_a_title_from_pubmed_leaves_the_digest_in_place(corpus):
    corpus.upsert([DIGEST, replace(ABSTRACT, text="", depth="title")])
    merged = corpus.get("PMID:12")
    assert (merged.text, merged.depth, merged.journal) == ("Told in short.", "digest", "J Invent")


def test_any_order_gives_the_same_state(tmp_path):
    records = [
        DIGEST,
        ABSTRACT,
        replace(ABSTRACT, text="The revised abstract.", revised="2022-01-01", retracted=True),
        replace(DIGEST, id="PMCID:PMC7", aliases=(), text="Told by another.", title="Drug A"),
        Record("PMID:3", "An erratum", aliases=("DOI:10.1/a",), source="entrez"),
        Record("litmine:0f", "No identifier at all", source="digests"),
    ]
    seen = []
    for number, order in enumerate(itertools.permutations(records)):
        if number % 23:
            continue
        with Corpus.open(tmp_path / f"{number}.sqlite") as corpus:
            corpus.upsert(order[:3])
            corpus.upsert(order[3:])
            corpus.upsert(order)
            assert corpus.upsert(order) == Changes(unchanged=tuple(corpus.ids()))
            state = everything(corpus)
        if not seen:
            seen.append(state)
        assert state == seen[0], order
    assert seen[0][4]["versions"] == len(records)


identifiers = st.lists(
    st.sampled_from(["PMID:1", "PMID:2", "DOI:10.1/a", "DOI:10.1/b", "PMCID:PMC1", "PMCID:PMC2"]),
    min_size=1,
    max_size=3,
    unique_by=lambda i: i.partition(":")[0],
)
some_records = st.lists(
    st.builds(
        lambda ids, text, depth, source, revised: Record(
            sorted(ids, key=identifier_key)[0],
            "T",
            text,
            depth,
            source,
            aliases=tuple(sorted(ids, key=identifier_key)[1:]),
            revised=revised,
        ),
        identifiers,
        st.sampled_from(["one", "two", "three"]),
        st.sampled_from(["digest", "abstract"]),
        st.sampled_from(["digests", "entrez", "medline"]),
        st.sampled_from(["", "2020-01-01", "2021-01-01"]),
    ),
    max_size=7,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=some_records, random=st.randoms(use_true_random=False))
def test_any_records_in_any_order(tmp_path_factory, records, random):
    folder = tmp_path_factory.mktemp("orders")
    shuffled = random.sample(records, len(records))
    states = []
    for name, order in (("one", records), ("two", shuffled)):
        with Corpus.open(folder / name) as corpus:
            corpus.upsert(order)
            states.append(everything(corpus))
            versions = [v.hash for i in corpus.ids() for v in corpus.versions(i)]
            assert len(versions) == len(set(versions)) == len(set(records))
            assert all(corpus.resolve(i) in corpus.ids() for r in records for i in (r.id, *r.aliases))
    shutil.rmtree(folder)
    assert states[0] == states[1]


def test_two_pmids_stay_two_records(corpus):
    corpus.upsert([replace(ABSTRACT, id="PMID:30"), ABSTRACT, DIGEST])
    assert corpus.ids() == ["PMID:12", "PMID:30"]
    assert corpus.resolve("DOI:10.1/a") == "PMID:12"
    assert sorted(v.source for v in corpus.versions("PMID:12")) == ["digests", "entrez"]


def test_a_record_that_connects_two_makes_them_one(corpus):
    corpus.upsert([Record("DOI:10.1/a", "A", source="digests"), Record("PMCID:PMC7", "B", source="digests")])
    assert corpus.upsert([DIGEST]) == Changes(changed=("DOI:10.1/a",))
    assert corpus.ids() == ["DOI:10.1/a"]
    assert corpus.resolve("PMCID:PMC7") == "DOI:10.1/a"


def test_an_edited_digest_replaces_the_older_and_can_be_taken_back(corpus):
    edited = replace(DIGEST, text="Told better.")
    for record in (DIGEST, edited, DIGEST):
        corpus.upsert([record])
        assert corpus.get(DIGEST.id).text == record.text
    assert len(corpus.versions(DIGEST.id)) == 2


def test_a_failure_leaves_nothing_half_done(corpus):
    corpus.upsert([DIGEST])
    before = everything(corpus)
    for broken in (Record("", "No id"), Record("PMID:5", "Half \ud83d a character")):
        with pytest.raises(RecordError) as caught:
            corpus.upsert([ABSTRACT, broken])
        assert "\n" not in str(caught.value)
        assert everything(corpus) == before


def test_readings_follow_the_text(corpus):
    corpus.upsert([DIGEST, Record("PMID:3", "Other", source="entrez")])
    sentence = Sentence(0, 0, 4, "Drug", "title")
    hashes = corpus.content_hashes()
    assert [r.id for r in corpus.unread("f1")] == ["DOI:10.1/a", "PMID:3"]
    corpus.save_readings((Reading(i, (sentence,)) for i in ("PMID:3", "DOI:10.1/a")), hashes, "f1")
    assert [r.record_id for r in corpus.readings("f1")] == ["DOI:10.1/a", "PMID:3"]
    assert corpus.reading("PMCID:PMC7", "f1") == Reading("DOI:10.1/a", (sentence,))
    assert corpus.reading("PMID:3", "f2") is None
    assert list(corpus.unread("f1")) == []

    corpus.decide("PMCID:PMC7", include=True, reason="animals only")
    corpus.upsert([replace(DIGEST, id="PMID:12", aliases=("DOI:10.1/a",))])  # same text, now with a PMID
    assert corpus.reading("DOI:10.1/a", "f1") == Reading("PMID:12", (sentence,))
    assert corpus.decisions()["PMID:12"].reason == "animals only"

    corpus.upsert([ABSTRACT])
    assert corpus.reading("PMID:12", "f1") is None
    assert [r.id for r in corpus.unread("f1")] == ["PMID:12"]


def test_log(corpus):
    run = corpus.start_run("update", {"offline": True})
    assert corpus.runs()[0].outcome is None
    corpus.finish_run(run, {"new": 3})
    corpus.finish_run(run, {"new": 4})
    (entry,) = corpus.runs("update")
    assert (entry.arguments, entry.outcome, entry.started) == (
        {"offline": True},
        {"new": 3},
        "2025-01-02T03:04:05+00:00",
    )
    corpus.set_not_fetched({"PMID:2": "HTTP 500", "PMID:1": "cut off"})
    assert corpus.not_fetched() == ["PMID:1", "PMID:2"]
    assert corpus.not_fetched_reasons()["PMID:2"] == "HTTP 500"
    corpus.set_not_fetched({})
    assert corpus.not_fetched() == []
    assert corpus.last_report() is None
    for number in range(8):
        corpus.save_report(b'{"number": %d}' % number)
    assert corpus.last_report() == {"number": 7}
    corpus.save_report({"number": 8})
    assert corpus.last_report() == {"number": 8}
    with pytest.raises(CorpusError):
        corpus.save_report(b"[]")
    corpus.move_watermark("q", "2025-01-01")
    corpus.remember_file("f", "00ff", "digests")
    assert (corpus.watermark("q"), corpus.watermark("r"), corpus.file_read("f"), corpus.file_read("g")) == (
        "2025-01-01",
        None,
        "00ff",
        None,
    )


def test_state_is_of_ids_and_contents(corpus):
    empty = corpus.state()
    corpus.upsert([ABSTRACT])
    first = corpus.state()
    corpus.upsert([replace(ABSTRACT, journal="Another", revised="2023-01-01")])
    assert empty != first == corpus.state()
    corpus.upsert([replace(ABSTRACT, text="New words.", revised="2024-01-01")])
    assert corpus.state() != first


def test_counts(corpus):
    corpus.upsert([DIGEST, ABSTRACT, Record("PMID:3", "T", source="medline")])
    assert corpus.counts() == {
        "records": 2,
        "by_source": {"entrez": 1, "medline": 1},
        "by_depth": {"abstract": 1, "title": 1},
        "versions": 3,
        "not_fetched": 0,
    }
    assert corpus.ids_without(("entrez",)) == ["PMID:3"]
    assert corpus.check() == []


def contents(path: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in path.parent.iterdir()}


def test_newer_schema_is_refused_and_untouched(tmp_path):
    path = tmp_path / "corpus.sqlite"
    with Corpus.open(path) as corpus:
        corpus.upsert([DIGEST])
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = contents(path)
    for readonly in (False, True):
        with pytest.raises(NewerSchema, match="upgrade litmine"):
            Corpus.open(path, readonly=readonly)
    assert contents(path) == before


def test_migration_keeps_a_backup_and_the_data(tmp_path, monkeypatch):
    path = tmp_path / "corpus.sqlite"
    with Corpus.open(path) as corpus:
        corpus.upsert([DIGEST])
        before = everything(corpus)
    connection = corpus_schema.open_store(
        path,
        readonly=False,
        busy_timeout=1,
        migrations=(*corpus_schema.MIGRATIONS, ("ALTER TABLE runs ADD COLUMN machine TEXT",)),
    )
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION + 1,)
    assert connection.execute("SELECT count(*) FROM records").fetchone() == (1,)
    connection.close()
    backup = tmp_path / f"corpus.sqlite.v{SCHEMA_VERSION}.backup"
    with Corpus.open(backup) as corpus:
        assert everything(corpus) == before


def test_a_migration_that_fails_changes_nothing(tmp_path):
    path = tmp_path / "corpus.sqlite"
    with Corpus.open(path) as corpus:
        corpus.upsert([DIGEST])
        before = everything(corpus)
    broken = (*corpus_schema.MIGRATIONS, ("DROP TABLE readings", "NO SUCH STATEMENT"))
    with pytest.raises(CorpusError, match="can't be used"):
        corpus_schema.open_store(path, readonly=False, busy_timeout=1, migrations=broken)
    with Corpus.open(path) as corpus:
        assert everything(corpus) == before


@pytest.mark.parametrize("damage", [b"not a database at all", b"SQLite format 3\x00" + b"\xff" * 4000])
def test_damaged_file(tmp_path, damage):
    path = tmp_path / "corpus.sqlite"
    path.write_bytes(damage)
    with pytest.raises(CorpusError) as caught:
        Corpus.open(path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == damage


def test_damage_inside_is_told_when_met(tmp_path):
    path = tmp_path / "corpus.sqlite"
    with Corpus.open(path) as corpus:
        corpus.upsert(
            [replace(ABSTRACT, id=f"PMID:{n}", aliases=(), text="word " * 300) for n in range(1, 60)]
        )
    data = bytearray(path.read_bytes())
    data[8192:] = b"\x5a" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(CorpusError, match="damaged") as caught, Corpus.open(path) as corpus:
        list(corpus.records())
    assert "\n" not in str(caught.value)


def test_missing_when_readonly(tmp_path):
    with pytest.raises(CorpusError, match="litmine update"):
        Corpus.open(tmp_path / "corpus.sqlite", readonly=True)
    assert list(tmp_path.iterdir()) == []


def test_readonly_changes_nothing(tmp_path):
    path = tmp_path / "corpus.sqlite"
    with Corpus.open(path) as corpus:
        corpus.upsert([DIGEST])
    with Corpus.open(path, readonly=True) as corpus:
        assert len(corpus) == 1
        with pytest.raises(CorpusError):
            corpus.upsert([ABSTRACT])
        assert len(corpus) == 1


def test_a_second_writer_waits_then_says_so(tmp_path):
    path = tmp_path / "corpus.sqlite"
    with Corpus.open(path) as first, Corpus.open(path, busy_timeout=0.05) as second:
        first.upsert([DIGEST])
        first._connection.execute("BEGIN IMMEDIATE")
        assert len(second) == 1  # readers are not held up
        with pytest.raises(CorpusError, match="another litmine"):
            second.upsert([ABSTRACT])
        first._connection.execute("ROLLBACK")
        second.upsert([ABSTRACT])
        assert first.ids() == ["PMID:12"]


def test_changes_add_up():
    one = Changes(new=("a",), changed=("b",), unchanged=("c", "d"))
    two = Changes(new=("e",), changed=("a", "c"), unchanged=("b",))
    assert one + two == Changes(new=("a", "e"), changed=("b", "c"), unchanged=("d",))


def test_many_may_make_a_new_store_at_once(tmp_path):
    """Switching to the write-ahead log does not wait for others by itself."""
    from concurrent.futures import ThreadPoolExecutor

    def made(path) -> int:
        with Corpus.open(path) as store:
            return len(store)

    for number in range(20):
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(made, [tmp_path / f"{number}.sqlite"] * 4)) == [0] * 4
