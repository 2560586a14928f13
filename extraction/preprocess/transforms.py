"""Affine maps, quarter turns and crops of a `Raster` that keep its map to the page up to date."""

from __future__ import annotations

import cv2
import numpy as np

from extraction.geometry import Matrix, Pixels, Raster

PAPER_GREY = 250
"""Grey level of what lies beyond a picture."""


def rotation_about_centre(shape: tuple[int, ...], degrees: float) -> Matrix:
    """The affine map (2 x 3) that turns a picture of this height and width counter-clockwise about its centre."""
    return np.asarray(cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), degrees, 1.0), np.float64)


def affine(raster: Raster, matrix: Matrix, size: tuple[int, int]) -> Raster:
    """The picture under the affine map `matrix` (2 x 3), on a canvas of `size` (width, height) in pixels.

    Beyond the picture is paper. `matrix` maps coordinates in which whole numbers are corners of pixels; in OpenCV
    they are centres.
    """
    half = np.array([0.5, 0.5])
    centres = np.column_stack([matrix[:, :2], matrix[:, :2] @ half + matrix[:, 2] - half])

    def warped(pixels: Pixels, interpolation: int, border: int) -> Pixels:
        border_value = (border,) * 3
        made = cv2.warpAffine(
            pixels, centres, size, flags=interpolation, borderMode=cv2.BORDER_CONSTANT, borderValue=border_value
        )
        return np.asarray(made, np.uint8)

    overprint = raster.overprint
    return raster.after(
        np.asarray(cv2.invertAffineTransform(matrix), np.float64),
        warped(raster.pixels, cv2.INTER_CUBIC, PAPER_GREY),
        None if overprint is None else warped(overprint, cv2.INTER_LINEAR, 0),
    )


def quarter_turned(raster: Raster, quarters: int) -> Raster:
    """The picture after so many quarter turns counter-clockwise."""
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


def cropped_columns(raster: Raster, left: int, right: int) -> Raster:
    """The crop of the columns from `left` up to `right`, in pixels."""
    overprint = None if raster.overprint is None else raster.overprint[:, left:right]
    return raster.after(np.array([[1.0, 0, left], [0, 1, 0]]), raster.pixels[:, left:right], overprint)
