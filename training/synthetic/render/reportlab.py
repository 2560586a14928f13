"""Draft -> PDF by a layout of our own, drawn with ReportLab: every place is known before anything is drawn.

Rows are never cut. A merged cell that a page break divides has as many lines before the break as fit there.
"""

from __future__ import annotations

import re
from itertools import groupby

from extraction.forms.printed_form import FormCell, FormTable
from extraction.geometry import Box
from training.synthetic.content.draft import Draft, Key, Paragraph, Place, Rendered
from training.synthetic.render.canvas import Pages
from training.synthetic.render.check import sound
from training.synthetic.render.measure import Face, wrapped
from training.synthetic.render.pagination import Frame, Slot, parts, placed_rows, row_heights
from training.synthetic.render.style import (
    CELL_LEADING,
    CELL_PADDING,
    GRID_LINES,
    PAGE_HEIGHT,
    PAGE_NUMBER_SIZE,
    PAGE_WIDTH,
    RED,
    TABLE_GAP,
    Setting,
    aligned,
    banded,
    latin_letters,
    setting,
    stacked,
    starts_page,
)

_ABOVE, _BELOW = 0.88, 0.14  # how far a line of Chinese reaches above and below its baseline, times the size
_PADDING_POINTS = 2.0  # between a cell's text and the grid lines above and below


def render_reportlab(draft: Draft) -> Rendered:
    """Return the draft as ReportLab renders it. Raises Unsound."""
    sheet = _Sheet(draft)
    for number, part in enumerate(draft.parts):
        if isinstance(part, Paragraph):
            sheet.paragraph(number, part)
        else:
            sheet.table(number, part)
    return sound(draft, sheet.rendered())


class _Sheet:
    """The pages as they fill: the page and the height reached, and the places so far."""

    def __init__(self, draft: Draft) -> None:
        look = draft.look
        texts = [
            part.text if isinstance(part, Paragraph) else "".join(cell.text for row in part.rows for cell in row)
            for part in draft.parts
        ]
        letters = "".join(texts) + look.page_number + latin_letters()
        self.draft, self.look = draft, look
        self.pages = Pages(letters, {look.font, look.heading_font, look.table_font, look.digit_font})
        self.left, self.width = look.margin, PAGE_WIDTH - 2 * look.margin
        self.frame = Frame(look.margin, PAGE_HEIGHT - look.margin)
        self.page, self.y = 1, self.frame.top
        self.places: dict[Key, list[Place]] = {}

    def rendered(self) -> Rendered:
        """Return the result, pages numbered."""
        face = Face(self.look.font, self.look.digit_font, PAGE_NUMBER_SIZE)
        for page in range(1, self.pages.count() + 1):
            text = re.sub("#", str(page), self.look.page_number)
            at = (PAGE_WIDTH - face.width(text)) / 2, PAGE_HEIGHT - self.look.margin / 2
            self.pages.write(page, text, face, at, 0, "#000000")
        return Rendered(self.pages.pdf(), {key: tuple(found) for key, found in self.places.items()})

    def paragraph(self, number: int, part: Paragraph) -> None:
        """Set a paragraph's lines, over as many pages as needed."""
        how = setting(self.draft, number)
        if starts_page(self.draft, number) and self.y > self.frame.top:
            self._turn()
        self._leave(how.before)
        self.places |= {Key(number, item): [] for item in range(len(part.runs))}
        owned = [(item, letter) for item, run in enumerate(part.runs) for letter in run.text]
        face = Face(how.font, self.look.digit_font, how.size, how.tracking)
        lines = wrapped(part.text, face, self.width, how.indent)
        for count, line in enumerate(lines):
            if self.y + how.size * how.leading > self.frame.bottom:
                self._turn()
            indent = 0.0 if count else how.indent
            spare = self.width - indent - line.width
            x = self.left + indent + (spare / 2 if how.align == "center" else 0)
            last = count + 1 == len(lines)
            spread = spare / max(1, line.end - line.start - 1) if how.align == "justify" and not last else 0.0
            self._line(number, owned[line.start : line.end], face, x, spread, how)
            self.y += how.size * how.leading
        if how.underlined:
            self.y += 4
            self.pages.line(self.page, (self.left, self.y), (self.left + self.width, self.y), 2, RED)
        self._leave(how.after)

    def table(self, number: int, table: FormTable) -> None:
        """Set a table, over as many pages as needed."""
        self._leave(TABLE_GAP)
        edges = [self.left]
        for share in table.widths:
            edges.append(edges[-1] + share * self.width)
        cells = list(table.placed())
        columns = [(edges[column], edges[column + cell.column_span]) for _, column, cell in cells]
        texts = [
            self._cell_lines(cell, right - left) for (_, _, cell), (left, right) in zip(cells, columns, strict=True)
        ]
        needed = [len(lines) * self._line_height() + 2 * _PADDING_POINTS for lines in texts]
        heights = row_heights(cells, needed, len(table.rows), self.look.row_height)
        head = table.header_rows if self.look.repeat_header else 0
        slots, again = placed_rows(heights, head, Slot(self.page, self.y, self.y), self.frame)
        for item, ((row, _, cell), column, lines) in enumerate(zip(cells, columns, texts, strict=True)):
            pieces = parts(slots, row, cell.row_span)
            self.places[Key(number, item)] = [self._inside(piece, column) for piece in pieces]
            self._cell(cell, column, lines, pieces)
            if row < head:
                above = sum(heights[:row])
                tall = sum(heights[row : row + cell.row_span])
                for page in again:
                    top = self.frame.top + above
                    self._cell(cell, column, lines, [Slot(page, top, top + tall)])
        if slots:
            self.page, self.y = slots[-1].page, slots[-1].bottom
        self._leave(TABLE_GAP)

    def _line(
        self, number: int, owned: list[tuple[int, str]], face: Face, x: float, spread: float, how: Setting
    ) -> None:
        """Write one line, and record each run's place."""
        baseline = self.y + how.size * (how.leading + _ABOVE - _BELOW) / 2
        for item, letters in groupby(owned, key=lambda pair: pair[0]):
            text = "".join(letter for _, letter in letters)
            right = self.pages.write(self.page, text, face, (x, baseline), spread, how.colour)
            box = Box(x, baseline - _ABOVE * how.size, right, baseline + _BELOW * how.size)
            self.places[Key(number, item)].append(Place(self.page, box))
            x = right

    def _cell_lines(self, cell: FormCell, width: float) -> list[str]:
        if not cell.text:
            return []
        if stacked(cell, self.look):
            return [letter for letter in cell.text if not letter.isspace()]
        lines = wrapped(cell.text, self._cell_face(), width - 2 * CELL_PADDING)
        return [cell.text[line.start : line.end] for line in lines]

    def _cell(self, cell: FormCell, column: tuple[float, float], lines: list[str], pieces: list[Slot]) -> None:
        """Draw a cell: its background, its grid lines, and its lines in the middle of each piece."""
        for number, piece in enumerate(pieces):
            if banded(cell, self.look):
                self.pages.fill(piece.page, (column[0], piece.top, column[1], piece.bottom), self.look.band)
            self._border(piece, column)
            fit = max(1, int((piece.bottom - piece.top) / self._line_height())) if number + 1 < len(pieces) else None
            here, lines = lines[:fit], lines[len(lines[:fit]) :]
            self._cell_text(cell, column, here, piece)

    def _cell_text(self, cell: FormCell, column: tuple[float, float], lines: list[str], piece: Slot) -> None:
        face, height = self._cell_face(), self._line_height()
        y = (piece.top + piece.bottom - len(lines) * height) / 2
        for line in lines:
            baseline = y + (height + (_ABOVE - _BELOW) * face.size) / 2
            spare = column[1] - column[0] - face.width(line)
            x = column[0] + (spare / 2 if aligned(cell) == "center" else CELL_PADDING)
            self.pages.write(piece.page, line, face, (x, baseline), 0, "#000000")
            y += height

    def _border(self, piece: Slot, column: tuple[float, float]) -> None:
        grid_line = GRID_LINES[self.look.rules]
        if grid_line is None:
            return
        (left, right), (page, top, bottom) = column, piece
        corners = (left, top), (right, top), (right, bottom), (left, bottom)
        for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
            self.pages.line(page, start, end, grid_line.width, grid_line.colour)

    def _inside(self, piece: Slot, column: tuple[float, float]) -> Place:
        grid_line = GRID_LINES[self.look.rules]
        box = Box(column[0], piece.top, column[1], piece.bottom)
        return Place(piece.page, box.grown(-grid_line.width / 2 if grid_line else 0.0))

    def _cell_face(self) -> Face:
        return Face(self.look.table_font, self.look.digit_font, self.look.table_size)

    def _line_height(self) -> float:
        return self.look.table_size * CELL_LEADING

    def _leave(self, space: float) -> None:
        """Leave empty space, none of it at the top of a page."""
        if self.y > self.frame.top:
            self.y += space

    def _turn(self) -> None:
        self.page, self.y = self.page + 1, self.frame.top
