"""The rules that a PDF page draws: no search for them in its picture is needed.

In: the objects of a page of native text. Out: strokes in points, or None where the page draws in ways that only its
picture can show (images, shadings). What is painted white or not at all draws no rule; a filled band is no rule, a thin
one is.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium_c

from extraction.document import Box
from extraction.ingest.pdf.objects import Affine, PageObject, matrix_of

_THICKEST = 3.5  # points; anything thicker is a band, not a rule
_SHORTEST = 6.0  # points; shorter strokes are ornaments
_LEANING = 0.7  # points by which a rule may deviate from level or upright
_PALE = 236  # grey value from which a stroke is as good as not there
_IMAGE = 36.0  # points; an image larger than this both ways may hold a table

_RECTANGLE = 5  # segments of a path that is no more than that

Point = tuple[float, float]


def drawn_rules(objects: Iterable[PageObject]) -> tuple[Box, ...] | None:
    """The page's rules as level and upright strokes: boxes without extent across, in points from the top left of the
    page as shown. None where its picture must be looked at."""
    rules: list[Box] = []
    for thing in objects:
        if thing.kind in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING):
            box = thing.bounds()
            if box is None or min(box.width, box.height) > _IMAGE:
                return None
        elif thing.kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            rules += _strokes(thing)
    return tuple(rules)


def _strokes(thing: PageObject) -> Iterator[Box]:
    """The level and upright strokes of a path, from end to end."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(thing.raw, fill, stroke)
    stroked = bool(stroke.value) and _shows(thing, pdfium_c.FPDFPageObj_GetStrokeColor)
    filled = bool(fill.value) and _shows(thing, pdfium_c.FPDFPageObj_GetFillColor)
    if not (stroked or filled):
        return
    if not stroke.value and pdfium_c.FPDFPath_CountSegments(thing.raw) <= _RECTANGLE and (box := thing.bounds()):
        yield from _thin(box)  # most rules are rectangles of their own: their bounds say all
        return
    for points in _subpaths(thing):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        thin = list(_thin(Box(min(xs), min(ys), max(xs), max(ys))))
        yield from thin
        if stroked and not thin:
            for start, end in pairwise(points):
                yield from _side(start, end)


def _thin(box: Box) -> Iterator[Box]:
    """The stroke that a thin band is, none if it is too thick or too short."""
    if box.width < _THICKEST and box.height >= _SHORTEST:
        middle = (box.left + box.right) / 2
        yield Box(middle, box.top, middle, box.bottom)
    elif box.height < _THICKEST and box.width >= _SHORTEST:
        middle = (box.top + box.bottom) / 2
        yield Box(box.left, middle, box.right, middle)


def _side(start: Point, end: Point) -> Iterator[Box]:
    """The stroke between two points, if it is level or upright and no ornament."""
    across, down = abs(end[0] - start[0]), abs(end[1] - start[1])
    if max(across, down) < _SHORTEST or min(across, down) >= _LEANING:
        return
    if across > down:
        middle = (start[1] + end[1]) / 2
        yield Box(min(start[0], end[0]), middle, max(start[0], end[0]), middle)
    else:
        middle = (start[0] + end[0]) / 2
        yield Box(middle, min(start[1], end[1]), middle, max(start[1], end[1]))


def _subpaths(thing: PageObject) -> Iterator[list[Point]]:
    """The parts of a path that are drawn without lifting the pen, in points on the page; curves are left out, as if the
    pen were lifted."""
    place: Affine = thing.place.after(matrix_of(thing.raw))
    points: list[Point] = []
    parts: list[list[Point]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(pdfium_c.FPDFPath_CountSegments(thing.raw)):
        segment = pdfium_c.FPDFPath_GetPathSegment(thing.raw, index)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        if pdfium_c.FPDFPathSegment_GetType(segment) != pdfium_c.FPDF_SEGMENT_LINETO:
            points = []
            parts.append(points)
        points.append(place(x.value, y.value))
        if len(points) > 2 and pdfium_c.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    return (part for part in parts if len(part) > 1)


def _shows(thing: PageObject, color_of: Callable[..., Any]) -> bool:
    """Whether a colour is darker than paper."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not color_of(thing.raw, red, green, blue, alpha):
        return True  # a pattern: something is drawn
    paper = 255 - alpha.value
    grey = (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value) * alpha.value / 255 + paper
    return grey < _PALE
