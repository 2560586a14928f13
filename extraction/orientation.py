"""Scanned pages the right way up: level, and turned by quarters where they were scanned sideways or upside down."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median

import cv2
import numpy as np

from extraction.document import Matrix, Raster
from extraction.raster import straighten
from extraction.similarity import chinese_count
from models.recogniser import Quad, Recogniser, cut_line

_SAMPLE = 4  # lines read to tell up from down
_DETECTION_HEIGHT = 1400  # pixels: enough to find lines of 8 point type on A4, and three times as fast as 200 dpi
_UPRIGHT = 0.85  # mean score of Chinese lines from which a page is the right way up
_MIN_LINES = 4  # fewer lines say nothing


def upright(raster: Raster, recogniser: Recogniser) -> tuple[Raster, list[Quad]]:
    """The page level and the right way up, and its text lines; boxes still map to the page as the file shows it.

    Lines that are mostly taller than wide lie on their side; of the two ways left, the one that reads better is up.
    """
    level = straighten(raster)
    quads = _find_lines(level, recogniser)
    if len(quads) < _MIN_LINES:
        return level, quads
    # Only long lines tell: a lone digit is taller than wide either way.
    sideways = median(_aspect(q) for q in sorted(quads, key=_length)[-2 * _SAMPLE :]) < 1.0
    if not sideways and _legibility(level, quads, recogniser) >= _UPRIGHT:
        return level, quads
    ways = [(turned, _find_lines(turned, recogniser)) for turned in _turns(raster, (1, 3) if sideways else (2,))]
    if not sideways:
        ways.insert(0, (level, quads))
    return max(ways, key=lambda way: _legibility(way[0], way[1], recogniser))


def quarter_turned(raster: Raster, quarters: int) -> Raster:
    """The picture turned counter-clockwise by quarters of a circle."""
    height, width = raster.pixels.shape[:2]
    back: dict[int, Matrix] = {
        0: np.array([[1.0, 0, 0], [0, 1, 0]]),
        1: np.array([[0.0, -1, width], [1, 0, 0]]),
        2: np.array([[-1.0, 0, width], [0, -1, height]]),
        3: np.array([[0.0, 1, 0], [-1, 0, height]]),
    }
    to_page = raster.to_page @ np.vstack([back[quarters % 4], [0, 0, 1]])
    return Raster(np.ascontiguousarray(np.rot90(raster.pixels, quarters)), to_page)


def _find_lines(raster: Raster, recogniser: Recogniser) -> list[Quad]:
    """The text lines, found in a smaller picture of the page."""
    height, width = raster.pixels.shape[:2]
    shrink = min(1.0, _DETECTION_HEIGHT / max(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = cv2.resize(raster.pixels, size, interpolation=cv2.INTER_AREA) if shrink < 1 else raster.pixels
    return [quad / np.float32(shrink) for quad in recogniser.find_lines(np.asarray(small, np.uint8))]


def _turns(raster: Raster, quarters: Sequence[int]) -> list[Raster]:
    return [straighten(quarter_turned(raster, q)) for q in quarters]


def _legibility(raster: Raster, quads: Sequence[Quad], recogniser: Recogniser) -> float:
    """The mean score of the longest lines, those without Chinese characters counting for nothing."""
    longest = sorted(quads, key=_aspect, reverse=True)[:_SAMPLE]
    if not longest:
        return 0.0
    readings = recogniser.read_lines([cut_line(raster.pixels, q) for q in longest])
    return fmean(r.score if chinese_count(r.text) >= 2 else 0.0 for r in readings)


def _aspect(quad: Quad) -> float:
    """Width to height of a line's box."""
    width, height = float(np.ptp(quad[:, 0])), float(np.ptp(quad[:, 1]))
    return width / max(height, 1.0)


def _length(quad: Quad) -> float:
    """The longer side of a line's box."""
    return float(max(np.ptp(quad[:, 0]), np.ptp(quad[:, 1])))
