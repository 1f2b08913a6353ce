"""Search: the right sentence first, filters, sorting, synonyms, and silence where nothing bears on the query."""

from collections import Counter
from dataclasses import replace

import pytest

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.embedders import load_embedder
from litmine.entities import find_entities
from litmine.errors import StaleIndex, UsageError
from litmine.index import build_index
from litmine.lexicon import load_lexicon
from litmine.pipeline import sentences_of
from litmine.search import Filters, Searcher
from litmine.search.wording import wording
from litmine.types import LEVELS, Reading, Record, Relation, Slot

FINGERPRINT = "reader-1"
RECORDS = (
    Record(
        id="PMID:1",
        title="A randomised trial of trastuzumab and survival",
        text="In 300 patients trastuzumab prolonged overall survival. Fever was rare.",
        depth="abstract",
        year=2015,
        published="2015-06-01",
        publication_types=("Randomized Controlled Trial", "Journal Article"),
    ),
    Record(
        id="PMID:2",
        title="PTEN in cultured breast cancer cells",
        text="Loss of PTEN made the cells resistant to trastuzumab. Lapatinib still killed them.",
        depth="abstract",
        year=2021,
        published="2021",
        publication_types=("Journal Article",),
    ),
    Record(
        id="PMID:3",
        title="MET amplification in lung tumours",
        text="MET amplification was seen after osimertinib. Its copy number rose with time.",
        depth="abstract",
        year=2019,
        published="2019-02",
        publication_types=("Journal Article",),
    ),
    Record(id="PMID:4", title="Retention of a migratory bird in a northern reserve", depth="title"),
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    root = tmp_path_factory.mktemp("search")
    config = Config(root=root, corpus="x", review=root / "r.md", cache_dir=root / "cache")
    lexicon = load_lexicon()
    config.corpus_dir.mkdir(parents=True)
    with Corpus.open(config.corpus_path) as corpus:
        corpus.upsert(RECORDS)
        readings = []
        for record in corpus.records():
            sentences = sentences_of(record.title, record.text, record.sections)
            entities = find_entities(record.document, lexicon)
            relations = ()
            if record.id == "PMID:2":
                start = record.document.index("PTEN made")
                relations = (
                    Relation(
                        1, (), Slot(start, start + 4, "PTEN", "PTEN"), "downstream_signalling", None, "resistance",
                        "increases", "asserted",
                    ),
                )  # fmt: skip
            readings.append(Reading(record.id, sentences, entities, relations))
        corpus.save_readings(readings, corpus.content_hashes(), FINGERPRINT)
        build_index(config, corpus, FINGERPRINT, load_embedder("minilm"))
        yield Searcher.open(config, corpus, FINGERPRINT)


def ids(hits):
    return [hit.record_id for hit in hits]


def test_the_answering_sentence_comes_first_and_says_why(searcher):
    hit = searcher.search("Does loss of PTEN cause resistance to trastuzumab?")[0]
    assert hit.text == "Loss of PTEN made the cells resistant to trastuzumab."
    assert (hit.record_id, hit.sentence) == ("PMID:2", 1)
    assert RECORDS[1].document[hit.start : hit.end] == hit.text
    why = dict(hit.why)
    assert why["dense"] > 0.5
    assert why["lexical"] > 0.1
    assert {"PTEN", "trastuzumab"} <= {name.strip() for name in why["entities"].split(",")}


def test_a_brand_name_finds_the_generic(searcher):
    hits = searcher.search("Herceptin")
    assert hits
    assert all("trastuzumab" in hit.text.lower() for hit in hits[:2])


def test_nothing_relevant_is_said_by_silence(searcher):
    assert searcher.search("how to bake sourdough bread") == []
    assert searcher.search_many(["interest rates in the euro area"], relevant_only=False, k=2) != [[]]


def test_filters(searcher):
    def found(**wanted):
        query = "resistance to treatment of cancer"
        return set(
            ids(searcher.search_many([query], k=50, filters=Filters(**wanted), relevant_only=False)[0])
        )

    everything = found()
    assert {"PMID:1", "PMID:2", "PMID:3"} <= everything
    assert found(year_from=2019) <= {"PMID:2", "PMID:3"}
    assert found(year_from=2019)
    assert found(year_from=2016, year_to=2019) == {"PMID:3"}
    assert found(since="2019-02-10") == {"PMID:2", "PMID:3"}
    assert found(since="2019-03") == {"PMID:2"}
    assert found(drug="Herceptin") == {"PMID:1", "PMID:2"}
    assert found(mechanism="pten") == {"PMID:2"}
    assert found(mechanism="downstream signalling") == {"PMID:2"}
    query = "loss of PTEN and trastuzumab resistance"
    assert ids(searcher.search(query, filters=Filters(outcome="resistance"))) == ["PMID:2"]
    assert searcher.search(query, filters=Filters(outcome="survival")) == []
    assert found(level="B1") == {"PMID:1"}
    assert found(drug="trastuzumab", year_from=2022) == set()


def test_an_unknown_name_is_told_not_answered_with_nothing(searcher):
    with pytest.raises(
        UsageError, match="no drug named 'trastuzumabb' is known here; did you mean trastuzumab"
    ):
        searcher.search("survival", filters=Filters(drug="trastuzumabb"))


def test_sorting_keeps_the_most_relevant_and_orders_them(searcher):
    years = {record.id: record.year or 0 for record in RECORDS}
    query = "trastuzumab in breast cancer"
    hits = searcher.search(query, k=4, sort="year")
    assert sorted(hits, key=str) == sorted(searcher.search(query, k=4), key=str)
    assert [years[i] for i in ids(hits)] == sorted((years[i] for i in ids(hits)), reverse=True)
    levels = [
        searcher._level(searcher._corpus.get(i)) for i in ids(searcher.search(query, k=4, sort="level"))
    ]
    assert levels == sorted(levels, key=LEVELS.index)


CLAIM = "loss of PTEN makes cells sensitive to trastuzumab"


@pytest.mark.parametrize(
    "query",
    [
        "PTEN loss trastuzumab",
        "Does loss of PTEN cause resistance to trastuzumab?",
        "Loss of PTEN makes breast cancer cells resistant to trastuzumab.",
        f"papers that contradict {CLAIM}",
        "studies showing that loss of PTEN leads to trastuzumab resistance",
        "BACKGROUND Trastuzumab is given to patients with HER2-positive breast cancer, and many tumours become "
        "resistant. METHODS We silenced PTEN in breast cancer cells and treated them with trastuzumab. RESULTS Loss of "
        "PTEN made cells resistant. CONCLUSION PTEN may predict resistance to trastuzumab.",
    ],
)
def test_a_query_may_have_any_form(searcher, query):
    assert searcher.search(query)[0].record_id == "PMID:2"


def test_what_contradicts_a_claim_comes_first(searcher):
    query = f"papers that contradict: PTEN in cultured breast cancer cells, where {CLAIM}"
    (plain,) = searcher.search_many([query.removeprefix("papers that contradict: ")], k=1)
    (hits,) = searcher.search_many([query], k=3)
    assert plain[0].text == "PTEN in cultured breast cancer cells"
    assert hits[0].text == "Loss of PTEN made the cells resistant to trastuzumab."
    assert dict(hits[0].why)["against the claim"] == "increases: resistance"
    assert all("against the claim" not in dict(hit.why) for hit in hits[1:])
    agreed = searcher.search("papers that contradict loss of PTEN makes cells resistant to trastuzumab")
    assert all("against the claim" not in dict(hit.why) for hit in agreed)


@pytest.mark.parametrize(
    ("query", "text", "against"),
    [
        ("papers that contradict: 'A lowers B.'", "A lowers B.", True),
        ("Are there any studies that refute the claim that A lowers B?", "A lowers B?", True),
        ("evidence against A in the elderly", "A in the elderly", True),
        ("studies showing that A lowers B", "A lowers B", False),
        ("results of trials", "results of trials", False),
        ("A lowers B", "A lowers B", False),
        ("findings that contradict", "findings that contradict", False),
    ],
)
def test_the_frame_of_a_query_is_taken_off(query, text, against):
    assert wording(query) == (text, against)


def test_scores_fall_and_many_queries_equal_single_ones(searcher):
    queries = ["MET amplification", "overall survival with trastuzumab"]
    many = searcher.search_many(queries, k=5)
    assert [ids(hits) for hits in many] == [ids(searcher.search(query, k=5)) for query in queries]
    for hits in many:
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert searcher.search_many([]) == []


def test_one_record_does_not_crowd_out_the_others(searcher, monkeypatch):
    def counts(k):
        (hits,) = searcher.search_many(["trastuzumab in breast cancer cells"], k=k, relevant_only=False)
        return Counter(ids(hits))

    monkeypatch.setattr("litmine.search.searcher.PER_RECORD", 2)
    assert max(counts(4).values()) == 2
    assert sum(counts(50).values()) == sum(counts(100).values()) == 10
    assert max(counts(50).values()) == 3


def test_records_are_ranked_too(searcher):
    ranked = searcher.search_records("amplified MET in lung cancer", 2)
    assert len(ranked) == 2
    assert ranked[0][0] == "PMID:3"
    assert ranked[0][1] > ranked[1][1]


def test_a_stale_index_is_refused(searcher):
    with pytest.raises(StaleIndex):
        Searcher.open(searcher._config, searcher._corpus, "another reader")
    with pytest.raises(StaleIndex):
        Searcher.open(replace(searcher._config, embedder="minilm-int8"), searcher._corpus, FINGERPRINT)
