"""The review reader: sentences stay whole, citations stand where they stood, offsets hold."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_pdf import Text, make_pdf, two_columns

from litmine.errors import ReviewError
from litmine.review import read_review, split_sentences
from litmine.review.citations import expand
from litmine.types import Review

BUNDLED = Path(__file__).parent.parent / "corpora" / "her2_resistance" / "review.md"
SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "review.txt"


def check_offsets(review: Review) -> None:
    for sentence in review.sentences:
        assert review.text[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip()
        section = review.sections[sentence.section]
        assert section.start <= sentence.start
        assert sentence.end <= section.end
        for citation in sentence.citations:
            assert sentence.start <= citation.start < citation.end <= sentence.end
    spans = [(s.start, s.end) for s in review.sentences]
    assert spans == sorted(spans)


def write(tmp_path: Path, text: str, name: str = "review.md") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def cited(review: Review) -> list[tuple[int, ...]]:
    return [tuple(n for c in s.citations for n in c.numbers) for s in review.sentences]


def test_bundled_review():
    review = read_review(BUNDLED)
    check_offsets(review)
    assert review.restated
    assert review.author == "Danfeng Chen"
    assert len(review.sentences) == 112
    assert review.reference_numbers == tuple(range(1, 20))
    assert {n for numbers in cited(review) for n in numbers} == set(range(1, 20))
    assert all(
        s.text.rstrip("]").endswith((".", ". [1", ". [2")) or s.text.endswith("].") for s in review.sentences
    )
    assert [s.number for s in review.sections if s.level == 3] == [
        "2.1.1",
        "2.1.2",
        "2.1.3",
        "2.2.1",
        "2.2.2",
    ]
    assert not any("Keywords" in s.text for s in review.sentences)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the development data is not beside the project")
def test_review_as_converted_from_pdf():
    review = read_review(SHARED)
    check_offsets(review)
    assert not review.restated
    assert review.author == "Danfeng Chen"
    assert "$" not in review.text
    assert "HER2Δ16" in review.text
    assert "IFN-γ, TNF" in review.text
    assert len(review.sentences) == 113
    assert review.reference_numbers == tuple(range(1, 20))
    assert {n for numbers in cited(review) for n in numbers} == set(range(1, 20))


@pytest.mark.parametrize(
    "marked",
    [
        "Resistance was seen by Doe et al. [4] in cell lines.| It lasted.",
        "The map (Fig. 2) shows it.| More follows.",
        "Kinase inhibitors, i.e. small molecules, act inside.| Others do not.",
        "Survival was 18.1 months vs. 16.4 months.| It rose.",
        "It makes resistance worse. [1].| Another line.",
        "It makes resistance worse.[1,2]| Another line.",
        "It makes resistance worse. [1]| Another line.",
        "They act in two ways: 1. they bind; 2. they cut.| Then they leave.",
        "Ways differ (1. they bind the dimer; 2. they cut it.) and so on.| Next.",
        "It is called HER2Δ16.| 50% of tumours carry it.",
        "There are luminal A and luminal B.| HER2 is a receptor.",
        "A report by J. Smith and A. B. Doe said so.| It was short.",
        "Levels were normal in these cells.| more than half of them died later.",
        "It was as high as 5.| p95HER2 was absent.",
        "Growth, division, etc. are affected.| Yes.",
        "Cells were treated for 24 h.| Then they died.",
        "Bacteria such as E. coli were grown.| Nothing else was.",
        "Was it so?| Nobody knows!",
        'They called it "bystander killing."| It is real.',
        "As Roe (2004) wrote, p = 0.03.| So it is.",
    ],
)
def test_sentences_stay_whole(marked):
    pieces = marked.split("|")
    paragraph = "".join(pieces)
    assert [paragraph[a:b] for a, b in split_sentences(paragraph)] == [piece.strip() for piece in pieces]


MARKERS = {
    "[3]": (3,),
    "[1,2]": (1, 2),
    "[3-5]": (3, 4, 5),
    "[3–5]": (3, 4, 5),
    "[1, 3-5]": (1, 3, 4, 5),
    "[1]-[3]": (1, 2, 3),
    "[0, 1]": (),
}


@pytest.mark.parametrize("marker", MARKERS)
def test_markers_expand(marker):
    assert expand(marker) == MARKERS[marker]


REFERENCES = """
- [1] Doe JA 2011 A tale of escaping cells *Imag J Oncol* 12 3 345-56
- [2] Poe E 2013 Sugar hides the binding site *Imag J Immunol* 8 11-9
- [3] Kay Z 2014 No masks at all *Imag J Immunol* 9 1-4
"""


def test_latex_and_page_breaks(tmp_path):
    text = (
        "# Escape\n\n**Abstract.** Cells leave.\n\n## *1. Ways*\n\n*1.1. First way.* Levels of TGF- $\\beta$ , which "
        "the HER2 $\\Delta$ 16\n\n12\n\nvariant raises, were  $\\geq$ 5 [1]. Others did not see it. [2].\n\n"
        "## References\n"
    )
    review = read_review(write(tmp_path, text + REFERENCES))
    check_offsets(review)
    assert [s.text for s in review.sentences] == [
        "Cells leave.",
        "Levels of TGF-β, which the HER2Δ16 variant raises, were ≥5 [1].",
        "Others did not see it. [2].",
    ]
    assert cited(review) == [(), (1,), (2,)]
    assert [(s.number, s.title, s.level) for s in review.sections] == [
        ("", "Abstract", 1),
        ("1", "Ways", 1),
        ("1.1", "First way", 2),
    ]


PLAIN = """Escape of mammary cells from antibodies

Jane Doe, Robert Roe
Institute of Imagined Oncology

Abstract

Cells escape from antibodies in sev-
eral ways. HER2-
positive cells do so slowly.

1. Introduction

Antibodies bind their receptors (Doe et al., 2011; Poe, 2013). As Kay (2014) wrote, they do not
always stay there.

Ways of Escape

One way is to hide the receptor.

References

Doe, J. A. (2011). A tale of escaping cells. Imag J Oncol, 12(3), 345-56.
Poe, E. (2013). Sugar hides the binding site. Imag J Immunol, 8, 11-9.
Kay, Z. (2014). No masks at all. Imag J Immunol, 9, 1-4.
"""


def test_plain_text_with_author_year_citations(tmp_path):
    review = read_review(write(tmp_path, PLAIN, "review.txt"))
    check_offsets(review)
    assert review.title == "Escape of mammary cells from antibodies"
    assert [s.title for s in review.sections] == ["Abstract", "Introduction", "Ways of Escape"]
    assert [s.text for s in review.sentences][:2] == [
        "Cells escape from antibodies in several ways.",
        "HER2-positive cells do so slowly.",
    ]
    assert cited(review)[2:4] == [(1, 2), (3,)]
    assert review.reference_numbers == (1, 2, 3)
    assert review.year == 2014


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Cells leave.<sup>1,2</sup> They hide<sup>3</sup> well.", [(1, 2), (3,)]),
        ("Cells leave.¹ They hide²⁻³ well.", [(1,), (2, 3)]),
        ("Cells leave $^{1}$. They hide $^{2,3}$ well.", [(1,), (2, 3)]),
        ("Cells leave (1, 2). They hide (3) well.", [(1, 2), (3,)]),
        ("Cells leave [[1]](#r1). They hide [2](#r2), [3](#r3) well.", [(1,), (2, 3)]),
    ],
)
def test_other_citation_styles(tmp_path, body, expected):
    review = read_review(write(tmp_path, f"## 1. Ways\n\n{body}\n\n## References\n{REFERENCES}"))
    check_offsets(review)
    assert cited(review) == expected


@pytest.mark.parametrize(
    "entries",
    [
        "[1] Doe J. Tale. J Imag. 2001;1:1.\n[2] Roe B. A long tale\nof cells. J Imag. 2002;2:2.",
        "1. Doe J. Tale. J Imag. 2001;1:1.\n2. Roe B. A long tale\nof cells. J Imag. 2002;2:2.",
        "Doe J. Tale. J Imag. 2001;1:1.\n\nRoe B. A long tale\nof cells. J Imag. 2002;2:2.",
        "- Doe J. Tale. J Imag. 2001;1:1.\n- Roe B. A long tale\n  of cells. J Imag. 2002;2:2.",
        "Doe J. Tale. J Imag. 2001;1:1.\nRoe B. A long tale\n    of cells. J Imag. 2002;2:2.",
    ],
)
@pytest.mark.parametrize(
    "heading", ["## References", "#### Bibliography", "References", "**Literature**", "5. References"]
)
def test_reference_lists(tmp_path, entries, heading):
    text = f"## 1. Ways\n\nCells leave.\n\n{heading}\n\n{entries}\n\n## Acknowledgements\n\nThanks to all.\n"
    review = read_review(write(tmp_path, text))
    assert review.references == (
        "Doe J. Tale. J Imag. 2001;1:1.",
        "Roe B. A long tale of cells. J Imag. 2002;2:2.",
    )
    assert review.reference_numbers == (1, 2)
    assert [s.text for s in review.sentences] == ["Cells leave."]


JATS = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS-archivearticle1.dtd">
<article><front><article-meta><title-group><article-title>Escape from <italic>antibodies</italic></article-title>
</title-group><contrib-group><contrib><name><surname>Doe</surname><given-names>Jane</given-names></name></contrib>
</contrib-group><pub-date><year>2021</year></pub-date><abstract><p>Cells escape.</p></abstract></article-meta></front>
<body><sec><label>1</label><title>Ways</title><p>TGF-&#946; matters [<xref ref-type="bibr" rid="B1">1</xref>,<xref
ref-type="bibr" rid="B2">2</xref>]. It falls<sup><xref ref-type="bibr" rid="B1">1</xref>&#8211;<xref ref-type="bibr"
rid="B3">3</xref></sup>.&nbsp;It rose (<xref ref-type="bibr" rid="B2">Poe, 2013</xref>) by 10<sup>3</sup>.</p>
<fig><caption><p>No sentence of the body.</p></caption></fig></sec></body>
<back><ack><p>Thanks to all.</p></ack><ref-list>
<ref id="B1"><label>1.</label><mixed-citation>Doe JA. <article-title>A tale</article-title>. <source>Imag J</source>.
<year>2011</year>;12:345. <pub-id pub-id-type="doi">10.1000/abc</pub-id></mixed-citation></ref>
<ref id="B2"><label>2.</label><element-citation><name><surname>Poe</surname><given-names>Eve C</given-names></name>
<etal/><article-title>Sugar</article-title><source>Imag J</source><year>2013</year><volume>8</volume><fpage>1</fpage>
<lpage>9</lpage><pub-id pub-id-type="pmid">12345</pub-id></element-citation></ref>
<ref id="B3"><label>3.</label><mixed-citation>Kay Z: No masks. Imag J 8: 11, 2013</mixed-citation></ref>
</ref-list></back></article>"""


def test_jats(tmp_path):
    review = read_review(write(tmp_path, JATS, "review.xml"))
    check_offsets(review)
    assert (review.title, review.author, review.year) == ("Escape from antibodies", "Jane Doe", 2021)
    assert [s.text for s in review.sentences] == [
        "Cells escape.",
        "TGF-β matters [1, 2].",
        "It falls [1–3].",
        "It rose (Poe, 2013 [2]) by 10³.",
    ]
    assert cited(review) == [(), (1, 2), (1, 2, 3), (2,)]
    assert review.references == (
        "Doe JA. A tale. *Imag J*. 2011;12:345. doi: 10.1000/abc",
        "Poe EC, et al. Sugar. *Imag J*. 2013;8:1-9. PMID: 12345",
        "Kay Z: No masks. Imag J 8: 11, 2013",
    )


BOMB = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><article><body><p>&c;</p></body></article>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><article><body><p>&b;</p></body></article>'


def pdf_pages() -> list[list[Text]]:
    header = (54, 760, 8, "Imagined Journal of Oncology 2021;12:345-356")
    first = [
        header,
        (54, 700, 18, "Escape of mammary cells from"),
        (54, 678, 18, "targeted antibodies"),
        (54, 656, 10, "Jane Doe and Robert Roe"),
        (300, 30, 8, "345"),
    ]
    left = """Abstract
Cells escape from antibodies. Nobody knows
exactly why they do so [1].

1. Introduction
Antibodies bind their receptors on the sur-
face of tumour cells. HER2-
positive cells are bound more often than others
in most of the studies that were done [1,2].
A second idea is that the receptor is hidden
by sugar chains, as was seen in 12.5% of the"""
    right = """cells under study [2-4]. Other workers did not
see this effect in any of the lines. [3].

2. Ways of escape
2.1. Loss of binding
Binding is lost when the site is masked. It is
a slow process that takes months and it was
found in patients who were treated for a long"""
    second_left = """time with antibodies alone [4]. Resistance came
later in those who got two drugs together.

3. Conclusion
Escape has several ways. None of them is well
understood as yet."""
    second_right = """References
1. Doe JA, Roe B. A tale of escaping cells and
their masks. Imag J Oncol. 2011;12(3):345-56.
2. Poe E. Sugar on receptors hides the binding
site. Imag J Immunol. 2013;8:11-9.
3. Kay Z. No masks at all. Imag J Immunol.
2014;9:1-4.
4. Lee X, Moe Y. Time to resistance. Imag J
Oncol. 2016;17:22-30."""
    return [
        [*first, *two_columns(left.split("\n"), right.split("\n"), top=620)],
        [
            header,
            (300, 30, 8, "346"),
            *two_columns(second_left.split("\n"), second_right.split("\n"), top=720),
        ],
    ]


def test_pdf_of_two_columns_and_two_pages(tmp_path):
    path = tmp_path / "review.pdf"
    path.write_bytes(make_pdf(pdf_pages()))
    review = read_review(path)
    check_offsets(review)
    assert review.title == "Escape of mammary cells from targeted antibodies"
    assert review.author == "Jane Doe and Robert Roe"
    assert [(s.number, s.title) for s in review.sections] == [
        ("", "Abstract"),
        ("1", "Introduction"),
        ("2", "Ways of escape"),
        ("2.1", "Loss of binding"),
        ("3", "Conclusion"),
    ]
    assert [s.text for s in review.sentences][2:6] == [
        "Antibodies bind their receptors on the surface of tumour cells.",
        "HER2-positive cells are bound more often than others in most of the studies that were done [1,2].",
        "A second idea is that the receptor is hidden by sugar chains, as was seen in 12.5% of the cells under "
        "study [2-4].",
        "Other workers did not see this effect in any of the lines. [3].",
    ]
    assert review.sentences[7].text == (
        "It is a slow process that takes months and it was found in patients who were treated for a long time with "
        "antibodies alone [4]."
    )
    assert not any("Imagined" in s.text or "346" in s.text for s in review.sentences)
    assert review.references[0] == (
        "Doe JA, Roe B. A tale of escaping cells and their masks. Imag J Oncol. 2011;12(3):345-56."
    )
    assert review.reference_numbers == (1, 2, 3, 4)


def test_pdf_of_one_column_with_superscript_citations(tmp_path):
    page = [(54, 700, 10, "1. Ways"), (54, 680, 10, "Cells leave their site"), (143.6, 684, 6, "1,2")]
    page += [(54, 668, 10, "and hide in the marrow for as long as they can."), (54, 650, 10, "References")]
    page += [(54, 638, 10, "1. Doe J. A tale of many cells. J Imag. 2001;1:1.")]
    page += [(54, 626, 10, "2. Roe B. Another tale of cells. J Imag. 2002;2:2.")]
    path = tmp_path / "review.pdf"
    path.write_bytes(make_pdf([page]))
    review = read_review(path)
    assert (
        review.sentences[0].text
        == "Cells leave their site [1,2] and hide in the marrow for as long as they can."
    )
    assert cited(review) == [(1, 2)]


def broken(tmp_path: Path, name: str, content: bytes) -> str:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ReviewError) as error:
        read_review(path)
    return str(error.value)


BAD = {
    "empty.md": (b"", "the file is empty"),
    "blank.md": (b" \n\n ", "the file is empty"),
    "zip.md": (b"PK\x03\x04\x00\x00", "binary content"),
    "noise.txt": (bytes(range(256)) * 20, "binary content"),
    "greek.txt": ("Η αντίσταση στα φάρμακα. ".encode("cp1253") * 20, "not UTF-8 text"),
    "none.md": (b"## 1. Ways\n\nCells leave. They hide.\n", "no references found"),
    "list.md": (b"## References\n\n- [1] Doe J 2001 Tale *J Imag* 1 1\n", "no sentences found"),
    "review.docx": (b"PK\x03\x04", "unknown kind of file '.docx'"),
    "review": (b"Cells leave.", "unknown kind of file '(no extension)'"),
    "broken.xml": (b"<article><body></article>", "broken XML in line 1"),
    "bomb.xml": (BOMB.encode(), "entities; refused"),
    "outside.xml": (OUTSIDE.encode(), "entities; refused"),
    "deep.xml": (b"<article>" + b"<p>" * 500, "nested more than 200 deep"),
    "pubmed.xml": (b"<PubmedArticleSet/>", "not a JATS article; these are PubMed records"),
    "scan.pdf": (make_pdf([[], []]), "no text in this PDF (scanned?); run OCR first"),
    "broken.pdf": (b"%PDF-1.4\nnothing", "can't be opened as PDF"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_one_clear_line(tmp_path, name):
    content, message = BAD[name]
    line = broken(tmp_path, name, content)
    assert message in line
    assert name in line
    assert "\n" not in line


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(ReviewError, match="No such file"):
        read_review(tmp_path / "gone.md")
    with pytest.raises(ReviewError, match="is a folder"):
        read_review(tmp_path)


def test_windows_text_is_legible(tmp_path):
    path = tmp_path / "review.txt"
    path.write_bytes(
        ("## 1. Ways\n\nCells of Ocaña don’t leave.\n\n## References\n" + REFERENCES).encode("cp1252")
    )
    assert read_review(path).sentences[0].text == "Cells of Ocaña don’t leave."


def test_split_can_be_replaced(tmp_path):
    path = write(tmp_path, f"## 1. Ways\n\nCells leave. They hide.\n\n## References\n{REFERENCES}")
    assert len(read_review(path, split=lambda text: [(0, len(text))]).sentences) == 1


@given(st.text(alphabet=st.sampled_from("Aa1 .,[]()-*_#$\\\n<>β²"), min_size=1, max_size=400))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_keeps_its_offsets(tmp_path, text):
    path = write(tmp_path, f"## 1. Ways\n\nCells leave.\n\n{text}\n\n## References\n{REFERENCES}")
    check_offsets(read_review(path))
