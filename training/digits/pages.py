"""Cells of annotated pages as the reader crops them: gold gives the cell, its ink gives the line.

Pages are as scanned, and gold boxes follow them. They are rotated by the angle of the cells of a row, so that the crops
are those of a deskewed page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from annotations.store import Annotation
from extraction.cells.components import table_marks
from extraction.cells.ink_lines import digit_height, ink_lines
from extraction.document import Cell, Page, Table
from extraction.geometry import Box, Pixels
from extraction.ingest.files import open_document
from extraction.preprocess.binarize import grey, page_ink
from extraction.settings import Settings
from extraction.tables.grid import GridCell
from models.cells.charset import OTHER, spelled
from models.cells.crop import Grey, Window
from training.digits.degradation import jittered
from training.digits.drawing import Random

_MARGIN_DIGIT_HEIGHTS = 1.3  # kept around a line
_KEPT_SHARES = {"0": 0.2, OTHER: 0.15}  # for training, of the most frequent texts


@dataclass(frozen=True, slots=True, eq=False)
class PageCell:
    """A line of a cell: the picture around it, the line's box and the cell's inside in it, digit height, text and
    level."""

    picture: Grey
    line: Window
    inside: Window
    digit: float
    text: str
    level: str


def cells_of(annotation: Annotation, path: Path, jitter: Random | None = None) -> Iterator[PageCell]:
    """Yield the single lines of all cells of a scanned report. `jitter` moves the boxes by the errors of detected
    grids."""
    with open_document(path, Settings().ingest) as document:
        for page in document.pages:
            tables = [t for t in annotation.tables if t.page == page.number]
            for table in tables:
                yield from _cells_on(page, table, annotation.level, jitter)


def _cells_on(page: Page, table: Table, level: str, jitter: Random | None) -> Iterator[PageCell]:
    assert page.raster is not None
    raster = page.raster
    angle = _angle(table)
    if angle is None:
        return
    cells = [c for c in table.cells if c.box is not None]
    to_pixels = 1 / raster.scale
    height, width = raster.pixels.shape[:2]
    side = math.ceil(math.hypot(height, width))
    turned = abs(angle) > math.radians(30)
    size = (side, side) if turned else (width, height)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), math.degrees(angle), 1.0)
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    level_page = np.asarray(
        cv2.warpAffine(grey(raster.pixels), turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
    grid = [_grid_cell(c, _box_turned(c, angle, turn, to_pixels), jitter) for c in cells]
    lines = ink_lines(table_marks(page_ink(level_page), grid))
    digit = digit_height([line for cell_lines in lines for line in cell_lines])
    for cell, place, found in zip(cells, grid, lines, strict=True):
        label = spelled(cell.text)
        if len(found) > 1 and label != OTHER:
            continue
        boxes = [Window(n.left, n.top, n.right, n.bottom) for n in found] or [_middle(place, digit)]
        for box in boxes[:3]:
            if box.right - box.left < 13 * digit:
                yield _cut_out(level_page, box, place, digit, label, level)


def _angle(table: Table) -> float | None:
    """Return the angle in radians by which the page is rotated so that rows of cells are horizontal."""
    angles = []
    for _, row in groupby((c for c in table.cells if c.box and c.row_span == 1), key=lambda c: c.row):
        boxes = [c.box for c in row if c.box]
        if len(boxes) > 1:
            (x0, y0), (x1, y1) = boxes[0].middle, boxes[-1].middle
            angles.append(math.atan2(y1 - y0, x1 - x0))
    return median(angles) if angles else None


def _box_turned(cell: Cell, angle: float, turn: np.ndarray, to_pixels: float) -> Box:
    """Return the cell's own box on the deskewed page: gold has the upright box around a skewed cell."""
    assert cell.box is not None
    x, y = turn @ (*(v * to_pixels for v in cell.box.middle), 1.0)
    c, s = abs(math.cos(angle)), abs(math.sin(angle))
    wide, high = cell.box.width * to_pixels, cell.box.height * to_pixels
    spread = c * c - s * s
    if abs(spread) > 0.2:
        wide, high = (wide * c - high * s) / spread, (high * c - wide * s) / spread
    return Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def _grid_cell(cell: Cell, box: Box, jitter: Random | None) -> GridCell:
    off = np.full(4, 2.0) if jitter is None else jitter.normal(2.0, 1.5, 4)
    sides = np.array(box) + off * (1, 1, -1, -1)
    left, top, right, bottom = (max(0, round(float(v))) for v in sides)
    return GridCell(
        cell.row, cell.column, cell.row_span, cell.column_span, left, top, max(left + 1, right), max(top + 1, bottom)
    )


def _middle(cell: GridCell, digit: float) -> Window:
    """Return where the line of a cell without ink would be."""
    middle = (cell.top + cell.bottom) / 2
    around = 0.6 * digit
    return Window(
        cell.left + around, middle - digit / 2, max(cell.left + 2 * around, cell.right - around), middle + digit / 2
    )


def _cut_out(page: Pixels, box: Window, cell: GridCell, digit: float, text: str, level: str) -> PageCell:
    room = _MARGIN_DIGIT_HEIGHTS * digit
    middle = (box.top + box.bottom) / 2
    left, right = max(0, round(box.left - room)), min(page.shape[1], round(box.right + room))
    top, bottom = max(0, round(middle - room)), min(page.shape[0], round(middle + room))
    move = (left, top, left, top)
    return PageCell(
        page[top:bottom, left:right].copy(),
        Window(*(float(a - b) for a, b in zip(box, move, strict=True))),
        Window(*(float(a - b) for a, b in zip((cell.left, cell.top, cell.right, cell.bottom), move, strict=True))),
        digit,
        text,
        level,
    )


def shown(random: Random, cell: PageCell) -> Grey:
    """Return a training crop of the cell: another random window each time, sometimes degraded further."""
    picture = cell.picture
    if random.random() < 0.3:
        noisy = picture + random.standard_normal(picture.shape, np.float32) * random.uniform(1, 12)
        picture = np.clip(noisy, 0, 255).astype(np.uint8)
    if random.random() < 0.2:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(random.uniform(0.3, 0.9))), np.uint8)
    return jittered(random, picture, cell.line, cell.digit, cell.inside)


# ---------------------------------------------------------------- kept on disk


def save_cells(path: Path, cells: Sequence[PageCell]) -> None:
    """Write cells to one .npz file."""
    np.savez(
        path,
        pixels=np.concatenate([c.picture.ravel() for c in cells] or [np.zeros(0, np.uint8)]),
        shapes=np.array([c.picture.shape for c in cells], np.int32).reshape(-1, 2),
        lines=np.array([c.line for c in cells], np.float32).reshape(-1, 4),
        insides=np.array([c.inside for c in cells], np.float32).reshape(-1, 4),
        digits=np.array([c.digit for c in cells], np.float32),
        texts=np.array([c.text for c in cells], str),
        levels=np.array([c.level for c in cells], str),
    )


def _credible(text: str, line: Window, digit: float) -> bool:
    """Whether the line can be the gold text of the cell.

    Where a page break divides a cell its text is gold of the first part only, and one of the lines of a label may be a
    piece of a grid line.
    """
    tall, wide = line.bottom - line.top, line.right - line.left
    if text == "":
        return not (tall > 0.8 * digit and wide > 1.2 * digit)
    return text != OTHER or tall > 0.5 * digit


def load_cells(folder: Path, common: Mapping[str, float] = _KEPT_SHARES) -> list[PageCell]:
    """Return the cells of all .npz files of a folder, with only a share of the `common` texts."""
    return [cell for path in sorted(folder.glob("*.npz")) for cell in load_file(path, common)]


def load_file(path: Path, common: Mapping[str, float]) -> Iterator[PageCell]:
    """Yield the cells of one .npz file, those of one report, with only a share of the `common` texts."""
    with np.load(path) as data:
        ends = np.cumsum(data["shapes"].prod(axis=1))[:-1]
        pictures = [p.reshape(shape) for p, shape in zip(np.split(data["pixels"], ends), data["shapes"], strict=False)]
        columns = (data["lines"], data["insides"], data["digits"], data["texts"], data["levels"])
        for n, (picture, line, inside, digit, text, level) in enumerate(zip(pictures, *columns, strict=False)):
            text = spelled(str(text))
            place, room = Window(*map(float, line)), Window(*map(float, inside))
            if n % 100 < 100 * common.get(text, 1.0) and _credible(text, place, float(digit)):
                yield PageCell(picture, place, room, float(digit), text, str(level))
