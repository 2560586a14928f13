"""Tables without grid lines, found from the places of their figures and labels.

Ink is closed to pieces (a label, a figure), pieces at one height form a line, and lines in which small pieces stand
apart are the rows of a table. Pieces one below another in several rows form a column. A label belongs to the row on
whose centre its lines are centred. All lengths are in points until the cells are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import cv2
import numpy as np

from extraction.document import Span
from extraction.doubts import DoubtCode
from extraction.geometry import Box, Pixels, union
from extraction.preprocess.binarize import outer_contours
from extraction.span_lines import lines_of
from extraction.tables.borderless_columns import (
    MAX_FIGURE_WIDTH,
    MAX_GAP_IN_PIECE,
    MIN_PRINT_SIZE,
    Line,
    columns_of,
    edge_between,
    figures,
    left_edge,
)
from extraction.tables.grid import Grid, GridCell

MAX_VERTICAL_GAP_IN_PIECE = 1.5  # points
MIN_COMPONENT_SIZE = 2.0  # points; smaller connected components are specks
MIN_EM = 4.5  # points; no type is smaller
MIN_GRID_LINE_LENGTH = 40.0  # points; a flat component that is longer is a grid line
PAGE_MARGIN = 6.0  # points at the sides of a page, where the edges of the paper are
MAX_LABEL_GAP_EMS = 0.85  # between the pieces of a label: a bracket stands in a square of its own
MAX_LOST_CHARACTER_GAP_EMS = 1.6  # between the pieces of a label where a character between them is not found
MAX_LINE_OFFSET = 4.0  # points between the centres of two pieces of a line
MAX_ROW_DISTANCE = 75.0  # points between two rows of one table: a block's title, a label of four lines
MAX_TYPE_RATIO = 1.35  # of a piece's type to the table's; larger type is a heading
MAX_LINE_GAP_IN_CELL_EMS = 0.45
MAX_LABEL_OFFSET_EMS = 0.4  # from the centre of a row to that of its label
MAX_INDENT_EMS = 1.6  # between the beginnings of a label's lines
MAX_LINE_PITCH_EMS = 1.5  # from line to line of a label
MIN_ROWS = 2
MAX_STRAY_SHARE = 0.15  # of a table's pieces that may lie across its columns


def find_borderless_grids(pieces: Sequence[Box], scale: float) -> list[Grid]:
    """The tables without grid lines among the pieces (in points) of a deskewed page; `scale` is points per pixel."""
    return [grid for block in _blocks(_lines(pieces)) if (grid := _grid(block, scale)) is not None]


def ink_pieces(ink_mask: Pixels, scale: float, covered: Sequence[Grid]) -> list[Box]:
    """The boxes in points of the pieces of print in a deskewed page's ink mask, outside the `covered` tables."""
    rest = np.array(ink_mask)
    for grid in covered:
        rest[grid.top : grid.bottom, grid.left : grid.right] = 0
    contours, sizes = outer_contours(rest)
    specks = np.flatnonzero(sizes[:, 2:].max(axis=1, initial=0) * scale < MIN_COMPONENT_SIZE)
    cv2.drawContours(rest, [contours[k] for k in specks], -1, 0, cv2.FILLED)
    kernel = np.ones((max(1, round(MAX_VERTICAL_GAP_IN_PIECE / scale)), round(MAX_GAP_IN_PIECE / scale)), np.uint8)
    closed = np.asarray(cv2.morphologyEx(rest, cv2.MORPH_CLOSE, kernel), np.uint8)
    boxes = [Box(*(v * scale for v in (x, y, x + w, y + h))) for x, y, w, h in outer_contours(closed)[1].tolist()]
    return [b for b in boxes if _is_print(b, ink_mask.shape[1] * scale)]


def _is_print(box: Box, width: float) -> bool:
    """Whether a piece is not dust, a grid line, a picture or the edge of the paper."""
    flat = box.width > MIN_GRID_LINE_LENGTH and box.height < MIN_PRINT_SIZE
    inside = box.left > PAGE_MARGIN and box.right < width - PAGE_MARGIN
    return max(box.width, box.height) >= MIN_PRINT_SIZE and not flat and box.height <= MIN_GRID_LINE_LENGTH and inside


def native_pieces(spans: Sequence[Span]) -> list[Box]:
    """The boxes in points of the pieces that native characters form."""
    boxes = sorted((s.box for s in spans if s.box and s.text.strip()), key=lambda b: (b.middle[1], b.left))
    pieces: list[Box] = []
    for line in _lines(boxes):
        start = len(pieces)
        for box in line:
            if len(pieces) > start and box.left - pieces[-1].right < MAX_GAP_IN_PIECE:
                pieces[-1] = union([pieces[-1], box])
            else:
                pieces.append(box)
    return pieces


def _lines(pieces: Sequence[Box]) -> list[Line]:
    return [sorted(pieces[k] for k in line) for line in lines_of(pieces)]


def _centre_of(line: Line) -> float:
    """The height of a line's centre on the page."""
    return median(b.middle[1] for b in line)


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one table, those with figures (`rows`), and the em of its type in points."""

    lines: tuple[Line, ...]
    rows: tuple[Line, ...]
    em: float


def _blocks(lines: Sequence[Line]) -> Iterator[_Block]:
    """The lines of each table: rows with figures, with no heading and no wide gap between, and the lines about them."""
    start: int | None = None
    last = 0
    for index, line in enumerate([*lines, []]):
        is_row = bool(line) and bool(figures(line))
        if start is not None and (
            not line
            or _centre_of(line) - _centre_of(lines[last]) > MAX_ROW_DISTANCE
            or _is_heading(line, lines[start : last + 1])
        ):
            yield _block(lines, start, last)
            start = None
        if is_row:
            start, last = (index if start is None else start), index


def _em(lines: Sequence[Line]) -> float:
    """The em of the type: the median height of the labels, else of all pieces."""
    words = [b.height for line in lines for b in line if b.width > 2 * b.height and b.height > 5.0]
    return median(words) if words else median([b.height for line in lines for b in line])


def _is_heading(line: Line, table: Sequence[Line]) -> bool:
    long = [b.height for b in line if b.width > 4 * b.height]
    return bool(long) and max(long) > MAX_TYPE_RATIO * _em(table)


def _block(lines: Sequence[Line], start: int, last: int) -> _Block:
    """The rows from `start` to `last`, with the header above and the rest of the last row's label below them."""
    em = _em(lines[start : last + 1])
    first = start
    while (
        first
        and _centre_of(lines[first]) - _centre_of(lines[first - 1]) < 2.4 * em
        and not _is_heading(lines[first - 1], lines[start : last + 1])
    ):
        first -= 1
    end = last + 1
    while end < len(lines) and _centre_of(lines[end]) - _centre_of(lines[end - 1]) < MAX_LINE_PITCH_EMS * em:
        end += 1
    return _Block(tuple(lines[first:end]), tuple(line for line in lines[start : last + 1] if figures(line)), em)


def _grid(block: _Block, scale: float) -> Grid | None:
    columns = columns_of(block.rows)
    if not columns or len(block.rows) < MIN_ROWS or block.em < MIN_EM:
        return None
    everything = [b for line in block.lines for b in line]
    edges = [
        left_edge(columns, everything),
        *(edge_between(a, b, columns, everything) for a, b in pairwise(columns)),
        max(columns[-1][1] + block.em, *(b.right + 1 for b in everything)),
    ]
    labels = [b for b in everything if b.middle[0] < edges[0]]
    values = [b for b in everything if b.middle[0] >= edges[0]]
    bands = _bands(values, block.em)
    stray = sum(
        b.left < edge - 1 < b.right - 2 for b in values for edge in edges[1:-1] if b.width <= MAX_FIGURE_WIDTH / 2
    )
    if len(bands) < MIN_ROWS or stray > MAX_STRAY_SHARE * len(values):
        return None
    cells: list[GridCell] = []
    own = _own_labels(bands, labels, block.em)
    row = 0
    for index, band in enumerate(bands):
        above = bands[index - 1] if index else None
        below = bands[index + 1] if index + 1 < len(bands) else None
        box = _row_box(band, above, below, block.em)
        depth = 0
        for cell in _value_cells(band, box, columns, edges):
            cells.append(_pixels(replace(cell, row=cell.row + row, column=cell.column + 1), scale))
            depth = max(depth, cell.row + cell.row_span)
        label = own[index]
        place = Box(label.left - 2, label.top - 1.5, edges[0], label.bottom + 1.5) if label else None
        if place is None and labels:
            place = Box(edges[0] - 1.0, box.top, edges[0], box.bottom)
        if place is not None:
            cells.append(_pixels(_cell(row, 0, depth, 1, place), scale))
        row += depth
    left, top, right, bottom = (round(v / scale) for v in union(everything).grown(2))
    return Grid(left, top, right, bottom, tuple(sorted(cells, key=lambda c: (c.row, c.column))))


def _bands(values: Sequence[Box], em: float) -> list[list[Box]]:
    """The pieces of each row of cells, the lines of a cell together, top to bottom."""
    bands: list[list[Box]] = []
    for piece in sorted(values, key=lambda b: b.top):
        if bands and piece.top - max(b.bottom for b in bands[-1]) < MAX_LINE_GAP_IN_CELL_EMS * em:
            bands[-1].append(piece)
        else:
            bands.append([piece])
    return bands


def _row_box(band: list[Box], above: list[Box] | None, below: list[Box] | None, em: float) -> Box:
    """The box of a row: its pieces, with half an em above and below but no more than half of the gap to the next."""
    box = union(band)
    up = em if above is None else (box.top - max(b.bottom for b in above)) / 2
    down = em if below is None else (min(b.top for b in below) - box.bottom) / 2
    return Box(box.left, box.top - min(up, em / 2), box.right, box.bottom + min(down, em / 2))


def _value_cells(
    band: list[Box], box: Box, columns: Sequence[tuple[float, float]], edges: Sequence[float]
) -> Iterator[GridCell]:
    """The cells of a row of figures or headers; a piece over several columns is a cell above theirs, spanning them."""
    covering = []
    for piece in sorted(band, key=lambda b: b.top):
        over = [k for k, (a, b) in enumerate(columns) if piece.left < (a + b) / 2 < piece.right]
        if len(over) > 1:
            covering.append((piece, over[0], over[-1]))
    depths = [0] * len(columns)
    top = [box.top] * len(columns)
    for piece, first, last in covering:
        row = max(depths[first : last + 1])
        yield _cell(
            row,
            first,
            1,
            last - first + 1,
            Box(edges[first], max(top[first : last + 1]), edges[last + 1], piece.bottom + 1),
        )
        for k in range(first, last + 1):
            depths[k], top[k] = row + 1, piece.bottom + 1
    covered_only = all(any(piece is c for c, _, _ in covering) for piece in band)
    depth = max(depths) if covered_only else max(depths) + 1
    for k in range(len(columns)):
        if depths[k] < depth:
            crossed = any(
                b.left < edge - 0.5 and b.right > edge + 0.5
                for b in band
                if not any(b is c for c, _, _ in covering)
                for edge in edges[k : k + 2]
            )
            yield _cell(depths[k], k, depth - depths[k], 1, Box(edges[k], top[k], edges[k + 1], box.bottom), crossed)


def _own_labels(bands: Sequence[list[Box]], labels: Sequence[Box], em: float) -> list[Box | None]:
    """The box of each row's label: the rightmost piece beside the row's centre with the other lines of the same label;
    the labels of groups of rows stand farther left."""
    own: list[Box | None] = []
    for band in bands:
        box = union(band)
        middle = box.middle[1]
        near = [b for b in labels if abs(b.middle[1] - middle) < MAX_LABEL_OFFSET_EMS * em]
        candidates = [[_last_piece(near, labels, em)] if near else [], _middle_lines(labels, middle, em)]
        lines = max(filter(None, candidates), key=lambda lines: max(b.right for b in lines), default=[])
        own.append(union(_whole_label(lines, labels, em)) if lines else None)
    return own


def _last_piece(line: Sequence[Box], labels: Sequence[Box], em: float) -> Box:
    """The last piece of a line, joined with those before it up to a character's width away, or a little more where
    another line of the label covers the gap."""
    *others, last = sorted(line)
    while others and (
        (gap := last.left - others[-1].right) < MAX_LABEL_GAP_EMS * em
        or (gap < MAX_LOST_CHARACTER_GAP_EMS * em and any(_covers_gap(b, others[-1], last, em) for b in labels))
    ):
        last = union([others.pop(), last])
    return last


def _covers_gap(line: Box, left: Box, right: Box, em: float) -> bool:
    """Whether a line just above or below two pieces covers the gap between them."""
    near = 0.5 * em < abs(line.middle[1] - right.middle[1]) < MAX_LINE_PITCH_EMS * em
    return near and line.left < left.right - em and line.right > right.left + em


def _middle_lines(labels: Sequence[Box], middle: float, em: float) -> list[Box]:
    """The two middle lines of a label with an even number of lines about the height `middle`; none if there is none."""
    above = [b for b in labels if 0 < middle - b.middle[1] < em]
    below = [b for b in labels if 0 < b.middle[1] - middle < em]
    if not above or not below:
        return []
    upper, lower = (
        _last_piece(_line_of(max(part, key=lambda b: b.right), part), labels, em) for part in (above, below)
    )
    is_centred = abs(upper.middle[1] + lower.middle[1] - 2 * middle) < em / 2
    return [upper, lower] if is_centred and abs(upper.left - lower.left) < MAX_INDENT_EMS * em else []


def _line_of(piece: Box, others: Sequence[Box]) -> list[Box]:
    """The pieces at the height of one of them, itself included."""
    return [b for b in others if abs(b.middle[1] - piece.middle[1]) < MAX_LINE_OFFSET]


def _whole_label(lines: list[Box], labels: Sequence[Box], em: float) -> list[Box]:
    """The lines of a label, extended by as many lines above as below: labels are centred on their rows."""
    lines = sorted(lines, key=lambda b: b.top)
    while True:
        first, last = lines[0], lines[-1]
        above = [b for b in labels if _follows(b, first, em)]
        below = [b for b in labels if _follows(last, b, em)]
        if not above or not below:
            return lines
        lines = [above[-1], *lines, below[0]]


def _follows(line: Box, after: Box, em: float) -> bool:
    """Whether the line `after` can be the next of the same label."""
    near = 0.5 * em < after.middle[1] - line.middle[1] < MAX_LINE_PITCH_EMS * em
    return near and abs(after.left - line.left) < MAX_INDENT_EMS * em


def _cell(row: int, column: int, rows: int, columns: int, box: Box, doubtful: bool = False) -> GridCell:
    """A cell whose box is still in points."""
    doubt = DoubtCode.CELL_BOUNDS_UNCERTAIN if doubtful else None
    return GridCell(row, column, rows, columns, *box, doubt)  # type: ignore[arg-type]


def _pixels(cell: GridCell, scale: float) -> GridCell:
    left, top, right, bottom = (round(v / scale) for v in (cell.left, cell.top, cell.right, cell.bottom))
    return replace(cell, left=left, top=top, right=right, bottom=bottom)
