"""The worst cells as pictures: crops of the page where a field was not read as printed."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium

from eval.runs.dataset import Case
from eval.scoring.faults import Fault
from extraction.document import Page
from extraction.errors import InputError
from extraction.geometry import Box, Pixels
from extraction.ingest.files import PDF, open_document, sniff
from extraction.ingest.pdf.reader import POINTS_PER_INCH, open_pdf
from extraction.settings import IngestSettings

MAX_CROPS = 60
_MAX_DOCUMENT_CROPS = 4  # of one engine: a shifted table is one error, not one a cell
_DPI = 160
_MARGIN_POINTS = 9.0
_MAX_WIDTH_PIXELS, _MAX_HEIGHT_PIXELS = 360, 120
_JPEG_QUALITY = 70
_RED = (40, 40, 220)


@dataclass(frozen=True, slots=True)
class Crop:
    """An error with its crop of the page, as a data URL of a JPEG."""

    fault: Fault
    picture: str


def worst_cells(faults: Sequence[Fault], most: int = MAX_CROPS) -> list[Crop]:
    """Return crops of the first errors that have a place (silent ones come first), spread evenly over engines."""
    chosen = _chosen(faults, most)
    pictures: dict[int, str] = {}
    for case_id, case in {f.case.id: f.case for f in chosen}.items():
        own = [f for f in chosen if f.case.id == case_id]
        for page, pixels, scale in _pages(case, {place[0] for f in own if (place := place_of(f))}):
            for fault in own:
                place = place_of(fault)
                if place is not None and place[0] == page:
                    pictures[id(fault)] = _picture(pixels, place[1], scale)
    return [Crop(f, pictures[id(f)]) for f in chosen if pictures.get(id(f))]


def place_of(fault: Fault) -> tuple[int, Box] | None:
    """Return page and box of the gold; where it has none, of the prediction."""
    for field in (fault.field.wanted, fault.field.found):
        if field is not None and field.page is not None and field.box is not None:
            return field.page, field.box
    return None


def _chosen(faults: Sequence[Fault], most: int) -> list[Fault]:
    engines = list(dict.fromkeys(f.engine for f in faults))
    chosen: list[Fault] = []
    for engine in engines:
        own = sorted(
            (f for f in faults if f.engine == engine and place_of(f) is not None),
            key=lambda f: (not f.silent, -(f.field.found.confidence if f.field.found else 0.0)),
        )
        seen: Counter[str] = Counter()
        kept: list[Fault] = []
        for fault in own:
            if seen[fault.case.id] < _MAX_DOCUMENT_CROPS and len(kept) < most // len(engines):
                seen[fault.case.id] += 1
                kept.append(fault)
        chosen += kept
    return sorted(chosen, key=lambda f: not f.silent)


def _pages(case: Case, wanted: Iterable[int]) -> Iterator[tuple[int, Pixels, float]]:
    """Yield the wanted pages as pictures, with pixels a point; none of a document without pages or that cannot be
    opened."""
    pages, settings = set(wanted), IngestSettings()
    try:
        data = case.document.read_bytes()
        if sniff(data) == PDF:
            yield from _pdf_pages(data, pages, settings)
        else:
            yield from _picture_pages(case.document, pages, settings)
    except (InputError, OSError, pdfium.PdfiumError):
        return


def _pdf_pages(data: bytes, pages: set[int], settings: IngestSettings) -> Iterator[tuple[int, Pixels, float]]:
    scale = _DPI / POINTS_PER_INCH
    with open_pdf(data, settings) as document:
        for number in sorted(p for p in pages if 1 <= p <= len(document)):
            picture = document.page(number - 1).render(scale=scale, may_draw_forms=True)
            pixels = np.ascontiguousarray(picture.to_numpy()[..., :3])
            yield number, pixels, scale


def _picture_pages(path: Path, pages: set[int], settings: IngestSettings) -> Iterator[tuple[int, Pixels, float]]:
    with open_document(path, settings) as document:
        for page in document.pages:
            if page.number in pages and page.raster is not None:
                yield page.number, page.raster.pixels, _pixels_a_point(page)


def _pixels_a_point(page: Page) -> float:
    assert page.raster is not None
    return 1 / page.raster.scale


def _picture(pixels: Pixels, box: Box, scale: float) -> str:
    """Return the box with its surroundings, outlined in red; "" where it is not on the page."""
    height, width = pixels.shape[:2]
    around = box.grown(_MARGIN_POINTS)
    left, top = max(0, round(around.left * scale)), max(0, round(around.top * scale))
    right, bottom = min(width, round(around.right * scale)), min(height, round(around.bottom * scale))
    if right - left < 4 or bottom - top < 4:
        return ""
    piece = np.ascontiguousarray(pixels[top:bottom, left:right])
    if piece.ndim == 2:
        piece = np.asarray(cv2.cvtColor(piece, cv2.COLOR_GRAY2BGR), np.uint8)
    corners = [
        (round(x * scale) - left, round(y * scale) - top) for x, y in ((box.left, box.top), (box.right, box.bottom))
    ]
    cv2.rectangle(piece, corners[0], corners[1], _RED, 1)
    shrink = min(1.0, _MAX_WIDTH_PIXELS / piece.shape[1], _MAX_HEIGHT_PIXELS / piece.shape[0])
    if shrink < 1:
        piece = np.asarray(cv2.resize(piece, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    done, encoded = cv2.imencode(".jpg", piece, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return f"data:image/jpeg;base64,{base64.b64encode(encoded.tobytes()).decode()}" if done else ""
