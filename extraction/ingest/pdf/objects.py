"""The objects of a PDF page, those nested in forms too, with the maps from their coordinates to the page.

PDFium is called directly: for a page of text and lines its Python wrapper takes longer than all else.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pypdfium2 import PdfMatrix

from extraction.geometry import Box

_MAX_FORM_DEPTH = 15  # forms nested in forms


def box_of(place: PdfMatrix, left: float, bottom: float, right: float, top: float) -> Box:
    """The box around the image of a rectangle; not a number where a coordinate is none, unlike `PdfMatrix.on_rect`."""
    a, b, c, d, e, f = place.get()
    x0, x1 = (a * left, a * right) if a > 0 else (a * right, a * left)
    x2, x3 = (c * bottom, c * top) if c > 0 else (c * top, c * bottom)
    y0, y1 = (b * left, b * right) if b > 0 else (b * right, b * left)
    y2, y3 = (d * bottom, d * top) if d > 0 else (d * top, d * bottom)
    return Box(x0 + x2 + e, y0 + y2 + f, x1 + x3 + e, y1 + y3 + f)


class PageObject(NamedTuple):
    """An object: PDFium's handle, its kind (`FPDF_PAGEOBJ_...`), and the map to points from the page's top left."""

    raw: Any
    kind: int
    place: PdfMatrix

    def bounds(self) -> Box | None:
        """Its bounding box on the page, None where PDFium has none."""
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not pdfium_c.FPDFPageObj_GetBounds(self.raw, left, bottom, right, top):
            return None
        return box_of(self.place, left.value, bottom.value, right.value, top.value)


def objects_on(page: pdfium.PdfPage, to_top_left: PdfMatrix) -> Iterator[PageObject]:
    """The objects of a page in drawing order, those of a form in its place."""
    yield from _objects(
        page.raw, pdfium_c.FPDFPage_CountObjects, pdfium_c.FPDFPage_GetObject, to_top_left, _MAX_FORM_DEPTH
    )


def _objects(
    holder: Any, count: Callable[[Any], int], get: Callable[[Any, int], Any], place: PdfMatrix, depth: int
) -> Iterator[PageObject]:
    for index in range(count(holder)):
        raw = get(holder, index)
        kind = pdfium_c.FPDFPageObj_GetType(raw)
        if kind != pdfium_c.FPDF_PAGEOBJ_FORM:
            yield PageObject(raw, kind, place)
        elif depth > 1:
            inside = matrix_of(raw).multiply(place)
            yield from _objects(
                raw, pdfium_c.FPDFFormObj_CountObjects, pdfium_c.FPDFFormObj_GetObject, inside, depth - 1
            )


def matrix_of(raw: Any) -> PdfMatrix:
    """The map from an object's coordinates to those of what holds it. Raises PdfiumError."""
    matrix = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(raw, matrix):
        raise pdfium.PdfiumError("an object of the page has no place")
    return PdfMatrix.from_raw(matrix)
