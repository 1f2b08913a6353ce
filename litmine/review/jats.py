"""Read a review in JATS XML, as PubMed Central and publishers give it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from litmine.errors import ReviewError
from litmine.review.draft import Block, Draft
from litmine.review.markup import cite_superscripts, latex_to_unicode, tidy
from litmine.review.safe_xml import parse_tree

_LEFT, _RIGHT = "\ue000", "\ue001"
_MARK = f"{_LEFT}[\\d,]+{_RIGHT}"
_JOINT = r"\s*[,;‐‑–—−-]?\s*"
_SKIPPED = {
    "fig", "fig-group", "table-wrap", "table-wrap-group", "disp-formula", "supplementary-material", "media", "graphic",
    "inline-graphic", "fn", "fn-group", "def-list", "code", "preformat", "object-id", "label", "title",
}  # fmt: skip


def read_jats(path: Path) -> Draft:
    """Take a JATS article apart.

    Raises:
        ReviewError: broken or hostile XML, or no article in it.
    """
    root = parse_tree(path.read_bytes(), str(path))
    article = root if root.tag == "article" else root.find(".//article")
    if article is None:
        hint = (
            "; these are PubMed records: `litmine update --source medline` reads them"
            if "Pubmed" in root.tag
            else ""
        )
        raise ReviewError(f"{path}: <{root.tag}> is not a JATS article{hint}")
    entries = list(article.findall(".//ref-list//ref"))
    numbers = _reference_numbers(entries)
    meta = article.find("front/article-meta")
    blocks: list[Block] = []
    for abstract in (meta.findall("abstract") if meta is not None else [])[:1]:
        blocks.append(Block("heading", _title(abstract) or "Abstract", 1))
        blocks.extend(_blocks(abstract, 2, numbers))
    body = article.find("body")
    if body is not None:
        blocks.extend(_blocks(body, 1, numbers))
    return Draft(
        title=_text(meta.find("title-group/article-title"), {}) if meta is not None else "",
        blocks=tuple(blocks),
        references=tuple((numbers.get(ref.get("id", "")), _printed(ref)) for ref in entries if _printed(ref)),
        author=_authors(meta),
        year=_year(meta),
    )


def _reference_numbers(entries: list[Element]) -> dict[str, int]:
    """Number of each reference by its id: its printed label where all labels are different numbers, else its place."""
    labels = [re.sub(r"\D", "", ref.findtext("label", "")) for ref in entries]
    printed = all(labels) and len(set(labels)) == len(labels)
    return {
        ref.get("id", f"#{place}"): int(label) if printed else place
        for place, (ref, label) in enumerate(zip(entries, labels, strict=True), start=1)
    }


def _blocks(element: Element, level: int, numbers: dict[str, int]) -> Iterator[Block]:
    """Headings and paragraphs in reading order."""
    for child in element:
        if child.tag == "sec":
            label = child.findtext("label", "").strip().rstrip(".")
            title = _title(child)
            own = re.match(r"^(\d+(?:\.\d+)*)\.?\s+(.*)$", title)
            if own and not label:
                label, title = own[1], own[2]
            if title:
                yield Block(
                    "heading", title, level, label if re.fullmatch(r"[\dA-Z]+(?:\.\d+)*", label) else ""
                )
            yield from _blocks(child, level + bool(title), numbers)
        elif child.tag == "p":
            text = _text(child, numbers)
            if text:
                yield Block("paragraph", text)
        elif child.tag in {"list", "list-item", "disp-quote", "boxed-text", "statement"}:
            yield from _blocks(child, level, numbers)


def _title(element: Element) -> str:
    title = element.find("title")
    return _text(title, {}) if title is not None else ""


def _text(element: Element | None, numbers: dict[str, int]) -> str:
    """Reading text of an element; citations become `[3, 4]`."""
    if element is None:
        return ""
    text = "".join(_pieces(element, numbers))
    text = re.sub(rf"<sup>\s*[\[(]?((?:{_MARK}{_JOINT})+)[\])]?\s*</sup>", r"\1", text)
    text = re.sub(rf"[\[(]\s*({_MARK}(?:{_JOINT}{_MARK})*)\s*[\])]", r"\1", text)
    text = re.sub(rf"(\s*){_MARK}(?:{_JOINT}{_MARK})*", _bracket, text)
    return tidy(cite_superscripts(text, as_citations=False))


def _bracket(match: re.Match[str]) -> str:
    inner = re.sub(f"{_RIGHT}\\s*{_LEFT}", ",", match[0].strip())
    inner = re.sub(r"\s*;\s*", ", ", inner.replace(_LEFT, "").replace(_RIGHT, ""))
    spaced = re.sub(r",(?=\d)", ", ", inner)
    return f" [{spaced}]"


def _pieces(element: Element, numbers: dict[str, int]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == "xref" and child.get("ref-type") == "bibr":
            yield _citation(child, numbers)
        elif child.tag == "inline-formula":
            yield _formula(child)
        elif child.tag in {"sup", "sub"}:
            yield f"<{child.tag}>{''.join(_pieces(child, numbers))}</{child.tag}>"
        elif child.tag not in _SKIPPED:
            yield "".join(_pieces(child, numbers))
            yield " " if child.tag in {"p", "list", "list-item", "break"} else ""
        yield child.tail or ""


def _citation(xref: Element, numbers: dict[str, int]) -> str:
    """A marker for a cross-reference; a printed author and year stay in the text before it."""
    printed = "".join(xref.itertext()).strip()
    cited = [numbers[rid] for rid in xref.get("rid", "").split() if rid in numbers]
    if not cited:
        return printed
    marker = f"{_LEFT}{','.join(map(str, cited))}{_RIGHT}"
    return f"{printed} {marker}" if re.search(r"[^\W\d_]{2}", printed) else marker


def _formula(element: Element) -> str:
    math = element.find(".//math")
    if math is not None:
        return " ".join("".join(math.itertext()).split())
    tex = _part(element, "tex-math")
    body = re.search(r"\\begin\{document\}(.*?)\\end\{document\}", tex, flags=re.DOTALL)
    return latex_to_unicode((body[1] if body else tex or "".join(element.itertext())).replace("$", ""))


def _printed(ref: Element) -> str:
    """The reference on one line: as printed where it is a mixed citation, else put together from its parts."""
    mixed = ref.find(".//mixed-citation")
    if mixed is not None and (mixed.text or "").strip(" .,;\n") + "".join(c.tail or "" for c in mixed).strip(
        " .,;\n"
    ):
        return _mixed(mixed)
    citation = next(
        (
            c
            for c in ref.iter()
            if c.tag in {"element-citation", "citation", "nlm-citation", "mixed-citation"}
        ),
        None,
    )
    if citation is None:
        return tidy(" ".join("".join(child.itertext()) for child in ref if child.tag != "label"))
    return _composed(citation)


def _mixed(citation: Element) -> str:
    pieces = [citation.text or ""]
    for child in citation:
        text = "".join(child.itertext())
        if child.tag == "pub-id":
            kind = child.get("pub-id-type", "")
            known = re.search(r"(?:doi|pmid):?\s*$|10\.\S*$", "".join(pieces), re.IGNORECASE)
            text = (
                text
                if known or kind not in {"doi", "pmid"}
                else f" {kind.upper() if kind == 'pmid' else kind}: {text} "
            )
        elif child.tag in {"source", "italic"} and text.strip():
            text = f"*{text.strip()}*" if child.tag == "source" else text
        pieces.extend((text, child.tail or ""))
    return tidy("".join(pieces))


def _composed(citation: Element) -> str:
    """Vancouver form from tagged parts: authors, title, source, year, volume, issue, pages, identifiers."""
    names = list(_names(citation.findall(".//name")))
    names.extend(tidy("".join(c.itertext())) for c in citation.findall(".//collab"))
    more = ", et al" if citation.find(".//etal") is not None else ""
    volume, issue = _part(citation, "volume"), _part(citation, "issue")
    pages = "-".join(
        filter(None, (_part(citation, "fpage") or _part(citation, "elocation-id"), _part(citation, "lpage")))
    )
    place = f"{_part(citation, 'year')};{volume}{f'({issue})' if issue else ''}{f':{pages}' if pages else ''}"
    title = _part(citation, "article-title") or _part(citation, "chapter-title")
    source = _part(citation, "source")
    parts = [", ".join(names) + more, title, f"*{source}*" if source else "", place.strip(";")]
    printed = " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)
    for identifier in citation.findall(".//pub-id"):
        kind = identifier.get("pub-id-type", "")
        if kind in {"doi", "pmid"}:
            printed += f" {kind if kind == 'doi' else 'PMID'}: {''.join(identifier.itertext()).strip()}"
    return printed


def _part(citation: Element, tag: str) -> str:
    element = citation.find(f".//{tag}")
    return tidy("".join(element.itertext())) if element is not None else ""


def _names(elements: Iterable[Element]) -> Iterator[str]:
    for name in elements:
        given = name.findtext("given-names", "")
        initials = (
            given
            if given.isupper() and len(given) <= 4
            else "".join(re.findall(r"\b[^\W\d_]", given)).upper()
        )
        yield f"{name.findtext('surname', '')} {initials}".strip()


def _authors(meta: Element | None) -> str:
    names = meta.findall("contrib-group/contrib/name") if meta is not None else []
    return ", ".join(f"{n.findtext('given-names', '')} {n.findtext('surname', '')}".strip() for n in names)


def _year(meta: Element | None) -> int | None:
    """Earliest publication year given."""
    dates = meta.findall("pub-date/year") if meta is not None else []
    years = [int(date.text) for date in dates if date.text and date.text.isdigit()]
    return min(years, default=None)
