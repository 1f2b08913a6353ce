"""Digests: every line is read or refused by file and line."""

import json
from pathlib import Path

import pytest

from litmine.errors import RecordError
from litmine.sources import SOURCES, digests
from litmine.sources.identifiers import clean_doi, clean_pmcid, clean_pmid, identify
from litmine.types import Correction

LINE = {
    "pmid": "12",
    "doi": "10.1000/ABC",
    "pmcid": "PMC7",
    "title": "Drug A in lung cancer",
    "authors": ["Tester A", "Other B"],
    "authors_complete": False,
    "journal": "J Invent",
    "year": 2021,
    "volume": "3",
    "issue": None,
    "pages": "1-9",
    "language": "eng",
    "publication_types": ["Journal Article"],
    "study_context": "clinical",
    "digest": "Drug A was given. It helped.",
    "digest_basis": "abstract",
    "verified_identity": True,
    "verified_figures": True,
    "retraction_status": "none known",
}


def write(path: Path, *lines: dict | str) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n")
    return path


def only(tmp_path: Path, **changes):
    (record,) = digests.read(write(tmp_path / "d.jsonl", LINE | changes))
    return record


def test_fields(tmp_path):
    record = only(tmp_path)
    assert (record.id, record.aliases) == ("PMID:12", ("DOI:10.1000/abc", "PMCID:PMC7"))
    assert (record.depth, record.source, record.text) == ("digest", "digests", "Drug A was given. It helped.")
    assert (record.volume, record.issue, record.year, record.published) == ("3", "", 2021, "2021")
    assert (record.authors_complete, record.retracted, record.study_context) == (False, False, "clinical")


@pytest.mark.parametrize(
    ("status", "retracted", "corrected"),
    [
        ("none known", False, False),
        (None, False, False),
        ("errata published (J 2023;1:2); no retraction seen", False, True),
        ("author correction published; no retraction seen", False, True),
        ("retracted 2022", True, False),
        ("Retraction notice published 2023", True, False),
    ],
)
def test_retraction_status(tmp_path, status, retracted, corrected):
    record = only(tmp_path, retraction_status=status)
    assert record.retracted == retracted
    assert record.corrections == ((Correction("ErratumIn", None, status),) if corrected else ())


def test_title_only_is_no_digest(tmp_path):
    assert only(tmp_path, digest_basis="title only").depth == "title"
    assert only(tmp_path, digest=" ").depth == "title"


def test_ids_without_pmid(tmp_path):
    assert only(tmp_path, pmid=None).id == "DOI:10.1000/abc"
    assert only(tmp_path, pmid=None, doi=None).id == "PMCID:PMC7"
    nameless = only(tmp_path, pmid=None, doi=None, pmcid=None)
    assert nameless.id.startswith("litmine:")
    assert only(tmp_path, pmid=None, doi=None, pmcid=None, title="drug a in  LUNG cancer").id == nameless.id


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{broken", "malformed"),
        ("[1]", "object"),
        (LINE | {"year": "2021"}, "year"),
        ({k: v for k, v in LINE.items() if k != "digest"}, "digest"),
        (LINE | {"title": " "}, "title is empty"),
        (LINE | {"digest": "a\x00b"}, "control character"),
        (json.dumps(LINE).replace("helped", "\\ud800"), "not a digest"),
    ],
)
def test_bad_lines_name_file_and_line(tmp_path, line, says):
    path = write(tmp_path / "d.jsonl", LINE, "", line)
    with pytest.raises(RecordError, match=r"d\.jsonl, line 3: ") as caught:
        list(digests.read(path))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "d.jsonl"
    path.write_bytes(json.dumps(LINE).encode().replace(b"helped", b"\xff\xfe"))
    with pytest.raises(RecordError, match="line 1"):
        list(digests.read(path))


def test_missing_file(tmp_path):
    with pytest.raises(RecordError, match="can't be read"):
        list(digests.read(tmp_path / "none.jsonl"))


def test_the_bundled_digests_are_read():
    path = Path(__file__).parents[1] / "corpora/her2_resistance/seeds/digests.jsonl"
    records = list(digests.read(path))
    assert len(records) == len({r.id for r in records}) == 168
    assert sum(r.depth == "title" for r in records) == 3
    assert not any(r.retracted for r in records)


def test_every_source_is_registered():
    helpers = {"identifiers", "terms"}  # what sources share
    modules = {
        p.stem for p in Path(digests.__file__).parent.iterdir() if not p.name.startswith("_")
    } - helpers
    assert modules == set(SOURCES)


def test_identifiers():
    assert clean_doi(" https://doi.org/10.1000/X.Y. ") == "10.1000/x.y"
    assert clean_doi("11.1/x") == clean_doi("") == ""
    assert (clean_pmid("PMID: 0012"), clean_pmid("12a"), clean_pmid("")) == ("12", "", "")
    assert (clean_pmcid("PMC12.1"), clean_pmcid("12"), clean_pmcid("x")) == ("PMC12", "PMC12", "")
    assert identify(pmid="", doi="10.1000/A", pmcid="PMC1") == ("DOI:10.1000/a", ("PMCID:PMC1",))
