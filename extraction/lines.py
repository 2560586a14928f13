"""Lines of running text: a level page in, its lines outside the tables read."""

from __future__ import annotations

import re
from collections.abc import Sequence

import cv2
import numpy as np

from extraction.document import Pixels, Raster, Span
from models.recogniser import Quad, Recogniser, cut_line

_FULL_WIDTH = {":": "：", ";": "；", ",": "，", "?": "？", "!": "！"}


def read_page_lines(
    raster: Raster, quads: Sequence[Quad], covered: Sequence[tuple[int, int, int, int]], recogniser: Recogniser
) -> list[Span]:
    """The lines of a level page outside the `covered` pixel boxes, in no particular order, boxes on the page."""
    outside = [q for q in quads if not any(_lies_in(q, box) for box in covered)]
    page = _as_bgr(raster.pixels)
    spans = []
    for quad, reading in zip(outside, recogniser.read_lines([cut_line(page, q) for q in outside]), strict=True):
        if reading.text.strip():
            box = raster.box_on_page(*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist())
            spans.append(Span(_chinese_marks(reading.text.strip()), None, box, reading.score))
    return spans


def _lies_in(quad: Quad, box: tuple[int, int, int, int]) -> bool:
    """Whether a line's middle lies in a pixel box (left, top, right, bottom)."""
    x, y = quad.mean(axis=0)
    return bool(box[0] <= x < box[2] and box[1] <= y < box[3])


def _chinese_marks(text: str) -> str:
    """Running text with full-width marks after Chinese characters: the networks do not tell the widths apart."""
    return re.sub(r"(?<=[一-鿿》”])[:;,?!]", lambda m: _FULL_WIDTH[m[0]], text)


def _as_bgr(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8) if pixels.ndim == 2 else pixels
