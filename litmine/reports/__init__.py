"""The evidence gap report: one dict, many formats; renderers read only the dict."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from litmine.errors import InputError, UsageError
from litmine.reports.changes import since_last_run
from litmine.reports.csv_format import render_csv
from litmine.reports.curation import curation_part
from litmine.reports.document import report_document
from litmine.reports.drawing import png, svg
from litmine.reports.figures import charts
from litmine.reports.html import render_html
from litmine.reports.json_format import render_json
from litmine.reports.markdown import render_markdown
from litmine.reports.summary import gap_lines, summary_lines

__all__ = [
    "FORMATS",
    "curation_part",
    "gap_lines",
    "report_document",
    "since_last_run",
    "summary_lines",
    "write_figures",
    "write_report",
]

FORMATS: dict[str, Callable[[Mapping[str, Any]], dict[str, str]]] = {
    "html": render_html,
    "markdown": render_markdown,
    "json": render_json,
    "csv": render_csv,
}
"""Format → function that makes its files from the report: file name → text."""


def write_report(document: Mapping[str, Any], folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write the report into a folder, which is made when absent.

    All files are rendered and written under other names first, then put in place: a failure leaves the old ones.

    Args:
        document: from `report_document`.
        folder: where.
        formats: names in `FORMATS`.

    Returns:
        The files, in the order of the formats.

    Raises:
        UsageError: an unknown format.
        InputError: the folder can't be written to.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise UsageError(f"unknown format {unknown[0]!r}; choose from {', '.join(FORMATS)}")
    contents = {
        name: text.encode()
        for chosen in dict.fromkeys(formats)
        for name, text in FORMATS[chosen](document).items()
    }
    return _write(contents, folder)


def write_figures(document: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write each chart of the report as PNG (200 dots per inch) and SVG, without a network or a browser.

    Args:
        document: from `report_document`.
        folder: where; made when absent.

    Returns:
        The files; none when the report holds no data for a chart.

    Raises:
        InputError: the folder can't be written to.
    """
    contents = {}
    for name, specification in charts(document).items():
        contents[f"{name}.png"] = png(specification)
        contents[f"{name}.svg"] = svg(specification).encode()
    return _write(contents, folder)


def _write(contents: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write all files under other names, then put them in place: a failure leaves the old ones."""
    unfinished = {name: folder / f".{name}.{os.getpid()}.part" for name in contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            unfinished[name].write_bytes(content)
        for name, path in unfinished.items():
            path.replace(folder / name)
    except OSError as error:
        raise InputError(f"{folder}: the report can't be written ({error.strerror})") from error
    finally:
        for path in unfinished.values():
            if folder.is_dir():
                path.unlink(missing_ok=True)
    return [folder / name for name in contents]
