import csv
import io
import json
import re
from pathlib import Path

import pytest

from litmine.annotations import (
    EXPORTS,
    FOLDER_EXPORTS,
    from_gold,
    load_curation,
    read_pubtator,
    to_gold,
    write_export,
    write_pubtator,
)
from litmine.annotations.marks import DIGEST_NOTE
from litmine.errors import InputError, RecordError
from litmine.types import Entity, Reading, Record, Relation, Sentence, Slot

TITLE, TEXT = "", "PTEN loss reduced the response to trastuzumab (ORR 20%)."
RECORD = Record(
    id="PMID:1",
    title=TITLE,
    text=TEXT,
    depth="abstract",
    year=2021,
    pages="112-9",
    authors=("Doe J", "The Lung Study Group"),
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


@pytest.fixture
def digest() -> Record:
    return Record(
        id="DOI:10.2/Ä|y", title="A title\x01 & more", text="First line, MUC4\nloss 𝛼 told.", depth="digest"
    )


@pytest.fixture
def digest_reading(digest: Record) -> Reading:
    start = digest.document.index("MUC4")
    loss = Slot(start, start + 9, "MUC4\nloss", "MUC4 loss")
    alpha = digest.document.index("𝛼")
    return Reading(
        digest.id,
        (Sentence(0, 0, 15, digest.title), Sentence(1, 16, len(digest.document), digest.text)),
        (Entity("gene", start, start + 4, "MUC4", "MUC4", "HGNC:7514"),),
        (
            Relation(
                1,
                (),
                loss,
                "target_alteration",
                Slot(alpha, alpha + 1, "𝛼"),
                "survival",
                "no_effect",
                "negated",
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


def test_every_format_is_offered_by_the_command():
    from litmine.cli.export import _FORMS

    assert sorted(_FORMS) == sorted((*EXPORTS, *FOLDER_EXPORTS))


def test_ris_follows_its_rules_and_another_reader_agrees(digest: Record):
    import rispy

    text = "".join(EXPORTS["ris"]([(RECORD, None), (digest, None)]))
    for entry in text.split("ER  - \r\n\r\n")[:-1]:
        lines = entry.split("\r\n")
        assert lines[0] == "TY  - JOUR"
        assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - \S.*", line) for line in lines[:-1])
    first, second = rispy.loads(text)
    assert first["authors"] == ["Doe, J.", "The Lung Study Group"]
    assert (first["start_page"], first["end_page"]) == ("112", "119")
    assert (first["doi"], first["accession_number"], first["year"]) == ("10.1/x", "1", "2021")
    assert first["abstract"] == TEXT
    assert "abstract" not in second
    assert second["notes"][0].startswith(DIGEST_NOTE)


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


def test_bioc_comes_back_through_the_bioc_library(
    reading: Reading, digest: Record, digest_reading: Reading, tmp_path: Path
):
    from bioc import biocjson, biocxml

    pairs = [(RECORD, reading), (digest, digest_reading)]
    write_export("bioc", pairs, tmp_path / "a.json")
    write_export("bioc-xml", pairs, tmp_path / "a.xml")
    as_json = biocjson.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    with (tmp_path / "a.xml").open("rb") as file:
        as_xml = biocxml.load(file)
    for collection in (as_json, as_xml):
        assert [document.id for document in collection.documents] == [RECORD.id, digest.id]
        for document, (record, _) in zip(collection.documents, pairs, strict=True):
            whole = record.document.replace("\x01", "\ufffd") if collection is as_xml else record.document
            for passage in document.passages:
                text = passage.text or ""
                assert whole[passage.offset :].startswith(text)
                for mark in passage.annotations:
                    (place,) = mark.locations
                    assert whole[place.offset : place.offset + place.length] == mark.text
        (relation,) = collection.documents[0].relations
        assert relation.infons["direction"] == "decreases"
        assert relation.infons["values"] == "20%"
        assert [node.role for node in relation.nodes] == ["drug", "mechanism", "outcome"]
        assert collection.documents[1].passages[1].infons["type"] == "digest"
        assert collection.documents[1].passages[1].infons["note"] == DIGEST_NOTE


def test_pubtator_export_comes_back(
    reading: Reading, digest: Record, digest_reading: Reading, tmp_path: Path
):
    from bioc import pubtator

    write_export("pubtator", [(RECORD, reading), (digest, digest_reading)], tmp_path / "a.pubtator")
    text = (tmp_path / "a.pubtator").read_text(encoding="utf-8")
    ours = list(read_pubtator(tmp_path / "a.pubtator"))
    assert [document.id for document in ours] == ["1", "DOI:10.2/Ä_y"]
    for document in ours:
        whole = f"{document.title} {document.text}"
        assert all(whole[mark.start : mark.end] == mark.text for mark in document.entities)
    assert ours[1].text.endswith(DIGEST_NOTE)
    theirs = pubtator.loads(text)
    assert [len(document.annotations) for document in theirs] == [3, 3]
    assert ("decreases", "PTEN loss", "response") in [(r.type, r.id1, r.id2) for r in theirs[0].relations]


def test_brat_opens_in_another_reader(
    reading: Reading, digest: Record, digest_reading: Reading, tmp_path: Path
):
    from bioc import brat

    folder = tmp_path / "brat"
    pairs = [(RECORD, reading), (digest, digest_reading), (digest, None)]
    write_export("brat", pairs, folder)
    assert sorted(p.name for p in folder.iterdir()) == [
        "DOI_10.2___y.ann",
        "DOI_10.2___y.txt",
        "DOI_10.2___y_2.ann",
        "DOI_10.2___y_2.txt",
        "PMID_1.ann",
        "PMID_1.txt",
        "annotation.conf",
        "visual.conf",
    ]
    sections = re.split(r"^\[(\w+)\]$", (folder / "annotation.conf").read_text(encoding="utf-8"), flags=re.M)
    declared = {
        name: {line.split("\t")[0] for line in body.split("\n") if line}
        for name, body in zip(sections[1::2], sections[2::2], strict=True)
    }
    assert set(declared) == {"entities", "relations", "events", "attributes"}
    for name, record in (("PMID_1", RECORD), ("DOI_10.2___y", digest)):
        text = (folder / f"{name}.txt").read_bytes().decode("utf-8")
        assert text.startswith(record.document)
        assert (DIGEST_NOTE in text) is (record is digest)
        document = brat.loads(text, (folder / f"{name}.ann").read_text(encoding="utf-8"))
        known = {entity.id for entity in document.entities}
        for entity in document.entities:
            pieces = [text[span.begin : span.end] for span in sorted(entity.locations)]
            assert " ".join(pieces) == entity.text
            assert "\n" not in entity.text
            assert entity.type in declared["entities"]
        assert document.relations
        for relation in document.relations:
            assert relation.type in declared["relations"]
            assert set(relation.arguments.values()) <= known
    with pytest.raises(InputError, match="exists"):
        write_export("brat", pairs, folder)


def test_an_export_that_fails_leaves_nothing(reading: Reading, tmp_path: Path):
    def broken():
        yield RECORD, reading
        raise RuntimeError

    for form in (*EXPORTS, *FOLDER_EXPORTS):
        with pytest.raises(RuntimeError):
            write_export(form, broken(), tmp_path / form)
    assert not list(tmp_path.iterdir())


def test_graphml_comes_back_through_networkx(
    reading: Reading, digest: Record, digest_reading: Reading, tmp_path: Path
):
    import networkx

    twice = Record(id="PMID:2", title=TITLE, text=TEXT, depth="abstract")
    pairs = [(RECORD, reading), (twice, reading), (digest, digest_reading)]
    write_export("graphml", pairs, tmp_path / "a.graphml")
    graph = networkx.read_graphml(tmp_path / "a.graphml", force_multigraph=True)
    assert graph.nodes["drug:trastuzumab"] == {"kind": "drug", "label": "trastuzumab"}
    (edge,) = graph.get_edge_data("mechanism:pten loss", "outcome:response_rate").values()
    assert (edge["direction"], edge["records"], edge["asserted"]) == ("decreases", 2, 2)
    assert edge["record_ids"] == "PMID:1; PMID:2"
    assert edge["drugs"] == "trastuzumab"
    (context,) = graph.get_edge_data("drug:trastuzumab", "mechanism:pten loss").values()
    assert context["direction"] == "context"
    (told,) = graph.get_edge_data("mechanism:muc4 loss", "outcome:survival").values()
    assert told["digest_ids"] == digest.id


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_jsonld_is_read_without_a_network(
    reading: Reading, digest: Record, digest_reading: Reading, tmp_path: Path
):
    import rdflib

    write_export("jsonld", [(RECORD, reading), (digest, digest_reading)], tmp_path / "a.jsonld")
    graph = rdflib.Graph().parse(tmp_path / "a.jsonld", format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    article = rdflib.URIRef("https://pubmed.ncbi.nlm.nih.gov/1/")
    assert (article, rdflib.RDF.type, schema.ScholarlyArticle) in graph
    (claim,) = graph.subjects(schema.appearance, article)
    assert (claim, rdflib.RDF.type, schema.Claim) in graph
    assert str(graph.value(claim, rdflib.URIRef("urn:litmine:term:direction"))) == "decreases"
    (told,) = graph.objects(None, schema.description)
    assert str(told).startswith(DIGEST_NOTE)
    assert len(list(graph.objects(None, schema.abstract))) == 1


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
