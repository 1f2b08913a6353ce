"""Files at scale: folders, MD5, filters, DeleteCitation, RIS."""

import gzip
import hashlib
from datetime import UTC, datetime

import pytest
from eutils import article, article_set

from litmine.config import Config
from litmine.corpus import Corpus
from litmine.errors import InputError, RecordError, UsageError
from litmine.sources import ris
from litmine.sources.terms import term_filter
from litmine.types import MeshHeading, Record
from litmine.update import update

NOW = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
def config(tmp_path):
    return Config(root=tmp_path, corpus="c", review=tmp_path / "review.md")


@pytest.fixture
def corpus(config):
    with Corpus.open(config.corpus_path) as store:
        yield store


def take_in(config, corpus, *paths, **options):
    return update(config, corpus, paths=paths, offline=True, now=lambda: NOW, **options)


@pytest.fixture
def folder(tmp_path):
    """A baseline file and two update files, with the MD5 files that NLM puts beside them."""
    made = tmp_path / "baseline"
    made.mkdir()
    contents = [
        [article("1", "Lapatinib in mice", "Old."), article("2", "Trains", "Late.")],
        [article("1", "Lapatinib in mice", "New.", revised="2022-01-01"), article("3", "Ships", "Float.")],
        ["<DeleteCitation><PMID Version='1'>3</PMID><PMID Version='1'>9</PMID></DeleteCitation>"],
    ]
    for number, articles in enumerate(contents, start=1):
        path = made / f"pubmed25n000{number}.xml.gz"
        path.write_bytes(gzip.compress(article_set(articles)))
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        (made / f"{path.name}.md5").write_text(f"MD5({path.name})= {digest}\n")
    return made


def test_a_folder_is_read_in_order(config, corpus, folder):
    outcome = take_in(config, corpus, folder)
    assert [f.records for f in outcome.files] == [2, 2, 0]
    assert corpus.ids() == ["PMID:1", "PMID:2"]
    assert corpus.get("PMID:1").text == "New."
    assert corpus.tombstones().keys() == {"PMID:3"}
    again = take_in(config, corpus, folder)
    assert all(f.unchanged for f in again.files)


def test_a_wrong_md5_keeps_the_file_out(config, corpus, folder):
    (folder / "pubmed25n0002.xml.gz.md5").write_text("0" * 32)
    with pytest.raises(InputError, match=r"pubmed25n0002.*not taken in"):
        take_in(config, corpus, folder)
    assert len(corpus) == 0


def test_files_before_a_broken_one_stay(config, corpus, folder):
    broken = folder / "pubmed25n0002.xml.gz"
    broken.write_bytes(gzip.compress(article_set([article("7", "Cut")])[:-30]))
    (folder / f"{broken.name}.md5").unlink()
    with pytest.raises(RecordError, match="pubmed25n0002"):
        take_in(config, corpus, folder)
    assert corpus.ids() == ["PMID:1", "PMID:2"]


def test_a_filter_while_streaming(config, corpus, folder):
    take_in(config, corpus, folder, terms="lapatinib NOT trains")
    assert corpus.ids() == ["PMID:1"]
    assert not any(f.unchanged for f in take_in(config, corpus, folder).files[:2])
    assert corpus.ids() == ["PMID:1", "PMID:2"]


def test_an_empty_folder_is_told(config, corpus, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no record files"):
        take_in(config, corpus, tmp_path / "empty")


RECORD = Record(
    "1", "HER2 loss in xenografts", "Trastuzumab fails.", mesh_headings=(MeshHeading("Breast Neoplasms"),)
)


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ("her2", True),
        ("HER", False),
        ("xeno*", True),
        ("xeno*[ti] AND trastuzumab", True),
        ("trastuzumab[ti]", False),
        ('"breast neoplasms"[mh]', True),
        ("breast neoplasms[tiab]", False),
        ("(mice OR xenografts) AND NOT lapatinib", True),
        ("NOT her2", False),
        ("lapatinib OR her2 NOT xenografts", False),
    ],
)
def test_terms(terms, fits):
    assert term_filter(terms)(RECORD) is fits


@pytest.mark.parametrize("terms", ["", "(a", "a AND", "a)", "a[au]", "*"])
def test_terms_that_cannot_be_read(terms):
    with pytest.raises(UsageError, match="--filter"):
        term_filter(terms)


ZOTERO = """TY  - JOUR
TI  - Resistance to an invented drug
AU  - Tester, Anna B.
AU  - The Invented Group
T2  - Journal of Invented Oncology
J2  - J Invent Oncol
AB  - It comes with
time.
DA  - 2021/03/17/
PY  - 2021
VL  - 12
IS  - 3
SP  - 100
EP  - 109
DO  - 10.1000/ABC
UR  - https://pubmed.ncbi.nlm.nih.gov/12345/
KW  - drugs
ER  -

TY  - JOUR
T1  - From another manager
A1  - Other, C.
Y1  - 2020///
DB  - PubMed
AN  - 678
C2  - PMC99
ER  -
"""


def test_ris(config, corpus, tmp_path):
    path = tmp_path / "library.ris"
    path.write_text("\ufeff" + ZOTERO.replace("\n", "\r\n"), encoding="utf-8")
    first, second = ris.read(path)
    assert (first.id, first.aliases) == ("PMID:12345", ("DOI:10.1000/abc",))
    assert first.authors == ("Tester AB", "The Invented Group")
    assert (first.published, first.pages, first.journal) == ("2021-03-17", "100-109", "J Invent Oncol")
    assert (first.text, first.depth) == ("It comes with time.", "abstract")
    assert (second.id, second.aliases, second.year) == ("PMID:678", ("PMCID:PMC99",), 2020)
    outcome = take_in(config, corpus, path)
    assert outcome.files[0].source == "ris"
    assert corpus.ids() == ["PMID:12345", "PMID:678"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("Hello\n", "no RIS file"),
        ("TY  - JOUR\nTI  - A\n", "no end"),
        ("TY  - JOUR\nER  - \n", "without a title"),
        ("TY  - JOUR\nTI  - A\nTY  - JOUR\n", "before the last one ended"),
    ],
)
def test_broken_ris(tmp_path, text, said):
    path = tmp_path / "x.ris"
    path.write_text(text)
    with pytest.raises(RecordError, match=said):
        list(ris.read(path))
