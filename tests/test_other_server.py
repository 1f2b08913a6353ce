"""An E-utilities server unlike ours: another hand's, at another path, with what NCBI may do otherwise.

It pages ESearch three ids at a time in ascending order, knows neither dates nor fields, has no EInfo, answers in
chunks and compressed, gives records from the history in an order of its own, leaves link sets without links out, says
by an error that it knows no id, and hangs up without a word now and then.
"""

import gzip
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from eutils import article

from litmine.cli import _run
from litmine.corpus import Corpus

CITED = {"11": ["21", "22", "23", "24"], "12": ["22"]}
REVIEW = """# Lapatinib in invented tumours (2020)

Lapatinib slowed the growth of HER2-positive tumours [1]. Resistance to lapatinib came in cohort B [2].
Trastuzumab was given to cohort C [3].

## References

1. Tester A. Lapatinib slows invented tumours. J Invent Oncol. 2015;11:100-9.
2. Tester A. Resistance to lapatinib in cohort B. J Invent Oncol. 2016;12:100-9.
3. Nobody N. A paper that was never printed anywhere. J Invent Oncol. 2017;99:1-2.
"""


def paper(pmid: str, title: str, abstract: str, **given: object) -> str:
    """All with one date of revision: what changes here changes without a new date."""
    return article(pmid, title, abstract, year=2004 + int(pmid), volume=pmid, **given)


RECORDS = {
    "11": paper("11", "Lapatinib slows invented tumours", "HER2 tumours shrank.", doi="10.1000/a"),
    "12": paper("12", "Resistance to lapatinib in cohort B", "Lapatinib resistance came."),
    "13": paper("13", "Trastuzumab in cohort C", "It was given.", doi="10.1000/c"),
    "21": paper("21", "Lapatinib again", "HER2 tumours and lapatinib."),
    "22": paper("22", "Lapatinib resistance again", "HER2 tumours resist lapatinib."),
    "23": paper("23", "Lapatinib in cohort D", "HER2 tumours and lapatinib resistance."),
    "24": paper("24", "Tumours under lapatinib", "HER2 tumours and lapatinib growth."),
}


class Other(BaseHTTPRequestHandler):
    """Answers to GET and POST alike."""

    protocol_version = "HTTP/1.1"
    records: dict[str, str]
    merged: dict[str, str]
    log: list[tuple[float, str, dict[str, str], list[str]]]
    history: list[list[str]]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def answer(self, query: str) -> None:
        path = urlsplit(self.path).path
        asked = parse_qs(query, keep_blank_values=True)
        one = {name: values[-1] for name, values in asked.items()}
        name = path.rsplit("/", 1)[1].split(".")[0]
        self.log.append((time.monotonic(), name, one, asked.get("id", [])))
        if not path.startswith("/mirror/of/eutils/") or name == "einfo":
            self.reply(404, b"<html><body>Not here</body></html>")
        elif len(self.log) % 7 == 0:
            self.close_connection = True  # without an answer
        else:
            self.reply(200, getattr(self, f"do_{name}")(one, asked.get("id", [])).encode())

    def reply(self, code: int, body: bytes) -> None:
        body = gzip.compress(body)
        self.send_response(code)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(body), 100):
            part = body[start : start + 100]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def do_esearch(self, one: dict[str, str], _: list[str]) -> str:
        term = one["term"]
        found = re.findall(r"(\d+)\[uid\]", term)
        if found:
            found = [i for i in found if i in self.records]
        elif dois := re.findall(r'"(10\.[^"]+)"', term):
            found = [i for i, xml in self.records.items() if any(doi in xml for doi in dois)]
        else:
            words = {w.lower() for w in re.findall(r"[a-z]{5,}", re.sub(r"\[[^\]]*\]", "", term), re.I)}
            found = [i for i, xml in self.records.items() if words and all(w in xml.lower() for w in words)]
        found.sort(key=int)
        start = int(one.get("retstart", 0))
        page = found[start : start + min(3, int(one.get("retmax", 20)))]
        ids = "".join(f"\n  <Id> {i} </Id>" for i in page)
        history = ""
        if one.get("usehistory") == "y":
            history = f"<QueryKey>{self.remember(found)}</QueryKey><WebEnv>MCID_%2B/=&amp;x</WebEnv>"
        problems = (
            ""
            if found
            else "<ErrorList><PhraseNotFound>x</PhraseNotFound></ErrorList><WarningList>"
            "<OutputMessage>No items found.</OutputMessage></WarningList>"
        )
        return (
            '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC '
            '"-//NLM//DTD esearch 20060628//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">'
            '\n<?made by="hand"?>\n<eSearchResult>'
            f"<Count>\n{len(found)}\n</Count><RetMax>{len(page)}</RetMax>{history}"
            f"<IdList>{ids}</IdList>{problems}</eSearchResult>\n\n"
        )

    def remember(self, pmids: list[str]) -> int:
        self.history.append(pmids)
        return len(self.history)

    def do_epost(self, one: dict[str, str], _: list[str]) -> str:
        key = self.remember(one["id"].split(","))
        return f"<ePostResult>\n\t<QueryKey>{key}</QueryKey>\n\t<WebEnv>MCID_%2B/=&amp;x</WebEnv>\n</ePostResult>"

    def do_efetch(self, one: dict[str, str], _: list[str]) -> str:
        if "WebEnv" in one:
            assert one["WebEnv"] == "MCID_%2B/=&x"
            start = int(one["retstart"])
            pmids = self.history[int(one["query_key"]) - 1][::-1][start : start + int(one["retmax"])]
        else:
            pmids = one["id"].split(",")
        known = {self.merged.get(i, i): 0 for i in pmids}
        texts = [self.records[i] for i in known if i in self.records]
        if not texts:
            return "<eFetchResult><ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR></eFetchResult>"
        return f"<?xml version='1.0'?><PubmedArticleSet>{''.join(texts)}</PubmedArticleSet>"

    def do_elink(self, one: dict[str, str], ids: list[str]) -> str:
        sets = ""
        for pmid in ids:
            links = "".join(f"<Link>\n<Id>{i}</Id><Score>1</Score></Link>" for i in CITED.get(pmid, ()))
            if links:
                sets += (
                    f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>{pmid}</Id></IdList>"
                    "<LinkSetDb><DbTo>pubmed</DbTo><LinkName>pubmed_pubmed_refs</LinkName><Link><Id>9</Id></Link></LinkSetDb>"
                    f"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>{one['linkname']}</LinkName>{links}</LinkSetDb></LinkSet>"
                )
        return f"<eLinkResult>{sets}</eLinkResult>"

    def do_ecitmatch(self, one: dict[str, str], _: list[str]) -> str:
        lines = []
        for line in filter(None, re.split(r"[\r\n]+", one["bdata"])):
            volume = line.split("|")[2]
            answer = volume if volume in self.records else "NOT_FOUND;INVALID_JOURNAL"
            lines.append(f"{line}{answer}|")
        return "\r\n".join(lines) + "\r\n"


@pytest.fixture
def server():
    class Fresh(Other):
        records = dict(RECORDS)  # noqa: RUF012  (one for each test)
        merged = {}  # noqa: RUF012
        log = []  # noqa: RUF012
        history = []  # noqa: RUF012

    served = ThreadingHTTPServer(("127.0.0.1", 0), Fresh)
    served.daemon_threads = True
    thread = threading.Thread(target=served.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    Fresh.url = f"http://127.0.0.1:{served.server_address[1]}/mirror/of/eutils"
    yield Fresh
    served.shutdown()
    served.server_close()


@pytest.fixture
def workspace(tmp_path, server, monkeypatch):
    folder = tmp_path / "corpora" / "c"
    folder.mkdir(parents=True)
    (folder / "review.md").write_text(REVIEW)
    told = {"digest": "Told in short: lapatinib.", "digest_basis": "abstract"}
    seeds = [{"doi": "10.1000/c", "title": "Trastuzumab in cohort C"}, {"pmid": "99", "title": "Nowhere"}]
    (folder / "seeds.jsonl").write_text("".join(json.dumps(seed | told) + "\n" for seed in seeds))
    (tmp_path / "litmine.toml").write_text('[workspace]\ncorpus = "c"\nseeds = ["corpora/c/seeds.jsonl"]\n')
    monkeypatch.setenv("LITMINE_EUTILS_URL", server.url)
    monkeypatch.setenv("LITMINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NCBI_EMAIL", "a@example.org")
    monkeypatch.setenv("NCBI_API_KEY", "0" * 36)
    return tmp_path


def held(root) -> dict[str, str]:
    with Corpus.open(root / "corpora/c/corpus.sqlite", readonly=True) as corpus:
        return {record.id: record.text for record in corpus.records()}


def updated(root, capsys) -> str:
    assert _run(["update", "-w", str(root), "--cutoff", "0"]) == 0
    return capsys.readouterr().out


def test_an_update_from_end_to_end(workspace, server, capsys):
    first = updated(workspace, capsys)
    corpus = held(workspace)
    # References, the seed known by its DOI, and what cites the references; the seed that is nowhere stays a digest.
    assert corpus.keys() == {f"PMID:{i}" for i in (11, 12, 13, 21, 22, 23, 24, 99)}
    assert (corpus["PMID:13"], corpus["PMID:99"]) == ("It was given.", "Told in short: lapatinib.")
    assert "not fetched" not in first
    asked_of(server)

    server.log.clear()
    server.records["21"] = paper("21", "Lapatinib again", "The abstract was corrected: lapatinib.")
    server.records["22"] = paper(
        "22",
        "Lapatinib resistance again",
        "HER2 tumours resist lapatinib.",
        types=("Journal Article", "Retracted Publication"),
    )
    del server.records["23"]
    server.merged["24"] = "25"
    server.records["25"] = server.records.pop("24").replace(">24<", ">25<")
    second = updated(workspace, capsys)
    assert {"retracted: PMID:22", "merged: PMID:24 (PMID:25)", "deleted: PMID:23"} <= {*second.splitlines()}
    corpus = held(workspace)
    assert corpus["PMID:21"] == "The abstract was corrected: lapatinib."
    assert corpus.keys() == {f"PMID:{i}" for i in (11, 12, 13, 21, 22, 25, 99)}

    third = updated(workspace, capsys)
    assert held(workspace) == corpus
    assert "new 0, changed 0" in third


def asked_of(server: type[Other]) -> None:
    """Every request says who asks, at most ten in a second; records come from the history, each once."""
    times = [at for at, *_ in server.log]
    assert all(one["tool"] == "litmine" and one["email"] == "a@example.org" for _, _, one, _ in server.log)
    assert all(sum(1 for t in times if at <= t < at + 0.95) <= 10 for at in times)
    fetched: list[str] = []
    for number, (_, name, one, _) in enumerate(server.log, 1):
        if name == "efetch" and number % 7:  # those that were hung up on are rightly asked again
            key = one.get("query_key")
            fetched += server.history[int(key) - 1] if key else one["id"].split(",")
    assert any("WebEnv" in one for _, _, one, _ in server.log)
    assert len(set(fetched) - {"99"}) == len([i for i in fetched if i != "99"]), fetched
