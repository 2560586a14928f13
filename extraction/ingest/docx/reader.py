"""Read a DOCX: bytes in, one `Page` of regions out, paragraphs and tables in the order in which they print.

Only what prints is read: automatic numbers are computed and tracked insertions included; deletions, field codes, hidden
text, headers and footers are left out. `package` opens the file, `numbering` counts, this module follows the text.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from extraction.document import Cell, Page, Region, RegionKind, Table
from extraction.errors import DamagedFile
from extraction.ingest.docx.numbering import Numbering, Styles
from extraction.ingest.docx.package import Package
from extraction.ingest.docx.xml import (
    attribute,
    child_value,
    find_child,
    flatten,
    local_name,
    plain_text,
    switch,
    symbol,
    text_boxes,
    whole_number,
)
from extraction.ingest.flow import (
    CellCounts,
    GridBudget,
    is_layout_table,
    join_lines,
    make_page,
    text_regions,
    trim,
)
from extraction.settings import IngestSettings

_MAX_SPAN = 1000  # columns; Word has 63
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "-"}


def read_docx(data: bytes, settings: IngestSettings) -> Page:
    """The document as one page without number or size. Raises an InputError where it cannot be read."""
    package = Package(data, settings.max_unpacked_bytes)
    try:
        reader = _Reader(package)
        return make_page(reader.regions(reader.body), reader.warnings)
    except RecursionError as error:
        raise DamagedFile("the DOCX nests its parts too deeply; open it in Word or WPS and save it again") from error


@dataclass(slots=True)
class _Line:
    """A paragraph being read, with its text boxes; `fields` says for each open field whether its code is being read."""

    style: str
    text: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    fields: list[bool] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """A cell that rows below or cells to its right may still extend."""

    row: int
    column: int
    width: int
    text: str
    height: int = 1


class _Reader:
    """Reads the body; keeps what lasts from paragraph to paragraph: list counters, warnings, the grid budget."""

    def __init__(self, package: Package) -> None:
        root = package.xml(package.main)
        body = find_child(root, "body")
        if body is None:
            raise DamagedFile("the DOCX has no document part (word/document.xml); open it in Word and save it again")
        flatten(body)
        self.body = body
        self.warnings: list[str] = []
        self._budget = GridBudget()
        related = package.relations(package.main)
        self._styles = Styles(self._optional(package, related, "styles"))
        self._numbering = Numbering(self._optional(package, related, "numbering"), self._styles)

    def _optional(self, package: Package, related: dict[str, str], kind: str) -> etree._Element | None:
        beside = posixpath.join(posixpath.dirname(package.main), f"{kind}.xml")
        try:
            return package.xml(related.get(kind, beside))
        except DamagedFile as error:
            self.warnings.append(f"automatic numbers may be missing: {error}")
            return None

    def regions(self, container: etree._Element) -> Iterator[Region]:
        """The regions of a body, a text box or a cell of a layout table."""
        for block in self._blocks(container):
            if local_name(block) == "tbl":
                yield from self._table(block)
                continue
            text, boxes = self._paragraph(block)
            yield from text_regions(text)
            for box in boxes:
                yield from self.regions(box)

    def _blocks(self, container: etree._Element) -> Iterator[etree._Element]:
        for child in container:
            if local_name(child) in {"p", "tbl"}:
                yield child
            elif local_name(child) == "altChunk":
                self.warnings.append("the document embeds another file (altChunk), which was not read")

    def _paragraph(self, paragraph: etree._Element) -> tuple[str, list[etree._Element]]:
        """The text of a paragraph with its number, and the text boxes anchored to it."""
        properties = find_child(paragraph, "pPr")
        line = _Line(self._styles.paragraph(properties))
        self._inline(paragraph, line)
        text = "".join(line.text)
        mark = find_child(properties, "rPr")  # of the paragraph mark: where it is deleted, so is the number
        deleted = find_child(mark, "del") is not None or find_child(mark, "moveFrom") is not None
        if not trim(text) and (deleted or self._styles.hides(mark, line.style)):
            return "", line.boxes
        return self._numbering.of(properties) + text, line.boxes

    def _inline(self, parent: etree._Element, line: _Line) -> None:
        for child in parent:
            name = local_name(child)
            if name in {"r", "m:r"}:
                hidden = self._styles.hides(find_child(child, "rPr"), line.style)
                self._run(child, hidden, line)
            elif name.startswith("m:"):
                self._inline(child, line)

    def _run(self, run: etree._Element, hidden: bool, line: _Line) -> None:
        for child in run:
            name = local_name(child)
            if name == "fldChar":
                kind = attribute(child, "fldCharType")  # a field's code stands between begin and separate
                if kind == "begin":
                    line.fields.append(True)
                elif line.fields and kind == "separate":
                    line.fields[-1] = False
                elif line.fields and kind == "end":
                    line.fields.pop()
            elif hidden or any(line.fields):
                continue
            elif name in {"t", "m:t"}:
                line.text.append((child.text or "").replace("\n", " "))
            elif name in _MARKS:
                line.text.append(_MARKS[name])
            elif name == "sym":
                line.text.append(symbol(child))
            elif name == "ruby":
                base = find_child(child, "rubyBase")
                if base is not None:
                    self._inline(base, line)
            elif name in {"drawing", "pict", "object"}:
                line.boxes.extend(text_boxes(child))

    def _table(self, table: etree._Element) -> Iterator[Region]:
        cells = [cell for row in _rows(table) for cell in _cells(row)]
        own, inner = CellCounts(), CellCounts()
        for cell in cells:
            own.count(plain_text(cell))
            for nested in cell.iter("{*}tc"):
                if nested is not cell:
                    inner.count(plain_text(nested))
        if is_layout_table(own, inner):
            for cell in cells:
                yield from self.regions(cell)
        else:
            yield Region(RegionKind.TABLE, table=self._grid(table))

    def _grid(self, table: etree._Element) -> Table:
        drafts: list[_Draft] = []
        open_above: dict[int, _Draft] = {}  # by column, the vertically merged cells of the row above
        for row_number, row in enumerate(_rows(table)):
            still_open: dict[int, _Draft] = {}
            column = _span(find_child(row, "trPr"), "gridBefore", 0)
            previous: _Draft | None = None
            for cell in _cells(row):
                properties = find_child(cell, "tcPr")
                width = _span(properties, "gridSpan", 1)
                merge = child_value(properties, "vMerge")
                above = open_above.get(column)
                self._budget.spend(width)
                if merge is not None and merge != "restart" and above is not None and above.width == width:
                    above.height += 1
                    draft = above
                elif child_value(properties, "hMerge") in {"continue", ""} and previous is not None:
                    previous.width += width
                    column += width
                    continue
                else:
                    draft = _Draft(row_number, column, width, join_lines(self._cell_lines(cell)))
                    drafts.append(draft)
                    previous = draft
                if merge is not None:
                    still_open[column] = draft
                column += width
            open_above = still_open
        return Table(tuple(Cell(d.row, d.column, d.text, d.height, d.width) for d in drafts))

    def _cell_lines(self, cell: etree._Element) -> Iterator[str]:
        for block in self._blocks(cell):
            if local_name(block) == "tbl":
                for row in _rows(block):
                    for nested in _cells(row):
                        yield from self._cell_lines(nested)
                continue
            text, boxes = self._paragraph(block)
            yield from text.split("\n")
            for box in boxes:
                yield from self._cell_lines(box)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows that print: neither deleted nor hidden."""
    for row in table:
        properties = find_child(row, "trPr")
        if local_name(row) == "tr" and find_child(properties, "del") is None and not switch(properties, "hidden"):
            yield row


def _cells(row: etree._Element) -> list[etree._Element]:
    return [c for c in row if local_name(c) == "tc" and find_child(c, "tcPr", "cellDel") is None]


def _span(properties: etree._Element | None, name: str, least: int) -> int:
    return min(max(whole_number(child_value(properties, name), least), least), _MAX_SPAN)
