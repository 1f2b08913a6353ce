"""After a change of the lexicon only the texts are read again in which other entities are found."""

from pathlib import Path

import pytest

from litmine.corpus import Corpus
from litmine.corpus.carrying import carry_over
from litmine.relations import Extractor
from litmine.run import extract
from litmine.types import Record

TEXTS = {
    "PMID:1": "Zorbumab restored sensitivity to trastuzumab in resistant cells.",
    "PMID:2": "PTEN loss conferred resistance to trastuzumab.",
    "PMID:3": "Two zorbumabs were compared with lapatinib; zorbumab-treated patients lived longer.",
    "PMID:4": "Lapatinib induced apoptosis.",
}
TABLE = "term\tname\tidentifier\tattributes\tflags\nzorbumab\tzorbumab\t\t\t\n"


class Counting(Extractor):
    """An extractor that says which records it read."""

    def read(self, record_id, *rest):
        asked.append(record_id)
        return super().read(record_id, *rest)


asked: list[str] = []


def records():
    return [Record(id=i, title=f"Report {i[-1]}", text=text, depth="abstract") for i, text in TEXTS.items()]


@pytest.fixture
def corpus(tmp_path: Path):
    with Corpus.open(tmp_path / "corpus.sqlite") as opened:
        opened.upsert(records())
        yield opened


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    folder = tmp_path / "lexicon"
    folder.mkdir()
    return folder


def read(corpus: Corpus, lexicon: Path) -> list[str]:
    """What a run reads with the lexicon as it is; its readings are those of an extractor that knew no other."""
    asked.clear()
    extractor = Counting(lexicon_dir=lexicon)
    extract(corpus, extractor)
    done = list(asked)
    for record in records():
        fresh = Extractor(lexicon_dir=lexicon).read(record.id, record.title, record.text)
        assert corpus.reading(record.id, extractor.fingerprint) == fresh
    return done


def test_a_new_term_is_looked_for_where_it_stands_and_nowhere_else(corpus, lexicon):
    assert read(corpus, lexicon) == sorted(TEXTS)
    assert read(corpus, lexicon) == []
    (lexicon / "drug.tsv").write_text(TABLE, encoding="utf-8")
    assert read(corpus, lexicon) == ["PMID:1", "PMID:3"]
    assert read(corpus, lexicon) == []


def test_a_term_changed_or_taken_out_touches_the_same_texts(corpus, lexicon):
    table = lexicon / "drug.tsv"
    table.write_text(TABLE, encoding="utf-8")
    read(corpus, lexicon)
    table.write_text(TABLE.replace("\tzorbumab\t\t", "\tZRB\tX:1\t"), encoding="utf-8")
    assert read(corpus, lexicon) == ["PMID:1", "PMID:3"]
    table.write_text(f"{TABLE}lapatinib\tlapatinib\t\t\texclude\n", encoding="utf-8")
    assert read(corpus, lexicon) == ["PMID:1", "PMID:3", "PMID:4"]
    table.unlink()
    assert read(corpus, lexicon) == ["PMID:1", "PMID:3", "PMID:4"]
    table.write_text(f"{TABLE}lapatinib\tlapatinib\t\t\texclude\n", encoding="utf-8")
    assert read(corpus, lexicon) == []  # as before: those readings are still there


def test_a_text_that_changed_is_read_though_the_lexicon_does_not_touch_it(corpus, lexicon):
    read(corpus, lexicon)
    (lexicon / "drug.tsv").write_text(TABLE, encoding="utf-8")
    TEXTS["PMID:2"] = "PTEN loss conferred resistance to lapatinib."
    try:
        corpus.upsert([Record(id="PMID:2", title="Report 2", text=TEXTS["PMID:2"], depth="abstract")])
        assert read(corpus, lexicon) == ["PMID:1", "PMID:2", "PMID:3"]
    finally:
        TEXTS["PMID:2"] = "PTEN loss conferred resistance to trastuzumab."


def test_an_interrupted_run_goes_on(corpus, lexicon):
    read(corpus, lexicon)
    (lexicon / "drug.tsv").write_text(TABLE, encoding="utf-8")
    extractor = Counting(lexicon_dir=lexicon)
    assert carry_over(corpus, extractor) == 2
    assert carry_over(corpus, extractor) == 0
    assert read(corpus, lexicon) == ["PMID:1", "PMID:3"]


def test_another_extractor_takes_over_nothing(corpus, lexicon, monkeypatch):
    read(corpus, lexicon)
    monkeypatch.setattr("litmine.relations.extractor.WEIGHTS_SHA256", "another model")
    assert read(corpus, lexicon) == sorted(TEXTS)


def test_readings_of_extractors_long_gone_are_deleted(corpus, lexicon):
    prints = []
    for name in ("zorbumab", "alphamab", "betamab", "gammamab"):
        (lexicon / "drug.tsv").write_text(TABLE.replace("zorbumab", name), encoding="utf-8")
        read(corpus, lexicon)
        prints.append(Extractor(lexicon_dir=lexicon).fingerprint)
    kept = [bool(corpus.reading("PMID:4", fingerprint)) for fingerprint in prints]
    assert kept == [False, True, True, True]
