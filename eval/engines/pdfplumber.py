"""pdfplumber (https://github.com/jsvine/pdfplumber): the tables and the text lines of digital PDFs.

Its tables as `find_tables()` gives them by default, with Gouji's labels. It reads text layers: a scan has none, and
nothing is then found.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.engines.reading import BASELINE, predict
from eval.runs.prediction import Prediction
from extraction.contents import Contents
from extraction.document import Cell, Region, RegionKind, Source, Span, Table
from extraction.errors import ModelError, UnsupportedFormat
from extraction.geometry import Box
from extraction.ingest.files import PDF, open_document
from extraction.settings import Settings
from models.loaded import Models


class PdfplumberEngine:
    """pdfplumber with its default settings. Raises ModelError where it is not installed."""

    name = "pdfplumber"

    def __init__(self, threads: int = 1) -> None:
        try:
            import pdfplumber
        except ImportError as error:
            raise ModelError("pdfplumber is not installed: pip install 'gouji[eval]'") from error
        logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font
        self._open: Any = pdfplumber.open
        self._models, self._settings = Models(threads=threads), Settings()

    def read(self, path: Path) -> Prediction:
        """The document's tables and lines."""
        return predict(lambda: self._contents(path), self._models, self._settings, BASELINE)

    def _contents(self, path: Path) -> Contents:
        with open_document(path, self._settings.ingest) as document:
            source = Source(str(path), document.sha256, document.media_type, document.page_count)
        if source.media_type != PDF:
            raise UnsupportedFormat(f"pdfplumber reads PDFs, not {source.media_type}")
        with self._open(path) as pdf:
            return Contents(source, tuple(region for page in pdf.pages for region in _regions(page)))


def _regions(page: Any) -> list[Region]:
    """The tables of a page and the lines that stand in none, top to bottom."""
    found = page.find_tables()
    tables = [_table(table, page) for table in found]
    outside = page
    for table in found:
        outside = outside.outside_bbox(table.bbox, strict=False)
    regions = [Region(RegionKind.TABLE, table=t, page=t.page, box=t.box) for t in tables]
    regions += [Region(RegionKind.TEXT, (line,), page=line.page, box=line.box) for line in _lines(outside)]
    return sorted(regions, key=lambda region: (region.box.top, region.box.left) if region.box else (0.0, 0.0))


def _table(table: Any, page: Any) -> Table:
    """The table with the place of every cell in the grid: merged cells cover several edges of others."""
    lefts = sorted({cell[0] for cell in table.cells})
    tops = sorted({cell[1] for cell in table.cells})
    texts = dict(_texts(table))
    cells = tuple(
        Cell(
            tops.index(top),
            lefts.index(left),
            texts.get((left, top, right, bottom), ""),
            sum(top <= edge < bottom for edge in tops),
            sum(left <= edge < right for edge in lefts),
            page.page_number,
            _box((left, top, right, bottom), page),
        )
        for left, top, right, bottom in sorted(table.cells, key=lambda cell: (cell[1], cell[0]))
    )
    return Table(cells, page.page_number, _box(table.bbox, page))


def _texts(table: Any) -> Iterator[tuple[tuple[float, ...], str]]:
    for row, texts in zip(table.rows, table.extract(), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            if cell is not None:
                yield cell, (text or "").strip()


def _lines(page: Any) -> Iterator[Span]:
    for line in page.extract_text_lines(return_chars=False):
        if line["text"].strip():
            box = _box((line["x0"], line["top"], line["x1"], line["bottom"]), page)
            yield Span(line["text"].strip(), page.page_number, box)


def _box(sides: tuple[float, ...], page: Any) -> Box:
    """A box from the top left of the page as shown; `page` may be a part of it."""
    left, top = page.root_page.bbox[:2]
    return Box(*(float(side) - float(offset) for side, offset in zip(sides, (left, top, left, top), strict=True)))
