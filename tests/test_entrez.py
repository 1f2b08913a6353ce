"""The E-utilities client against the stand-in server: pace, retries, and never an empty answer for a failure."""

import gzip
import socket
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from eutils import Fault, StandIn, article

from litmine.config import Config
from litmine.errors import FetchFailed, Unreachable
from litmine.sources import medline
from litmine.sources.entrez import Entrez, Patience
from litmine.sources.entrez.answers import acceptance, only_element
from litmine.sources.entrez.pace import Pace, retry_after
from litmine.sources.entrez.transport import Unusable
from litmine.types import Reference

QUICK = Patience(attempts=4, base=0.01, longest=2.0, per_second=1000.0)


@pytest.fixture
def server():
    with StandIn() as stand_in:
        stand_in.add(
            article(
                "101",
                "Drug A slows invented tumours",
                "It did so in mice.",
                entered="2021-03-02",
                doi="10.1234/a",
            ),
            article(
                "102",
                "Drug B does not",
                "No effect was seen.",
                entered="2022-03-02",
                volume="13",
                pages="55-60",
            ),
            article("103", "Resistance to drug A", "", entered="2023-03-02"),
        )
        yield stand_in


def client(server: StandIn, **options) -> Entrez:
    config = Config(root=Path(), corpus="c", review=Path("r"), eutils_url=server.url, email="a@example.org")
    return Entrez(config, patience=QUICK, **options)


def fetched(entrez: Entrez, pmids: list[str]) -> list[str]:
    return [record.id for part in entrez.fetch(pmids) for record in part.records]


def test_search_and_fetch_through_history(server):
    entrez = client(server)
    found = entrez.search("drug")
    assert (found.count, found.pmids) == (3, ("103", "102", "101"))
    (part,) = entrez.fetch_found(found)
    assert {r.id for r in part.records} == {"PMID:101", "PMID:102", "PMID:103"}
    assert all(r.source == "entrez" for r in part.records)
    assert server.asked[-1].one("WebEnv") == found.web_environment


def test_every_request_names_tool_and_email(server):
    entrez = client(server)
    entrez.search("drug")
    fetched(entrez, ["101"])
    entrez.match_citations(
        [Reference(1, "", journal="J Invent Oncol", year=2021, volume="12", pages="100-9")]
    )
    entrez.links(["101", "102"])
    entrez.post(["101"])
    assert {a.utility for a in server.asked} == {"einfo", "esearch", "efetch", "ecitmatch", "elink", "epost"}
    for asked in server.asked:
        assert (asked.one("tool"), asked.one("email")) == ("litmine", "a@example.org"), asked
        assert "api_key" not in asked.parameters


def test_search_by_date_of_entry(server):
    assert client(server).search("drug", since="2022-01-01", until="2022-12-31").pmids == ("102",)


def test_search_with_no_result_is_an_answer(server):
    assert client(server).search("unicorn").count == 0


def test_citations(server):
    server.add(article("104", "Same page again", volume="12"))
    references = [
        Reference(1, "", journal="J Invent Oncol", year=2021, volume="13", pages="55-60"),
        Reference(2, "", journal="J Invent | Oncol", year=1999, volume="1", pages="1"),
        Reference(3, "", journal="J Invent Oncol", year=2021, volume="12", pages="100-9"),
        Reference(4, "no journal"),
    ]
    assert client(server).match_citations(references) == {0: "102"}


def test_links(server):
    server.links["101"] = ["102", "103"]
    assert client(server).links(["101", "102"]) == {"101": ("102", "103"), "102": ()}


def test_post_then_fetch(server):
    entrez = client(server)
    (part,) = entrez.fetch_found(entrez.post(["103", "101"]))
    assert [r.id for r in part.records] == ["PMID:103", "PMID:101"]


def test_unknown_ids_are_missing_not_failed(server):
    entrez = client(server)
    (part,) = entrez.fetch(["101", "999", "101"])
    assert ([r.id for r in part.records], part.missing) == (["PMID:101"], ("999",))
    (part,) = entrez.fetch(["998"])
    assert (part.records, part.missing) == ((), ("998",))


def test_batches_come_from_the_history(server):
    server.add(*(article(str(n), f"Paper {n}") for n in range(1000, 1450)))
    entrez = client(server)
    seen: list[int] = []
    parts = list(entrez.fetch([str(n) for n in range(1000, 1450)], progress=seen.append))
    assert [len(p.records) for p in parts] == seen == [200, 200, 50]
    assert [(a.utility, a.method) for a in server.asked if a.utility != "einfo"] == [
        ("epost", "POST"),
        ("efetch", "GET"),
    ] * 3
    assert all(a.one("WebEnv") for a in server.asked if a.utility == "efetch")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", code=429),
        Fault("status", code=500),
        Fault("status", code=502),
        Fault("html"),
        Fault("error"),
        Fault("empty"),
        Fault("cut"),
        Fault("truncated"),
        Fault("drop"),
    ],
    ids=lambda f: f"{f.kind}-{f.code}",
)
class TestFaults:
    def test_asked_again_until_it_works(self, server, fault):
        server.fail(fault, fault)
        assert fetched(client(server), ["101"]) == ["PMID:101"]
        assert server.utilities() == ["efetch"] * 3

    def test_asked_again_through_the_history(self, server, fault):
        server.fail(fault, replace(fault, utility="efetch"))
        assert fetched(client(server), ["101", "102"]) == ["PMID:101", "PMID:102"]
        assert server.utilities() == ["epost"] * 2 + ["efetch"] * 2

    def test_ids_are_sent_where_the_history_never_works(self, server, fault):
        server.fail(*[replace(fault, utility="epost")] * QUICK.attempts)
        assert fetched(client(server), ["101", "102"]) == ["PMID:101", "PMID:102"]

    def test_given_up_as_failed_never_as_empty(self, server, fault):
        server.fail(*[fault] * QUICK.attempts)
        with pytest.raises(FetchFailed, match="efetch") as caught:
            fetched(client(server), ["101"])
        assert "\n" not in str(caught.value)
        assert not isinstance(caught.value, Unreachable)

    def test_search_is_never_zero_results(self, server, fault):
        server.fail(*[fault] * QUICK.attempts)
        with pytest.raises(FetchFailed, match="esearch"):
            client(server).search("drug")


def test_a_search_that_counts_wrong_fails_loudly(server):
    server.fail(*[Fault("wrong_count", "esearch")] * 10)
    with pytest.raises(FetchFailed, match="6 found, 6 ids expected but 3 listed"):
        client(server).search("drug")
    server.behave()
    server.fail(Fault("wrong_count", "esearch"))
    assert client(server).search("drug").pmids == ("103", "102", "101")


def test_records_left_out_of_a_batch_are_asked_for_again(server):
    server.fail(Fault("lossy"))
    assert sorted(fetched(client(server), ["101", "102"])) == ["PMID:101", "PMID:102"]


def test_retry_after_is_honoured(server):
    server.fail(Fault("status", code=429, retry_after="1"))
    start = time.monotonic()
    assert fetched(client(server), ["101"]) == ["PMID:101"]
    assert time.monotonic() - start >= 1.0


def test_a_server_that_asks_for_too_much_patience_is_left(server):
    server.fail(Fault("status", code=503, retry_after="3600"))
    with pytest.raises(FetchFailed, match="asks to wait 3600 s"):
        fetched(client(server), ["101"])


def test_a_refused_request_is_not_repeated(server):
    server.fail(Fault("status", code=400))
    with pytest.raises(FetchFailed, match=r"HTTP 400 .*rate limit"):
        client(server).search("drug")
    assert server.utilities() == ["esearch"]


def test_what_the_history_has_forgotten_is_fetched_by_ids(server):
    entrez = client(server)
    found = entrez.search("drug")
    server.history.clear()
    assert [r.id for part in entrez.fetch_found(found) for r in part.records] == [
        "PMID:103",
        "PMID:102",
        "PMID:101",
    ]


def test_an_absence_that_search_confirms_costs_no_second_fetch(server):
    (part,) = client(server).fetch(["101", "998", "999"])
    assert ([r.id for r in part.records], part.missing) == (["PMID:101"], ("998", "999"))
    assert server.utilities() == ["epost", "efetch", "esearch"]


def test_a_search_that_knows_no_ids_confirms_nothing(server, monkeypatch):
    monkeypatch.setattr("eutils.server.search", lambda _query, _entries: [])
    server.fail(Fault("lossy"))
    assert sorted(fetched(client(server), ["101", "102"])) == ["PMID:101", "PMID:102"]


def test_answers_are_kept_before_they_are_parsed(server, tmp_path):
    entrez = client(server, raw_dir=tmp_path / "raw")
    fetched(entrez, ["101", "102"])
    (kept,) = (tmp_path / "raw").iterdir()
    assert b"Drug B does not" in gzip.decompress(kept.read_bytes())


def test_refused_connection_is_told_at_once():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = Config(root=Path(), corpus="c", review=Path("r"), eutils_url=f"http://127.0.0.1:{port}/")
    entrez = Entrez(config, patience=QUICK)
    start = time.monotonic()
    assert not entrez.reachable()
    with pytest.raises(Unreachable, match="refused"):
        entrez.search("drug")
    assert time.monotonic() - start < 1.0


def test_silent_server_is_told_within_the_limit(server):
    server.fail(Fault("slow", utility="einfo", seconds=1.0))
    entrez = client(server)
    start = time.monotonic()
    with pytest.raises(Unreachable, match=r"no answer within 0\.2 s|timed out"):
        entrez._transport.probe(within=0.2)
    assert time.monotonic() - start < 0.9


def test_a_server_in_trouble_is_still_reachable(server):
    server.fail(Fault("status", utility="einfo", code=503))
    assert client(server).reachable()


def test_a_mirror_without_einfo_is_reachable(server):
    server.fail(Fault("status", utility="einfo", code=404))
    assert client(server).reachable()


def test_something_else_at_that_address_is_not_pubmed(server):
    server.fail(Fault("status", utility="einfo", code=404), Fault("status", utility="esearch", code=404))
    with pytest.raises(Unreachable, match="answers HTTP 404"):
        client(server).search("drug")


def test_one_probe_a_run(server):
    entrez = client(server)
    entrez.search("drug")
    entrez.search("tumours")
    assert [a.utility for a in server.asked].count("einfo") == 1


def test_pace():
    now = [0.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    pace = Pace(4.0, clock=lambda: now[0], sleep=sleep)
    for _ in range(3):
        pace.wait()
    now[0] += 10
    pace.wait()
    assert slept == [0.275, 0.275]  # with a tenth to spare


def test_biopython_settings_are_left_as_they_were(server):
    from Bio import Entrez as bio

    before = bio.urlopen, bio.max_tries, bio._open.previous
    client(server).search("drug")
    assert (bio.urlopen, bio.max_tries, bio._open.previous) == before


@pytest.mark.parametrize(
    ("printed", "seconds"),
    [
        ("", None),
        ("7", 7.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        ("x", None),
    ],
)
def test_retry_after_header(printed, seconds):
    assert retry_after(printed, now=lambda: 60.0) == seconds


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "root", "taken"),
    [
        ("esearch1.xml", "eSearchResult", True),
        ("esearch5.xml", "eSearchResult", True),
        ("epost1.xml", "ePostResult", True),
        ("epost2.xml", "ePostResult", False),
        ("elink1.xml", "eLinkResult", True),
        ("einfo1.xml", "eInfoResult", True),
        ("esummary1.xml", "eSummaryResult", True),
        ("esearch1.xml", "PubmedArticleSet", False),
        ("pubmed1.xml", "PubmedArticleSet", True),
        ("pubmed3.html", "PubmedArticleSet", False),
    ],
)
def test_real_answers(shared, name, root, taken):
    body = (shared / "pubmed" / "eutils_samples" / "Entrez" / name).read_bytes()
    if taken:
        acceptance(root)(body)
        assert only_element(body, root).tag == root
    else:
        with pytest.raises(Unusable):
            acceptance(root)(body)


@pytest.mark.shared
def test_real_records_come_through_the_server_unchanged(shared, server):
    with gzip.open(shared / "pubmed" / "xml" / "neoplasms_serine.xml.gz") as file:
        elements = ET.parse(file).getroot().findall("PubmedArticle")
    server.add(*(ET.tostring(element, encoding="unicode") for element in elements))
    pmids = [element.findtext("MedlineCitation/PMID", "") for element in elements]
    records = {r.id: r for part in client(server).fetch(pmids) for r in part.records}
    from_file = medline.read(shared / "pubmed" / "xml" / "neoplasms_serine.xml.gz")
    assert records == {r.id: replace(r, source="entrez") for r in from_file}
