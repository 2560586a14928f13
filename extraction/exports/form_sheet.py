"""Lay a table of the national form out on a sheet of 15 equal columns: column edges and row heights."""

from __future__ import annotations

import math
import unicodedata

from extraction.forms.printed_form import FormTable

COLUMNS = 15
COLUMN_WIDTH = 7.0  # width of each column, in characters of the workbook's default font
FONT_POINTS = 9
_COLUMN_POINTS = 40.5  # the same width in points
_CELL_PADDING, _LINE_HEIGHT, _ROW_PADDING = 4.0, 12.0, 3.0  # points


def column_edges(table: FormTable) -> list[int]:
    """The sheet column at which each column of the table begins, and the one after its last.

    Columns of equal width on the form are equally wide here; the widest takes the remainder.
    """
    taken = [max(1, int(COLUMNS * share)) for share in table.widths]
    widest = max(range(len(taken)), key=lambda n: table.widths[n])
    while (left := COLUMNS - sum(taken)) != 0:
        most = widest if left > 0 else max(range(len(taken)), key=lambda n: taken[n])
        taken[most] += left if left > 0 else -1
    return [sum(taken[:n]) for n in range(len(taken) + 1)]


def row_heights(table: FormTable) -> list[float]:
    """The height of each row in points at which no text of its cells is cut off."""
    edges, heights = column_edges(table), [_LINE_HEIGHT + _ROW_PADDING] * len(table.rows)
    cells = sorted(table.placed(), key=lambda placed: placed[2].row_span)
    for row, column, cell in cells:
        wide = edges[column + cell.column_span] - edges[column]
        needed = text_height(cell.text, wide) if not cell.vertical else _LINE_HEIGHT * len(cell.text)
        last = row + cell.row_span - 1
        heights[last] += max(0.0, needed - sum(heights[row : last + 1]))
    return heights


def text_height(text: str, columns: float) -> float:
    """The height in points that a text needs when it is wrapped to the width of so many sheet columns."""
    room = columns * _COLUMN_POINTS - _CELL_PADDING
    widths = ([1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.6 for c in line] for line in text.split("\n"))
    lines = sum(max(1, math.ceil(FONT_POINTS * sum(line) / room)) for line in widths)
    return lines * _LINE_HEIGHT + _ROW_PADDING
