"""PDF to pages: a picture of every page, with the text layer where it can be one.

In: bytes. Out: `Page`s, one at a time so that a long file needs the memory of one page. A page's `spans` are single
characters with their boxes; a page whose text layer is invisible (a scanner's own OCR) or garbled comes without spans
and is then read as a scan. Whether visible text agrees with the picture is for `extraction.witness` to find out.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from extraction.document import Box, Matrix, Page, Raster, Span
from extraction.errors import DamagedFile, EncryptedFile, TooLarge
from extraction.ingest.pdf_rules import drawn_rules
from extraction.settings import IngestSettings

POINTS_PER_INCH = 72
_INVISIBLE = 3  # text render mode of a scanner's OCR layer (ISO 32000-1, table 106)
_RULES_DPI = 100  # rules drawn anew, two pixels thick, need no more
_GARBLED_SHARE = 0.05
_PICTURE_SHARE = 0.5  # of the page, covered by images: then the page is a picture of itself


@contextmanager
def open_pdf(data: bytes, settings: IngestSettings) -> Iterator[pdfium.PdfDocument]:
    """The document, closed at the end. Raises EncryptedFile, DamagedFile or TooLarge."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        # PDFium keeps the code of an earlier failure, so the code alone does not tell.
        if getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD and b"/Encrypt" in data:
            raise EncryptedFile("the PDF is encrypted; save a copy without a password") from error
        raise DamagedFile("the PDF has no page that can be read; it is damaged: get a fresh copy") from error
    try:
        if len(document) > settings.max_pages:
            raise TooLarge(f"the PDF has {len(document)} pages, more than ingest.max_pages = {settings.max_pages}")
        yield document
    finally:
        document.close()


def read_pages(document: pdfium.PdfDocument, settings: IngestSettings) -> Iterator[Page]:
    """Every page in turn. Raises DamagedFile for a page that cannot be loaded, TooLarge for a huge one."""
    for index in range(len(document)):
        try:
            with closing(document[index]) as page:
                read = _read_page(page, index + 1, settings)
        except pdfium.PdfiumError as error:
            raise DamagedFile(f"page {index + 1} of the PDF cannot be read; get a fresh copy") from error
        yield read


def _read_page(page: pdfium.PdfPage, number: int, settings: IngestSettings) -> Page:
    width, height = page.get_size()
    spans = _characters(page, number)
    warnings: tuple[str, ...] = ()
    if spans and (fault := _text_layer_fault(page, spans)):
        warnings = (f"page {number}: {fault}; the page was read as a scan",)
        spans = ()
    raster = _render(page, number, settings.digital_dpi if spans else settings.scan_dpi, settings)
    rules = _drawn(page) if spans else None
    return Page(number, width, height, spans, raster=raster, warnings=warnings, rules=rules)


def _drawn(page: pdfium.PdfPage) -> Raster | None:
    scale = POINTS_PER_INCH / _RULES_DPI
    pixels = drawn_rules(page, _page_to_top_left(page), scale)
    return None if pixels is None else Raster(pixels, np.array([[scale, 0, 0], [0, scale, 0]]))


def _render(page: pdfium.PdfPage, number: int, dpi: int, settings: IngestSettings) -> Raster:
    width, height = page.get_size()
    scale = dpi / POINTS_PER_INCH
    pixels = width * height * scale * scale
    if pixels > settings.max_page_pixels:
        raise TooLarge(
            f"page {number} is {width:.0f} x {height:.0f} points, {pixels / 1e6:.0f} megapixels at {dpi} dpi; "
            f"ingest.max_page_pixels allows {settings.max_page_pixels / 1e6:.0f}"
        )
    bitmap = page.render(scale=scale, may_draw_forms=True)
    pixels_bgr = np.ascontiguousarray(bitmap.to_numpy()[..., :3])
    to_page = np.array([[width / pixels_bgr.shape[1], 0, 0], [0, height / pixels_bgr.shape[0], 0]])
    return Raster(pixels_bgr, to_page)


def _characters(page: pdfium.PdfPage, number: int) -> tuple[Span, ...]:
    """Every printed character with its box; white space is left out, as its boxes mean nothing."""
    text_page = page.get_textpage()
    try:
        to_top_left = _page_to_top_left(page)
        loose = pdfium_c.FS_RECTF()
        spans = []
        for index in range(text_page.count_chars()):
            code = pdfium_c.FPDFText_GetUnicode(text_page, index)
            if code in (0, 0xFFFE, 0xFFFF) or pdfium_c.FPDFText_IsGenerated(text_page, index) == 1:
                continue
            text = "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
            if not text.strip():
                continue
            if not pdfium_c.FPDFText_GetLooseCharBox(text_page, index, loose):
                continue
            corners = np.array([[loose.left, loose.top, 1], [loose.right, loose.bottom, 1]]) @ to_top_left.T
            box = Box(*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
            spans.append(Span(text, number, box))
        return tuple(spans)
    finally:
        text_page.close()


def _page_to_top_left(page: pdfium.PdfPage) -> Matrix:
    """The map from PDF user space to points from the top left of the page as shown (crop box and /Rotate applied)."""
    width, height = page.get_size()
    fine = 1000  # PDFium answers in whole device pixels: ask for a large device
    x, y = ctypes.c_int(), ctypes.c_int()

    def shown(px: float, py: float) -> tuple[float, float]:
        pdfium_c.FPDF_PageToDevice(page, 0, 0, round(width * fine), round(height * fine), 0, px, py, x, y)
        return x.value / fine, y.value / fine

    reach = 100.0
    (ox, oy), (ax, ay), (bx, by) = shown(0, 0), shown(reach, 0), shown(0, reach)
    return np.array([[(ax - ox) / reach, (bx - ox) / reach, ox], [(ay - oy) / reach, (by - oy) / reach, oy]])


def _text_layer_fault(page: pdfium.PdfPage, spans: tuple[Span, ...]) -> str:
    """Why the text layer cannot be used, "" if it looks usable."""
    garbled = sum(_is_garbled(s.text) for s in spans)
    if garbled > _GARBLED_SHARE * len(spans):
        return "its text layer is garbled (a font without a character map)"
    modes = [
        pdfium_c.FPDFTextObj_GetTextRenderMode(o.raw) for o in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
    ]
    if modes and sum(m == _INVISIBLE for m in modes) > len(modes) / 2:
        return "its text layer is invisible (a scanner's own OCR)"
    if _picture_share(page) > _PICTURE_SHARE:
        return "it is a picture with text laid over it"
    return ""


def _is_garbled(text: str) -> bool:
    return text == "\ufffd" or unicodedata.category(text[0]) in ("Co", "Cn", "Cs", "Cc")


def _picture_share(page: pdfium.PdfPage) -> float:
    """The share of the page under its images, taken together: some programs cut a scan into strips."""
    width, height = page.get_size()
    to_top_left = _page_to_top_left(page)
    xs, ys = np.meshgrid((np.arange(50) + 0.5) * width / 50, (np.arange(50) + 0.5) * height / 50)
    covered = np.zeros(xs.shape, bool)
    for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]):
        corners = np.array([(*corner, 1) for corner in _corners_on_page(image)]) @ to_top_left.T
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        covered |= (left <= xs) & (xs < right) & (top <= ys) & (ys < bottom)
    return float(covered.mean())


def _corners_on_page(thing: pdfium.PdfObject) -> list[tuple[float, float]]:
    """The corners of an object's bounds in PDF user space, through the forms that it is nested in."""
    left, bottom, right, top = thing.get_bounds()
    corners = [(left, bottom), (left, top), (right, bottom), (right, top)]
    form = thing.container
    while form is not None:
        matrix = form.get_matrix()
        corners = [matrix.on_point(x, y) for x, y in corners]
        form = form.container
    return corners
