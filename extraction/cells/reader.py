"""Reading cells: the grid's cells and the page's ink in, text with its confidence out.

A cell needs no text detection: its ink is split into lines. Every line short enough for a figure goes to the cell
recogniser, all of a table at once; so does the middle of every cell without ink, which must be told blank by the
network too. What is unsure is looked at again in other frames. The general recogniser reads what the cell recogniser
has no letters for, and is the second opinion on what stays unsure; `extraction.cells.fusion` weighs the answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extraction.cells.components import TableMarks, table_marks
from extraction.cells.fusion import (
    BLANK,
    SURE,
    CellText,
    Place,
    joined,
    may_be_figure,
    plain_figure,
    settled,
    settled_lines,
    together,
)
from extraction.cells.ink_lines import InkLine, digit_height, ink_lines
from extraction.cells.missed_minus import may_be_signed
from extraction.document import Candidate
from extraction.doubts import DoubtCode, doubt
from extraction.forms.lexicon import is_wording
from extraction.geometry import Pixels, Raster
from extraction.preprocess.binarize import grey
from extraction.tables.grid import GridCell
from models.cells.charset import spelled
from models.cells.crop import Grey, Window, cut, window_around
from models.cells.reader import CellReader, CellReading
from models.line_reader import as_bgr
from models.loaded import Models
from models.recogniser import Image, Reading, Recogniser

_LONGEST = 12.0  # heights of a digit: longer lines are no figure
_EDGE = 1  # pixels inside the rules
FRAMES = (1.3, 0.85, 1.15)  # in which a cell that is unsure at first sight is read again
_ASK = 0.98  # probability under which the general recogniser is asked too
_LIKELY = 0.8  # probability of a figure that the general recogniser need confirm but once
_GAP = 0.55  # heights of a digit between two marks: seldom met within a figure
_THICK = 0.16  # heights of a digit from the middle of a stroke to its edge: hardly any type is so bold
_THICKER = 1.5  # times as thick as the strokes of the table's other figures
_ENOUGH = 8  # figures that say how thick strokes are
_PLAIN = 10  # grey values between the lightest and the darkest of bare paper
_BETWEEN, _FEW = slice(40, 216), 1.3  # grey values; a bilevel scan has at most so many of them for each dark pixel
_COLOURED = 45  # difference of the channels beyond the paper's own: no black ink has it
_NO_LABEL = "一二三四五六七八九十无"  # characters that are figures, numbers of rows, or a dash
_OVERLOOKED = 0.3  # probability that a figure has the minus that may stand before it
_OVERPRINTED = 0.06  # share of a line's marks that may be coloured


class Spot(NamedTuple):
    """A line to read: which cell, which of its lines (0 for a cell without ink), and where in the page's pixels."""

    cell: int
    number: int
    box: Window


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """What all cells of a table have in common. `plain` is the picture without coloured ink, where it is in colour.

    `digit` is the usual height of a figure in pixels; `blots` are the lines with a spot thicker than strokes. The scan
    is `bilevel` where hardly any of it is grey.
    """

    raster: Raster
    grey: Grey
    plain: Grey | None
    marks: TableMarks
    cells: Sequence[GridCell]
    lines: Sequence[Sequence[InkLine]]
    digit: float
    blots: frozenset[InkLine]
    bilevel: bool

    def line(self, spot: Spot) -> InkLine | None:
        return self.lines[spot.cell][spot.number] if self.lines[spot.cell] else None

    def cut(self, spot: Spot, frame: float, *, plain: bool = False) -> Grey:
        picture = self.plain if plain and self.plain is not None else self.grey
        return cut(picture, window_around(spot.box, self.digit, frame), self.inside(spot))

    def inside(self, spot: Spot) -> Window:
        """The spot's cell without its rules."""
        cell = self.cells[spot.cell]
        return Window(cell.left + _EDGE, cell.top + _EDGE, cell.right - _EDGE, cell.bottom - _EDGE)


def read_cells(raster: Raster, marks: Pixels, cells: Sequence[GridCell], models: Models) -> list[CellText]:
    """The text of each cell of a level page with these marks, "" for blank ones, in the same order."""
    if not cells:
        return []
    sheet = _sheet_of(raster, marks, cells)
    lines, digit = sheet.lines, sheet.digit
    spots = [spot for i in range(len(cells)) for spot in _spots(i, cells[i], lines[i], digit)]
    figures = _figures(sheet, spots, models.cells)
    asked = [s for s in spots if sheet.line(s) and (s not in figures or _needs_general(sheet, s, figures[s]))]
    general = _general(sheet, asked, figures, models.recogniser)
    middles = _row_middles(sheet, spots, figures)
    texts: defaultdict[int, list[CellText]] = defaultdict(list)
    for spot in spots:
        texts[spot.cell].append(_one(sheet, spot, figures.get(spot), general.get(spot), middles))
    return [joined(texts[i], lines[i]) for i in range(len(cells))]


def _sheet_of(raster: Raster, ink: Pixels, cells: Sequence[GridCell]) -> _Sheet:
    """A table's cells on their page."""
    marks = table_marks(ink, cells)
    lines = ink_lines(marks)
    digit = digit_height(line for cell_lines in lines for line in cell_lines)
    blots = _blots(marks.ink, [line for cell_lines in lines for line in cell_lines], digit)
    shades = grey(raster.pixels)
    return _Sheet(
        raster, shades, _without_colour(raster.pixels), marks, cells, lines, digit, blots, _is_bilevel(shades)
    )


def _spots(index: int, cell: GridCell, lines: Sequence[InkLine], digit: float) -> list[Spot]:
    """The lines of a cell; for one without ink the middle, where a line would be."""
    if lines:
        return [Spot(index, k, Window(n.left, n.top, n.right, n.bottom)) for k, n in enumerate(lines)]
    middle, x = (cell.top + cell.bottom) / 2, (cell.left + cell.right) / 2
    half = max(0.5 * digit, min((cell.right - cell.left) / 2 - 0.6 * digit, _LONGEST * digit / 2))
    return [Spot(index, 0, Window(x - half, middle - digit / 2, x + half, middle + digit / 2))]


# ---------------------------------------------------------------- figures


def _figures(sheet: _Sheet, spots: Sequence[Spot], reader: CellReader) -> dict[Spot, CellReading]:
    """What the cell recogniser says of each line that is short enough to be a figure."""
    short = {s: sheet.cut(s, 1.0) for s in spots if s.box.right - s.box.left <= _LONGEST * sheet.digit}
    bare = {s for s, picture in short.items() if sheet.line(s) is None and int(np.ptp(picture)) < _PLAIN}
    shown = [s for s in short if s not in bare]
    found = dict.fromkeys(bare, BLANK) | dict(zip(shown, reader.read([short[s] for s in shown]), strict=True))
    found |= _other_crops(sheet, {s: found[s] for s in shown}, reader)
    return found | _without_coloured_ink(sheet, found, reader)


def _other_crops(sheet: _Sheet, found: Mapping[Spot, CellReading], reader: CellReader) -> dict[Spot, CellReading]:
    """What is unsure, read in other crops too (test-time augmentation)."""
    unsure = [s for s, reading in found.items() if reading.probability < SURE and not reading.foreign]
    crops = [reader.read([sheet.cut(s, frame) for s in unsure]) for frame in FRAMES]
    return {s: together([found[s], *others]) for s, *others in zip(unsure, *crops, strict=True)}


def _without_coloured_ink(
    sheet: _Sheet, found: Mapping[Spot, CellReading], reader: CellReader
) -> dict[Spot, CellReading]:
    """What stands under coloured ink, read without it too, where the page is in colour."""
    overprinted = [s for s in found if _overprinted(sheet, s)] if sheet.plain is not None else []
    black = reader.read([sheet.cut(s, 1.0, plain=True) for s in overprinted])
    return {s: together([found[s], without]) for s, without in zip(overprinted, black, strict=True)}


def _needs_general(sheet: _Sheet, spot: Spot, figure: CellReading) -> bool:
    """Whether another engine must be asked: for other text, the unsure, and where the marks are not of one figure."""
    line = sheet.line(spot)
    if sheet.cells[spot.cell].doubtful:  # it goes to a person whatever is read
        return figure.foreign
    if figure.foreign or figure.probability < _ASK or line is None:
        return True
    if sheet.bilevel and figure.text.strip("0"):  # without its grey an open loop is a closed one: 6 for 8
        return True
    return (line.gap > _GAP * sheet.digit and len(figure.text) > 1) or line in sheet.blots


def _is_bilevel(picture: Grey) -> bool:
    """Whether a picture has few pixels between black and white, as fax machines and copiers give it."""
    tones = cv2.calcHist([picture], [0], None, [256], [0, 256])
    return bool(tones[_BETWEEN].sum() < _FEW * tones[:128].sum())


def _blots(marks: Pixels, lines: Sequence[InkLine], digit: float) -> frozenset[InkLine]:
    """The lines with a spot that is thicker than any stroke, and much thicker than the strokes of the other figures.

    The usual thickness counts because type is bold, and scans make it bolder.
    """
    thickness = [_thickness(marks, line) for line in lines]
    figures = [
        t for t, n in zip(thickness, lines, strict=True) if 0.6 * digit < n.height < 1.6 * digit and n.width < 8 * digit
    ]
    usual = median(figures) if len(figures) >= _ENOUGH else 0.0
    least = max(_THICK * digit, _THICKER * usual)
    return frozenset(line for t, line in zip(thickness, lines, strict=True) if t > least)


def _thickness(marks: Pixels, line: InkLine) -> float:
    """Pixels from the middle of the thickest stroke of a line to its edge."""
    inked = marks[line.top : line.bottom, line.left : line.right]
    return float(cv2.distanceTransform(inked, cv2.DIST_L2, 3).max(initial=0))


def _without_colour(pixels: Pixels) -> Grey | None:
    """A colour picture's lightest channel: coloured ink all but vanishes, black stays. None for a grey one."""
    return np.asarray(pixels.max(axis=2)) if pixels.ndim == 3 else None


def _overprinted(sheet: _Sheet, spot: Spot) -> bool:
    """Whether some of the marks in a line's window are coloured: a seal or a pen may have added to the figure."""
    window = window_around(spot.box, sheet.digit)
    area = (
        slice(max(0, round(window.top)), max(1, round(window.bottom))),
        slice(max(0, round(window.left)), max(1, round(window.right))),
    )
    inked = sheet.marks.ink[area] > 0
    if sheet.raster.overprint is not None and bool((sheet.raster.overprint[area] > 0).any()):
        return True
    if sheet.plain is None:
        return False
    part = sheet.raster.pixels[area].astype(np.int16)
    colour = part.max(axis=2) - part.min(axis=2)
    paper = colour[~inked]
    coloured = colour[inked] > _COLOURED + (float(np.median(paper)) if paper.size else 0.0)
    return bool(coloured.size) and float(coloured.mean()) > _OVERPRINTED


def _row_middles(
    sheet: _Sheet, spots: Sequence[Spot], figures: dict[Spot, CellReading]
) -> dict[int, list[tuple[int, float]]]:
    """For each row of the grid, the cells with a figure of one line, and the height at which its middle stands."""
    middles: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for spot in spots:
        line = sheet.line(spot)
        if line and len(sheet.lines[spot.cell]) == 1 and spot in figures and not figures[spot].foreign:
            middles[sheet.cells[spot.cell].row].append((spot.cell, (line.top + line.bottom) / 2))
    return middles


def _one(
    sheet: _Sheet,
    spot: Spot,
    figure: CellReading | None,
    general: CellText | None,
    middles: dict[int, list[tuple[int, float]]],
) -> CellText:
    """The text of one line."""
    if figure is None:
        return general or CellText("", 0.0, doubt(DoubtCode.NOT_READ, "a wide cell without ink"))
    others = [y for cell, y in middles[sheet.cells[spot.cell].row] if cell != spot.cell]
    off = ((spot.box.top + spot.box.bottom) / 2 - median(others)) / sheet.digit if others else None
    line = sheet.line(spot)
    blotted = general is not None and line in sheet.blots
    place = Place(line, sheet.digit, off, blotted, _overprinted(sheet, spot))
    text = settled(figure, general, place)
    return _perhaps_signed(sheet, spot, text)


def _perhaps_signed(sheet: _Sheet, spot: Spot, text: CellText) -> CellText:
    """With its negative as a candidate, where a minus may have been overlooked."""
    if not text.text.isdigit() or not text.text.strip("0"):
        return text
    if not may_be_signed(sheet.grey, spot.box, len(text.text), sheet.digit, sheet.inside(spot)):
        return text
    return replace(text, candidates=(*text.candidates, Candidate(f"-{text.text}", _OVERLOOKED)))


def _general(
    sheet: _Sheet, spots: Sequence[Spot], figures: Mapping[Spot, CellReading], recogniser: Recogniser
) -> dict[Spot, CellText]:
    """What the general recogniser says of lines: of text, and as a second opinion of what was read as a figure."""
    pictures = _Pictures(sheet, {s.cell for s in spots})
    text = [s for s in spots if s not in figures or figures[s].foreign]
    said = _texts(pictures, text, recogniser)
    return said | _second_opinions(pictures, [s for s in spots if s not in said], figures, recogniser)


def _texts(pictures: _Pictures, spots: Sequence[Spot], recogniser: Recogniser) -> dict[Spot, CellText]:
    """Each line of text: read once, two or three times where it may be a figure."""
    first = dict(zip(spots, recogniser.read_lines([pictures.of(s, 0.22) for s in spots], _is_label), strict=True))
    figures = [s for s in spots if may_be_figure(first[s], pictures.line(s))]
    second = dict(zip(figures, recogniser.read_figures([pictures.of(s, 0.42) for s in figures]), strict=True))
    split = [s for s in figures if pictures.plain(first[s], s) != pictures.plain(second[s], s)]
    third = dict(zip(split, recogniser.read_figures([pictures.of(s, 0.32) for s in split]), strict=True))
    return {s: settled_lines([r[s] for r in (first, second, third) if s in r], pictures.line(s)) for s in spots}


def _second_opinions(
    pictures: _Pictures, spots: Sequence[Spot], figures: Mapping[Spot, CellReading], recogniser: Recogniser
) -> dict[Spot, CellText]:
    """Each figure read once where a likely one is confirmed, else twice; a third time where one of two confirms it."""
    readings: dict[Spot, list[Reading]] = {spot: [] for spot in spots}
    for margin in (0.42, 0.32, 0.22):
        asked = [s for s in spots if not _settles(pictures, s, readings[s], figures[s])]
        read = recogniser.read_figures([pictures.of(s, margin) for s in asked])
        for spot, reading in zip(asked, read, strict=True):
            readings[spot].append(reading)
    return {s: settled_lines(readings[s], pictures.line(s)) for s in spots}


def _settles(pictures: _Pictures, spot: Spot, readings: Sequence[Reading], figure: CellReading) -> bool:
    """Whether nothing more is to be asked: two confirm the figure or neither does; or one does, and it is likely."""
    agreeing = [spelled(pictures.plain(reading, spot)) == figure.text for reading in readings]
    return agreeing in ([True, True], [False, False]) or (agreeing == [True] and figure.probability >= _LIKELY)


def _is_label(text: str) -> bool:
    """Whether a text is a piece of a label of the forms, or one character of a label that stands upright."""
    return is_wording(text) or (len(text) == 1 and "一" <= text <= "鿿" and text not in _NO_LABEL)


class _Pictures:
    """Pictures of lines as the general recogniser is shown them."""

    def __init__(self, sheet: _Sheet, cells: Iterable[int]) -> None:
        self._sheet = sheet
        self._page = as_bgr(sheet.raster.pixels)
        self._residues = {i: sheet.marks.residue(i) for i in cells}

    def line(self, spot: Spot) -> InkLine:
        line = self._sheet.line(spot)
        assert line is not None  # bare paper is not shown
        return line

    def plain(self, reading: Reading, spot: Spot) -> str:
        """What was read, as `plain_figure`."""
        return plain_figure(reading.text, self.line(spot))

    def of(self, spot: Spot, margin: float) -> Image:
        """A line with so much paper around it, in heights of the line."""
        cell, ink = self._sheet.cells[spot.cell], self._sheet.marks.ink
        return _frame(self._page, ink, self._residues[spot.cell], cell, self.line(spot), margin)


def _frame(
    page: Image, marks: Pixels, residue: npt.NDArray[np.bool_], cell: GridCell, line: InkLine, margin: float
) -> Image:
    """The picture of a line with `margin` (in line heights) of paper around it, whatever stands beside it wiped."""
    height = max(line.height, 12)
    around = round(margin * height)
    top, bottom = max(cell.top, line.top - around), min(cell.bottom, line.bottom + around)
    left, right = max(cell.left, line.left - around), min(cell.right, line.right + around)
    crop = page[top:bottom, left:right]
    wipe = residue[top - cell.top : bottom - cell.top, left - cell.left : right - cell.left]
    tall = line.height + 2 * around
    wide = max(line.width + 2 * around, round(1.2 * tall))
    pad_y, pad_x = max(0, tall - crop.shape[0]), max(0, wide - crop.shape[1])
    wiped = bool(wipe.any())
    if not (wiped or pad_y or pad_x):
        return crop
    bare = crop[marks[top:bottom, left:right] == 0].reshape(-1, 3)
    paper = np.median(bare, axis=0) if len(bare) else np.full(3, 255.0)
    if wiped:
        wipe = cv2.dilate(wipe.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        # Between the first and the last mark a speck may be a decimal point: it stays.
        wipe[line.top - top : line.bottom - top, line.left - left : line.right - left] = False
        crop = crop.copy()
        crop[wipe] = paper
    framed = cv2.copyMakeBorder(
        crop,
        pad_y // 2,
        pad_y - pad_y // 2,
        pad_x // 2,
        pad_x - pad_x // 2,
        cv2.BORDER_CONSTANT,
        value=[float(v) for v in paper],
    )
    return np.asarray(framed, np.uint8)
