"""Find the grid lines that a PDF page draws, so that they need not be detected in its picture.

In: the objects of a page of native text. Out: horizontal and vertical lines in points, or None where only the picture
can show what is drawn (images, shadings). A thin filled band is a line; what is painted white is none.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium_c

from extraction.geometry import Box
from extraction.ingest.pdf.objects import PageObject, matrix_of

_MAX_THICKNESS = 3.5  # points; anything thicker is a band
_MIN_LENGTH = 6.0  # points; shorter strokes are ornaments
_MAX_SLANT = 0.7  # points between the ends of a line, across it
_MIN_PAPER_GREY = 236  # of 255; a lighter stroke cannot be seen
_MAX_IMAGE_SIDE = 36.0  # points; an image larger than this in both directions may hold a table
_RECTANGLE_SEGMENTS = 5  # of a path that is a rectangle

Point = tuple[float, float]


def drawn_lines(objects: Iterable[PageObject]) -> tuple[Box, ...] | None:
    """The horizontal and vertical lines of a page, as boxes without thickness in points from its top left as shown.

    None where lines must be detected in its picture.
    """
    lines: list[Box] = []
    for thing in objects:
        if thing.kind in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING):
            box = thing.bounds()
            if box is None or min(box.width, box.height) > _MAX_IMAGE_SIDE:
                return None
        elif thing.kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            lines += _strokes(thing)
    return tuple(lines)


def _strokes(thing: PageObject) -> Iterator[Box]:
    """The horizontal and vertical lines of a path."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(thing.raw, fill, stroke)
    stroked = bool(stroke.value) and _shows(thing, pdfium_c.FPDFPageObj_GetStrokeColor)
    filled = bool(fill.value) and _shows(thing, pdfium_c.FPDFPageObj_GetFillColor)
    if not (stroked or filled):
        return
    if (
        not stroke.value
        and pdfium_c.FPDFPath_CountSegments(thing.raw) <= _RECTANGLE_SEGMENTS
        and (box := thing.bounds())
    ):
        yield from _thin(box)  # most lines are rectangles: their bounds are enough
        return
    for points in _subpaths(thing):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        thin = list(_thin(Box(min(xs), min(ys), max(xs), max(ys))))
        yield from thin
        if stroked and not thin:
            for start, end in pairwise(points):
                yield from _side(start, end)


def _thin(box: Box) -> Iterator[Box]:
    """The line in the middle of a thin band, none where it is too thick or too short."""
    if box.width < _MAX_THICKNESS and box.height >= _MIN_LENGTH:
        middle = (box.left + box.right) / 2
        yield Box(middle, box.top, middle, box.bottom)
    elif box.height < _MAX_THICKNESS and box.width >= _MIN_LENGTH:
        middle = (box.top + box.bottom) / 2
        yield Box(box.left, middle, box.right, middle)


def _side(start: Point, end: Point) -> Iterator[Box]:
    """The line between two points, where it is horizontal or vertical and no ornament."""
    across, down = abs(end[0] - start[0]), abs(end[1] - start[1])
    if max(across, down) < _MIN_LENGTH or min(across, down) >= _MAX_SLANT:
        return
    if across > down:
        middle = (start[1] + end[1]) / 2
        yield Box(min(start[0], end[0]), middle, max(start[0], end[0]), middle)
    else:
        middle = (start[0] + end[0]) / 2
        yield Box(middle, min(start[1], end[1]), middle, max(start[1], end[1]))


def _subpaths(thing: PageObject) -> Iterator[list[Point]]:
    """The polylines of a path, in points on the page; a curve ends one, as a move does."""
    place = matrix_of(thing.raw).multiply(thing.place)
    points: list[Point] = []
    parts: list[list[Point]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(pdfium_c.FPDFPath_CountSegments(thing.raw)):
        segment = pdfium_c.FPDFPath_GetPathSegment(thing.raw, index)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        if pdfium_c.FPDFPathSegment_GetType(segment) != pdfium_c.FPDF_SEGMENT_LINETO:
            points = []
            parts.append(points)
        points.append(place.on_point(x.value, y.value))
        if len(points) > 2 and pdfium_c.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    return (part for part in parts if len(part) > 1)


def _shows(thing: PageObject, color_of: Callable[..., Any]) -> bool:
    """Whether an object's colour can be seen on paper."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not color_of(thing.raw, red, green, blue, alpha):
        return True  # a pattern: something is drawn
    paper = 255 - alpha.value
    grey = (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value) * alpha.value / 255 + paper
    return grey < _MIN_PAPER_GREY
