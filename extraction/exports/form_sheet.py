"""The national form on a sheet of 15 columns: which of them a table's columns take, and how high its rows are."""

from __future__ import annotations

import math
import unicodedata

from extraction.forms.printed_form import FormTable

COLUMNS = 15
WIDTH = 7.0  # of each column, in characters of the workbook's own font
FONT = 9  # points
_COLUMN_POINTS = 40.5  # what `WIDTH` is in points
_PADDING, _LINE = 4.0, 12.0  # points


def edges_of(table: FormTable) -> list[int]:
    """Where each column of the table begins among the 15, and where the last ends.

    Columns that are equally wide on the form are so here; the widest takes what is left over.
    """
    taken = [max(1, int(COLUMNS * share)) for share in table.widths]
    widest = max(range(len(taken)), key=lambda n: table.widths[n])
    while (left := COLUMNS - sum(taken)) != 0:
        most = widest if left > 0 else max(range(len(taken)), key=lambda n: taken[n])
        taken[most] += left if left > 0 else -1
    return [sum(taken[:n]) for n in range(len(taken) + 1)]


def heights_of(table: FormTable) -> list[float]:
    """Points for each row, so that no text of a cell is cut off."""
    edges, heights = edges_of(table), [_LINE + 3.0] * len(table.rows)
    cells = sorted(table.placed(), key=lambda placed: placed[2].row_span)
    for row, column, cell in cells:
        wide = edges[column + cell.column_span] - edges[column]
        needed = height_of(cell.text, wide) if not cell.vertical else _LINE * len(cell.text)
        last = row + cell.row_span - 1
        heights[last] += max(0.0, needed - sum(heights[row : last + 1]))
    return heights


def height_of(text: str, columns: float) -> float:
    """Points that a text needs within the width of so many columns."""
    room = columns * _COLUMN_POINTS - _PADDING
    lines = sum(max(1, math.ceil(_points(line) / room)) for line in text.split("\n"))
    return lines * _LINE + 3.0


def _points(text: str) -> float:
    return sum(FONT if unicodedata.east_asian_width(c) in "WFA" else 0.6 * FONT for c in text)
