"""DOCX bytes in, one `Page` of regions out: paragraphs and tables in the order in which they print.

What prints is read, and nothing else: automatic numbers are computed, tracked insertions are in, deletions, field
codes and hidden text are out; headers and footers are furniture and left out. `docx_package` opens the file,
`docx_numbering` counts, and this module follows the text.
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
    chosen_branch,
    find_child,
    local_name,
    plain_text,
    switch,
    symbol,
    text_boxes,
    whole_number,
)
from extraction.ingest.flow import SlotBudget, Tally, is_frame, join_lines, make_page, text_regions, trim
from extraction.settings import IngestSettings

_MAX_SPAN = 1000  # Word itself stops at 63 columns
_BLOCK_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"})
_INLINE_WRAPPERS = _BLOCK_WRAPPERS | {"hyperlink", "fldSimple", "dir", "bdo"}
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "-"}


def read_docx(data: bytes, settings: IngestSettings) -> Page:
    """The document as one page without number or size. Raises the `InputError` that fits where it cannot be read."""
    package = Package(data, settings.max_unpacked_bytes)
    try:
        reader = _Reader(package)
        return make_page(reader.regions(reader.body), reader.warnings)
    except RecursionError as error:
        raise DamagedFile("The DOCX nests its parts too deeply. Open it in Word or WPS and save it again.") from error


@dataclass(slots=True)
class _Line:
    """A paragraph being read: its text so far, the text boxes it anchors, and whether it is inside a field's code."""

    style: str
    text: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    fields: list[bool] = field(default_factory=list)

    def field_mark(self, kind: str) -> None:
        """Takes note of the begin, separate or end of a field; between begin and separate stands its code."""
        if kind == "begin":
            self.fields.append(True)
        elif self.fields and kind == "separate":
            self.fields[-1] = False
        elif self.fields and kind == "end":
            self.fields.pop()


@dataclass(slots=True)
class _Draft:
    """A cell that may still grow downwards or to the right."""

    row: int
    column: int
    width: int
    text: str
    height: int = 1


class _Reader:
    """Turns the body into regions. Holds what goes on from paragraph to paragraph: list counters, warnings."""

    def __init__(self, package: Package) -> None:
        root = package.xml(package.main)
        body = find_child(root, "body")
        if body is None:
            raise DamagedFile("The DOCX has no document part (word/document.xml). Open it in Word and save it again.")
        self.body = body
        self.warnings: list[str] = []
        self._budget = SlotBudget()
        related = package.relations(package.main)
        self._styles = Styles(self._optional(package, related, "styles"))
        self._numbering = Numbering(self._optional(package, related, "numbering"), self._styles)

    def _optional(self, package: Package, related: dict[str, str], kind: str) -> etree._Element | None:
        beside = posixpath.join(posixpath.dirname(package.main), f"{kind}.xml")
        try:
            return package.xml(related.get(kind, beside))
        except DamagedFile as error:
            self.warnings.append(f"Automatic numbers may be missing: {error}")
            return None

    def regions(self, container: etree._Element) -> Iterator[Region]:
        """The paragraphs and tables of a body, a text box or an unfolded cell."""
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
            name = local_name(child)
            if name in {"p", "tbl"}:
                yield child
            elif name in _BLOCK_WRAPPERS:
                yield from self._blocks(child)
            elif name == "mc:AlternateContent":
                branch = chosen_branch(child)
                yield from self._blocks(branch) if branch is not None else ()
            elif name == "altChunk":
                self.warnings.append("The document embeds another file (altChunk), which was not read.")

    def _paragraph(self, paragraph: etree._Element) -> tuple[str, list[etree._Element]]:
        properties = find_child(paragraph, "pPr")
        line = _Line(self._styles.paragraph(properties))
        self._inline(paragraph, line)
        text = "".join(line.text)
        mark = find_child(properties, "rPr")  # of the paragraph's end: gone, its number is gone as well
        gone = find_child(mark, "del") is not None or find_child(mark, "moveFrom") is not None
        if not trim(text) and (gone or self._styles.hides(mark, line.style)):
            return "", line.boxes
        return self._numbering.of(properties) + text, line.boxes

    def _inline(self, parent: etree._Element, line: _Line) -> None:
        for child in parent:
            name = local_name(child)
            if name in {"r", "m:r"}:
                hidden = self._styles.hides(find_child(child, "rPr"), line.style)
                self._run(child, hidden, line)
            elif name in _INLINE_WRAPPERS or name.startswith("m:"):
                self._inline(child, line)
            elif name == "mc:AlternateContent":
                branch = chosen_branch(child)
                if branch is not None:
                    self._inline(branch, line)

    def _run(self, run: etree._Element, hidden: bool, line: _Line) -> None:
        for child in run:
            name = local_name(child)
            if name == "fldChar":
                line.field_mark(attribute(child, "fldCharType"))
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
            elif name == "mc:AlternateContent":
                branch = chosen_branch(child)
                if branch is not None:
                    self._run(branch, hidden, line)
            elif name in {"drawing", "pict", "object"}:
                line.boxes.extend(text_boxes(child))

    def _table(self, table: etree._Element) -> Iterator[Region]:
        if not self._is_frame(table):
            yield Region(RegionKind.TABLE, table=self._grid(table))
            return
        for row in self._rows(table):
            for cell in self._cells(row):
                yield from self.regions(cell)

    def _is_frame(self, table: etree._Element) -> bool:
        own, inner = Tally(), Tally()
        for row in self._rows(table):
            for cell in self._cells(row):
                own.count(plain_text(cell))
                for nested in cell.iter("{*}tc"):
                    if nested is not cell:
                        inner.count(plain_text(nested))
        return is_frame(own, inner)

    def _rows(self, table: etree._Element) -> Iterator[etree._Element]:
        """The rows that print."""
        for child in table:
            name, properties = local_name(child), find_child(child, "trPr")
            if name in _BLOCK_WRAPPERS:
                yield from self._rows(child)
            elif name == "tr" and find_child(properties, "del") is None and not switch(properties, "hidden"):
                yield child

    def _cells(self, row: etree._Element) -> Iterator[etree._Element]:
        for child in row:
            if local_name(child) in _BLOCK_WRAPPERS:
                yield from self._cells(child)
            elif local_name(child) == "tc" and find_child(child, "tcPr", "cellDel") is None:
                yield child

    def _grid(self, table: etree._Element) -> Table:
        drafts: list[_Draft] = []
        hanging: dict[int, _Draft] = {}  # by column, the cells of the row above that this row may continue
        for row_number, row in enumerate(self._rows(table)):
            still: dict[int, _Draft] = {}
            column = _span(find_child(row, "trPr"), "gridBefore", 0)
            previous: _Draft | None = None
            for cell in self._cells(row):
                properties = find_child(cell, "tcPr")
                width = _span(properties, "gridSpan", 1)
                merge = child_value(properties, "vMerge")
                above = hanging.get(column)
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
                    still[column] = draft
                column += width
            hanging = still
        return Table(tuple(Cell(d.row, d.column, d.text, d.height, d.width) for d in drafts))

    def _cell_lines(self, cell: etree._Element) -> Iterator[str]:
        for block in self._blocks(cell):
            if local_name(block) == "tbl":
                for row in self._rows(block):
                    for nested in self._cells(row):
                        yield from self._cell_lines(nested)
                continue
            text, boxes = self._paragraph(block)
            yield from text.split("\n")
            for box in boxes:
                yield from self._cell_lines(box)


def _span(properties: etree._Element | None, name: str, least: int) -> int:
    return min(max(whole_number(child_value(properties, name), least), least), _MAX_SPAN)
