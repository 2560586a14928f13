"""A picture moved by an affine map or by quarter turns, with the way back to its page."""

from __future__ import annotations

import cv2
import numpy as np

from extraction.document import Matrix, Pixels, Raster

PAPER = 250
"""The tone of what lies beyond a picture."""


def turned(shape: tuple[int, ...], degrees: float) -> Matrix:
    """The map that turns a picture of this height and width counter-clockwise about its middle."""
    return np.asarray(cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), degrees, 1.0), np.float64)


def affine(raster: Raster, matrix: Matrix, size: tuple[int, int]) -> Raster:
    """The picture under `matrix`, on a picture of this width and height; beyond it is paper.

    `matrix` maps places, whole numbers being the corners of pixels; OpenCV counts from their middles.
    """
    half = np.array([0.5, 0.5])
    middles = np.column_stack([matrix[:, :2], matrix[:, :2] @ half + matrix[:, 2] - half])

    def shown(pixels: Pixels, how: int, beyond: int) -> Pixels:
        channels = (beyond,) * 3
        seen = cv2.warpAffine(pixels, middles, size, flags=how, borderMode=cv2.BORDER_CONSTANT, borderValue=channels)
        return np.asarray(seen, np.uint8)

    overprint = raster.overprint
    return raster.after(
        np.asarray(cv2.invertAffineTransform(matrix), np.float64),
        shown(raster.pixels, cv2.INTER_CUBIC, PAPER),
        None if overprint is None else shown(overprint, cv2.INTER_LINEAR, 0),
    )


def quarter_turned(raster: Raster, quarters: int) -> Raster:
    """The picture turned counter-clockwise by quarters of a circle."""
    quarters %= 4
    if not quarters:
        return raster
    height, width = raster.pixels.shape[:2]
    back: dict[int, Matrix] = {
        1: np.array([[0.0, -1, width], [1, 0, 0]]),
        2: np.array([[-1.0, 0, width], [0, -1, height]]),
        3: np.array([[0.0, 1, 0], [-1, 0, height]]),
    }
    overprint = None if raster.overprint is None else np.ascontiguousarray(np.rot90(raster.overprint, quarters))
    return raster.after(back[quarters], np.ascontiguousarray(np.rot90(raster.pixels, quarters)), overprint)


def part(raster: Raster, left: int, right: int) -> Raster:
    """The columns from `left` up to `right`."""
    overprint = None if raster.overprint is None else raster.overprint[:, left:right]
    return raster.after(np.array([[1.0, 0, left], [0, 1, 0]]), raster.pixels[:, left:right], overprint)
