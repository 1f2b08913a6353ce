import csv
import io
import json
from pathlib import Path

import pytest

from litmine.annotations import EXPORTS, from_gold, load_curation, read_pubtator, to_gold, write_pubtator
from litmine.errors import InputError, RecordError
from litmine.types import Reading, Record, Relation, Sentence, Slot

TITLE, TEXT = "", "PTEN loss reduced the response to trastuzumab (ORR 20%)."
RECORD = Record(
    id="PMID:1",
    title=TITLE,
    text=TEXT,
    depth="abstract",
    year=2021,
    pages="12-19",
    authors=("Doe J",),
    aliases=("DOI:10.1/x",),
)


@pytest.fixture
def reading() -> Reading:
    def slot(text: str, name: str) -> Slot:
        start = RECORD.document.index(text)
        return Slot(start, start + len(text), text, name)

    return Reading(
        "PMID:1",
        (Sentence(0, 1, 1 + len(TEXT), TEXT),),
        relations=(
            Relation(
                0,
                (slot("trastuzumab", "trastuzumab"),),
                slot("PTEN loss", "PTEN loss"),
                "downstream_signalling",
                slot("response", ""),
                "response_rate",
                "decreases",
                "asserted",
                ("20%",),
                "test",
            ),
        ),
    )


def test_gold_round_trip(reading: Reading):
    document = json.loads(json.dumps(to_gold("PMID:1", TITLE, TEXT, reading)))
    for relation in document["relations"]:
        for span in (*relation["drug"], relation["mechanism"], relation["outcome"]):
            assert RECORD.document[span["start"] : span["end"]] == span["text"]
    again = from_gold(document)
    assert again.relations == reading.relations
    assert again.sentences == reading.sentences


def test_jsonl_export_is_canonical(reading: Reading):
    (line,) = EXPORTS["jsonl"]([(RECORD, reading)])
    value = json.loads(line)
    assert list(value) == sorted(value)
    assert value["relations"][0]["direction"] == "decreases"


def test_ris_export_ends_every_entry():
    text = "".join(EXPORTS["ris"]([(RECORD, None)]))
    assert text.startswith("TY  - JOUR\nAU  - Doe J\n")
    assert "SP  - 12\nEP  - 19\nDO  - 10.1/x\nAN  - 1\n" in text
    assert text.endswith("ER  - \n\n")


def test_csv_export_guards_formulas(reading: Reading):
    hostile = Sentence(0, 1, 6, "=1+1")
    rows = list(
        csv.DictReader(
            io.StringIO(
                "".join(
                    EXPORTS["csv"]([(RECORD, Reading("PMID:1", (hostile,), relations=reading.relations))])
                )
            )
        )
    )
    assert rows[0]["sentence_text"] == "'=1+1"
    assert rows[0]["mechanism"] == "PTEN loss"


def test_pubtator_round_trip(tmp_path: Path):
    text = (
        "7|t|Drug X in mice\n7|a|Drug X cured | mice.\n7\t0\t6\tDrug X\tChemical\tD1\n\n8|t|Empty\n8|a|\n\n"
    )
    path = tmp_path / "in.pubtator"
    path.write_text(text, encoding="utf-8")
    documents = list(read_pubtator(path))
    assert [d.id for d in documents] == ["7", "8"]
    assert documents[0].text == "Drug X cured | mice."
    assert documents[0].entities[0].identifier == "D1"
    assert "".join(write_pubtator(documents)) == text


def test_pubtator_names_the_broken_line(tmp_path: Path):
    path = tmp_path / "in.pubtator"
    path.write_text("7|t|x\n7|a|y\nnonsense\n", encoding="utf-8")
    with pytest.raises(RecordError, match="line 3"):
        list(read_pubtator(path))


def test_curation(tmp_path: Path):
    path = tmp_path / "curation.toml"
    assert not load_curation(path).verdicts
    path.write_text(
        '[[verdict]]\nclaim = "C001"\nvalue = "contradicted"\nby = "A. Reader"\nreason = "later trial"\n'
        '[[match]]\nreference = 5\nrecord = "none"\nby = "A. Reader"\nreason = "no such paper"\n',
        encoding="utf-8",
    )
    curation = load_curation(path)
    assert str(curation.verdicts["C001"]) == "A. Reader: later trial"
    assert curation.matches[5].value == "none"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[verdict]]\nclaim = 'C1'\n", "lacks 'value'"),
        ("[[verdict]]\nclaim = 'C1'\nvalue = 'true'\nby = 'x'\nreason = 'y'\n", "no verdict"),
        ("[other]\n", "unknown table"),
        ("[[verdict\n", "not valid TOML"),
    ],
)
def test_curation_mistakes(tmp_path: Path, text: str, says: str):
    path = tmp_path / "curation.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        load_curation(path)
