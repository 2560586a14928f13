"""The pages of a document as an annotator sees them: sizes and pictures in the file's own page coordinates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from extraction.errors import InputError
from extraction.geometry import Pixels
from extraction.ingest.files import PDF, open_document, sniff
from extraction.ingest.pdf.reader import open_pdf
from extraction.settings import IngestSettings


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document on disk. `sizes` are width and height of each page in points, empty for formats without pages."""

    sha256: str
    media_type: str
    sizes: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page, from 1, with its size in points and its picture (BGR) of the whole page."""

    number: int
    width: float
    height: float
    pixels: Pixels

    def png(self) -> bytes:
        """Return the picture as a PNG file."""
        written, content = cv2.imencode(".png", self.pixels)
        assert written  # into memory, of an array that OpenCV has made: it cannot fail
        return content.tobytes()


def document_facts(path: Path) -> DocumentFacts:
    """Return hash, media type and page sizes of a document. Raises OSError, or an `InputError` where it cannot be
    opened."""
    data, settings = path.read_bytes(), IngestSettings()
    media_type = sniff(data)
    sizes: tuple[tuple[float, float], ...] = ()
    if media_type == PDF:
        with open_pdf(data, settings) as pdf:
            sizes = tuple(pdf.page(index).get_size() for index in range(len(pdf)))
    elif media_type.startswith("image/"):
        sizes = tuple((p.width, p.height) for p in page_pictures(path, settings))
    return DocumentFacts(hashlib.sha256(data).hexdigest(), media_type, sizes)


def page_pictures(path: Path, settings: IngestSettings | None = None) -> Iterator[PagePicture]:
    """Yield every page with its picture, none for formats without pages. Raises an `InputError` for a damaged file."""
    with open_document(path, settings or IngestSettings()) as document:
        for page in document.pages:
            if page.raster is None or page.number is None or page.width is None or page.height is None:
                return
            yield PagePicture(page.number, page.width, page.height, page.raster.pixels)


def has_pages(path: Path) -> bool:
    """Whether the document is a PDF or a picture; False too where it cannot be read."""
    try:
        media_type = sniff(path.read_bytes())
    except (InputError, OSError):
        return False
    return media_type == PDF or media_type.startswith("image/")
