"""Read a review from a PDF that carries text: characters with their places → lines → running text."""

from __future__ import annotations

import ctypes
import re
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from litmine.errors import ReviewError
from litmine.review.draft import Draft
from litmine.review.layout import Line, to_text
from litmine.review.plain import read_plain

MAX_PAGES = 500


def read_pdf(path: Path) -> Draft:
    """Take a PDF apart.

    Raises:
        ReviewError: it can't be opened, or has no text.
    """
    pages = _read_pages(path)
    letters = sum(c.isalpha() for lines in pages for line in lines for c in line.text)
    if letters < 100:
        raise ReviewError(f"{path}: no text in this PDF (scanned?); run OCR first")
    return read_plain(to_text(pages), guess_headings=True)


def _read_pages(path: Path) -> list[list[Line]]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        reason = (
            "it is locked with a password" if "password" in str(error).lower() else "it is damaged or no PDF"
        )
        raise ReviewError(f"{path}: can't be opened as PDF; {reason}") from error
    pages: list[list[Line]] = []
    try:
        if len(document) > MAX_PAGES:
            raise ReviewError(f"{path}: more than {MAX_PAGES} pages; is this the review?")
        for number in range(len(document)):
            page = document[number]
            text_page = page.get_textpage()
            glyphs = list(_glyphs(raw, text_page.raw, text_page.count_chars()))
            pages.append([replace(line, page=number) for line in _lines(glyphs)])
            text_page.close()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise ReviewError(f"{path}: page {len(pages) + 1} of this PDF can't be read ({error})") from error
    finally:
        document.close()
    return pages


@dataclass(frozen=True, slots=True)
class _Glyph:
    character: str
    left: float
    right: float
    y: float
    size: float


def _glyphs(raw: object, page: object, count: int) -> Iterator[_Glyph]:
    """Characters with their place; `y` is the baseline, `size` the font's in points as it stands on the page."""
    x, y = ctypes.c_double(), ctypes.c_double()
    box = raw.FS_RECTF()  # type: ignore[attr-defined]
    matrix = raw.FS_MATRIX()  # type: ignore[attr-defined]
    for index in range(count):
        code = raw.FPDFText_GetUnicode(page, index)  # type: ignore[attr-defined]
        character = chr(code) if 0 < code < 0x110000 else ""
        if raw.FPDFText_IsGenerated(page, index) == 1 or not character or character in "\r\n":  # type: ignore[attr-defined]
            continue
        if code in {0x02, 0xFFFE, 0xAD}:
            character = "-"
        raw.FPDFText_GetLooseCharBox(page, index, box)  # type: ignore[attr-defined]
        raw.FPDFText_GetCharOrigin(page, index, x, y)  # type: ignore[attr-defined]
        size = raw.FPDFText_GetFontSize(page, index)  # type: ignore[attr-defined]
        if raw.FPDFText_GetMatrix(page, index, matrix):  # type: ignore[attr-defined]
            if abs(matrix.b) > abs(matrix.a):
                continue
            size *= abs(matrix.d) or 1.0
        if 0xFB00 <= code <= 0xFB06:
            character = unicodedata.normalize("NFKC", character)
        yield _Glyph(character, box.left, max(box.right, box.left), y.value, size or 10.0)


def _lines(glyphs: Sequence[_Glyph]) -> list[Line]:
    """Printed lines: characters on one baseline without a gutter between; raised small figures become `<sup>`."""
    runs: list[list[_Glyph]] = []
    for glyph in glyphs:
        run = runs[-1] if runs else []
        if run and _continues(run, glyph):
            run.append(glyph)
        elif glyph.character.strip():
            runs.append([glyph])
    lines = [_line(run) for run in runs]
    return [line for line in _merge_pieces(lines) if line.text]


def _continues(run: Sequence[_Glyph], glyph: _Glyph) -> bool:
    last = run[-1]
    size = max(item.size for item in run[-12:])
    same_height = abs(glyph.y - run[0].y) <= 0.55 * size and min(glyph.size, last.size) >= 0.45 * size
    return same_height and -0.6 * size <= glyph.left - last.right <= 1.1 * size


def _line(run: Sequence[_Glyph]) -> Line:
    size = statistics.median(glyph.size for glyph in run if glyph.character.strip())
    baseline = statistics.median(glyph.y for glyph in run if glyph.size >= 0.9 * size)
    text = ""
    raised = False
    previous: _Glyph | None = None
    for glyph in run:
        up = (
            glyph.size <= 0.85 * size
            and glyph.y >= baseline + 0.15 * size
            and glyph.character in "0123456789,–- "
        )
        if (
            previous
            and glyph.character.strip()
            and not text.endswith(" ")
            and glyph.left - previous.right > 0.18 * size
        ):
            text += "" if up else " "
        if up != raised and (glyph.character.strip() or not up):
            text += "<sup>" if up else "</sup>"
            raised = up
        text += glyph.character
        previous = glyph
    text += "</sup>" if raised else ""
    text = re.sub(r"<sup>([\s,–-]*)</sup>", r"\1", text)
    return Line(re.sub(r"\s+", " ", text).strip(), run[0].left, max(g.right for g in run), baseline, size)


def _merge_pieces(lines: Sequence[Line]) -> list[Line]:
    """Join pieces of one line that the PDF draws apart, unless a gutter lies between them."""
    merged: list[Line] = []
    for line in sorted(lines, key=lambda item: (-round(item.y, 1), item.left)):
        near = next(
            (
                i
                for i, other in enumerate(merged)
                if abs(other.y - line.y) <= 0.3 * other.size
                and -1.0 <= line.left - other.right <= 0.9 * other.size
            ),
            None,
        )
        if near is None:
            merged.append(line)
        else:
            other = merged[near]
            gap = " " if line.left - other.right > 0.15 * other.size else ""
            merged[near] = replace(other, text=f"{other.text}{gap}{line.text}", right=line.right)
    return merged
