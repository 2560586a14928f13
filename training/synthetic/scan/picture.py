"""Building blocks of effects: pictures, what is known about a page, random fields, paint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Box

Picture = npt.NDArray[np.float32]
"""Height x width (grey) or height x width x 3 (RGB), 0 black to 255 white."""

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What an effect may know beside the picture.

    `cells` are the printed places as n x 4 pixels (left, top, right, bottom), `behind` is the page on the back,
    `surround` the grey value beyond the page.
    """

    dpi: int
    cells: npt.NDArray[np.float64]
    behind: Picture | None = None
    surround: float = 250.0

    def pixels(self, points: float) -> float:
        """Return a length in pixels."""
        return points * self.dpi / 72


Effect = Callable[[Picture, float, Scene, np.random.Generator], Picture]
"""(picture, strength 0 to 1, scene, random) -> degraded picture; may modify its argument."""


def like(field: npt.NDArray[np.float32], picture: Picture) -> Picture:
    """Return a height x width field that multiplies with a grey or a colour picture."""
    return field if picture.ndim == 2 else field[..., None]


def clouds(shape: tuple[int, ...], random: np.random.Generator, low: float, high: float, size: int = 4) -> Picture:
    """Return a smooth random field between `low` and `high`; `size` lumps down the picture."""
    coarse = random.uniform(low, high, (size, max(2, round(size * shape[1] / shape[0])))).astype(np.float32)
    field = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(field, low, high), np.float32)


def grain(shape: tuple[int, ...], random: np.random.Generator, step: float) -> Picture:
    """Return normal noise in grains of `step` pixels."""
    small = (max(2, round(shape[0] / step)), max(2, round(shape[1] / step)))
    field = random.standard_normal(small, dtype=np.float32)
    return np.asarray(cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def painted(picture: Picture, mask: npt.NDArray[np.float32], colour: Colour) -> Picture:
    """Return the picture with translucent ink: unchanged where `mask` is 0, darkened to `colour` where it is 1."""
    if picture.ndim == 2:
        tone = float(np.dot(colour, (0.299, 0.587, 0.114)))
        return np.asarray(picture * (1 - mask * (1 - tone / 255)), np.float32)
    return np.asarray(picture * (1 - mask[..., None] * (1 - np.array(colour, np.float32) / 255)), np.float32)


def grey(picture: Picture) -> Picture:
    """Return the picture without colour."""
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


def changed(before: Picture, after: Picture, dpi: int) -> list[Box]:
    """Return boxes in points around the differences of two pictures.

    Differences are joined where they are no more than `_MAX_GAP_POINTS` apart, or inside such a box.
    """
    apart = round(_MAX_GAP_POINTS * dpi / 72) | 1
    differs = (np.abs(after - before).reshape(*before.shape[:2], -1).max(axis=2) > _MIN_CHANGE_GREY_LEVELS).astype(
        np.uint8
    )
    joined = cv2.dilate(differs, np.ones((apart, apart), np.uint8))
    _, labels = cv2.connectedComponents(joined)
    boxes = []
    for label in np.unique(labels[differs > 0]):
        rows, columns = np.nonzero((labels == label) & (differs > 0))
        box = Box(*(float(s) * 72 / dpi for s in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)))
        if min(box.width, box.height) >= _SMALL_POINTS:
            boxes.append(box)
    largest = sorted(boxes, key=lambda box: -box.width * box.height)
    return [box for k, box in enumerate(largest) if not any(other.holds(box.middle) for other in largest[:k])]


_MIN_CHANGE_GREY_LEVELS = 12  # grey levels that a change must be to be one
_MAX_GAP_POINTS, _SMALL_POINTS = 9.0, 20.0  # points
