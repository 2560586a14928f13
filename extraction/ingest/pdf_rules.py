"""The rules that a PDF page draws, as a small picture of nothing else: no search for them among the text is needed.

In: a page of native text. Out: black strokes on white, or None where the page draws in ways that only its picture can
show (images, shadings). What is painted white or not at all draws no rule; a filled band is no rule, a thin one is.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from extraction.document import Matrix, Pixels

Points = npt.NDArray[np.float64]
"""Points of a path in a row: n x 2, from the top left of the page as shown."""

_THICKEST = 3.5  # points; anything thicker is a band, not a rule
_SHORTEST = 6.0  # points; shorter strokes are ornaments
_LEANING = 0.7  # points by which a rule may deviate from level or upright
_PALE = 236  # grey value from which a stroke is as good as not there
_IMAGE = 36.0  # points; an image larger than this both ways may hold a table
_DEEPEST = 8  # forms within forms


def drawn_rules(page: pdfium.PdfPage, to_top_left: Matrix, scale: float) -> Pixels | None:
    """The page's rules, two pixels thick; `scale` is points a pixel. None where its picture must be looked at."""
    width, height = page.get_size()
    picture = np.full((max(1, round(height / scale)), max(1, round(width / scale))), 255, np.uint8)
    for thing in page.get_objects(max_depth=_DEEPEST):
        if thing.type in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING):
            left, bottom, right, top = thing.get_bounds()
            if right - left > _IMAGE and top - bottom > _IMAGE:
                return None
        elif thing.type == pdfium_c.FPDF_PAGEOBJ_PATH:
            for start, end in _strokes(thing, to_top_left):
                ends = [(round(x / scale), round(y / scale)) for x, y in (start, end)]
                cv2.line(picture, ends[0], ends[1], 0, 2)
    return picture


def _strokes(thing: pdfium.PdfObject, to_top_left: Matrix) -> Iterator[tuple[Points, Points]]:
    """The level and upright strokes of a path, from end to end."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(thing.raw, fill, stroke)
    stroked = bool(stroke.value) and _shows(thing, pdfium_c.FPDFPageObj_GetStrokeColor)
    filled = bool(fill.value) and _shows(thing, pdfium_c.FPDFPageObj_GetFillColor)
    if not (stroked or filled):
        return
    for points in _subpaths(thing, to_top_left):
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        if right - left < _THICKEST and bottom - top >= _SHORTEST:
            middle = (left + right) / 2
            yield np.array([middle, top]), np.array([middle, bottom])
        elif bottom - top < _THICKEST and right - left >= _SHORTEST:
            middle = (top + bottom) / 2
            yield np.array([left, middle]), np.array([right, middle])
        elif stroked:
            for start, end in pairwise(points):
                across = np.abs(end - start)
                if across.min() < _LEANING and across.max() >= _SHORTEST:
                    yield start, end


def _subpaths(thing: pdfium.PdfObject, to_top_left: Matrix) -> Iterator[Points]:
    """The parts of a path that are drawn without lifting the pen; curves are left out, as if the pen were lifted."""
    matrix = _matrix(thing)
    points: list[tuple[float, float]] = []
    parts: list[list[tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(pdfium_c.FPDFPath_CountSegments(thing.raw)):
        segment = pdfium_c.FPDFPath_GetPathSegment(thing.raw, index)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind != pdfium_c.FPDF_SEGMENT_LINETO:
            points = []
            parts.append(points)
        points.append((x.value, y.value))
        if pdfium_c.FPDFPathSegment_GetClose(segment) and len(points) > 2:
            points.append(points[0])
    for part in parts:
        if len(part) > 1:
            yield np.column_stack([part, np.ones(len(part))]) @ matrix.T @ to_top_left.T


def _matrix(thing: pdfium.PdfObject) -> Matrix:
    """The map (3 x 3) from a path's own points to the page's user space, through the forms that it is nested in."""
    whole = np.eye(3)
    part: pdfium.PdfObject | None = thing
    while part is not None:
        a, b, c, d, e, f = part.get_matrix().get()
        whole = np.array([[a, c, e], [b, d, f], [0, 0, 1]]) @ whole
        part = part.container
    return whole


def _shows(thing: pdfium.PdfObject, color_of: object) -> bool:
    """Whether a colour is darker than paper."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    assert callable(color_of)
    if not color_of(thing.raw, red, green, blue, alpha):
        return True  # a pattern: something is drawn
    paper = 255 - alpha.value
    grey = (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value) * alpha.value / 255 + paper
    return grey < _PALE
