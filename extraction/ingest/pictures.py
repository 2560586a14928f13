"""PNG, JPEG and TIFF to pages: one page a frame, in points by the file's own resolution.

Where a file does not say its resolution, or says one that no scanner has (screens' 72 and 96), its long side is taken
to be that of A4. The picture is brought to about `scan_dpi`.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from extraction.document import Page, Raster
from extraction.errors import DamagedFile, TooLarge
from extraction.ingest.pdf import POINTS_PER_INCH
from extraction.settings import IngestSettings

A4_LONG_SIDE = 841.9  # points
_SCANNER_DPI = (100.0, 1200.0)


def open_picture(data: bytes, settings: IngestSettings) -> Image.Image:
    """The picture, not decoded yet. Raises DamagedFile or TooLarge."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit follows
            picture = Image.open(io.BytesIO(data))
            frames = getattr(picture, "n_frames", 1)
    except (Image.DecompressionBombError, UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        if isinstance(error, Image.DecompressionBombError):
            raise TooLarge(f"the picture is too large to decode safely: {error}") from error
        raise DamagedFile("the picture cannot be opened; it is damaged or breaks off: get a fresh copy") from error
    if frames > settings.max_pages:
        raise TooLarge(f"the picture has {frames} pages, more than ingest.max_pages = {settings.max_pages}")
    return picture


def read_pictures(picture: Image.Image, settings: IngestSettings) -> Iterator[Page]:
    """Every frame as a page. Raises DamagedFile or TooLarge."""
    try:
        for number, frame in enumerate(ImageSequence.Iterator(picture), start=1):
            if frame.width * frame.height > settings.max_page_pixels:
                raise TooLarge(
                    f"page {number} is {frame.width} x {frame.height} pixels; "
                    f"ingest.max_page_pixels allows {settings.max_page_pixels / 1e6:.0f} megapixels"
                )
            yield _page(frame, number, settings)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise DamagedFile("the picture breaks off or is damaged; get a fresh copy") from error


def _page(frame: Image.Image, number: int, settings: IngestSettings) -> Page:
    dpi_x, dpi_y = _resolution(frame)
    upright = ImageOps.exif_transpose(frame)
    if (upright.width > upright.height) != (frame.width > frame.height):
        dpi_x, dpi_y = dpi_y, dpi_x
    pixels = cv2.cvtColor(np.asarray(_on_white(upright)), cv2.COLOR_RGB2BGR)
    width, height = upright.width * POINTS_PER_INCH / dpi_x, upright.height * POINTS_PER_INCH / dpi_y
    size = (
        max(1, round(width * settings.scan_dpi / POINTS_PER_INCH)),
        max(1, round(height * settings.scan_dpi / POINTS_PER_INCH)),
    )
    shrinks = size[0] < pixels.shape[1]
    scaled = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    to_page = np.array([[width / size[0], 0, 0], [0, height / size[1], 0]])
    return Page(number, width, height, raster=Raster(scaled.astype(np.uint8), to_page))


def _resolution(frame: Image.Image) -> tuple[float, float]:
    """Dots an inch in x and y, as the file says or so that the long side is that of A4."""
    given = frame.info.get("dpi", (0, 0))
    try:
        x, y = float(given[0]), float(given[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        x, y = 0.0, 0.0
    low, high = _SCANNER_DPI
    if low <= x <= high and low <= y <= high and max(frame.width / x, frame.height / y) <= 24:  # inches: up to A2
        return x, y
    assumed = max(frame.width, frame.height) / (A4_LONG_SIDE / POINTS_PER_INCH)
    return assumed, assumed


def _on_white(frame: Image.Image) -> Image.Image:
    """RGB, transparent parts white as on paper."""
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        rgba = frame.convert("RGBA")
        paper = Image.new("RGB", rgba.size, "white")
        paper.paste(rgba, mask=rgba.getchannel("A"))
        return paper
    if frame.mode.startswith("I;16") or frame.mode == "I":
        return Image.fromarray((np.asarray(frame, np.float64) / 257).clip(0, 255).astype(np.uint8)).convert("RGB")
    return frame.convert("RGB")
