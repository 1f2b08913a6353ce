"""The local page over HTTP, in process: what it shows, what it refuses, what it writes, and beside a running update."""

import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from litmine.annotations import load_curation
from litmine.cli import _run
from litmine.config import load_config
from litmine.corpus import Corpus
from litmine.errors import UsageError
from litmine.locks import held
from litmine.run import report_of_workspace
from litmine.types import Reading, Record, Relation, Sentence, Slot
from litmine.web.app import ROUTES, make_app
from litmine.web.marking import marked_lines
from litmine.web.security import allowed_hosts
from litmine.web.server import _bind

HOST = "127.0.0.1:8765"
OWN = {"Origin": f"http://{HOST}"}
HOSTILE = '<script>alert(1)</script> & "quoted" <img src=x onerror=alert(2)>'
PAGES = (
    *("/", "/search", "/search?q=osimertinib", "/search/results?q=osimertinib", "/records/PMID:90000001"),
    *("/claims", "/claims?verdict=supported&text=met", "/claims/C001", "/references", "/map"),
    *(
        "/map/receptor_bypass/resistance",
        "/screening",
        "/screening?which=decided",
        "/decisions",
        "/report",
        "/status",
    ),
)


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished workspace, to be changed."""
    return Path(shutil.copytree(finished, tmp_path / "workspace"))


@pytest.fixture
def client(workspace: Path) -> Iterator[TestClient]:
    with TestClient(make_app(load_config(workspace), {HOST}), base_url=f"http://{HOST}") as opened:
        yield opened


@pytest.fixture(scope="module")
def reader(finished: Path) -> Iterator[TestClient]:
    """A client for tests that change nothing."""
    with TestClient(make_app(load_config(finished), {HOST}), base_url=f"http://{HOST}") as opened:
        yield opened


def form(client: TestClient, **fields: str) -> dict[str, str]:
    """A form as a page of ours sends it."""
    token = re.search(r'name="token" value="([^"]+)"', client.get("/decisions").text)
    assert token
    return {"token": token[1], "by": "A. Reader", "reason": "read in full", **fields}


def post(client: TestClient, path: str = "/curate", headers: dict[str, str] | None = None, **fields: str):
    return client.post(path, data=fields, headers=OWN if headers is None else headers, follow_redirects=False)


@pytest.mark.parametrize("path", PAGES)
def test_pages(reader: TestClient, path: str):
    answer = reader.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert "'unsafe-eval'" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    if path != "/report":
        assert "<script>" not in answer.text
        assert not re.search(r'\s(style|on[a-z]+)="', answer.text)


@pytest.mark.parametrize(
    "path",
    [
        *("/nothing", "/records/PMID:1", "/records/..%2f..%2fetc%2fpasswd", "/claims/C999", "/map/x/y"),
        *(
            "/static/nothing.css",
            "/static/..%2f..%2flitmine.toml",
            "/litmine.toml",
            "/annotations/curation.toml",
        ),
    ],
)
def test_what_is_not_there(reader: TestClient, path: str):
    answer = reader.get(path)
    assert answer.status_code == 404
    assert "[workspace]" not in answer.text


def test_search(reader: TestClient):
    answer = reader.get("/search", params={"q": "MET amplification after osimertinib", "level": "B2"})
    assert "/records/PMID%3A90000002#s" in answer.text
    assert "<b>amplification</b>" in answer.text or "<b>MET amplification</b>" in answer.text
    assert reader.get("/search/results", params={"q": "osimertinib"}).text.count('class="quote"') > 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"q": "MET", "year_from": "20x0"}, "is no year"),
        ({"q": "MET", "year_from": "2024", "year_to": "2020"}, "wrong way round"),
        ({"q": "MET", "level": "Z"}, "is no level"),
        ({"q": "MET", "drug": "nonsensumab"}, "no drug named"),
        ({"q": "x" * 501}, "500 are the most"),
        ({"q": "the price of tea in a harbour town"}, "Nothing in this corpus"),
        ({"q": " "}, "Ask in plain words"),
    ],
)
def test_search_says_what_is_wrong(reader: TestClient, asked: dict[str, str], says: str):
    for path in ("/search", "/search/results"):
        answer = reader.get(path, params=asked)
        assert answer.status_code == 200
        assert says in answer.text


def test_fifty_searches_at_once(reader: TestClient):
    questions = [f"{drug} and {topic}" for drug in ("osimertinib", "savolitinib") for topic in range(25)]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda q: reader.get("/search/results", params={"q": q}), questions))
    assert {answer.status_code for answer in answers} == {200}
    alone = reader.get("/search/results", params={"q": questions[0]}).text
    assert answers[0].text == alone


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:80", f"a@{HOST}", ""]
)
def test_other_hosts_are_refused(reader: TestClient, host: str):
    assert reader.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", [{}, {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Origin": "http://127.0.0.1:9"}]
)
def test_other_sites_cannot_write(client: TestClient, workspace: Path, origin: dict[str, str]):
    fields = form(client, kind="verdict", claim="C001", value="mixed")
    assert post(client, headers=origin, **fields).status_code == 403
    assert post(client, "/renew", headers=origin, **fields).status_code == 403
    assert not load_config(workspace).curation_path.exists()


def test_writing_needs_the_token_of_this_start(client: TestClient, workspace: Path):
    fields = form(client, kind="verdict", claim="C001", value="mixed")
    for token in ("", "x" * 43, "é"):
        assert post(client, **{**fields, "token": token}).status_code == 403
    assert client.get("/curate", params=fields).status_code == 405
    assert not load_config(workspace).curation_path.exists()


def test_what_other_sites_embed_is_refused(reader: TestClient):
    embedding = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert reader.get("/search?q=MET", headers=embedding).status_code == 403
    following = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert reader.get("/claims", headers=following).status_code == 200


def test_sizes_are_bounded(client: TestClient):
    fields = form(client, kind="verdict", claim="C001", value="mixed")
    assert post(client, **{**fields, "reason": "x" * 40_000}).status_code == 413
    pieces = (b"x" * 10_000 for _ in range(5))
    headers = {**OWN, "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/curate", content=pieces, headers=headers).status_code == 413
    assert client.get("/search", params={"q": "x" * 5000}).status_code == 414
    many = "&".join(f"f{n}=1" for n in range(50))
    assert client.post("/curate", content=many, headers=headers).status_code == 400
    assert client.post("/curate", content=b"\xff=%ff", headers=headers).status_code == 400
    assert client.post("/curate", json={"token": fields["token"]}, headers=OWN).status_code == 400


def test_a_decision_is_kept_and_led_back(client: TestClient, workspace: Path):
    fields = form(client, kind="verdict", claim="C001", value="mixed", back="/claims/C001", place="verdict")
    answer = post(client, **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/claims/C001?saved=verdict#verdict")
    assert "httponly" in answer.headers["set-cookie"].lower()
    decision = load_curation(load_config(workspace).curation_path).verdicts["C001"]
    assert (decision.value, decision.by, decision.reason) == ("mixed", "A. Reader", "read in full")
    page = client.get("/claims/C001").text
    assert decision.about in page
    assert "decided by A. Reader" in page
    assert "1 decision not in the report yet" in client.get("/").text


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"kind": "verdict", "claim": "C001", "do": "accept", "reason": ""}, "supported"),
        ({"kind": "verdict", "claim": "C001", "do": "reject"}, "insufficient"),
        ({"kind": "stance", "claim": "C001", "record": "PMID:90000001", "do": "reject"}, "silent"),
        ({"kind": "match", "reference": "3", "value": "90000004"}, "PMID:90000004"),
        ({"kind": "match", "reference": "3", "do": "accept"}, "PMID:90000003"),
        ({"kind": "match", "reference": "3", "do": "reject"}, "none"),
        ({"kind": "inclusion", "record": "PMID:90000004", "value": "exclude"}, "exclude"),
    ],
)
def test_accept_reject_correct(client: TestClient, workspace: Path, fields: dict[str, str], value: str):
    assert post(client, **form(client, **fields)).status_code == 303
    curation = load_curation(load_config(workspace).curation_path)
    key = (fields.get("claim"), fields.get("record")) if fields["kind"] == "stance" else None
    key = key or (int(fields["reference"]),) if "reference" in fields else key
    decision = curation.get(fields["kind"], key or (fields.get("claim") or fields["record"],))
    assert decision.value == value
    assert decision.reason
    taken_back = post(client, **form(client, **{**fields, "do": "withdraw"}))
    assert taken_back.status_code == 303
    assert not len(load_curation(load_config(workspace).curation_path))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": "verdict", "claim": "C999", "value": "mixed"}, "no claim"),
        ({"kind": "verdict", "claim": "C001", "value": "perhaps"}, "is no verdict"),
        ({"kind": "verdict", "claim": "C001", "value": "mixed", "by": " "}, "needs a name"),
        ({"kind": "verdict", "claim": "C001", "value": "mixed", "reason": ""}, "needs a reason"),
        ({"kind": "stance", "claim": "C001", "record": "PMID:1", "value": "silent"}, "no evidence of"),
        ({"kind": "match", "reference": "99", "value": "none"}, "no reference"),
        ({"kind": "match", "reference": "3", "value": "PMID:1"}, "holds no record"),
        ({"kind": "inclusion", "record": "PMID:1", "value": "include"}, "holds no record"),
        ({"kind": "inclusion", "record": "PMID:90000004", "do": "withdraw"}, "no decision to take back"),
        ({"kind": "other"}, "can't be decided"),
    ],
)
def test_what_cannot_be_decided(client: TestClient, workspace: Path, fields: dict[str, str], says: str):
    answer = post(client, **form(client, **fields))
    assert answer.status_code == 400
    assert says in answer.text.replace("&#39;", "'")
    script = post(client, headers={**OWN, "Accept": "application/json"}, **form(client, **fields))
    assert says in script.json()["error"]
    assert not load_config(workspace).curation_path.exists()


@pytest.mark.parametrize(
    "back", ["//evil.example", "http://evil.example/", "/\\evil.example", "javascript:x", ""]
)
def test_led_back_to_own_pages_only(client: TestClient, back: str):
    fields = form(client, kind="verdict", claim="C001", value="mixed", back=back)
    assert post(client, **fields).headers["location"] == "/?saved=verdict"


def test_hostile_text_is_escaped(workspace: Path):
    config = load_config(workspace)
    with Corpus.open(config.corpus_path) as corpus:
        corpus.upsert([Record("PMID:7", HOSTILE, f"Osimertinib {HOSTILE} works.", "abstract", "digests")])
    report_of_workspace(config)
    with TestClient(make_app(config, {HOST}), base_url=f"http://{HOST}") as client:
        post(
            client,
            **form(client, kind="inclusion", record="PMID:7", value="include", by=HOSTILE, reason=HOSTILE),
        )
        for path in ("/records/PMID:7", f"/search?q={HOSTILE}", "/search?q=osimertinib+works", "/screening",
                     "/decisions", "/screening?which=decided"):  # fmt: skip
            text = client.get(path).text
            assert "<script>alert" not in text
            assert "<img src=x" not in text
        assert "&lt;img src=x" in client.get("/records/PMID:7").text


def test_search_beside_a_change(client: TestClient, workspace: Path):
    """Until the index is built anew, answers come from the old index with the records of that time."""
    config = load_config(workspace)
    question = {"q": "MET amplification after osimertinib"}
    before = client.get("/search/results", params=question).text
    with Corpus.open(config.corpus_path) as corpus:
        old = corpus.get("PMID:90000002")
        assert old
        new = replace(
            old, text="MET amplification was rare. Nothing else was seen.", depth="abstract", source="entrez"
        )
        corpus.upsert([new])
    assert client.get("/search/results", params=question).text == before
    assert "MET amplification was rare" in client.get("/records/PMID:90000002").text
    assert "index is behind" in client.get("/status").text
    report_of_workspace(config)
    after = client.get("/search/results", params=question).text
    assert "amplification</b> was rare" in after
    assert client.get("/status").text.strip() == ""


def test_a_running_update_is_shown(client: TestClient, workspace: Path):
    config = load_config(workspace)
    with held(config.corpus_dir / "update.lock", "an update"), Corpus.open(config.corpus_path) as corpus:
        run = corpus.start_run("update", {})
        corpus.upsert([Record("PMID:8", "New"), Record("PMID:9", "Newer")], run=run)
        text = client.get("/status").text
    assert "an update (process" in text
    assert "2 versions of records so far" in text
    assert "an update (process" not in client.get("/status").text


def test_the_report_is_made_anew(client: TestClient):
    post(client, **form(client, kind="verdict", claim="C001", value="mixed"))
    assert post(client, "/renew", **form(client, back="/decisions")).status_code == 303
    assert "data-renewal" in client.get("/status").text
    end = time.monotonic() + 60
    while "data-renewal" in client.get("/status").text and time.monotonic() < end:
        time.sleep(0.2)
    assert "could not be made anew" not in client.get("/status").text
    assert "The report shows them all." in client.get("/decisions").text
    assert "litmine itself: supported" in client.get("/claims/C001").text
    row = client.get("/decisions").text.split("<tbody>")[1]
    assert '<td data-label="litmine">supported</td>' in row


def test_before_the_first_report(workspace: Path, tmp_path: Path):
    config = load_config(workspace)
    config.corpus_path.unlink()
    shutil.rmtree(config.index_dir)
    with Corpus.open(config.corpus_path) as corpus:
        corpus.upsert([Record("PMID:8", "New")])
    with TestClient(make_app(config, {HOST}), base_url=f"http://{HOST}") as client:
        assert "No report yet" in client.get("/").text
        assert client.get("/claims").status_code == 404
        assert "litmine index" in client.get("/search/results?q=anything").text
        assert client.get("/records/PMID:8").status_code == 200
        assert client.get("/screening").status_code == 200


def test_listens_on_loopback_only():
    sockets = _bind(0)
    try:
        assert {bound.getsockname()[0] for bound in sockets} <= {"127.0.0.1", "::1"}
        port = sockets[0].getsockname()[1]
        assert {bound.getsockname()[1] for bound in sockets} == {port}
        assert f"[::1]:{port}" in allowed_hosts(port)
        with pytest.raises(UsageError, match=f"port {port} on 127.0.0.1 can't be used"):
            _bind(port)
    finally:
        for bound in sockets:
            bound.close()


def test_the_command_serves_until_stopped(workspace: Path):
    command = [sys.executable, "-m", "litmine", "-w", str(workspace), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert address
        with urllib.request.urlopen(address[0], timeout=30) as answer:
            assert b"Why lung tumours stop answering" in answer.read()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def test_a_workspace_without_a_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "litmine.toml").write_text("", encoding="utf-8")
    assert _run(["serve", "-w", str(tmp_path)]) == 1
    assert "no corpus yet" in capsys.readouterr().err


def test_only_two_addresses_write():
    writing = {route.path for route in ROUTES if route.methods and "POST" in route.methods}
    assert writing == {"/curate", "/renew"}


def test_marks_of_a_record():
    record = Record("PMID:1", "A <b> title", "GEN1 loss blocks drugol & more.", "abstract")
    document = record.document
    place = document.index("GEN1")

    def slot(text: str) -> Slot:
        start = document.index(text)
        return Slot(start, start + len(text), text)

    relation = Relation(
        1, (slot("drugol"),), slot("GEN1 loss"), None, None, "resistance", "increases", "asserted"
    )
    reading = Reading(
        "PMID:1",
        (Sentence(0, 0, 11, "A <b> title", "title"), Sentence(1, place, len(document), document[place:])),
        (),
        (relation,),
    )
    title, text = marked_lines(record, reading)
    assert str(title.html) == "A &lt;b&gt; title"
    assert str(text.html) == (
        '<mark class="mechanism" title="mechanism: GEN1 loss">GEN1 loss</mark> blocks '
        '<mark class="drug" title="drug: drugol">drugol</mark> &amp; more.'
    )
    assert [line.index for line in marked_lines(record, None)] == [-2, -1]
