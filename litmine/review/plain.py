"""Read a review in Markdown or plain text: front matter, headings, paragraphs, reference list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from litmine.review.citations import find_numbered
from litmine.review.draft import Block, Draft
from litmine.review.markup import (
    cite_superscripts,
    count_superscript_citations,
    join_lines,
    replace_latex,
    strip_markdown,
    tidy,
)
from litmine.review.printed import HEADING as REFERENCES
from litmine.review.printed import split_references, starts_numbered

_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?|[IVX]{1,4}\.|[A-H]\.)"
_HASHES = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_NUMBERED_TITLE = re.compile(rf"^({_NUMBER})\s+(\S.*)$")
KNOWN_TITLES = re.compile(
    r"(?:abstract|summary|key\s?words|introduction|background|(?:materials?\s+and\s+)?methods?|results?|discussion|"
    r"(?:results?\s+and\s+)?discussion|conclusions?|concluding remarks|outlook|perspectives?|"
    r"future (?:directions|perspectives)|"
    r"limitations?|acknowledge?ments?|funding|author contributions?|conflicts? of interest|competing interests|"
    r"declarations?|data availability(?: statement)?|abbreviations|appendix|supplementary materials?|ethics statement)",
    re.IGNORECASE,
)
NOT_BODY = re.compile(
    r"(?:key\s?words?|acknowledge?ments?|funding(?: information)?|author(?:s['’]?)? contributions?|abbreviations|"
    r"conflicts? of interests?|competing interests|declarations?|data availability(?: statement)?|ethics statement|"
    r"publisher['’]s note|correspondence|affiliations?|supplementary materials?|orcid)[.:]?",
    re.IGNORECASE,
)
"""Parts that hold no statements about the subject: kept as sections, never split into sentences."""
_OPENING = re.compile(
    rf"^(?:{_NUMBER}\s+)?(?:abstract|summary|introduction|background)\s*(?:[.:—–]|$)", re.IGNORECASE
)
_INLINE = re.compile(
    r"^(?:(\*{1,3}|_{1,2})(?P<marked>[^*_\n]{2,120}?[.:])\1|(\*{1,3}|_{1,2})(?P<bare>[^*_\n]{2,120}?)\3\s*[.:—–-]"
    r"|(?P<plain>(?:abstract|summary|key\s?words?)\s*[.:—–]))\s*(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_CAPTION = re.compile(r"^(?:\*\*|\*|_)?(?:Figure|Fig\.?|Table|Scheme|Box)\s*S?\d+\s*[.:|]", re.IGNORECASE)
_ARTEFACT = re.compile(
    r"^(?:\d{1,4}|page \d+(?: of \d+)?|-\s*\d+\s*-|[-*_=~]{3,}|\f|(?:https?://|doi:?\s*10\.)\S+|©.*|\S+@\S+\.\S+)$",
    re.IGNORECASE,
)


@dataclass
class _Reader:
    """What has been read so far; only used inside this module."""

    document: str
    guess_headings: bool
    title: str = ""
    blocks: list[Block] = field(default_factory=list)
    reference_lines: list[str] = field(default_factory=list)
    in_references: bool = False
    in_front: bool = False
    """Before the abstract or introduction, where names and addresses look like headings."""
    reference_level: int = 0
    level: int = 1


def read_plain(raw: str, *, guess_headings: bool = False) -> Draft:
    """Take a Markdown or plain text review apart.

    Args:
        raw: Content of the file.
        guess_headings: Look for headings without `#` even where some carry it. Plain text is read like Markdown: text
            converted from PDF often carries `#` and `*` too.
    """
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "").replace("\f", "\n\n")
    text = re.sub(r"[^\S\n]{9,}", " " * 8, re.sub(r"\n\s*\n\s*\n", "\n\n", text))
    meta, text = _front_matter(text)
    text = _drop_code_and_comments(text)
    text = replace_latex(text)
    before_list = _before_references(text)
    as_citations = count_superscript_citations(before_list) > len(find_numbered(before_list))
    hashes = sum(bool(_HASHES.match(line)) for line in text.split("\n"))
    reader = _Reader(document=text, guess_headings=guess_headings or hashes < 2)
    reader.title = meta.get("title", "")
    reader.in_front = any(_OPENING.match(strip_markdown(line).strip(" #*_")) for line in text.split("\n"))
    body, trailing = _references_without_heading(text) if not _has_reference_heading(text) else (text, [])
    for lines in _paragraphs(body):
        _read_paragraph(reader, lines, as_citations=as_citations)
    reader.reference_lines.extend(trailing)
    references = split_references([_reference_line(line) for line in reader.reference_lines], text)
    note = meta.get("note", "")
    blocks, author = _without_front(reader)
    year = re.search(r"\b(?:19|20)\d\d\b", meta.get("year", "") or meta.get("date", ""))
    return Draft(
        title=reader.title,
        blocks=tuple(_join_broken(blocks)),
        references=tuple(entry for entry in references if re.search(r"[^\W\d_]{2}", entry[1])),
        author=meta.get("author", "") or author,
        year=int(year[0]) if year else None,
        restated="restated" in note.lower() or meta.get("restated", "").lower() == "true",
        note=note,
    )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """YAML front matter of plain `key: value` lines (no YAML engine is let near a user's file)."""
    match = re.match(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", text, flags=re.DOTALL)
    if not match:
        return {}, text
    meta: dict[str, str] = {}
    key = ""
    for line in match[1].split("\n"):
        pair = re.match(r"([A-Za-z_][\w-]*)\s*:\s*(.*)$", line)
        if pair:
            key = pair[1].lower()
            meta[key] = pair[2].strip()
        elif key and line.strip():
            meta[key] = f"{meta[key]} {line.strip().removeprefix('- ')}".strip()
    return {
        name: re.sub(r"^(['\"])(.*)\1$", r"\2", value.lstrip(">|").strip()) for name, value in meta.items()
    }, text[match.end() :]


def _drop_code_and_comments(text: str) -> str:
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    return re.sub(r"^```.*?^```[ \t]*$", "", text, flags=re.DOTALL | re.MULTILINE)


def _paragraphs(text: str) -> list[list[str]]:
    """Blocks of lines between blank lines; Markdown headings stand alone."""
    found: list[list[str]] = []
    current: list[str] = []
    for line in text.split("\n"):
        if len(current) == 1 and re.fullmatch(r"\s*(=+|-{2,})\s*", line):
            found.append([f"{'#' if '=' in line else '##'} {current[0].strip()}"])
            current = []
        elif _HASHES.match(line):
            found.extend([current] if current else [])
            found.append([line])
            current = []
        elif line.strip():
            current.append(line)
        else:
            found.extend([current] if current else [])
            found.append([])
            current = []
    found.extend([current] if current else [])
    return found


def _before_references(text: str) -> str:
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines) if _reference_heading(line) is not None), len(lines))
    return "\n".join(lines[:end])


def _has_reference_heading(text: str) -> bool:
    return any(_reference_heading(line) is not None for line in text.split("\n"))


def _reference_heading(line: str) -> str | None:
    """Title of a line that announces the reference list, else None."""
    plain = strip_markdown(re.sub(r"^#{1,6}\s+", "", line.strip())).strip()
    return plain if REFERENCES.fullmatch(plain) else None


def _references_without_heading(text: str) -> tuple[str, list[str]]:
    """Cut off a trailing `[1] … [2] … [3] …` list that has no heading."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if starts_numbered(line, 1):
            rest = [other for other in lines[index:] if other.strip()]
            if sum(bool(re.match(r"\s*(?:[-*]\s+)?\[\d+\]", other)) for other in rest) >= 3 and any(
                starts_numbered(other, 2) for other in rest
            ):
                return "\n".join(lines[:index]), lines[index:]
    return text, []


def _reference_line(line: str) -> str:
    return strip_markdown(re.sub(r"</?(?:i|em)>", "*", line), keep_italics=True) if line.strip() else ""


def _read_paragraph(reader: _Reader, lines: list[str], *, as_citations: bool) -> None:
    if not lines:
        if reader.in_references:
            reader.reference_lines.append("")
        return
    first = lines[0].strip()
    hashes = _HASHES.match(first)
    if _reference_heading(first) is not None:
        reader.in_references, reader.reference_level = True, len(hashes[1]) if hashes else 0
        reader.reference_lines.extend(lines[1:])
        return
    if reader.in_references:
        if not hashes and not _ends_references(first, len(lines)):
            reader.reference_lines.extend(line for line in lines if not _ARTEFACT.match(line.strip()))
            return
        reader.in_references = False
    if hashes:
        _add_heading(reader, hashes[2], len(hashes[1]))
        return
    if re.match(r"^\s*\|.*\|\s*$", first) or _CAPTION.match(first):
        return
    lines = [line for line in lines if not _ARTEFACT.match(line.strip())]
    while lines and _is_heading_line(reader, lines):
        _add_heading(reader, lines[0], 0)
        lines = lines[1:]
    if lines:
        _add_paragraph(reader, lines, as_citations=as_citations)


def _ends_references(line: str, count: int) -> bool:
    plain = strip_markdown(line).strip()
    return count == 1 and bool(KNOWN_TITLES.fullmatch(plain.rstrip(".:")))


def _is_heading_line(reader: _Reader, lines: list[str]) -> bool:
    """Is the first line of this paragraph a heading that carries no `#`?"""
    line = lines[0].strip()
    plain = strip_markdown(line).strip()
    if len(plain) > 120 or len(plain.split()) > 16 or re.search(r"\[\d", plain):
        return False
    alone = len(lines) == 1
    if KNOWN_TITLES.fullmatch(re.sub(rf"^{_NUMBER}\s+", "", plain).rstrip(".:")):
        return alone or reader.guess_headings
    if alone and re.fullmatch(r"\*\*[^*]+\*\*", line) and reader.blocks and not reader.in_front:
        return True
    if not reader.guess_headings:
        return False
    numbered = _NUMBERED_TITLE.match(plain)
    if numbered and not plain.endswith((".", ";", ",")) and numbered[2][0].isupper():
        return True
    if (
        not alone
        or (reader.in_front and reader.title)
        or plain.endswith((".", ",", ";", ":", "!"))
        or not plain[:1].isupper()
    ):
        return False
    words = re.findall(r"[^\W\d_]{4,}", plain)
    return plain.isupper() or (len(plain.split()) <= 12 and bool(words))


def _add_heading(reader: _Reader, line: str, hashes: int) -> None:
    title = tidy(cite_superscripts(strip_markdown(line), as_citations=False))
    numbered = _NUMBERED_TITLE.match(title)
    number = numbered[1].rstrip(".") if numbered else ""
    title = (
        (numbered[2] if numbered else title).rstrip(".:").strip()
        if numbered or title.endswith(":")
        else title
    )
    if hashes == 1 and not reader.blocks and not number and not KNOWN_TITLES.fullmatch(title):
        reader.title = reader.title or title
        return
    if (
        not hashes
        and not reader.title
        and not reader.blocks
        and not number
        and not KNOWN_TITLES.fullmatch(title)
    ):
        reader.title = title
        return
    if number:
        level = number.count(".") + 1
    elif KNOWN_TITLES.fullmatch(title):
        level = 1
    else:
        level = max(1, hashes - 1) if hashes else min(reader.level, 2)
    reader.level = level
    reader.in_front = reader.in_front and not _OPENING.match(title)
    reader.blocks.append(Block("heading", title, level, number))


def _add_paragraph(reader: _Reader, lines: list[str], *, as_citations: bool) -> None:
    text = join_lines([re.sub(r"^\s*(?:>\s?|[-*+•]\s+)", "", line) for line in lines], reader.document)
    inline = _INLINE.match(text)
    if inline:
        title = (inline["marked"] or inline["bare"] or inline["plain"]).strip().rstrip(".:—– ")
        numbered = _NUMBERED_TITLE.match(title)
        if (
            numbered
            or KNOWN_TITLES.fullmatch(title)
            or NOT_BODY.fullmatch(title)
            or inline["marked"]
            or (inline["bare"] and text.startswith("**"))
        ):
            level = reader.level
            _add_heading(reader, title, 0)
            if not numbered and not KNOWN_TITLES.fullmatch(title) and reader.blocks:
                reader.level = level
            text = inline["rest"]
    plain = tidy(cite_superscripts(strip_markdown(text), as_citations=as_citations))
    if plain:
        reader.blocks.append(Block("paragraph", plain))


def _without_front(reader: _Reader) -> tuple[list[Block], str]:
    """Drop what stands before the abstract or first heading (title, authors, affiliations); return the author."""
    blocks = reader.blocks
    first = next((i for i, block in enumerate(blocks) if block.kind == "heading"), None)
    front = blocks[:first] if first is not None else []
    if not reader.title and front and len(front[0].text) <= 250:
        reader.title, front = front[0].text, front[1:]
    elif (
        not reader.title and first is None and blocks and len(blocks) > 1 and not blocks[0].text.endswith(".")
    ):
        reader.title, blocks = blocks[0].text, blocks[1:]
    author = ""
    if front and len(front[0].text) <= 200 and not re.search(r"[.!?]$", front[0].text):
        author = front[0].text
    kept = [
        block
        for block in front
        if len(block.text.split()) >= 12 and re.search(r"[.!?][\"”)\]]*$", block.text)
    ]
    return kept + (blocks[first:] if first is not None else blocks), author


def _join_broken(blocks: list[Block]) -> list[Block]:
    """Join paragraphs that a page break cut inside a sentence."""
    joined: list[Block] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if before and before.kind == block.kind == "paragraph" and _cut_short(before.text, block.text):
            joined[-1] = Block("paragraph", join_lines([before.text, block.text], before.text + block.text))
        else:
            joined.append(block)
    return joined


def _cut_short(before: str, after: str) -> bool:
    if re.search(r"[.!?:…][\"”’')\]]*\s*(?:\[[\d,\s–-]+\])*\s*$", before):
        return False
    return after[:1].islower() or (len(before) > 60 and len(after) > 20)
