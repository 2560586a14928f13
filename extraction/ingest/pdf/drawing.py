"""Render a PDF page on demand, and only the part that is asked for.

A page of native text is mostly read without its picture, and rendering it would be most of the work.
"""

from __future__ import annotations

from functools import cached_property
from math import ceil

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from extraction.errors import DamagedFile
from extraction.geometry import Pixels, Raster

_WHITE = (255, 255, 255, 255)


class PdfFile:
    """A PDF with one page loaded at a time; after `close` it is opened again on demand."""

    def __init__(self, data: bytes) -> None:
        """Open the PDF in `data`. Raises PdfiumError."""
        self._data = data
        self._document: pdfium.PdfDocument | None = pdfium.PdfDocument(data)
        self._loaded: tuple[int, pdfium.PdfPage] | None = None

    def __len__(self) -> int:
        return len(self._opened())

    def page(self, index: int) -> pdfium.PdfPage:
        """The page at an index from 0, valid until another one is asked for. Raises PdfiumError."""
        if self._loaded is None or self._loaded[0] != index:
            self._unload()
            self._loaded = index, self._opened()[index]
        return self._loaded[1]

    def close(self) -> None:
        """Free what PDFium holds."""
        self._unload()
        if self._document is not None:
            self._document.close()
        self._document = None

    def _opened(self) -> pdfium.PdfDocument:
        if self._document is None:
            self._document = pdfium.PdfDocument(self._data)
        return self._document

    def _unload(self) -> None:
        if self._loaded is not None:
            self._loaded[1].close()
        self._loaded = None


class PdfRaster(Raster):
    """The picture of a page at `scale` pixels a point. What cannot be rendered raises DamagedFile."""

    def __init__(self, file: PdfFile, index: int, scale: float) -> None:
        width, height = file.page(index).get_size()
        rows, columns = ceil(height * scale), ceil(width * scale)
        to_page = np.array([[width / columns, 0, 0], [0, height / rows, 0]])
        for name, value in (("to_page", to_page), ("mesh", None), ("overprint", None)):
            object.__setattr__(self, name, value)  # the dataclass is frozen
        self.__dict__.update(_file=file, _index=index, _size=(rows, columns))

    @cached_property
    def pixels(self) -> Pixels:
        """The whole picture, BGR."""
        return self._drawn(0, 0, self.size[1], self.size[0])

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels, without rendering."""
        rows, columns = self.__dict__["_size"]
        return rows, columns

    @property
    def is_drawn(self) -> bool:
        """Whether the whole picture was rendered."""
        return "pixels" in self.__dict__

    def part(self, left: int, top: int, right: int, bottom: int) -> Pixels:
        """The picture within a rectangle of pixels, rendered alone unless the whole picture is there."""
        left, top, right, bottom = max(0, left), max(0, top), min(right, self.size[1]), min(bottom, self.size[0])
        if self.is_drawn or left >= right or top >= bottom:
            return super().part(left, top, right, bottom)
        return self._drawn(left, top, right, bottom)

    def _drawn(self, left: int, top: int, right: int, bottom: int) -> Pixels:
        """Render a rectangle of pixels, BGR."""
        file, index = self.__dict__["_file"], self.__dict__["_index"]
        rows, columns = self.size
        try:
            bitmap = pdfium.PdfBitmap.new_native(right - left, bottom - top, pdfium_c.FPDFBitmap_BGR)
            bitmap.fill_rect(_WHITE, 0, 0, right - left, bottom - top)
            pdfium_c.FPDF_RenderPageBitmap(bitmap, file.page(index), -left, -top, columns, rows, 0, pdfium_c.FPDF_ANNOT)
        except pdfium.PdfiumError as error:
            raise DamagedFile("page {page} of the PDF cannot be drawn; get a fresh copy", page=index + 1) from error
        return np.asarray(bitmap.to_numpy(), np.uint8)
