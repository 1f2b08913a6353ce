"""Invented PubMed XML for tests."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr


def article(
    pmid: str,
    title: str,
    abstract: str | Sequence[tuple[str, str]] = "",
    *,
    authors: Sequence[tuple[str, str]] = (("Tester", "A"),),
    journal: str = "J Invent Oncol",
    year: int = 2021,
    month: str = "Mar",
    volume: str = "12",
    issue: str = "3",
    pages: str = "100-9",
    doi: str = "",
    pmcid: str = "",
    types: Sequence[str] = ("Journal Article",),
    entered: str = "2021-03-02",
    revised: str = "2021-05-01",
    citation_extra: str = "",
    article_extra: str = "",
) -> str:
    """A PubmedArticle. Title and abstract are XML already: nested tags pass through."""
    parts = [("", abstract)] if isinstance(abstract, str) else list(abstract)
    texts = "".join(
        f"<AbstractText{f' Label={quoteattr(label)} NlmCategory={quoteattr(label)}' if label else ''}>"
        f"{text}</AbstractText>"
        for label, text in parts
        if text
    )
    people = "".join(
        f"<Author ValidYN='Y'><LastName>{escape(last)}</LastName><Initials>{escape(initials)}</Initials></Author>"
        for last, initials in authors
    )
    ids = f"<ArticleId IdType='pubmed'>{pmid}</ArticleId>"
    ids += f"<ArticleId IdType='doi'>{escape(doi)}</ArticleId>" if doi else ""
    ids += f"<ArticleId IdType='pmc'>{pmcid}</ArticleId>" if pmcid else ""
    return f"""<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>
<DateRevised>{_parts(revised)}</DateRevised>
<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><Volume>{volume}</Volume><Issue>{issue}</Issue>
<PubDate><Year>{year}</Year><Month>{month}</Month></PubDate></JournalIssue><Title>{escape(journal)}</Title></Journal>
<ArticleTitle>{title}</ArticleTitle><Pagination><MedlinePgn>{pages}</MedlinePgn></Pagination>
{f"<Abstract>{texts}</Abstract>" if texts else ""}<AuthorList CompleteYN="Y">{people}</AuthorList>
<Language>eng</Language><PublicationTypeList>{"".join(f"<PublicationType>{escape(t)}</PublicationType>" for t in types)}
</PublicationTypeList>{article_extra}</Article>
<MedlineJournalInfo><MedlineTA>{escape(journal)}</MedlineTA></MedlineJournalInfo>{citation_extra}</MedlineCitation>
<PubmedData><History><PubMedPubDate PubStatus="entrez">{_parts(entered)}</PubMedPubDate></History>
<ArticleIdList>{ids}</ArticleIdList></PubmedData></PubmedArticle>"""


def article_set(articles: Iterable[str]) -> bytes:
    """What EFetch sends: the articles in a PubmedArticleSet with NCBI's declaration."""
    return (
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
        f"<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>\n"
    ).encode()


def _parts(date: str) -> str:
    names = ("Year", "Month", "Day")
    return "".join(f"<{n}>{v}</{n}>" for n, v in zip(names, date.split("-"), strict=False))
