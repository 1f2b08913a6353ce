"""Records as PubMed prints them in its odder moments, in invented XML, each against what litmine makes of it."""

import io

import pytest
from eutils import article, article_set

from litmine.sources.medline import parse_xml
from litmine.types import Record

MATH = (
    '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mrow><mml:mi>k</mml:mi><mml:mo>=</mml:mo>'
    "<mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup></mml:mrow></mml:math>"
)


def one(*arguments, **options) -> Record:
    (record,) = parse_xml(io.BytesIO(article_set([article("7", *arguments, **options)])))
    return record


@pytest.mark.parametrize(
    ("xml", "title"),
    [
        (
            "TGF-β1 and <i>ERBB2</i><sup>V777L</sup> in Ca<sup>2+</sup> flux",
            "TGF-β1 and ERBB2^(V777L) in Ca²⁺ flux",
        ),
        ("IC<sub>50</sub> of &#x3B1;-drug <b>A</b>", "IC₅₀ of α-drug A"),
        ("[Ein Titel aus dem Deutschen].", "[Ein Titel aus dem Deutschen]."),
        (f"Rate {MATH} s<sup>-1</sup>", "Rate k=10⁶ s⁻¹"),
        ("<i>In vitro</i>: p&lt;0.05 &amp; n&gt;3", "In vitro: p<0.05 & n>3"),
        ("Two\n  lines and a thin&#x2009;space", "Two lines and a thin space"),
    ],
)
def test_titles_and_abstracts(xml, title):
    record = one(xml, xml)
    assert (record.title, record.text) == (title, title)


def test_structured_labels_lie_where_they_say():
    record = one("T", [("BACKGROUND", "Why."), ("METHODS", "How <i>so</i>."), ("CONCLUSIONS", "β rose.")])
    whole = f"{record.title}\n{record.text}"
    assert [whole[s.start : s.end] for s in record.sections] == [
        "BACKGROUND: Why.",
        "METHODS: How so.",
        "CONCLUSIONS: β rose.",
    ]


def test_vernacular_title_and_other_abstract():
    record = one(
        "[A study].",
        "English.",
        article_extra="<VernacularTitle>Une &#xE9;tude.</VernacularTitle>",
        citation_extra='<OtherAbstract Type="Publisher" Language="fre"><AbstractText>En fran&#xE7;ais.</AbstractText>'
        "</OtherAbstract>",
    )
    assert (record.title, record.vernacular_title) == ("[A study].", "Une étude.")
    assert (record.text, record.other_abstract) == ("English.", "En français.")


def test_only_another_abstract_is_no_abstract():
    other = '<OtherAbstract Type="Publisher"><AbstractText>Autre.</AbstractText></OtherAbstract>'
    record = one("T", citation_extra=other)
    assert (record.text, record.depth, record.other_abstract) == ("", "title", "Autre.")


@pytest.mark.parametrize(
    ("printed", "published", "year"),
    [("2003 Autumn", "2003", 2003), ("1999 Nov-2000 Feb", "1999-11", 1999), ("2010 1st Quart", "2010", 2010)],
)
def test_odd_dates(printed, published, year):
    xml = article("7", "T").replace(
        "<Year>2021</Year><Month>Mar</Month>", f"<MedlineDate>{printed}</MedlineDate>", 1
    )
    (record,) = parse_xml(io.BytesIO(article_set([xml])))
    assert (record.published, record.year) == (published, year)


def test_groups_are_authors():
    xml = article("7", "T", authors=[("Roe", "J")]).replace(
        "</AuthorList>",
        "<Author ValidYN='Y'><CollectiveName>INVENT <i>Group</i></CollectiveName></Author></AuthorList>",
    )
    (record,) = parse_xml(io.BytesIO(article_set([xml])))
    assert record.authors == ("Roe J", "INVENT Group")


def test_known_articles_are_passed_over_and_changed_ones_read():
    first, second = article("1", "One"), article("2", "Two")
    read: dict[bytes, str] = {}
    list(parse_xml(io.BytesIO(article_set([first, second])), on_read=lambda i, h: read.__setitem__(h, i)))
    assert sorted(read.values()) == ["PMID:1", "PMID:2"]

    def again(*articles: str) -> list[str]:
        return [r.id for r in parse_xml(io.BytesIO(article_set(articles)), known=lambda _: read.keys())]

    assert again(first, second) == []
    assert again(first, second.replace("Two", "Too"), article("3", "Three")) == ["PMID:2", "PMID:3"]
    assert again(f"<!-- {first} -->", article("3", "Three")) == ["PMID:3"]
