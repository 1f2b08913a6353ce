"""Hostile and mutilated input: records or one line of refusal, bounded memory, and a corpus that is as it was."""

import gzip
import io
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from eutils import article, article_set
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.errors import LitmineError, RecordError
from litmine.sources import digests, medline
from litmine.sources.medline import parse_text, parse_xml
from litmine.update import update

GOOD = article_set(
    [article("1", "One <i>in</i> H<sub>2</sub>O", "Text &amp; more."), article("2", "Two", "α β.")]
)
MEDLINE = (
    "PMID- 7\nTI  - A title\n      over two lines\nAB  - BACKGROUND: It is. RESULTS: It was.\nAU  - Roe J\n\n"
)
MEDLINE += "PMID- 8\nTI  - B\n"
BOMB = (
    b'<!DOCTYPE PubmedArticleSet [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (98 + i, *[97 + i] * 4) for i in range(20))
    + b"]><PubmedArticleSet><PubmedArticle>&u;</PubmedArticle></PubmedArticleSet>"
)
OUTSIDE = (
    b'<!DOCTYPE PubmedArticleSet [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]>'
    b"<PubmedArticleSet></PubmedArticleSet>"
)
LATE = GOOD.replace(b"<PubmedArticleSet>", b"<PubmedArticleSet><!-- <PubmedArticle> -->", 1)


@pytest.fixture
def config(tmp_path):
    config = Config(root=tmp_path, corpus="c", review=tmp_path / "r")
    config.corpus_dir.mkdir(parents=True)
    good = tmp_path / "good.xml"
    good.write_bytes(GOOD)
    with Corpus.open(config.corpus_path) as corpus:
        update(config, corpus, paths=[good], offline=True)
    return config


def state(config: Config) -> tuple[str, int, list[str]]:
    with Corpus.open(config.corpus_path, readonly=True) as corpus:
        return corpus.metadata_state(), corpus.counts()["versions"], corpus.check()


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        OUTSIDE,
        GOOD.replace(b"Two", b"T\0wo"),
        GOOD.replace(b"Two", b"T&#0;wo"),
        GOOD.replace(b"Two", b"T\xed\xa0\x80wo"),
        GOOD.replace(b"Two", b"T&#xDFFF;wo"),
        GOOD.replace(b">2</PMID>", b">../../../etc/passwd</PMID>"),
        GOOD.replace(b">2</PMID>", b">-2</PMID>"),
        GOOD.replace(b"Two", b"<i>" * 5000 + b"Two" + b"</i>" * 5000),
        b"<!DOCTYPE html><html><body>" + b"Service Unavailable " * 10_000,
    ],
    ids=[
        "entities",
        "outside",
        "nul",
        "nul-reference",
        "surrogate",
        "surrogate-reference",
        "path",
        "negative",
        "deep",
        "html",
    ],
)
def test_refused_in_one_line_and_the_corpus_is_as_it_was(config, tmp_path, data):
    before = state(config)
    bad = tmp_path / "bad.xml"
    bad.write_bytes(data)
    with Corpus.open(config.corpus_path) as corpus, pytest.raises(LitmineError) as caught:
        update(config, corpus, paths=[bad], offline=True)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
    assert state(config) == before


def test_an_article_in_a_comment_is_no_record():
    assert [r.id for r in parse_xml(io.BytesIO(LATE))] == ["PMID:1", "PMID:2"]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings_are_read_by_the_slow_way(encoding):
    text = (
        GOOD.decode().replace('version="1.0"', f'version="1.0" encoding="{encoding}"').replace("α β", "µ é")
    )
    records = list(parse_xml(io.BytesIO(text.encode(encoding))))
    assert [r.text for r in records] == ["Text & more.", "µ é."]


def test_ids_with_paths_in_digests_stay_words(config, tmp_path):
    bad = tmp_path / "bad.jsonl"
    told = {"title": "T", "digest": "D.", "digest_basis": "abstract"}
    for name, value in (("pmid", "../../x"), ("doi", "../../etc"), ("pmcid", "PMC/../1"), ("pmid", "1\0")):
        bad.write_text(json.dumps(told | {name: value}) + "\n")
        try:
            ids = [record.id for record in digests.read(bad)]
        except RecordError as error:
            assert "\n" not in str(error)  # noqa: PT017  (or it may be read)
        else:
            assert all(".." not in i and "\0" not in i for i in ids), ids


def test_lone_surrogates_in_digests(config, tmp_path):
    before = state(config)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"pmid": "5", "title": "half \\ud83d", "digest": "D.", "digest_basis": "abstract"}\n')
    with Corpus.open(config.corpus_path) as corpus, pytest.raises(RecordError) as caught:
        update(config, corpus, paths=[bad], offline=True)
    assert "\n" not in str(caught.value)
    assert state(config) == before


_READ = """
import resource, sys
from pathlib import Path
from litmine.errors import RecordError
from litmine.sources.medline import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    list(read(Path(sys.argv[1])))
except RecordError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    "head", [b"", b"<PubmedArticleSet>", b"<PubmedArticleSet><PubmedArticle><MedlineCitation>"]
)
def test_a_gigabyte_of_nothing_costs_little_memory(tmp_path, head):
    path = tmp_path / "zeros.xml.gz"
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    blank = (b" " if head else b"\0") * (1 << 20)
    start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(blank) + packer.flush(zlib.Z_FULL_FLUSH)
    with path.open("wb") as file:
        file.write(start)
        for _ in range(1024):
            file.write(megabyte)
    assert path.stat().st_size < 2_000_000
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True
    )
    *said, grown = done.stdout.splitlines()
    assert len(said) == 1
    assert int(grown) < 150


_FRAGMENTS = st.sampled_from(
    b"< > & &#0; &x; \0 \xff <!-- --> <![CDATA[ ]]> <PubmedArticle> </PubmedArticle> <sup> </AbstractText> "
    b"<Year>99999</Year> \xed\xa0\x80 <PMID>".split(b" ")
)
_EDITS = st.lists(
    st.tuples(st.integers(0, len(GOOD)), st.integers(0, 60), st.one_of(_FRAGMENTS, st.binary(max_size=8))),
    min_size=1,
    max_size=4,
)
_FUZZ = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def mutated(data: bytes, edits) -> bytes:
    for at, length, fragment in edits:
        at %= len(data) + 1
        data = data[:at] + fragment + data[at + length :]
    return data


@_FUZZ
@given(_EDITS, st.booleans())
def test_mutated_xml(edits, packed):
    data = mutated(GOOD, edits)
    stream = io.BytesIO(gzip.compress(data) if packed else data)
    try:
        for record in parse_xml(stream):
            assert record.id.startswith("PMID:")
    except RecordError as error:
        assert "\n" not in str(error)  # noqa: PT017  (or it may be read)


@_FUZZ
@given(_EDITS)
def test_the_fast_way_and_the_guarded_way_agree(edits):
    """The same bytes in a stream that must be read slowly: the same records, or both refuse."""
    data = mutated(GOOD, edits)
    slow = data.replace(b"<PubmedArticleSet>", b"<PubmedArticleSet><!--slow-->", 1)

    def read(given: bytes) -> list[object]:
        got: list[object] = []
        try:
            got += parse_xml(io.BytesIO(given))
        except RecordError:
            got.append("refused")
        return got

    assert read(data) == read(slow)


@_FUZZ
@given(
    st.lists(st.tuples(st.integers(0, 140), st.integers(0, 20), st.text(max_size=6)), min_size=1, max_size=4)
)
def test_mutated_medline_text(edits):
    text = MEDLINE
    for at, length, fragment in edits:
        text = text[:at] + fragment + text[at + length :]
    try:
        for record in parse_text(io.StringIO(text), name="fuzz"):
            assert record.id
    except RecordError as error:
        assert "\n" not in str(error)  # noqa: PT017  (or it may be read)


def test_mutated_bytes_of_medline_files(tmp_path):
    path = Path(tmp_path / "f.nbib")
    for at in range(0, len(MEDLINE), 7):
        path.write_bytes(MEDLINE.encode()[:at] + b"\xff\0\n" + MEDLINE.encode()[at:])
        with pytest.raises(RecordError) as caught:
            list(medline.read(path))
        assert "\n" not in str(caught.value)
