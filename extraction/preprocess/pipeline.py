"""A scan made ready to read: colour off, light even, upright, two pages on a sheet parted, level and flat.

Each step leads from picture to picture with the way back to the page of the file, and leaves alone what needs nothing.
"""

from __future__ import annotations

import cv2
import numpy as np

from extraction.document import Pixels, Raster
from extraction.preprocess.binarize import NOISY, ink
from extraction.preprocess.coloured_ink import without_colour
from extraction.preprocess.deskew import ink_points, skew_of
from extraction.preprocess.dewarp import straightened
from extraction.preprocess.illumination import deepened, evenly_lit, paper_of, shrunk
from extraction.preprocess.orientation import quarters_to_upright
from extraction.preprocess.page_split import gutter
from extraction.preprocess.transforms import part, quarter_turned
from models.recogniser import Recogniser

_SHRINK = 2  # ink is looked for at about 100 dpi
_WINDOW = 31  # pixels of surroundings that a mark is compared with
_CONTRAST = 16  # grey values by which ink is darker
_PAGE = 595.0  # points: the width of A4, to which halves of a sheet are enlarged
_ZOOM = 1.5  # at most
_SPECK = 7  # pixels
_COLOURLESS = 12  # the most that the channels of a grey picture differ
_FEWEST = 40  # pixels of ink on a page that is not blank


def prepared_pages(raster: Raster, recogniser: Recogniser) -> list[Raster]:
    """The pages on a scan, grey, in reading order; one blank page where nothing is printed."""
    plain = evened(raster)
    marks = ink_marks(plain.pixels)
    if cv2.countNonZero(marks) < _FEWEST:
        return [plain]
    points = ink_points(marks)
    angle = skew_of(points)
    quarters = quarters_to_upright(plain.pixels, marks, points, angle, _SHRINK, recogniser)
    upright = quarter_turned(plain, quarters)
    marks = np.ascontiguousarray(np.rot90(marks, quarters))
    middle = gutter(marks)
    if middle is None:
        return [straightened(upright, marks, angle=None if quarters else angle)]
    across = round(middle * upright.pixels.shape[1] / _SHRINK) * _SHRINK
    halves = [(0, across), (across, upright.pixels.shape[1])]
    zoom = float(np.clip(_PAGE / (upright.pixels.shape[1] / 2 * raster.scale), 1.0, _ZOOM))
    pages = []
    for left, right in halves:
        own = np.ascontiguousarray(marks[:, left // _SHRINK : right // _SHRINK])
        if cv2.countNonZero(own) >= _FEWEST:
            pages.append(straightened(part(upright, left, right), own, zoom))
    return pages


def evened(raster: Raster) -> Raster:
    """The picture in grey under even light, coloured ink over the print taken out."""
    pixels = raster.pixels
    if pixels.ndim == 3 and _is_grey(pixels):
        pixels = np.asarray(cv2.extractChannel(pixels, 1), np.uint8)
    paper = paper_of(pixels)
    grey_pixels, overprint = without_colour(pixels, paper)
    return Raster(deepened(evenly_lit(grey_pixels, paper.grey)), raster.to_page, raster.mesh, overprint)


def _is_grey(pixels: Pixels) -> bool:
    """Whether a picture in three channels has no colours."""
    blue, green, red = cv2.split(np.ascontiguousarray(pixels[::4, ::4]))
    return max(cv2.norm(blue, green, cv2.NORM_INF), cv2.norm(red, green, cv2.NORM_INF)) < _COLOURLESS


def ink_marks(grey_pixels: Pixels) -> Pixels:
    """255 where there is ink, in the picture `_SHRINK` times smaller."""
    small = shrunk(grey_pixels, _SHRINK)
    noise = _noise(small)
    marks = ink(small, _WINDOW, _CONTRAST, noise)
    return _without_specks(marks) if noise > NOISY else marks


def _without_specks(marks: Pixels) -> Pixels:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    kept = stats[:count, cv2.CC_STAT_AREA] >= _SPECK
    kept[0] = False
    return np.where(kept[labels], 255, 0).astype(np.uint8)


def _noise(small: Pixels) -> float:
    """Standard deviation of the noise of a picture made smaller, from how neighbours on bare paper differ.

    Shrinking has smoothed it: measured as `raster.ink` does, small print counts as noise.
    """
    sample = small[::7].astype(np.int16)
    return 1.4826 * float(np.median(np.abs(np.diff(sample, axis=1)))) / float(np.sqrt(2))
