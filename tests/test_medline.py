"""PubMed XML and MEDLINE text: nothing lost, odd dates, the right way round for retractions, hostile files refused."""

import gzip
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from eutils import article, article_set

from litmine.errors import RecordError
from litmine.sources import medline
from litmine.sources.medline import parse_xml
from litmine.sources.medline.abstracts import join_sections
from litmine.sources.medline.dates import iso_date, month_number, parse_medline_date, precision
from litmine.sources.medline.flatten import flatten
from litmine.sources.medline.text import split_labels
from litmine.types import Correction, MeshHeading, TextSection


def parse(*articles: str):
    return list(parse_xml(io.BytesIO(article_set(articles))))


def one(*args, **options):
    (record,) = parse(article(*args, **options))
    return record


GOLDEN = (Path(__file__).parent / "eutils" / "golden_article.xml").read_text(encoding="utf-8")


def test_golden_record():
    (record,) = parse(GOLDEN)
    assert record.title == "[Loss of PTEN and Ca²⁺ under T-DM1^(a): IC₅₀ < 3 nM.]"
    assert record.text == (
        "BACKGROUND: Cells resist drug A.\nMETHODS & RESULTS: At 10⁻⁹ M, α-tubulin rose (p < .05).\nDone."
    )
    assert [(s.label, s.category, record.document[s.start : s.end]) for s in record.sections] == [
        ("BACKGROUND", "BACKGROUND", "BACKGROUND: Cells resist drug A."),
        ("METHODS & RESULTS", "METHODS", "METHODS & RESULTS: At 10⁻⁹ M, α-tubulin rose (p < .05)."),
    ]
    assert (record.id, record.aliases) == ("PMID:7", ("DOI:10.5555/inv.7", "PMCID:PMC77"))
    assert (record.depth, record.source, record.language) == ("abstract", "medline", "eng")
    assert record.authors == ("Müller-Test IB", "Roe J Jr", "INVENT-1 Study Group")
    assert record.authors_complete is False
    assert (record.journal, record.volume, record.issue, record.pages) == (
        "J Invent Oncol",
        "8",
        "2 Suppl 1",
        "11-19",
    )
    assert (record.year, record.published, record.created, record.revised) == (
        2023,
        "2023-12",
        "2023-10-02",
        "2024-02-09",
    )
    assert record.publication_types == ("Clinical Trial, Phase II", "Journal Article")
    assert record.mesh_headings == (
        MeshHeading("Breast Neoplasms", "D001943", True, ("drug therapy", "genetics"), ("drug therapy",)),
        MeshHeading("Humans", "D006801"),
        MeshHeading("Cells", "D003", True),
    )
    assert (record.chemicals, record.keywords) == (("Antibodies",), ("T-DM1 resistance",))
    assert record.corrections == (
        Correction("ErratumIn", "8", "J Invent Oncol. 2024;9:1"),
        Correction("CommentIn", None, "Lett. 2024"),
    )
    assert record.trial_ids == ("NCT00000007",)
    assert (record.vernacular_title, record.other_abstract) == ("Verlust von PTEN.", "Zellen widerstehen.")
    assert record.retracted is False


@pytest.mark.parametrize(
    ("kind", "types", "retracted"),
    [
        ("RetractionIn", (), True),
        ("RetractionOf", ("Retraction Notice",), False),
        ("ErratumIn", (), False),
        ("ExpressionOfConcernIn", (), False),
        ("CommentIn", ("Retracted Publication",), True),
    ],
)
def test_only_the_retracted_article_is_retracted(kind, types, retracted):
    notice = (
        f"<CommentsCorrections RefType='{kind}'><RefSource>J</RefSource><PMID>9</PMID></CommentsCorrections>"
    )
    extra = f"<CommentsCorrectionsList>{notice}</CommentsCorrectionsList>"
    assert one("1", "T", types=("Journal Article", *types), citation_extra=extra).retracted is retracted


def test_without_abstract_only_the_title_is_known():
    record = one("1", "T")
    assert (record.depth, record.text, record.sections) == ("title", "", ())
    record = one("1", "T", [("RESULTS", " ")])
    assert (record.depth, record.text) == ("title", "")


def test_vernacular_title_stands_in():
    for title in ("", "[Not Available]."):
        record = one("1", title, article_extra="<VernacularTitle>Ein Titel.</VernacularTitle>")
        assert record.title == "Ein Titel."


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("HER2<sup>+</sup>", "HER2⁺"),
        ("PTEN<sup>-/-</sup> mice", "PTEN^(-/-) mice"),
        ("H<sub>2</sub>O<sub>2</sub>", "H₂O₂"),
        ("CD8<sup>hi,<i>x</i></sup>", "CD8^(hi,x)"),
        ("a <sup> 2 </sup> b", "a ² b"),
        ("<sup></sup>x", "x"),
        ("one<i>two<b>three</b></i>four", "onetwothreefour"),
        ("<mml:math><mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac></mml:math>", "a/b"),
        ("<mml:msubsup><mml:mi>x</mml:mi><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:msubsup>", "x₁²"),
        ("a<!-- note -->b<?pi x?>c", "abc"),
        ("line\n   break&#x2003;and space", "line break and space"),
    ],
)
def test_flatten(xml, text):
    assert flatten(ET.fromstring(f"<t xmlns:mml='m'>{xml}</t>")) == text
    assert one("1", xml).title == text


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("1995 May-Jun", "1995-05"),
        ("1998 Dec-1999 Jan", "1998-12"),
        ("2019 Jan - Feb", "2019-01"),
        ("1999 Jan 8-22", "1999-01-08"),
        ("2001 Mar 15-Apr 2", "2001-03-15"),
        ("1990-1991", "1990"),
        ("2000 Spring", "2000"),
        ("2000 Spring-Summer", "2000"),
        ("Summer 2003", "2003"),
        ("1976-77 Winter", "1976"),
        ("2012 Oct", "2012-10"),
        ("1983", "1983"),
        ("December 2004", "2004-12"),
        ("", ""),
        ("no date", ""),
    ],
)
def test_medline_dates(printed, iso):
    assert parse_medline_date(printed) == iso


def test_dates():
    assert iso_date("2020", "Feb", "29") == "2020-02-29"
    assert iso_date("2021", "Feb", "29") == "2021-02"
    assert (iso_date("2021", "13"), iso_date("2021", "", "4"), iso_date("", "Feb"), iso_date("x")) == (
        "2021",
        "2021",
        "",
        "",
    )
    assert (month_number("September"), month_number("09"), month_number("Winter")) == (9, 9, None)
    assert [precision(d) for d in ("", "2020", "2020-01", "2020-01-02")] == ["none", "year", "month", "day"]


def test_date_falls_back():
    xml = article("1", "T", entered="2021-03-02").replace(
        "<Year>2021</Year><Month>Mar</Month>", "<Season>Winter</Season>"
    )
    online = "<ArticleDate><Year>2020</Year><Month>12</Month><Day>24</Day></ArticleDate></Article>"
    (record,) = parse(xml.replace("</Article>", online))
    assert record.published == "2020-12-24"


def test_books_and_deletions(tmp_path):
    book = (Path(__file__).parent / "eutils" / "golden_book.xml").read_text(encoding="utf-8")
    path = tmp_path / "f.xml"
    path.write_bytes(
        article_set(
            [article("1", "T"), book, "<DeleteCitation><PMID>3</PMID><PMID>4</PMID></DeleteCitation>"]
        )
    )
    deleted: list[str] = []
    records = list(medline.read(path, on_deleted=deleted.append))
    assert [r.id for r in records] == ["PMID:1", "PMID:55"]
    chapter = records[1]
    assert (chapter.title, chapter.journal, chapter.authors) == ("Gene X", "Invented Genes", ("Writer W",))
    assert (chapter.published, chapter.text, chapter.publication_types) == (
        "2001-02",
        "CLINICAL: Signs.",
        ("Review",),
    )
    assert chapter.created == "2010-03-20"
    assert deleted == ["PMID:3", "PMID:4"]


def both_ways(*articles: str):
    """Records read fast, and read by the guarded parser alone (a comment before the articles makes it so)."""
    plain = article_set(articles)
    at = plain.index(b"<PubmedArticle>")
    return list(parse_xml(io.BytesIO(plain))), list(
        parse_xml(io.BytesIO(plain[:at] + b"<!-- slow -->" + plain[at:]))
    )


HEADING = '<MeshHeading><DescriptorName UI="D1" MajorTopicYN="Y">Cells</DescriptorName></MeshHeading>'


def with_part(part: str) -> str:
    """An article with one more part at the end of its citation."""
    return article(5, "A title", "A text.").replace("</MedlineCitation>", f"{part}</MedlineCitation>")


@pytest.mark.parametrize(
    ("part", "headings"),
    [
        (
            f"<MeshHeadingList>{HEADING}\n {HEADING.replace('Cells', 'Mice')} </MeshHeadingList>",
            ("Cells", "Mice"),
        ),
        ("<MeshHeadingList></MeshHeadingList>", ()),
        (f"<MeshHeadingList>{HEADING}stray</MeshHeadingList>", ("Cells",)),
        (
            f"<MeshHeadingList>{HEADING.replace('Cells', '<i>Cells</i> &amp; more')}</MeshHeadingList>",
            ("Cells & more",),
        ),
        (f"<MeshHeadingList>{HEADING}<!-- {HEADING} --></MeshHeadingList>", ("Cells",)),
        (f"<!-- <MeshHeadingList>{HEADING}</MeshHeadingList> -->", ()),
        (f"<x><![CDATA[<MeshHeadingList>{HEADING}</MeshHeadingList>]]></x>", ()),
        (f"<MeshHeadingList>{HEADING}</MeshHeadingList>" * 2, ("Cells", "Cells")),
        (f"<MeshHeadingList><MeshHeadingList>{HEADING}</MeshHeadingList></MeshHeadingList>", ()),
    ],
)
def test_lists_are_read_alike_however_they_stand(part, headings):
    fast, slow = both_ways(with_part(part), with_part(part))
    assert fast == slow
    assert [tuple(h.descriptor for h in r.mesh_headings) for r in fast] == [headings] * 2


def note(kind: str, pmid: int) -> str:
    return f'<CommentsCorrections RefType="{kind}"><RefSource>S</RefSource><PMID>{pmid}</PMID></CommentsCorrections>'


def test_what_an_article_cites_is_cut_out_and_nothing_else():
    notes = f"{note('Cites', 1)} {note('RetractionIn', 2)}{note('Cites', 3)}"
    notes = f"<CommentsCorrectionsList>{notes}</CommentsCorrectionsList>"
    cited = "<Reference><ArticleIdList><ArticleId IdType='doi'>10.5/x</ArticleId></ArticleIdList></Reference>"
    cited = f"<ReferenceList>{cited}</ReferenceList>"
    printed = with_part(notes).replace("</PubmedData>", f"{cited}</PubmedData>")
    fast, slow = both_ways(printed)
    assert fast == slow
    assert [(c.kind, c.pmid) for c in fast[0].corrections] == [("RetractionIn", "2")]
    assert fast[0].retracted
    assert fast[0].doi is None or "10.5/x" not in fast[0].doi


@pytest.mark.parametrize(
    "part",
    [
        f"<MeshHeadingList><MeshHeading><DescriptorName></MeshHeading></MeshHeadingList>{HEADING}",
        "<CommentsCorrectionsList>"
        f'<CommentsCorrections RefType="Cites">{note("RetractionIn", 2)}</CommentsCorrectionsList>',
    ],
)
def test_a_part_that_is_broken_is_not_passed_over(part):
    with pytest.raises(RecordError, match="broken XML"):
        parse(with_part(part))


def test_named_characters_of_the_outside_dtd():
    assert one("1", "&alpha; &unknown;").title == "α &unknown;"


def test_gzip_members_are_joined(tmp_path):
    data = article_set([article("1", "One"), article("2", "Two")])
    path = tmp_path / "f.xml.gz"
    path.write_bytes(gzip.compress(data[:500]) + gzip.compress(data[500:]))
    assert [r.title for r in medline.read(path)] == ["One", "Two"]


def test_memory_stays_flat():
    articles = (article(str(n), "T", "word " * 200) for n in range(1, 400))
    stream = io.BytesIO(article_set(articles))
    reader = parse_xml(stream)
    assert next(reader).id == "PMID:1"
    assert stream.tell() < 1 << 18  # read as it goes
    assert sum(1 for _ in reader) == 398


LAUGHS = """<!DOCTYPE PubmedArticleSet [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<PubmedArticleSet><PubmedArticle>&b;</PubmedArticle></PubmedArticleSet>"""
OUTSIDE = """<!DOCTYPE PubmedArticleSet [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<PubmedArticleSet><PubmedArticle>&a;</PubmedArticle></PubmedArticleSet>"""
GOOD = article_set([article("1", "T", "Text.")])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"   \n", "neither"),
        (LAUGHS.encode(), "declares entities"),
        (OUTSIDE.encode(), "declares entities"),
        (b"<!DOCTYPE html><html><body>Service Unavailable</body></html>", "<html>"),
        (b"<eFetchResult><ERROR>ID list is empty</ERROR></eFetchResult>", "ID list is empty"),
        (b"<PubmedArticleSet>" + b"<i>" * 5000, "nested"),
        (GOOD[:-60], "broken XML"),
        (GOOD.replace(b"Text.", b"Te\x00xt."), "broken XML"),
        (GOOD.replace(b"Text.", b"Te&#xD800;xt."), "broken XML"),
        (GOOD.replace(b"Text.", b"Te\xed\xa0\x80xt."), "broken XML"),
        (GOOD.replace(b"Text.", b"a & b"), "broken XML"),
        (GOOD.replace(b'<PMID Version="1">1</PMID>', b""), "record 1: no PMID"),
        (b"<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>", "record 1: no MedlineCitation"),
        (gzip.compress(GOOD)[:-30], "cut off"),
        (gzip.compress(GOOD)[:60] + b"\xff" * 200, "gzip"),
        (b"just some words", "neither PubMed XML nor MEDLINE"),
        (b"\n\nPMID- \nTI  - A title\n", "no PMID"),
        (b"PMID- 1\nTI  - \xff\xfe\n", "not UTF-8"),
    ],
)
def test_hostile_and_broken_files(tmp_path, data, says):
    path = tmp_path / "f.xml"
    path.write_bytes(data)
    with pytest.raises(RecordError) as caught:
        list(medline.read(path))
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_gzip_bomb(tmp_path):
    path = tmp_path / "bomb.xml.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"<PubmedArticleSet>")
        for _ in range(40):
            file.write(b" " * (1 << 20))
    with pytest.raises(RecordError, match="unpacks to more than 200 times"):
        list(medline.read(path))


def test_endless_record(monkeypatch):
    monkeypatch.setattr("litmine.sources.medline.guard._RECORD_BYTES", 1 << 20)
    data = b"<PubmedArticleSet><PubmedArticle><A>" + b"x" * (3 << 20)
    with pytest.raises(RecordError, match="one element is larger"):
        list(parse_xml(io.BytesIO(data)))


def test_many_small_records_are_no_endless_record(monkeypatch):
    monkeypatch.setattr("litmine.sources.medline.guard._RECORD_BYTES", 1 << 18)
    articles = [article(str(n), "T", "word " * 200) for n in range(1, 400)]
    assert len(parse(*articles)) == 399


def test_records_before_a_fault_are_given():
    data = article_set([article("1", "One"), article("2", "Two")])
    reader = parse_xml(io.BytesIO(data[: data.index(b"Two")]))
    assert next(reader).title == "One"
    with pytest.raises(RecordError, match="after 1 records"):
        next(reader)


def test_missing_file(tmp_path):
    with pytest.raises(RecordError, match="can't be read"):
        list(medline.read(tmp_path / "none.xml"))


def test_join_sections():
    assert join_sections("T", [("AIM", "", ""), ("", "", "All.")]) == ("All.", ())
    assert join_sections("T", [("AIM:", "OBJECTIVE", "One."), ("", "RESULTS", "Two.")]) == (
        "AIM: One.\nTwo.",
        (TextSection("AIM", "OBJECTIVE", 2, 11), TextSection("", "RESULTS", 12, 16)),
    )


NBIB = """
PMID- 77
OWN - NLM
STAT- MEDLINE
LR  - 20240209
DP  - 2023 Nov-Dec
TI  - A title that runs over
      two lines.
PG  - 11-9
LID - 10.5555/Inv.77 [doi]
LID - e77 [pii]
AB  - BACKGROUND: Cells resist drug A. METHODS: We counted: one, two. RESULTS: They
      grew.
FAU - Tester, Anna
AU  - Tester A
AU  - Other B
CN  - INVENT-1 Study Group
LA  - eng
SI  - ClinicalTrials.gov/NCT00000007
SI  - GENBANK/AB000001
PT  - Journal Article
PT  - Retracted Publication
TA  - J Invent Oncol
RN  - 0 (Antibodies)
RN  - EC 2.7.10.1 (Receptor, ErbB-2)
MH  - Breast Neoplasms/*drug therapy/genetics
MH  - *Cells
PMC - PMC77
OT  - *resistance
EIN - J Invent Oncol. 2024;9:1. PMID: 8
CRDT- 2023/10/02 06:00
PHST- 2023/10/02 06:00 [entrez]

PMID- 78
TI  - Another.
"""


def test_medline_text(tmp_path):
    path = tmp_path / "f.nbib"
    path.write_text(NBIB, encoding="utf-8")
    record, bare = medline.read(path)
    assert (record.id, record.aliases) == ("PMID:77", ("DOI:10.5555/inv.77", "PMCID:PMC77"))
    assert record.title == "A title that runs over two lines."
    assert (
        record.text == "BACKGROUND: Cells resist drug A.\nMETHODS: We counted: one, two.\nRESULTS: They grew."
    )
    assert [record.document[s.start : s.end] for s in record.sections] == record.text.split("\n")
    assert record.authors == ("Tester A", "Other B", "INVENT-1 Study Group")
    assert (record.published, record.revised, record.created) == ("2023-11", "2024-02-09", "2023-10-02")
    assert record.mesh_headings[0] == MeshHeading(
        "Breast Neoplasms", "", True, ("drug therapy", "genetics"), ("drug therapy",)
    )
    assert record.mesh_headings[1] == MeshHeading("Cells", "", True)
    assert record.chemicals == ("Antibodies", "Receptor, ErbB-2")
    assert (record.trial_ids, record.keywords, record.retracted) == (("NCT00000007",), ("resistance",), True)
    assert record.corrections == (Correction("ErratumIn", "8", "J Invent Oncol. 2024;9:1."),)
    assert (bare.id, bare.depth) == ("PMID:78", "title")


def test_labels_only_where_the_abstract_begins_with_one():
    text = "We asked two things. NOTE: this is one part."
    assert split_labels(text) == [("", "", text)]


@pytest.mark.shared
def test_all_real_records_are_read_without_loss(shared):
    """Every word of titles and abstracts is in the record, as an independent reading of the XML finds them."""

    def words(*elements: ET.Element | None) -> str:
        return "".join("".join("".join(e.itertext()).split()) for e in elements if e is not None)

    def plain(text: str) -> str:
        for raised, printed in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉", "0123456789+-0123456789", strict=True):
            text = text.replace(raised, printed)
        return "".join(text.replace("^(", "").replace("_(", "").split())

    count = 0
    for path in sorted((shared / "pubmed" / "xml").glob("*.xml.gz")):
        with gzip.open(path) as file:
            elements = list(ET.parse(file).getroot().iterfind("PubmedArticle"))
        records = list(medline.read(path))
        assert len(records) == len(elements)
        for element, record in zip(elements, records, strict=True):
            citation = element.find("MedlineCitation")
            found = citation.find("Article")
            assert record.id == f"PMID:{citation.findtext('PMID')}"
            if "^(" not in record.title and record.title != record.vernacular_title:
                assert plain(record.title) == plain(words(found.find("ArticleTitle"))), record.id
            parts = found.findall("Abstract/AbstractText")
            if "^(" not in record.text and "_(" not in record.text:
                printed = plain(record.text)
                for part in parts:
                    assert plain(words(part)) in printed, record.id
            labels = [p.get("Label") for p in parts if p.get("Label") and "".join(p.itertext()).strip()]
            assert [s.label for s in record.sections if s.label] == [i for i in labels if i != "UNLABELLED"]
            assert all(record.document[s.start :].startswith(s.label) for s in record.sections)
            valid = [a for a in found.iterfind("AuthorList/Author") if a.get("ValidYN") != "N"]
            assert len(record.authors) == len(valid)
            assert record.journal == citation.findtext("MedlineJournalInfo/MedlineTA")
            assert record.year
            assert record.published.startswith(str(record.year))
            assert len(record.publication_types) == len(found.findall("PublicationTypeList/PublicationType"))
            assert len(record.mesh_headings) == len(citation.findall("MeshHeadingList/MeshHeading"))
            assert len(record.chemicals) == len(citation.findall("ChemicalList/Chemical"))
            kinds = [
                c.get("RefType") for c in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")
            ]
            assert [c.kind for c in record.corrections] == [k for k in kinds if k != "Cites"]
            assert (record.depth == "abstract") == bool(parts)
            count += 1
    assert count == 1713


@pytest.mark.shared
def test_real_medline_text_is_read(shared):
    counts = {
        path.name: len(list(medline.read(path)))
        for path in sorted((shared / "pubmed" / "eutils_samples" / "Medline").iterdir())
    }
    assert counts == {"pubmed_result1.txt": 1, "pubmed_result2.txt": 4, "pubmed_result3.txt": 1}


def test_no_file_of_ours_is_left_open(tmp_path: Path):
    path = tmp_path / "f.xml"
    path.write_bytes(GOOD)
    next(medline.read(path))
    path.unlink()
