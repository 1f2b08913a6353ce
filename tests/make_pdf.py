"""Write small PDFs by hand, so that the PDF tests need no further package."""

from collections.abc import Iterable, Sequence

Text = tuple[float, float, float, str]
"""x, y, font size, text"""


def make_pdf(pages: Sequence[Iterable[Text]]) -> bytes:
    """A PDF with one Helvetica font; the text is placed exactly where it is said to stand."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for texts in pages:
        drawn = b"\n".join(
            b"BT /F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET"
            % (size, x, y, text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252"))
            for x, y, size, text in texts
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            count,
            table,
            count,
            len(out),
        )
    )


def two_columns(left: Sequence[str], right: Sequence[str], top: float = 640, size: float = 10) -> list[Text]:
    """Lines of two columns, drawn line by line across the page as some programs do."""
    texts: list[Text] = []
    for row in range(max(len(left), len(right))):
        for x, column in ((54, left), (320, right)):
            if row < len(column) and column[row]:
                texts.append((x, top - 12 * row, size, column[row]))
    return texts
