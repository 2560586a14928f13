"""Read PNG, JPEG and TIFF: one page a frame, its size in points by the file's resolution, resampled to `scan_dpi`.

Where a file states no resolution, or one that no scanner has (72 and 96 of screens), its long side is taken for that of
an A4 sheet.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from PIL import Image, ImageOps

from extraction.document import Page
from extraction.errors import DamagedFile, TooLarge
from extraction.geometry import Pixels, Raster
from extraction.ingest.pdf.reader import POINTS_PER_INCH
from extraction.settings import IngestSettings

A4_LONG_SIDE_POINTS = 841.9
_MIN_SCANNER_DPI, _MAX_SCANNER_DPI = 100.0, 1200.0
_MAX_SIDE_INCHES = 24  # the long side of A2


def open_picture(data: bytes, settings: IngestSettings) -> Image.Image:
    """The opened picture, not decoded yet. Raises DamagedFile or TooLarge."""
    with _input_errors():
        picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF"))
        frames = page_count(picture)
    if frames > settings.max_pages:
        raise TooLarge(
            "the picture has {pages} pages, more than ingest.max_pages = {limit}",
            pages=frames,
            limit=settings.max_pages,
        )
    return picture


def page_count(picture: Image.Image) -> int:
    """The number of pages: frames of a TIFF; those of a JPEG are previews, those of a PNG an animation."""
    return int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1


def read_pictures(picture: Image.Image, settings: IngestSettings) -> Iterator[Page]:
    """The pages in turn. Raises DamagedFile or TooLarge."""
    for number in range(1, page_count(picture) + 1):
        with _input_errors():
            picture.seek(number - 1)
        if picture.width * picture.height > settings.max_page_pixels:
            raise TooLarge(
                "page {page} is {width} x {height} pixels; ingest.max_page_pixels allows {limit:.0f} megapixels",
                page=number,
                width=picture.width,
                height=picture.height,
                limit=settings.max_page_pixels / 1e6,
            )
        with _input_errors():
            upright = ImageOps.exif_transpose(picture)
            pixels = np.asarray(_on_white(upright))
            dpi_x, dpi_y = _resolution(picture)
        if (upright.width > upright.height) != (picture.width > picture.height):
            dpi_x, dpi_y = dpi_y, dpi_x
        yield _page(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR).astype(np.uint8), (dpi_x, dpi_y), number, settings)


@contextmanager
def _input_errors() -> Iterator[None]:
    """Turn the many errors of Pillow within the block into DamagedFile or TooLarge; its warnings are dropped."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        raise TooLarge("the picture is too large to decode safely: {error}", error=error) from error
    except MemoryError:
        raise
    except Exception as error:
        raise DamagedFile("the picture breaks off or is damaged; get a fresh copy") from error


def _page(pixels: Pixels, dpi: tuple[float, float], number: int, settings: IngestSettings) -> Page:
    width, height = pixels.shape[1] * POINTS_PER_INCH / dpi[0], pixels.shape[0] * POINTS_PER_INCH / dpi[1]
    size = (
        max(1, round(width * settings.scan_dpi / POINTS_PER_INCH)),
        max(1, round(height * settings.scan_dpi / POINTS_PER_INCH)),
    )
    shrinks = size[0] < pixels.shape[1]
    scaled = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    to_page = np.array([[width / size[0], 0, 0], [0, height / size[1], 0]])
    return Page(number, width, height, raster=Raster(scaled.astype(np.uint8), to_page))


def _resolution(frame: Image.Image) -> tuple[float, float]:
    """Dots an inch in x and y: as the file states, or such that the long side is that of A4."""
    given = frame.info.get("dpi", (0, 0))
    try:
        x, y = float(given[0]), float(given[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        x, y = 0.0, 0.0
    plausible = min(x, y) >= _MIN_SCANNER_DPI and max(x, y) <= _MAX_SCANNER_DPI
    if plausible and max(frame.width / x, frame.height / y) <= _MAX_SIDE_INCHES:
        return x, y
    assumed = max(frame.width, frame.height) / (A4_LONG_SIDE_POINTS / POINTS_PER_INCH)
    return assumed, assumed


def _on_white(frame: Image.Image) -> Image.Image:
    """The frame in RGB on white paper."""
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        rgba = frame.convert("RGBA")
        paper = Image.new("RGB", rgba.size, "white")
        paper.paste(rgba, mask=rgba.getchannel("A"))
        return paper
    if frame.mode.startswith("I;16") or frame.mode == "I":
        return Image.fromarray((np.asarray(frame, np.float64) / 257).clip(0, 255).astype(np.uint8)).convert("RGB")
    return frame.convert("RGB")
