"""Read a PDF: bytes in, `Page`s out, one at a time, with the characters of the text layer and the page's picture.

`spans` are single characters with their boxes. A page whose text layer is invisible (a scanner's own OCR) or garbled
has no spans and is read as a scan. `extraction.ingest.text_layer_check` compares visible text with the picture.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pypdfium2 import PdfMatrix

from extraction.document import Page, Span
from extraction.errors import DamagedFile, EncryptedFile, TooLarge
from extraction.ingest.pdf.drawing import PdfFile, PdfRaster
from extraction.ingest.pdf.grid_lines import drawn_lines
from extraction.ingest.pdf.objects import PageObject, box_of, objects_on
from extraction.settings import IngestSettings

POINTS_PER_INCH = 72
_INVISIBLE = 3  # text render mode of a scanner's OCR layer (ISO 32000-1, table 106)
_MAX_GARBLED_SHARE = 0.05  # of the characters
_MAX_PICTURE_SHARE = 0.5  # of the page area; above it the page is taken for a scan
_AREA_SAMPLES = 50  # in x and in y, to measure the area under images
_DEVICE_PIXELS_PER_POINT = 1000  # PDFium maps to whole device pixels


@contextmanager
def open_pdf(data: bytes, settings: IngestSettings) -> Iterator[PdfFile]:
    """The document, closed at the end. Raises EncryptedFile, DamagedFile or TooLarge."""
    try:
        document = PdfFile(data)
    except pdfium.PdfiumError as error:
        # PDFium keeps the code of an earlier failure: the code alone is not enough.
        if getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD and b"/Encrypt" in data:
            raise EncryptedFile("the PDF is encrypted; save a copy without a password") from error
        raise DamagedFile("the PDF has no page that can be read; it is damaged, get a fresh copy") from error
    try:
        if len(document) > settings.max_pages:
            pages, limit = len(document), settings.max_pages
            raise TooLarge("the PDF has {pages} pages, more than ingest.max_pages = {limit}", pages=pages, limit=limit)
        yield document
    finally:
        document.close()


def read_pages(document: PdfFile, settings: IngestSettings) -> Iterator[Page]:
    """The pages in turn. Raises DamagedFile for a page that cannot be loaded, TooLarge for a huge one."""
    for index in range(len(document)):
        try:
            read = _read_page(document, index, settings)
        except pdfium.PdfiumError as error:
            raise DamagedFile("page {page} of the PDF cannot be read; get a fresh copy", page=index + 1) from error
        yield read


def _read_page(document: PdfFile, index: int, settings: IngestSettings) -> Page:
    page, number = document.page(index), index + 1
    width, height = page.get_size()
    to_top_left = _page_to_top_left(page)
    spans = _characters(page, number, to_top_left)
    objects = list(objects_on(page, to_top_left)) if spans else []
    warnings: tuple[str, ...] = ()
    if spans and (fault := _text_layer_fault(spans, objects, width, height)):
        warnings = (f"page {number}: {fault}; the page was read as a scan",)
        spans = ()
    raster = _raster(document, index, settings.digital_dpi if spans else settings.scan_dpi, settings)
    rules = drawn_lines(objects) if spans else None
    return Page(number, width, height, spans, raster=raster, warnings=warnings, rules=rules)


def _raster(document: PdfFile, index: int, dpi: int, settings: IngestSettings) -> PdfRaster:
    width, height = document.page(index).get_size()
    scale = dpi / POINTS_PER_INCH
    pixels = width * height * scale * scale
    if pixels > settings.max_page_pixels:
        raise TooLarge(
            "page {page} is {width:.0f} x {height:.0f} points, {megapixels:.0f} megapixels at {dpi} dpi; "
            "ingest.max_page_pixels allows {limit:.0f}",
            page=index + 1,
            width=width,
            height=height,
            megapixels=pixels / 1e6,
            dpi=dpi,
            limit=settings.max_page_pixels / 1e6,
        )
    return PdfRaster(document, index, scale)


def _characters(page: pdfium.PdfPage, number: int, to_top_left: PdfMatrix) -> tuple[Span, ...]:
    """The characters of the text layer with their boxes, without white space, whose boxes mean nothing."""
    text_page = page.get_textpage()
    try:
        handle, loose = text_page.raw, pdfium_c.FS_RECTF()
        spans = []
        for index in range(text_page.count_chars()):
            code = pdfium_c.FPDFText_GetUnicode(handle, index)
            if code in (0, 0xFFFE, 0xFFFF):
                continue
            text = "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
            if text.isspace() or pdfium_c.FPDFText_IsGenerated(handle, index) == 1:
                continue
            if not pdfium_c.FPDFText_GetLooseCharBox(handle, index, loose):
                continue
            spans.append(Span(text, number, box_of(to_top_left, loose.left, loose.bottom, loose.right, loose.top)))
        return tuple(spans)
    finally:
        text_page.close()


def _page_to_top_left(page: pdfium.PdfPage) -> PdfMatrix:
    """The map from PDF user space to points from the top left of the page as shown (crop box and /Rotate applied)."""
    width, height = page.get_size()
    fine = _DEVICE_PIXELS_PER_POINT
    x, y = ctypes.c_int(), ctypes.c_int()

    def shown(px: float, py: float) -> tuple[float, float]:
        pdfium_c.FPDF_PageToDevice(page, 0, 0, round(width * fine), round(height * fine), 0, px, py, x, y)
        return x.value / fine, y.value / fine

    length = 100.0  # points
    (ox, oy), (ax, ay), (bx, by) = shown(0, 0), shown(length, 0), shown(0, length)
    return PdfMatrix((ax - ox) / length, (ay - oy) / length, (bx - ox) / length, (by - oy) / length, ox, oy)


def _text_layer_fault(spans: Sequence[Span], objects: Sequence[PageObject], width: float, height: float) -> str:
    """The reason why the text layer cannot be used, "" if it seems usable."""
    if not all(s.box is not None and math.isfinite(sum(s.box)) for s in spans):
        return "characters of its text layer have no place on the page (damaged numbers)"
    garbled = sum(s.text == "\ufffd" or unicodedata.category(s.text[0]) in ("Co", "Cn", "Cs", "Cc") for s in spans)
    if garbled > _MAX_GARBLED_SHARE * len(spans):
        return "its text layer is garbled (a font without a character map)"
    modes = [pdfium_c.FPDFTextObj_GetTextRenderMode(o.raw) for o in objects if o.kind == pdfium_c.FPDF_PAGEOBJ_TEXT]
    if modes and sum(m == _INVISIBLE for m in modes) > len(modes) / 2:
        return "its text layer is invisible (a scanner's own OCR)"
    if _picture_share(objects, width, height) > _MAX_PICTURE_SHARE:
        return "it is a picture with text laid over it"
    return ""


def _picture_share(objects: Sequence[PageObject], width: float, height: float) -> float:
    """The share of the page area under its images together: some programs cut a scan into strips."""
    boxes = [box for o in objects if o.kind == pdfium_c.FPDF_PAGEOBJ_IMAGE and (box := o.bounds()) is not None]
    centres = np.arange(_AREA_SAMPLES) + 0.5
    xs, ys = np.meshgrid(centres * width / _AREA_SAMPLES, centres * height / _AREA_SAMPLES)
    covered = np.zeros(xs.shape, bool)
    for left, top, right, bottom in boxes:
        covered |= (left <= xs) & (xs < right) & (top <= ys) & (ys < bottom)
    return float(covered.mean())
