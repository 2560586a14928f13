"""PDF -> the same pages as a scanner gives them: pictures only, skewed, blurred, noisy, unevenly lit, faded."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image

from training.pdf import picture_pdf
from training.samples.content import Scan

Picture = npt.NDArray[np.float32]


def scan_pdf(pdf: bytes, scan: Scan, seed: int) -> bytes:
    """Return an image-only PDF with pages of the same size."""
    random = np.random.default_rng(seed)
    document = pypdfium2.PdfDocument(pdf)
    pages = [_sheet(page, scan, random) for page in document]
    return picture_pdf(pages, scan.dpi, scan.quality)


def _sheet(page: pypdfium2.PdfPage, scan: Scan, random: np.random.Generator) -> Image.Image:
    grey = scan.mode != "colour"
    drawn = page.render(scale=scan.dpi / 72, grayscale=grey, rev_byteorder=True).to_numpy()
    picture = drawn[..., 0] if grey and drawn.ndim == 3 else drawn
    degraded = degrade(picture[..., :3].astype(np.float32) if not grey else picture.astype(np.float32), scan, random)
    if scan.mode == "bilevel":
        return Image.fromarray(degraded).point(lambda v: 255 if v > 150 else 0).convert("1", dither=Image.Dither.NONE)
    return Image.fromarray(degraded)


def degrade(picture: Picture, scan: Scan, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return the picture after toner, paper, glass and sensor, in this order."""
    ink = (255 - picture) * (1 - 0.45 * scan.fade)
    ink *= _clouds(picture.shape, random, 1 - 0.25 * scan.fade, 1.0)  # toner does not cover evenly
    sheet = 250 - ink * (250 / 255)
    sheet = _speckled(sheet, scan, random)
    sheet = _skewed(sheet, float(random.uniform(-scan.skew, scan.skew)))
    sheet = cast(Picture, cv2.GaussianBlur(sheet, (0, 0), 0.25 + 0.9 * scan.blur))
    sheet *= _clouds(picture.shape, random, 1 - 0.25 * scan.shade, 1.0)
    sheet += random.normal(0, 12 * scan.noise, sheet.shape).astype(np.float32)
    return np.clip(sheet, 0, 255).astype(np.uint8)


def _skewed(sheet: Picture, degrees: float) -> Picture:
    height, width = sheet.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    paper = (248.0, 248.0, 248.0)
    return cast(Picture, cv2.warpAffine(sheet, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper))


def _clouds(shape: tuple[int, ...], random: np.random.Generator, low: float, high: float) -> Picture:
    """Return a smooth random field between `low` and `high`, as large as the picture."""
    coarse = random.uniform(low, high, (4, 3)).astype(np.float32)
    field = np.clip(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), low, high)
    return cast(Picture, field if len(shape) == 2 else field[..., None])


def _speckled(sheet: Picture, scan: Scan, random: np.random.Generator) -> Picture:
    """Add dust on the glass: dark dots, and a few light ones over the print."""
    sheet = np.ascontiguousarray(sheet)
    height, width = sheet.shape[:2]
    for _ in range(int(160 * scan.speckle)):
        at = int(random.integers(width)), int(random.integers(height))
        tone = float(random.choice([60, 110, 245], p=[0.4, 0.4, 0.2]))
        cv2.circle(sheet, at, int(random.integers(0, 2)), (tone, tone, tone), -1)
    return sheet
