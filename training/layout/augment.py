"""Training samples of the layout network: page -> augmented picture and target maps (rotated, lit, degraded,
stamped)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from annotations.zones import ZoneKind
from training.layout.config import Augmentation, Weights
from training.layout.network import CLASSES
from training.layout.pages import Colour, SmallPage
from training.synthetic.scan.picture import clouds

Matrix = npt.NDArray[np.float64]
Quad = npt.NDArray[np.float64]
"""Four corners (x, y), clockwise."""

SHRUNK, SHRUNK_SHARE = 2.0, 0.2
"""Pixels of the input, at most this share of its height, by which a zone's map is smaller than the zone on each side.

It keeps neighbours apart; `models.masks` undoes it."""

_INKS = ((40, 30, 200), (40, 30, 200), (45, 40, 170), (160, 60, 50), (140, 50, 110), (60, 60, 60))  # BGR
_WORDS = "青禾云渚石塘白鹭南汀松坪丹岭临泽人民政府办公室教育局财政民政收文专用章王李张刘印"
_BITS = 4  # of a pixel's fraction, for drawing


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """`picture` H x W x 3 BGR; at half the size: `classes` (index of CLASSES), `stamps` (0 or 1) and `weights`."""

    picture: Colour
    classes: npt.NDArray[np.uint8]
    stamps: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.float32]


def sample(
    page: SmallPage,
    quarters: int,
    shape: tuple[int, int],
    weights: Weights,
    how: Augmentation,
    random: np.random.Generator,
) -> Sample:
    """Return the page on a canvas of this height and width, rotated by `quarters` quarter turns to the left."""
    picture = page.picture
    move = _move(picture.shape[:2], quarters, shape, how, random)
    tone = float(random.choice((255, 250, 235, 120, 60, 20)))
    laid = cv2.warpAffine(picture, move, shape[::-1], None, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, (tone,) * 3)
    quads = [(zone.kind, _moved(np.array(zone.corners) * page.scale, move)) for zone in page.zones]
    if random.random() < how.blank_share:
        laid, quads = np.full_like(laid, np.median(laid)), []
    canvas = laid.astype(np.float32)
    if random.random() < how.stamp_share:
        quads.append((ZoneKind.STAMP, _stamped(canvas, random)))
    return Sample(_degraded(canvas, how, random), *maps(quads, shape, weights))


def maps(
    zones: Sequence[tuple[ZoneKind, Quad]], shape: tuple[int, int], weigh: Weights
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Return classes, stamps and weights at half the size of a picture of this height and width; zones are in its
    pixels."""
    half = (shape[0] // 2, shape[1] // 2)
    classes, stamps = np.zeros(half, np.uint8), np.zeros(half, np.uint8)
    weights = np.ones(half, np.float32)
    for kind, quad in zones:
        if kind is ZoneKind.STAMP:
            cv2.fillPoly(stamps, [_fixed(quad)], 1, cv2.LINE_8, _BITS)
        else:
            inside = {ZoneKind.FURNITURE: weigh.furniture, ZoneKind.HEADING: weigh.heading}.get(kind, 1.0)
            cv2.polylines(weights, [_fixed(quad)], True, weigh.edge, 3, cv2.LINE_8, _BITS)
            cv2.fillPoly(weights, [_fixed(shrunk(quad))], inside, cv2.LINE_8, _BITS)
            cv2.fillPoly(classes, [_fixed(shrunk(quad))], CLASSES.index(kind.value), cv2.LINE_8, _BITS)
    return classes, stamps, weights


def shrunk(quad: Quad) -> Quad:
    """Return the quad with its sides moved inwards."""
    along, down = quad[1] - quad[0], quad[3] - quad[0]
    lengths = max(1e-6, float(np.hypot(*along))), max(1e-6, float(np.hypot(*down)))
    by = min(SHRUNK, SHRUNK_SHARE * min(lengths))
    x, y = along / lengths[0] * by, down / lengths[1] * by
    return np.asarray(quad + np.array([x + y, -x + y, -x - y, x - y]))


def _fixed(quad: Quad) -> npt.NDArray[np.int32]:
    """Return input coordinates for OpenCV drawing at half the size, where pixel centres are whole numbers."""
    return np.asarray(np.round((quad / 2 - 0.5) * 2**_BITS), np.int32)


def _move(
    size: tuple[int, int], quarters: int, shape: tuple[int, int], how: Augmentation, random: np.random.Generator
) -> Matrix:
    """Return the matrix from page pixels to canvas pixels."""
    zoom = float(random.uniform(*how.zoom)) * max(shape) / max(size)
    stretch = 1 + float(random.uniform(-how.stretch, how.stretch))
    angle = np.deg2rad(90 * quarters + float(random.uniform(-how.degrees, how.degrees)))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    linear = np.diag([zoom, zoom * stretch]) @ turn
    middle = np.array([size[1], size[0]]) / 2
    target = np.array([shape[1], shape[0]]) / 2 + random.uniform(-how.shift, how.shift, 2)
    return np.column_stack([linear, target - linear @ middle])


def _moved(quad: Quad, move: Matrix) -> Quad:
    return np.asarray(quad @ move[:, :2].T + move[:, 2])


def _stamped(canvas: npt.NDArray[np.float32], random: np.random.Generator) -> Quad:
    """Draw a round, oval or square stamp at a random place, and return its corners."""
    width = float(random.uniform(50, 100))
    form = int(random.integers(3))
    height = width * (1.0 if form != 1 else float(random.uniform(0.6, 0.8)))
    if form == 2:
        width = height = 0.5 * width
    side = int(np.hypot(width, height)) + 4
    mask = np.zeros((side, side), np.uint8)
    middle, half = (side // 2, side // 2), (round(width / 2) - 1, round(height / 2) - 1)
    if form == 2:
        corners = (middle[0] - half[0], middle[1] - half[1]), (middle[0] + half[0], middle[1] + half[1])
        cv2.rectangle(mask, *corners, 255, 2)
    else:
        cv2.ellipse(mask, middle, half, 0, 0, 360, 255, int(random.integers(1, 4)), cv2.LINE_AA)
    for _ in range(int(random.integers(1, 4))):
        words = "".join(random.choice(list(_WORDS), int(random.integers(1, 8 if form < 2 else 3))))
        size = float(random.uniform(0.1, 0.2 if form < 2 else 0.35)) * width
        at = (middle[0] - round(len(words) * size / 2), middle[1] + round(float(random.uniform(-0.25, 0.35)) * height))
        cv2.putText(mask, words, at, (255, 255, 255), cv2.FontFace("uni"), max(4, round(size)), 600)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), float(random.uniform(-25, 25)), 1)
    ink = cv2.warpAffine(mask, turn, (side, side)).astype(np.float32) / 255 * float(random.uniform(0.4, 0.95))
    ink *= clouds(ink.shape, random, 0.4, 1.0)
    left, top = (int(random.integers(0, room - side)) for room in (canvas.shape[1], canvas.shape[0]))
    part = canvas[top : top + side, left : left + side]
    colour = np.array(_INKS[int(random.integers(len(_INKS)))], np.float32)
    part[:] = part * (1 - ink[..., None] * (1 - colour / 255))
    rows, columns = np.nonzero(ink > 0.05)
    x0, x1, y0, y1 = columns.min() + left, columns.max() + left + 1, rows.min() + top, rows.max() + top + 1
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)


def _degraded(page: npt.NDArray[np.float32], how: Augmentation, random: np.random.Generator) -> Colour:
    """Return the page with changed light, contrast, colour, sharpness and noise."""
    canvas: npt.NDArray[Any] = page
    if random.random() < how.grey_share:
        canvas = cv2.cvtColor(cv2.cvtColor(canvas, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if random.random() < how.shade_share:
        canvas *= clouds(canvas.shape[:2], random, float(random.uniform(0.45, 0.9)), 1.05)[..., None]
    black, white = float(random.uniform(0, 70)), float(random.uniform(190, 262))
    canvas = black + canvas * (white - black) / 255 * random.uniform(0.95, 1.03, 3).astype(np.float32)
    if random.random() < how.blur_share:
        canvas = cv2.GaussianBlur(canvas, (0, 0), float(random.uniform(0.3, 1.1)))
    if random.random() < how.noise_share:
        canvas += random.standard_normal(canvas.shape[:2], np.float32)[..., None] * float(random.uniform(1, 14))
    if random.random() < how.bilevel_share:
        grey = cv2.cvtColor(canvas, cv2.COLOR_BGR2GRAY)
        bar = cv2.GaussianBlur(grey, (0, 0), 15) - float(random.uniform(8, 30))
        canvas = np.repeat((255 * (grey > bar).astype(np.float32))[..., None], 3, axis=2)
    return np.clip(canvas, 0, 255).astype(np.uint8)
