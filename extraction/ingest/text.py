"""Read a text dump, the plain text that another program made of a report, into a page of regions.

Four kinds of tables are recognised by their lines: rows of cells separated by tabs; one cell a line after a tab, rows
separated by empty lines (Word); one cell a line before a bar, rows separated by lines of bars (HTML); Markdown. All of
them lose merged cells, so the tables are not aligned: only the order of cells within a row is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from extraction.document import Cell, Page, Region, RegionKind, Table
from extraction.doubts import DoubtCode, doubt
from extraction.ingest.flow import make_page, text_regions, trim

_MARKDOWN_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_MARKDOWN_SEPARATOR = re.compile(r"\s*\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?\s*")
_MARKDOWN_EMPHASIS = re.compile(r"(\*\*|__)(.+?)\1")
_MARKDOWN_ITEM = re.compile(r"^\s{0,3}[-*+]\s+(?=\S)")
_BARS = re.compile(r"[|\s]*\|[|\s]*")
_MIN_LONE_CELL_SHARE = 0.6  # of the lines with tabs, one cell after a tab
_MIN_BAR_END_SHARE = 0.5  # of the lines with bars, one cell before a bar

Row = list[str]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the dump: cells of a row, whether it ends the row, and running text."""

    cells: Row | None = None
    ends_row: bool = False
    text: str = ""


def read_text(text: str) -> Page:
    """The page of a decoded text dump. Raises EmptyFile where it holds no text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    read_line = _line_reader(lines)
    regions = list(_regions(read_line(line) for line in lines))
    if lines[-1].strip() and regions and regions[-1].table is not None:
        *cells, last = regions[-1].table.cells
        cells.append(replace(last, doubts=doubt(DoubtCode.FILE_CUT_OFF)))
        regions[-1] = replace(regions[-1], table=replace(regions[-1].table, cells=tuple(cells)))
    return make_page(regions, ())


def _regions(lines: Iterable[_Line]) -> Iterator[Region]:
    rows: list[Row] = []
    open_row: Row = []
    for line in (*lines, None):  # the end of the dump ends its last row and table
        open_row += (line and line.cells) or []
        if open_row and (line is None or line.ends_row or line.text):
            rows.append(open_row)
            open_row = []
        if rows and (line is None or line.text):
            yield _table(rows)
            rows = []
        if line and line.text:
            yield from text_regions(line.text)


def _table(rows: list[Row]) -> Region:
    cells = tuple(Cell(r, c, _plain(text)) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Region(RegionKind.TABLE, table=Table(cells, aligned=False))


def _line_reader(lines: list[str]) -> Callable[[str], _Line]:
    """The reader for the kind of table that most of the dump's table lines belong to."""
    tabbed = [line for line in lines if "\t" in line]
    lone = sum(line.startswith("\t") and "\t" not in line[1:] for line in tabbed)
    if tabbed and lone > _MIN_LONE_CELL_SHARE * len(tabbed):
        return _cell_after_tab
    barred = [line for line in lines if "|" in line]
    ending = sum(line.rstrip().endswith("|") and not line.lstrip().startswith("|") for line in barred)
    if barred and ending > _MIN_BAR_END_SHARE * len(barred) and not tabbed:
        return _cell_before_bar
    return _row_of_cells


def _cell_after_tab(line: str) -> _Line:
    if line.startswith("\t"):
        return _Line(line[1:].split("\t"))
    return _Line(ends_row=True, text=_prose(line))


def _cell_before_bar(line: str) -> _Line:
    stripped = line.strip()
    if _BARS.fullmatch(stripped):
        return _Line(ends_row=True)
    if stripped.endswith("|"):
        return _Line([stripped.rstrip("|")], ends_row=stripped.endswith("||"))
    return _Line(text=_prose(line))


def _row_of_cells(line: str) -> _Line:
    if "\t" in line:
        return _Line(line.split("\t"), ends_row=True)
    stripped = line.strip()
    if _MARKDOWN_SEPARATOR.fullmatch(stripped) and "|" in stripped:
        return _Line()
    if stripped.startswith("|") and stripped.count("|") >= 2:
        return _Line(stripped.strip("|").split("|") if stripped.endswith("|") else stripped[1:].split("|"), True)
    return _Line(text=_prose(line))


def _prose(line: str) -> str:
    """A line of running text without Markdown's syntax."""
    line = _MARKDOWN_ITEM.sub("", _MARKDOWN_HEADING.sub("", line))
    return _plain(line)


def _plain(text: str) -> str:
    return trim(_MARKDOWN_EMPHASIS.sub(r"\2", text))
