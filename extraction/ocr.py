"""Reading cells: the marks in a cell in, text with its confidence out.

A cell of a grid needs no text detection: its ink is split into lines and every line read. A cell that looks like a
figure is read twice, differently framed; where the two differ a third decides if a sum bears it out, and three that
differ are a doubt, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels, Raster
from extraction.numbers import parse_figure
from extraction.raster import grey, ink
from extraction.rules import GridCell
from models.recogniser import Image, Reading, Recogniser

_SPECK = 0.22  # em; smaller marks are dust
_FAR_APART = 1.0  # line heights between two marks of a line: too far for the digits of one figure
_SMALL = 0.35  # of the line's height: a mark that is no digit
_SLANTED = 0.8  # of a /
_OUTVOTED = 0.95  # confidence at most in two readings against one
_BY_SHAPE = 0.98  # confidence in a stroke that is told by its shape as well
_FRAME = 4  # pixels inside the rules in which nothing but their fringe stands
_DEFAULT_EM = 28.0  # pixels: 10 point type at 200 dpi
_FIGURE_LIKE = re.compile(r"[\dOoQDlI|一〇.,，。:：·•_\-—–―~～/\\'`‘’“”\"\s()（）元万件]*")
# What the networks answer for a lone digit, seen on real pages.
_ZEROS = str.maketrans(dict.fromkeys("OoQD〇○。", "0"))
_FRINGE = " .·•,，、'`‘’\""  # no figure begins or ends with these: they are specks beside it
_LONE_STROKES = ("一", "-", "—", "–", "―", "_", "~", "1", "l", "I", "|", "/")
_ONES = str.maketrans(dict.fromkeys("lI|丨", "1"))


@dataclass(frozen=True, slots=True)
class InkLine:
    """A line of marks inside a cell: its box in pixels of the page picture.

    `slant` is the correlation of its ink's x and height: near 1 for a / alone, near 0 for a 1. `gap` is the widest
    room without ink between its marks, in pixels.
    """

    left: int
    top: int
    right: int
    bottom: int
    slant: float = 0.0
    gap: int = 0

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class CellText:
    """The text of a cell, its lines joined by newline, how sure it is, and why it is not ("" where it is)."""

    text: str
    confidence: float
    doubt: str = ""


def page_marks(raster: Raster) -> Pixels:
    """The ink of a level page at the resolution at which pages are read, 255 where there is some."""
    return ink(grey(raster.pixels), window=51)


def read_cells(raster: Raster, marks: Pixels, cells: Sequence[GridCell], recogniser: Recogniser) -> list[CellText]:
    """The text of each cell of a level page with these marks, "" for cells without any, in the same order."""
    lines = _lines_of(cells, marks)
    wanted = [(i, line) for i, cell_lines in enumerate(lines) for line in cell_lines]
    paper = _as_bgr(raster.pixels)
    residues = {i: _residue(marks, cells[i]) for i, _ in wanted}

    def framed(indices: Iterable[int], margin: float) -> list[Image]:
        picked = [wanted[k] for k in indices]
        return [_frame(paper, marks, residues[i], cells[i], line, margin) for i, line in picked]

    every = range(len(wanted))
    first = dict(zip(every, recogniser.read_lines(framed(every, 0.22)), strict=True))
    figures = [k for k in every if _may_be_figure(first[k])]
    second = dict(zip(figures, recogniser.read_figures(framed(figures, 0.42)), strict=True))
    split = [k for k in figures if _text(first[k], wanted[k][1]) != _text(second[k], wanted[k][1])]
    third = dict(zip(split, recogniser.read_figures(framed(split, 0.32)), strict=True))
    texts: list[list[CellText]] = [[] for _ in cells]
    for k, (i, line) in enumerate(wanted):
        texts[i].append(_settle([r[k] for r in (first, second, third) if k in r], line))
    return [_joined(cell_texts, cell_lines) for cell_texts, cell_lines in zip(texts, lines, strict=True)]


def has_ink(marks: Pixels, cell: GridCell) -> bool:
    """Whether a cell holds more than dust."""
    return bool(_bands(marks, cell))


def _lines_of(cells: Sequence[GridCell], marks: Pixels) -> list[list[InkLine]]:
    """The lines in each cell: bands of ink, those of one character (三 falls in three) taken together."""
    bands = [_bands(marks, cell) for cell in cells]
    heights = [b.height for cell_bands in bands for b in cell_bands if b.width > 1.5 * b.height and b.height > 8]
    em = median(heights) if heights else _DEFAULT_EM
    return [_without_dust(_together(cell_bands, em), em) for cell_bands in bands]


def _bands(marks: Pixels, cell: GridCell) -> list[InkLine]:
    """Runs of rows with ink, without what is left of the rules at the cell's border and without single specks."""
    inside = _clean(marks, cell)
    rows = np.flatnonzero(inside.any(axis=1))
    if not len(rows):
        return []
    bands = []
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        band = _without_far_specks(inside[run[0] : run[-1] + 1])
        columns = np.flatnonzero(band.any(axis=0))
        bands.append(
            InkLine(
                cell.left + int(columns[0]),
                cell.top + int(run[0]),
                cell.left + int(columns[-1]) + 1,
                cell.top + int(run[-1]) + 1,
                _slant(band),
                int(np.diff(columns).max(initial=1)) - 1,
            )
        )
    return bands


def _without_far_specks(band: Pixels) -> Pixels:
    """Without the small marks farther from the other ones than the digits of one figure, or its point, can be."""
    height = len(band)
    columns = np.flatnonzero(band.any(axis=0))
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > _FAR_APART * height) + 1)
    small = [
        len(run) < _SMALL * height and _extent(np.asarray(band[:, run].any(axis=1))) < _SMALL * height for run in runs
    ]
    if all(small):
        return band
    kept = np.array(band)
    for run in (run for run, is_small in zip(runs, small, strict=True) if is_small):
        kept[:, run] = 0
    return kept


def _extent(inked: npt.NDArray[np.bool_]) -> int:
    """From the first to the last True, 0 for none."""
    at = np.flatnonzero(inked)
    return int(at[-1] - at[0]) + 1 if len(at) else 0


def _slant(band: Pixels) -> float:
    y, x = np.nonzero(band)
    if len(x) < 3 or not x.std() or not y.std():
        return 0.0
    return -float(np.corrcoef(x, y)[0, 1])


def _clean(marks: Pixels, cell: GridCell) -> Pixels:
    """The ink inside a cell without specks and without what the rules have left at its border."""
    inside = marks[cell.top : cell.bottom, cell.left : cell.right].copy()
    height, width = inside.shape
    if height <= 2 * _FRAME or width <= 2 * _FRAME:
        return np.zeros_like(inside)
    inside[:_FRAME], inside[-_FRAME:], inside[:, :_FRAME], inside[:, -_FRAME:] = 0, 0, 0, 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    keep = np.zeros(count, bool)
    for label, (_, _, w, h, area) in enumerate(stats[1:count], start=1):
        rule = (w > 0.9 * width > 40 and h < 8) or (h > 0.9 * height > 40 and w < 8)
        keep[label] = area >= 6 and max(w, h) >= 4 and not rule
    return np.where(keep[labels], inside, 0).astype(np.uint8)


def _residue(marks: Pixels, cell: GridCell) -> npt.NDArray[np.bool_]:
    """Ink of a cell that belongs to none of its marks: rules and specks, to be wiped before reading."""
    inside, clean = marks[cell.top : cell.bottom, cell.left : cell.right], _clean(marks, cell)
    count, labels = cv2.connectedComponents(inside, connectivity=8)
    marked = np.zeros(count, bool)
    marked[np.unique(labels[clean > 0])] = True
    return np.asarray((inside > 0) & ~marked[labels])


def _together(bands: list[InkLine], em: float) -> list[InkLine]:
    lines: list[InkLine] = []
    for band in bands:
        if lines and band.bottom - lines[-1].top <= 1.25 * em:
            last = lines.pop()
            left, right = min(last.left, band.left), max(last.right, band.right)
            band = InkLine(left, last.top, right, band.bottom, gap=min(last.gap, band.gap))
        lines.append(band)
    return lines


def _without_dust(lines: list[InkLine], em: float) -> list[InkLine]:
    """Without specks, and without the smudges that are small beside the cell's real lines."""
    tallest = max((line.height for line in lines), default=0)
    return [
        line
        for line in lines
        if max(line.width, line.height) >= max(4.0, _SPECK * em)
        and not (line.height < 0.4 * tallest and line.width < 0.5 * em)
    ]


def _frame(
    page: Image, marks: Pixels, residue: npt.NDArray[np.bool_], cell: GridCell, line: InkLine, margin: float
) -> Image:
    """The picture of a line with `margin` (in line heights) of paper around it, whatever stands beside it wiped."""
    height = max(line.height, 12)
    around = round(margin * height)
    top, bottom = max(cell.top, line.top - around), min(cell.bottom, line.bottom + around)
    left, right = max(cell.left, line.left - around), min(cell.right, line.right + around)
    crop = page[top:bottom, left:right].copy()
    bare = crop[marks[top:bottom, left:right] == 0].reshape(-1, 3)
    paper = np.median(bare, axis=0) if len(bare) else np.full(3, 255.0)
    wipe = residue[top - cell.top : bottom - cell.top, left - cell.left : right - cell.left]
    wipe = cv2.dilate(wipe.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    # Between the first and the last mark a speck may be a decimal point: it stays.
    wipe[line.top - top : line.bottom - top, line.left - left : line.right - left] = False
    crop[wipe] = paper
    tall = line.height + 2 * around
    wide = max(line.width + 2 * around, round(1.2 * tall))
    pad_y, pad_x = max(0, tall - crop.shape[0]), max(0, wide - crop.shape[1])
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


def _may_be_figure(reading: Reading) -> bool:
    """Whether a line is worth a second look: it reads as a figure, or hardly reads at all."""
    return bool(_FIGURE_LIKE.fullmatch(reading.text)) or reading.score < 0.8 or parse_figure(reading.text) is not None


def _settle(readings: Sequence[Reading], line: InkLine) -> CellText:
    """One text from up to three readings of a line.

    Two that agree are as sure as the surer one. Where they differ a third decides, but not for sure: a sum must bear it
    out. Three that all differ are a doubt.
    """
    texts = [_text(reading, line) for reading in readings]
    if line.gap > _FAR_APART * line.height and any(t.strip(".,-—").isdigit() and len(t) > 1 for t in texts):
        return CellText(texts[0], 0.5, "marks far apart: it may be two figures")
    if len(readings) == 1:
        return CellText(texts[0], readings[0].score)
    if texts[0] == texts[1]:
        by_shape = _BY_SHAPE if texts[0] in ("/", "—") else 0.0
        return CellText(texts[0], max(*(r.score for r in readings), by_shape))
    surest = max(range(len(readings)), key=lambda k: readings[k].score)
    agreeing = [k for k in range(len(readings) - 1) if texts[k] == texts[-1]]
    if agreeing and texts[-1]:
        score = max(readings[agreeing[0]].score, readings[-1].score)
        return CellText(texts[-1], min(score, _OUTVOTED))
    return CellText(texts[surest], 0.5, f"readings differ: {', '.join(map(repr, texts))}")


def _text(reading: Reading, line: InkLine) -> str:
    return _plain_figure(reading.text, line)


def _plain_figure(text: str, line: InkLine) -> str:
    """A reading that can only be a figure with the letters that are taken for digits put right.

    A lone 一 is a dash or a one: the shape of the mark says which.
    """
    text = text.strip()
    if not text or not _FIGURE_LIKE.fullmatch(text):
        return text
    text = text.strip(_FRINGE) or text
    if text in _LONE_STROKES:
        if line.width > 1.6 * line.height:
            return "—"
        return "/" if line.slant > _SLANTED else "1" if line.height > 1.6 * line.width else text
    return re.sub(r"^[—–―一](?=\d)", "-", text.translate(_ZEROS).translate(_ONES))


def _joined(texts: Sequence[CellText], lines: Sequence[InkLine]) -> CellText:
    """The text of a cell from its lines; a small mark that reads as nothing beside a line that reads is a speck."""
    tallest = max((line.height for line in lines), default=0)
    read = [t for t, line in zip(texts, lines, strict=True) if t.text or line.height > 0.7 * tallest]
    if not read:
        return CellText("", 1.0)
    return CellText(
        "\n".join(t.text for t in read),
        min(t.confidence for t in read),
        next((t.doubt for t in read if t.doubt), ""),
    )


def _as_bgr(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8) if pixels.ndim == 2 else pixels
