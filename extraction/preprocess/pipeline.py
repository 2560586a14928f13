"""Preparation of scans: colour removal, illumination, orientation, page split, deskew and dewarp, in this order.

Each step takes a `Raster` and returns one, with its map to the page of the file, or the same where nothing is to do.
"""

from __future__ import annotations

import cv2
import numpy as np

from extraction.geometry import Pixels, Raster
from extraction.preprocess.binarize import MIN_NOISE_TO_SMOOTH, ink
from extraction.preprocess.coloured_ink import without_colour
from extraction.preprocess.deskew import ink_points, skew_of
from extraction.preprocess.dewarp import REDUCTION, dewarped
from extraction.preprocess.illumination import deepened, evenly_lit, paper_of, shrunk
from extraction.preprocess.orientation import quarter_turns_to_upright
from extraction.preprocess.page_split import gutter_position
from extraction.preprocess.transforms import cropped_columns, quarter_turned
from models.recogniser import Recogniser

INK_WINDOW = 31  # pixels of the reduced picture: side of the neighbourhood that ink is compared with
MIN_INK_CONTRAST = 16  # grey levels by which ink is darker than its neighbourhood
A4_WIDTH_POINTS = 595.0  # to which the pages of a split sheet are enlarged
MAX_ZOOM = 1.5  # of these pages
MIN_SPECK_AREA = 7  # pixels of the reduced picture; smaller components of a noisy picture are noise
MAX_GREY_CHROMA = 12  # grey levels by which the channels of a picture without colour may differ
MIN_PAGE_INK = 40  # pixels of the reduced picture; less is a blank page


def prepared_pages(raster: Raster, recogniser: Recogniser) -> list[Raster]:
    """The pages on a scan, grey, in reading order; one blank page where nothing is printed."""
    plain = evened(raster)
    ink_mask = reduced_ink_mask(plain.pixels)
    if cv2.countNonZero(ink_mask) < MIN_PAGE_INK:
        return [plain]
    points = ink_points(ink_mask)
    angle = skew_of(points)
    quarters = quarter_turns_to_upright(plain.pixels, ink_mask, points, angle, REDUCTION, recogniser)
    upright = quarter_turned(plain, quarters)
    ink_mask = np.ascontiguousarray(np.rot90(ink_mask, quarters))
    gutter = gutter_position(ink_mask)
    if gutter is None:
        return [dewarped(upright, ink_mask, angle=None if quarters else angle)]
    width = upright.pixels.shape[1]
    split = round(gutter * width / REDUCTION) * REDUCTION
    zoom = float(np.clip(A4_WIDTH_POINTS / (width / 2 * raster.scale), 1.0, MAX_ZOOM))
    pages = []
    for left, right in ((0, split), (split, width)):
        own = np.ascontiguousarray(ink_mask[:, left // REDUCTION : right // REDUCTION])
        if cv2.countNonZero(own) >= MIN_PAGE_INK:
            pages.append(dewarped(cropped_columns(upright, left, right), own, zoom))
    return pages


def evened(raster: Raster) -> Raster:
    """The picture in grey, evenly lit and without coloured ink over the print; `overprint` marks where that was."""
    pixels = raster.pixels
    if pixels.ndim == 3 and _is_grey(pixels):
        pixels = np.asarray(cv2.extractChannel(pixels, 1), np.uint8)
    paper = paper_of(pixels)
    grey_pixels, overprint = without_colour(pixels, paper)
    return Raster(deepened(evenly_lit(grey_pixels, paper.grey)), raster.to_page, raster.mesh, overprint)


def _is_grey(pixels: Pixels) -> bool:
    """Whether a picture of three channels is without colour."""
    blue, green, red = cv2.split(np.ascontiguousarray(pixels[::4, ::4]))
    return max(cv2.norm(blue, green, cv2.NORM_INF), cv2.norm(red, green, cv2.NORM_INF)) < MAX_GREY_CHROMA


def reduced_ink_mask(grey_pixels: Pixels) -> Pixels:
    """The ink mask (255 on ink) of the picture `REDUCTION` times smaller, at about 100 dpi."""
    reduced = shrunk(grey_pixels, REDUCTION)
    noise = _noise_of_reduced(reduced)
    ink_mask = ink(reduced, INK_WINDOW, MIN_INK_CONTRAST, noise)
    if noise <= MIN_NOISE_TO_SMOOTH:
        return ink_mask
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink_mask, connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= MIN_SPECK_AREA
    kept[0] = False
    return np.where(kept[labels], 255, 0).astype(np.uint8)


def _noise_of_reduced(reduced: Pixels) -> float:
    """Standard deviation of the noise in grey levels, from the differences of neighbouring pixels.

    The reduction has smoothed the picture: `binarize.noise_of` would take its small print for noise.
    """
    sample = reduced[::7].astype(np.int16)
    return 1.4826 * float(np.median(np.abs(np.diff(sample, axis=1)))) / float(np.sqrt(2))
