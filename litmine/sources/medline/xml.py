"""Records of PubMed XML (EFetch output, baseline and update files), nothing lost that litmine uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from litmine.errors import RecordError
from litmine.sources.identifiers import clean_doi, clean_pmid, identify
from litmine.sources.medline.abstracts import join_sections
from litmine.sources.medline.dates import iso_date, parse_medline_date
from litmine.sources.medline.flatten import flatten
from litmine.sources.medline.recurring import RecurringList
from litmine.sources.medline.segments import Known, articles
from litmine.types import Correction, MeshHeading, Record

SOURCE = "medline"
ROOTS = frozenset({"PubmedArticleSet", "PubmedBookArticleSet"})
_TAGS = frozenset({"PubmedArticle", "PubmedBookArticle", "DeleteCitation", "DeleteDocument"})
_NO_TRIAL_REGISTRIES = frozenset(
    {
        "GENBANK",
        "GEO",
        "PDB",
        "SWISSPROT",
        "OMIM",
        "RefSeq",
        "SRA",
        "UniProtKB",
        "dbSNP",
        "dbVar",
        "dbGaP",
        "BioProject",
        "Dryad",
        "figshare",
        "PIR",
        "GDB",
        "PubChem-BioAssay",
        "PubChem-Compound",
        "PubChem-Substance",
        "UniParc",
        "UniRef",
        "UniMES",
    }
)
_NAME_PARTS = ("LastName", "Initials", "Suffix", "CollectiveName")
_JOURNAL = ("Article", "Journal")
_NOT_AVAILABLE = re.compile(r"^\[?not available\.?\]?\.?$", re.IGNORECASE)


def parse_xml(
    stream: BinaryIO,
    *,
    name: str = "PubMed XML",
    source: str = SOURCE,
    on_deleted: Callable[[str], None] | None = None,
    known: Known | None = None,
    on_read: Callable[[str, bytes], None] | None = None,
) -> Iterator[Record]:
    """Records of a PubmedArticleSet, in document order, one in memory at a time.

    Args:
        stream: XML, gzip-compressed or not.
        name: what to call the stream in messages.
        source: value of `Record.source`.
        on_deleted: called with each id (`PMID:n`) that a DeleteCitation takes back.
        known: tells which articles, by hash, need not be read; they are left out.
        on_read: called with the id of a record and the hash of its article.

    Raises:
        RecordError: broken, hostile or no PubMed XML; records before the fault have been yielded.
    """
    found = articles(stream, tags=_TAGS, roots=ROOTS, name=name, known=known, lists=_LISTS)
    for number, each in enumerate(found, start=1):
        element = each.element
        if element is None:
            continue
        if element.tag == "PubmedArticle":
            record = _article(element, each.lists, source, f"{name}, record {number}")
            if on_read is not None and each.hash:
                on_read(record.id, each.hash)
            yield record
        elif element.tag == "PubmedBookArticle":
            yield _book(element, source, f"{name}, record {number}")
        elif on_deleted is not None:
            for pmid in element.iter("PMID"):
                on_deleted(f"PMID:{clean_pmid(pmid.text or '')}")


def _article(element: Element, lists: Mapping[str, tuple[Any, ...]], source: str, where: str) -> Record:
    citation = element.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        raise RecordError(f"{where}: no MedlineCitation with an Article")
    vernacular = flatten(article.find("VernacularTitle"))
    title = flatten(article.find("ArticleTitle"))
    if (not title or _NOT_AVAILABLE.match(title)) and vernacular:
        title = vernacular
    text, sections = join_sections(title, _abstract(article.find("Abstract")))
    issue = _find(article, "Journal", "JournalIssue")
    published = _published(issue.find("PubDate") if issue is not None else None, article, element)
    authors, complete = _authors(article.find("AuthorList"))
    corrections = _corrections(citation)
    types = _texts(article, "PublicationTypeList", "PublicationType")
    record_id, aliases = _identity(citation.findtext("PMID"), element, article, where)
    return Record(
        id=record_id,
        aliases=aliases,
        title=title,
        text=text,
        depth="abstract" if text else "title",
        source=source,
        sections=sections,
        authors=authors,
        authors_complete=complete,
        journal=_journal(citation, article),
        year=int(published[:4]) if published else None,
        published=published,
        volume=flatten(issue.find("Volume")) if issue is not None else "",
        issue=flatten(issue.find("Issue")) if issue is not None else "",
        pages=_pages(article.find("Pagination")),
        language=_language(article),
        publication_types=types,
        mesh_headings=_listed(_HEADINGS, citation, lists),
        chemicals=tuple(filter(None, _listed(_CHEMICALS, citation, lists))),
        keywords=_texts(citation, "KeywordList", "Keyword"),
        corrections=corrections,
        trial_ids=_trial_ids(article),
        vernacular_title=vernacular,
        other_abstract="\n".join(
            joined
            for other in citation.findall("OtherAbstract")
            if (joined := join_sections("", _abstract(other))[0])
        ),
        retracted=is_retracted(types, corrections),
        created=_history_date(element, "entrez"),
        revised=_date(citation.find("DateRevised")),
    )


def _book(element: Element, source: str, where: str) -> Record:
    document = element.find("BookDocument")
    if document is None:
        raise RecordError(f"{where}: no BookDocument")
    book_title = flatten(_find(document, "Book", "BookTitle"))
    title = flatten(document.find("ArticleTitle")) or book_title
    text, sections = join_sections(title, _abstract(document.find("Abstract")))
    published = _date(document.find("ContributionDate")) or _date(_find(document, "Book", "PubDate"))
    lists = [*document.findall("AuthorList"), *_all(document, "Book", "AuthorList")]
    authors, complete = _authors(next((a for a in lists if a.get("Type") != "editors"), None))
    vernacular = flatten(document.find("VernacularTitle"))
    record_id, aliases = _identity(document.findtext("PMID"), element, document, where)
    return Record(
        id=record_id,
        aliases=aliases,
        title=title,
        text=text,
        depth="abstract" if text else "title",
        source=source,
        sections=sections,
        authors=authors,
        authors_complete=complete,
        journal=book_title,
        year=int(published[:4]) if published else None,
        published=published,
        volume=flatten(_find(document, "Book", "Volume")),
        pages=_pages(document.find("Pagination")),
        language=_language(document),
        publication_types=_texts(document, "PublicationType") or ("Book Chapter",),
        keywords=_texts(document, "KeywordList", "Keyword"),
        vernacular_title=vernacular,
        created=_history_date(element, "entrez"),
        revised=_date(document.find("DateRevised")),
    )


def is_retracted(publication_types: tuple[str, ...], corrections: tuple[Correction, ...]) -> bool:
    """Whether the record itself is retracted; a notice that retracts another one (`RetractionOf`) is not."""
    return "Retracted Publication" in publication_types or any(c.kind == "RetractionIn" for c in corrections)


def _identity(
    pmid: str | None, element: Element, article: Element, where: str
) -> tuple[str, tuple[str, ...]]:
    """Id and aliases; identifiers of cited articles, which stand in the same element, are left alone."""
    if not clean_pmid(pmid or ""):
        raise RecordError(f"{where}: no PMID")
    lists = [_find(element, data, "ArticleIdList") for data in ("PubmedData", "PubmedBookData")]
    printed = [(i.get("IdType", ""), i.text or "") for ids in lists if ids is not None for i in ids]
    printed += [
        (i.get("EIdType", ""), i.text or "")
        for i in article.findall("ELocationID")
        if i.get("ValidYN") != "N"
    ]
    return identify(
        pmid=pmid or "",
        doi=next((text for kind, text in printed if kind == "doi" and clean_doi(text)), ""),
        pmcid=next((text for kind, text in printed if kind == "pmc"), ""),
    )


def _abstract(element: Element | None) -> list[tuple[str, str, str]]:
    """Label, NlmCategory and text of each part, in order."""
    if element is None:
        return []
    return [
        (e.get("Label", ""), e.get("NlmCategory", ""), flatten(e)) for e in element.findall("AbstractText")
    ]


def _find(element: Element, *path: str) -> Element | None:
    """The first element down a path of tags; faster than a path in one string, which is walked in Python."""
    below: Element | None = element
    for tag in path:
        if below is None:
            return None
        below = below.find(tag)
    return below


def _all(element: Element, *path: str) -> list[Element]:
    """Every element down a path of tags."""
    found = element.findall(path[0])
    for tag in path[1:]:
        found = [below for each in found for below in each.findall(tag)]
    return found


def _texts(element: Element, *path: str) -> tuple[str, ...]:
    return tuple(text for child in _all(element, *path) if (text := flatten(child)))


def _authors(element: Element | None) -> tuple[tuple[str, ...], bool]:
    """Authors as MEDLINE prints them ("Modi S", "Modi S Jr", group names), and whether that is all of them."""
    names: list[str] = []
    for author in element if element is not None else ():
        if author.tag != "Author" or author.get("ValidYN") == "N":
            continue
        parts = {part.tag: flatten(part) for part in author if part.tag in _NAME_PARTS}
        if name := " ".join(filter(None, map(parts.get, _NAME_PARTS))):
            names.append(name)
    return tuple(names), element is None or element.get("CompleteYN", "Y") != "N"


def _journal(citation: Element, article: Element) -> str:
    """MEDLINE abbreviation, else the ISO one, else the full name."""
    for path in (("MedlineJournalInfo", "MedlineTA"), (*_JOURNAL, "ISOAbbreviation"), (*_JOURNAL, "Title")):
        if journal := flatten(_find(citation, *path)):
            return journal
    return ""


def _pages(element: Element | None) -> str:
    if element is None:
        return ""
    printed = flatten(element.find("MedlinePgn"))
    span = (flatten(element.find("StartPage")), flatten(element.find("EndPage")))
    return printed or "-".join(page for page in span if page)


def _language(element: Element) -> str:
    """The language; of several, English if it is among them."""
    languages = _texts(element, "Language")
    return "eng" if "eng" in languages or not languages else languages[0]


def _mesh_heading(element: Element) -> MeshHeading:
    descriptor = element.find("DescriptorName")
    qualifiers = [(flatten(q), q.get("MajorTopicYN") == "Y") for q in element.findall("QualifierName")]
    major = tuple(name for name, is_major in qualifiers if is_major)
    return MeshHeading(
        descriptor=flatten(descriptor),
        ui=descriptor.get("UI", "") if descriptor is not None else "",
        major=bool(major) or (descriptor is not None and descriptor.get("MajorTopicYN") == "Y"),
        qualifiers=tuple(name for name, _ in qualifiers),
        major_qualifiers=major,
    )


_HEADINGS = RecurringList("MeshHeadingList", "MeshHeading", _mesh_heading)
_CHEMICALS = RecurringList("ChemicalList", "Chemical", lambda e: flatten(e.find("NameOfSubstance")))
_LISTS = (_HEADINGS, _CHEMICALS)


def _listed(kind: RecurringList, citation: Element, lists: Mapping[str, tuple[Any, ...]]) -> tuple[Any, ...]:
    """Values of a list that was cut out before parsing, or that stands in the element."""
    return (
        lists[kind.name]
        if kind.name in lists
        else tuple(map(kind.read, _all(citation, kind.name, kind.item)))
    )


def _corrections(citation: Element) -> tuple[Correction, ...]:
    """Retractions, errata, comments; plain citations ("Cites") of old files are no corrections."""
    return tuple(
        Correction(
            e.get("RefType", ""), clean_pmid(e.findtext("PMID") or "") or None, flatten(e.find("RefSource"))
        )
        for e in _all(citation, "CommentsCorrectionsList", "CommentsCorrections")
        if e.get("RefType") != "Cites"
    )


def _trial_ids(article: Element) -> tuple[str, ...]:
    """Accession numbers of trial registries (sequence and data banks are none)."""
    return tuple(
        dict.fromkeys(
            number
            for bank in _all(article, "DataBankList", "DataBank")
            if flatten(bank.find("DataBankName")) not in _NO_TRIAL_REGISTRIES
            for number in _texts(bank, "AccessionNumberList", "AccessionNumber")
        )
    )


def _published(issue: Element | None, article: Element, element: Element) -> str:
    """Date of the issue, else of the electronic article, else of its entry into PubMed."""
    return _date(issue) or _date(article.find("ArticleDate")) or _history_date(element, "pubmed")


def _date(element: Element | None) -> str:
    if element is None:
        return ""
    printed = flatten(element.find("MedlineDate"))
    if printed:
        return parse_medline_date(printed)
    return iso_date(*(flatten(element.find(tag)) for tag in ("Year", "Month", "Day")))


def _history_date(element: Element, status: str) -> str:
    for data in ("PubmedData", "PubmedBookData"):
        for date in _all(element, data, "History", "PubMedPubDate"):
            if date.get("PubStatus") == status:
                return _date(date)
    return ""
