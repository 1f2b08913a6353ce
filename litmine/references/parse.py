"""Take a printed reference apart: authors, year, title, journal, volume, issue, pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from litmine.references.names import NAME, YEAR, looks_like_authors, split_authors, split_names
from litmine.references.tails import Tail, find_tail
from litmine.types import Reference

MAX_LENGTH = 2000
"""Characters of an entry that are read; longer ones are not references."""
_NOTES = re.compile(
    r"\[(?:Epub ahead of print|PubMed|CrossRef|Google Scholar|Internet|PMC free article)\]"
    r"|\b(?:Epub|Published online)\s.*$",
    re.IGNORECASE,
)
_THESIS = re.compile(
    r"[\[(.,;]?\s*\b((?:unpublished\s+)?(?:doctoral|ph\.?\s?d\.?|master(?:['’]?s)?|m\.?d\.?|diploma)\s+"
    r"(?:dissertation|thesis)|dissertation|thesis)\b",
    re.IGNORECASE,
)


def parse_reference(printed: str, number: int = 0) -> Reference:
    """Parse one entry of a reference list.

    Knows author lists without commas (`Wu Z P Xu S G et al 2018 Title *Journal* 11 801-808`), Vancouver, APA, Harvard,
    IEEE, Chicago, Nature, `SURNAME AB: title. Journal vol: page, year`, and entries without a title. What can't be told
    stays empty.

    Args:
        printed: The entry on one line; italics as `*...*` help to find the journal.
        number: Its number in the list.
    """
    text, identifiers = _take_identifiers(_clean(printed[:MAX_LENGTH]))
    reference = Reference(number=number, printed=printed, doi=identifiers["doi"], pmid=identifiers["pmid"])
    thesis = _THESIS.search(text)
    if thesis:
        return _parse_thesis(replace(reference, kind="thesis"), text[: thesis.start()])
    for style in _STYLES:
        found = style(reference, text)
        if found is not None:
            return replace(found, kind=_kind(found, text))
    return replace(_fallback(reference, text), kind="other")


def _clean(printed: str) -> str:
    text = re.sub(r"\s+", " ", printed.replace("\u00ad", "")).strip()
    text = re.sub(r"^(?:[-*•]\s+)?(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4}[.)])\s*", "", text)
    return re.sub(r"\*\*([^*]+)\*\*", r"\1", text).replace("_", " ") if "**" in text else text


def _take_identifiers(text: str) -> tuple[str, dict[str, str]]:
    """DOI and PMID, and the text without them, without links and access notes."""
    doi = re.search(r"\b(10\.\d{4,9}/[^\s\"<>]+)", text)
    pmid = re.search(r"\bPMID:?\s*(\d{4,9})", text, re.IGNORECASE)
    found = {"doi": doi[1].rstrip(".,;)]*").lower() if doi else "", "pmid": pmid[1] if pmid else ""}
    text = re.sub(
        r"(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)?\b10\.\d{4,9}/[^\s\"<>]+", "", text, flags=re.IGNORECASE
    )
    text = re.sub(r"\b(?:PMID|PMCID|PubMed PMID):?\s*(?:PMC)?\d+\.?;?", "", text, flags=re.IGNORECASE)
    text = re.sub(
        r"(?:Available (?:from|at|online):?\s*)?https?://\S+|\bdoi:?\s*$", "", text, flags=re.IGNORECASE
    )
    text = re.sub(_NOTES, "", text)
    return text.strip().rstrip(",;"), found


def _quoted(reference: Reference, text: str) -> Reference | None:
    """IEEE, MLA and Chicago: the title stands in quotation marks."""
    match = re.match(
        r"^(?P<authors>[^\"“”]{2,}?)[,.]?\s*(?:\((?P<year>\d{4})\)[.,]?\s*)?"
        r"[\"“](?P<title>[^\"“”]+)[\"”]\s*(?P<rest>.*)$",
        text,
    )
    if not match:
        return None
    if not looks_like_authors(match["authors"]) or ":" in match["authors"]:
        return None
    tail = find_tail(f" {match['rest']}", "ieee", "chicago", "vancouver", "nature", "colon", "apa", "plain")
    loose = re.search(YEAR, match["rest"])
    year = (tail.year if tail else "") or match["year"] or (loose[0] if loose else "")
    journal = tail.before if tail else re.sub(rf"[,.]?\s*{YEAR}.*$", "", match["rest"])
    return _fill(reference, match["authors"], year, match["title"], journal, tail)


def _year_after_authors(reference: Reference, text: str) -> Reference | None:
    """APA, Harvard, Cell: `Authors (2001). Title. Journal, 12(3), 34-56.` and `Authors, 2001. Title. …`."""
    match = re.match(
        rf"^(?P<authors>[^()\"]{{2,}}?),?\s*"
        rf"(?:\((?P<a>{YEAR})[a-z]?(?:,[^)]*)?\)[.,:]?|,\s(?P<b>{YEAR})[a-z]?\.)\s+(?!{YEAR}\s?;)(?P<rest>\S.*)$",
        text,
    )
    if not match or not looks_like_authors(match["authors"]):
        return None
    tail = find_tail(match["rest"], "apa", "plain", "ieee", "colon")
    italic = _italic(match["rest"])
    if italic:
        title, journal = italic[0], italic[1]
    else:
        title, journal = _split_title(tail.before if tail else match["rest"].rstrip("."))
    return _fill(reference, match["authors"], match["a"] or match["b"], title, journal, tail)


def _bare(reference: Reference, text: str) -> Reference | None:
    """Read `Wu Z P Xu S G et al 2018 Title *Journal* 11 801-808`: no punctuation between the parts.

    Where italics tell the journal, the names may be parted by commas.
    """
    marks = r";:()\d*" if _italic(text) else r",;:()\d"
    match = re.match(
        rf"^(?P<authors>[^{marks}]{{2,}}?),?\s(?P<year>{YEAR})[a-z]?\s(?P<rest>[^\W\d_(\[].*|\d.*)$", text
    )
    if not match or not looks_like_authors(match["authors"]):
        return None
    rest = match["rest"]
    italic = _italic(rest)
    if italic:
        title, journal, numbers = italic
    else:
        end = re.match(
            r"^(?P<words>.*?[^\W\d_]\.?)\s(?P<numbers>(?:S?\d+\w*)(?:\s(?:Suppl|Pt|[\w-]+))*)$", rest
        )
        if not end:
            return None
        numbers = end["numbers"]
        run = re.search(r"(?:\s(?:[A-Z][A-Za-z]*\.?|of|and|&|in|the|for)){1,8}$", end["words"])
        title, journal = (end["words"][: run.start()], run[0].strip()) if run else (end["words"], "")
    if re.search(r"[;:]", numbers):
        return None
    volume, issue, pages = _bare_numbers(numbers)
    return _fill(reference, match["authors"], match["year"], title, journal, Tail("", volume, issue, pages))


def _bare_numbers(text: str) -> tuple[str, str, str]:
    """Read `18 6 977-984` as volume, issue and pages; the middle may be `6 Pt 1`; one lone range is the pages."""
    text = re.sub(r"\(\s*([^)]*?)\s*\)", lambda m: f"({m[1]})".replace(" ", "\u00a0"), text.replace(",", " "))
    tokens = [token.replace("\u00a0", " ") for token in re.split(r"[ \t]+", text.strip())]
    if len(tokens) > 2 and tokens[1].startswith("("):
        tokens[:2] = [" ".join(tokens[:2])]
    if not tokens[0]:
        return "", "", ""
    if len(tokens) == 1:
        return ("", "", tokens[0]) if re.search(r"\d[-–]\w*\d", tokens[0]) else (tokens[0], "", "")
    return tokens[0], " ".join(tokens[1:-1]), tokens[-1]


def _colon(reference: Reference, text: str) -> Reference | None:
    """Read `SURNAME AB, Other C: Title. Journal 12: 34, 2001` and BMC's `… Journal 2001, 12:34-56`."""
    match = re.match(
        rf"^(?P<authors>{NAME}(?:,? (?:and |& )?{NAME})*(?:,? et al\.?)?)\s?(?:\((?P<year>{YEAR})\))?"
        r":\s(?P<rest>\S.*)$",
        text,
    )
    if not match:
        return None
    tail = find_tail(match["rest"], "colon", "vancouver", "nature", "plain", "apa")
    if tail is None:
        return None
    title, journal = _split_title(tail.before)
    return _fill(reference, match["authors"], tail.year or match["year"] or "", title, journal, tail)


def _vancouver(reference: Reference, text: str) -> Reference | None:
    """Read `Doe A. Title. Journal. 2001;12(3):34-56.` and Nature's `Doe, A. Title. Journal 12, 34 (2001)`."""
    tail = find_tail(text, "vancouver", "nature", "colon", "chicago", "plain", "ieee")
    if tail is None:
        return None
    authors, rest = split_authors(tail.before)
    year = tail.year
    if not year:
        own = re.match(rf"^\(?(?P<year>{YEAR})\)?[.,:]?\s+", rest)
        if own:
            year, rest = own["year"], rest[own.end() :]
    if not authors:
        return None
    title, journal = _split_title(rest)
    return _fill(reference, authors, year, title, journal, tail)


_STYLES: tuple[Callable[[Reference, str], Reference | None], ...] = (
    _quoted,
    _colon,
    _year_after_authors,
    _bare,
    _vancouver,
)


def _fallback(reference: Reference, text: str) -> Reference:
    """What can be told of an entry of no known style: first author, first year, the longest stretch as title."""
    bare = text.replace("*", "")
    year = re.search(rf"(?<!\d){YEAR}(?!\d)", bare)
    authors, rest = split_authors(bare)
    pieces = re.split(rf"\.\s|\?\s|\(?{YEAR}\)?", rest or bare)
    title = max((piece.strip(" ,.;:") for piece in pieces), key=len, default="")
    if not authors:
        first = bare.split(",")[0][:40]
        # an entry may begin with its title
        authors = "" if title.startswith(first) and not re.fullmatch(NAME, first) else first
    return _fill(reference, authors, year[0] if year else "", title, "", None)


def _parse_thesis(reference: Reference, text: str) -> Reference:
    """A dissertation: authors, year and title; the institution is no journal."""
    text = text.strip(" .,;[(*")
    match = re.match(rf"^(?P<authors>.+?)[.,]?\s\(?(?P<year>{YEAR})[a-z]?\)?[.,:]?\s(?P<title>.+)$", text)
    if match:
        return _fill(reference, match["authors"], match["year"], match["title"], "", None)
    authors, rest = split_authors(text)
    return _fill(reference, authors, "", rest or text, "", None)


def _fill(
    reference: Reference, authors: str, year: str, title: str, journal: str, tail: Tail | None
) -> Reference:
    tail = tail or Tail("")
    return replace(
        reference,
        authors=split_names(authors),
        year=int(year) if year else None,
        title=title.strip(' *,;"“”').removesuffix(".").strip(),
        journal=_journal(journal),
        volume=tail.volume,
        issue=tail.issue,
        pages=re.sub(r"\s", "", tail.pages),
    )


def _journal(text: str) -> str:
    """A journal's name; the full stop that ends an abbreviation with full stops belongs to it."""
    name = re.sub(r"\.{2,}$", ".", text.strip(" *,;:"))
    return f"{name}." if re.search(r"\w\. ", name) and name[-1].isalpha() else name


def _italic(text: str) -> tuple[str, str, str] | None:
    """Title, journal and what follows, when the journal is set in italics."""
    matches = list(re.finditer(r"\*([^*]*[^\W\d_]{2}[^*]*?)[.,]?\*", text))
    for match in reversed(matches):
        after = text[match.end() :]
        if re.fullmatch(r"[\s,.]*[^*]{0,60}", after) and match.start() > 0:
            return (
                text[: match.start()].replace("*", "").strip(" .,"),
                match[1].split(",")[0].strip(),
                after.strip(" ,."),
            )
    return None


def _split_title(text: str) -> tuple[str, str]:
    """Title and journal of `Title. Journal`; journals may be abbreviated with full stops (`Eur. J. Immunol.`)."""
    text = text.strip(" ,;")
    cuts = [
        m.end()
        for m in re.finditer(r"[.?!]\s+", text)
        if text.count("(", 0, m.start()) <= text.count(")", 0, m.start())
    ]
    if _journal_like(text) and len(text.split()) <= 9:
        return "", text
    for cut in cuts:
        if _journal_like(text[cut:]):
            return text[:cut].strip(), text[cut:].strip()
    if cuts:
        return text[: cuts[-1]].strip(), text[cuts[-1] :].strip()
    return text, ""


def _journal_like(text: str) -> bool:
    """Only capitalised words and small fillers, as in abbreviated journal names."""
    bare = re.sub(r"\([^)]*\)", " ", text)
    words = bare.split()
    if not words or len(words) > 10 or not words[0][:1].isupper():
        return False
    return all(
        w[:1].isupper() or w in {"of", "and", "the", "in", "for", "de", "&", "et", "on", "-", ":"}
        for w in words
    )


def _kind(reference: Reference, text: str) -> Literal["article", "thesis", "book", "other"]:
    if not reference.volume and re.search(
        r"\b(?:Press|Springer|Elsevier|Wiley|Publishers?|ISBN|\(?[Ee]ds?\.\)?|Verlag)\b", text
    ):
        return "book"
    return "article" if reference.journal or reference.volume or reference.pages else "other"
