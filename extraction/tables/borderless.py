"""Tables without rules: the ink of a page in, grids out whose columns and rows are those of its figures.

Marks are smeared into pieces (a label, a figure); pieces at one height make a line, and lines in which small pieces
stand apart from each other are the rows of a table. What stands one below another in several of them is a column.
A label belongs to the row about whose middle its lines lie. All lengths are in points until the cells are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import cv2
import numpy as np

from extraction.document import Box, Pixels, Span, union
from extraction.doubts import DoubtCode
from extraction.preprocess.binarize import outlined
from extraction.span_lines import lines_of
from extraction.tables.borderless_columns import DUST, FIGURE, LETTERS, Line, clearest, columns_of, figures, left_of
from extraction.tables.grid import Grid, GridCell

_STROKES = 1.5  # room within a piece, down
_SPECK = 2.0  # smaller marks
_LOW = 4.5  # no type is smaller
_RULE = 40.0  # a longer flat mark is a rule
_MARGIN = 6.0  # at the sides of a page, where the edges of the paper are
_SPACED = 0.85  # ems within a label at most: a bracket stands in a square of its own
_LOST = 1.6  # ems within a label where a mark between two characters is not found
_LEVEL = 4.0  # two pieces of a line are not farther from one height
_ROWS_APART = 75.0  # between two rows of one table: a block's title, a label of four lines
_HEADING = 1.35  # of the table's type size; larger type is not the table's
_TIGHT = 0.45  # ems between the lines of one cell at most
_MIDDLE = 0.4  # ems from the middle of a row to that of its label
_INDENT = 1.6  # ems between the beginnings of a label's lines
_PITCH = 1.5  # ems from line to line of a label
_LEAST_ROWS = 2
_STRAY = 0.15  # of a table's pieces may lie across its columns


def find_open_grids(pieces: Sequence[Box], scale: float) -> list[Grid]:
    """The tables without rules that pieces of print make on a level page. `scale` is points a pixel of its grids."""
    return [grid for part in _parts(_lines(pieces)) if (grid := _grid(part, scale)) is not None]


def ink_pieces(marks: Pixels, scale: float, covered: Sequence[Grid]) -> list[Box]:
    """What is printed with little room between, outside the `covered` tables. `marks` is the ink of a level page."""
    rest = np.array(marks)
    for grid in covered:
        rest[grid.top : grid.bottom, grid.left : grid.right] = 0
    outlines, sizes = outlined(rest)
    specks = np.flatnonzero(sizes[:, 2:].max(axis=1, initial=0) * scale < _SPECK)
    cv2.drawContours(rest, [outlines[k] for k in specks], -1, 0, cv2.FILLED)
    kernel = np.ones((max(1, round(_STROKES / scale)), round(LETTERS / scale)), np.uint8)
    smeared = np.asarray(cv2.morphologyEx(rest, cv2.MORPH_CLOSE, kernel), np.uint8)
    boxes = [Box(*(v * scale for v in (x, y, x + w, y + h))) for x, y, w, h in outlined(smeared)[1].tolist()]
    return [b for b in boxes if _is_print(b, marks.shape[1] * scale)]


def _is_print(box: Box, width: float) -> bool:
    """Not dust, a rule, a picture or the edge of the paper."""
    flat = box.width > _RULE and box.height < DUST
    inside = box.left > _MARGIN and box.right < width - _MARGIN
    return max(box.width, box.height) >= DUST and not flat and box.height <= _RULE and inside


def native_pieces(spans: Sequence[Span]) -> list[Box]:
    """The same from characters of the file."""
    boxes = sorted((s.box for s in spans if s.box and s.text.strip()), key=lambda b: (b.middle[1], b.left))
    pieces: list[Box] = []
    for line in _lines(boxes):
        start = len(pieces)
        for box in line:
            if len(pieces) > start and box.left - pieces[-1].right < LETTERS:
                pieces[-1] = union([pieces[-1], box])
            else:
                pieces.append(box)
    return pieces


def _lines(pieces: Sequence[Box]) -> list[Line]:
    return [sorted(pieces[k] for k in line) for line in lines_of(pieces)]


def _height_of(line: Line) -> float:
    return median(b.middle[1] for b in line)


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of one table, `rows` of them with figures, and the size of its type."""

    lines: tuple[Line, ...]
    rows: tuple[Line, ...]
    em: float


def _parts(lines: Sequence[Line]) -> Iterator[_Part]:
    """The lines of each table: rows with figures that no larger type and no wide room parts, and what is about them."""
    start: int | None = None
    last = 0
    for index, line in enumerate([*lines, []]):
        is_row = bool(line) and bool(figures(line))
        if start is not None and (
            not line
            or _height_of(line) - _height_of(lines[last]) > _ROWS_APART
            or _is_heading(line, lines[start : last + 1])
        ):
            yield _part(lines, start, last)
            start = None
        if is_row:
            start, last = (index if start is None else start), index


def _em(lines: Sequence[Line]) -> float:
    """The size of type: the usual height of the labels, else of all pieces."""
    words = [b.height for line in lines for b in line if b.width > 2 * b.height and b.height > 5.0]
    return median(words) if words else median([b.height for line in lines for b in line])


def _is_heading(line: Line, table: Sequence[Line]) -> bool:
    long = [b.height for b in line if b.width > 4 * b.height]
    return bool(long) and max(long) > _HEADING * _em(table)


def _part(lines: Sequence[Line], start: int, last: int) -> _Part:
    """With the header's lines above the first row and the rest of the last row's label below it."""
    em = _em(lines[start : last + 1])
    first = start
    while (
        first
        and _height_of(lines[first]) - _height_of(lines[first - 1]) < 2.4 * em
        and not _is_heading(lines[first - 1], lines[start : last + 1])
    ):
        first -= 1
    end = last + 1
    while end < len(lines) and _height_of(lines[end]) - _height_of(lines[end - 1]) < _PITCH * em:
        end += 1
    return _Part(tuple(lines[first:end]), tuple(line for line in lines[start : last + 1] if figures(line)), em)


def _grid(part: _Part, scale: float) -> Grid | None:
    columns = columns_of(part.rows)
    if not columns or len(part.rows) < _LEAST_ROWS or part.em < _LOW:
        return None
    everything = [b for line in part.lines for b in line]
    edges = [
        left_of(columns, everything),
        *(clearest(a, b, columns, everything) for a, b in pairwise(columns)),
        max(columns[-1][1] + part.em, *(b.right + 1 for b in everything)),
    ]
    labels = [b for b in everything if b.middle[0] < edges[0]]
    values = [b for b in everything if b.middle[0] >= edges[0]]
    bands = _bands(values, part.em)
    stray = sum(b.left < edge - 1 < b.right - 2 for b in values for edge in edges[1:-1] if b.width <= FIGURE / 2)
    if len(bands) < _LEAST_ROWS or stray > _STRAY * len(values):
        return None
    cells: list[GridCell] = []
    own = _own_labels(bands, labels, part.em)
    row = 0
    for index, band in enumerate(bands):
        above = bands[index - 1] if index else None
        below = bands[index + 1] if index + 1 < len(bands) else None
        box = _room(band, above, below, part.em)
        depth = 0
        for cell in _value_cells(band, box, columns, edges):
            cells.append(_pixels(replace(cell, row=cell.row + row, column=cell.column + 1), scale))
            depth = max(depth, cell.row + cell.row_span)
        label = own[index]
        room = Box(label.left - 2, label.top - 1.5, edges[0], label.bottom + 1.5) if label else None
        if room is None and labels:
            room = Box(edges[0] - 1.0, box.top, edges[0], box.bottom)
        if room is not None:
            cells.append(_pixels(_cell(row, 0, depth, 1, room), scale))
        row += depth
    left, top, right, bottom = (round(v / scale) for v in union(everything).grown(2))
    return Grid(left, top, right, bottom, tuple(sorted(cells, key=lambda c: (c.row, c.column))))


def _bands(values: Sequence[Box], em: float) -> list[list[Box]]:
    """The pieces of each row of cells, those of several lines taken together, from top to bottom."""
    bands: list[list[Box]] = []
    for piece in sorted(values, key=lambda b: b.top):
        if bands and piece.top - max(b.bottom for b in bands[-1]) < _TIGHT * em:
            bands[-1].append(piece)
        else:
            bands.append([piece])
    return bands


def _room(band: list[Box], above: list[Box] | None, below: list[Box] | None, em: float) -> Box:
    """The height of a row: its pieces with some room, not more than half of that to the next row."""
    box = union(band)
    up = em if above is None else (box.top - max(b.bottom for b in above)) / 2
    down = em if below is None else (min(b.top for b in below) - box.bottom) / 2
    return Box(box.left, box.top - min(up, em / 2), box.right, box.bottom + min(down, em / 2))


def _value_cells(
    band: list[Box], box: Box, columns: Sequence[tuple[float, float]], edges: Sequence[float]
) -> Iterator[GridCell]:
    """The cells of a row of figures or headers; a piece over several columns is a cell above theirs."""
    covering = []
    for piece in sorted(band, key=lambda b: b.top):
        over = [k for k, (a, b) in enumerate(columns) if piece.left < (a + b) / 2 < piece.right]
        if len(over) > 1:
            covering.append((piece, over[0], over[-1]))
    level = [0] * len(columns)
    top = [box.top] * len(columns)
    for piece, first, last in covering:
        row = max(level[first : last + 1])
        yield _cell(
            row,
            first,
            1,
            last - first + 1,
            Box(edges[first], max(top[first : last + 1]), edges[last + 1], piece.bottom + 1),
        )
        for k in range(first, last + 1):
            level[k], top[k] = row + 1, piece.bottom + 1
    covered_only = all(any(piece is c for c, _, _ in covering) for piece in band)
    depth = max(level) if covered_only else max(level) + 1
    for k in range(len(columns)):
        if level[k] < depth:
            crossed = any(
                b.left < edge - 0.5 and b.right > edge + 0.5
                for b in band
                if not any(b is c for c, _, _ in covering)
                for edge in edges[k : k + 2]
            )
            yield _cell(level[k], k, depth - level[k], 1, Box(edges[k], top[k], edges[k + 1], box.bottom), crossed)


def _own_labels(bands: Sequence[list[Box]], labels: Sequence[Box], em: float) -> list[Box | None]:
    """The label of each row: the piece beside its middle that stands farthest to the right, and the lines of the same
    label above and below it; groups of rows have theirs farther left. A piece is one row's only."""
    own: list[Box | None] = []
    for band in bands:
        box = union(band)
        middle = box.middle[1]
        near = [b for b in labels if abs(b.middle[1] - middle) < _MIDDLE * em]
        ways = [way for way in ([_spaced_out(near, labels, em)] if near else [], _halves(labels, middle, em)) if way]
        lines = max(ways, key=lambda way: max(b.right for b in way), default=[])
        own.append(union(_whole_label(lines, labels, em)) if lines else None)
    return own


def _spaced_out(line: Sequence[Box], labels: Sequence[Box], em: float) -> Box:
    """The last of the pieces of a line, with those before it that no more than a character's room parts from it, or a
    little more where another line of the label lies over that room."""
    *others, last = sorted(line)
    while others and (
        (room := last.left - others[-1].right) < _SPACED * em
        or (room < _LOST * em and any(_spans(b, others[-1], last, em) for b in labels))
    ):
        last = union([others.pop(), last])
    return last


def _spans(line: Box, left: Box, right: Box, em: float) -> bool:
    """Whether a line stands above or below two pieces and reaches over the room between them."""
    near = 0.5 * em < abs(line.middle[1] - right.middle[1]) < _PITCH * em
    return near and line.left < left.right - em and line.right > right.left + em


def _halves(labels: Sequence[Box], middle: float, em: float) -> list[Box]:
    """The two middle lines of a label with an even number of lines."""
    above = [b for b in labels if 0 < middle - b.middle[1] < em]
    below = [b for b in labels if 0 < b.middle[1] - middle < em]
    if not above or not below:
        return []
    upper, lower = (_spaced_out(_beside(max(part, key=lambda b: b.right), part), labels, em) for part in (above, below))
    level = abs(upper.middle[1] + lower.middle[1] - 2 * middle) < em / 2
    return [upper, lower] if level and abs(upper.left - lower.left) < _INDENT * em else []


def _beside(piece: Box, others: Sequence[Box]) -> list[Box]:
    """The pieces at a piece's height, itself among them."""
    return [b for b in others if abs(b.middle[1] - piece.middle[1]) < _LEVEL]


def _whole_label(lines: list[Box], labels: Sequence[Box], em: float) -> list[Box]:
    """With the lines before and after, as many on either side: labels stand in the middle of their rows."""
    lines = sorted(lines, key=lambda b: b.top)
    while True:
        first, last = lines[0], lines[-1]
        above = [
            b
            for b in labels
            if 0.5 * em < first.middle[1] - b.middle[1] < _PITCH * em and abs(b.left - first.left) < _INDENT * em
        ]
        below = [
            b
            for b in labels
            if 0.5 * em < b.middle[1] - last.middle[1] < _PITCH * em and abs(b.left - last.left) < _INDENT * em
        ]
        if not above or not below:
            return lines
        lines = [above[-1], *lines, below[0]]


def _cell(row: int, column: int, rows: int, columns: int, box: Box, doubtful: bool = False) -> GridCell:
    """A cell with its box still in points."""
    doubt = DoubtCode.CELL_BOUNDS_UNCERTAIN if doubtful else None
    return GridCell(row, column, rows, columns, *box, doubt)  # type: ignore[arg-type]


def _pixels(cell: GridCell, scale: float) -> GridCell:
    left, top, right, bottom = (round(v / scale) for v in (cell.left, cell.top, cell.right, cell.bottom))
    return replace(cell, left=left, top=top, right=right, bottom=bottom)
