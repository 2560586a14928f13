"""Deskew and dewarp in one resampling: skew, tilt and curl are undone by the page's grid lines and lines of text."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from extraction.geometry import Matrix, Mesh, Pixels, Raster
from extraction.preprocess.baseline_curves import (
    Curves,
    Floats,
    concatenated,
    horizontal_grid_lines,
    horizontal_strokes,
    text_line_centres,
    vertical_grid_lines,
    with_min_points,
)
from extraction.preprocess.deskew import ink_points, skew_of
from extraction.preprocess.dewarp_surface import Displacement, fitted_displacement, straightness_error
from extraction.preprocess.illumination import shrunk
from extraction.preprocess.transforms import PAPER_GREY, affine, rotation_about_centre

REDUCTION = 2  # curves are sought in a picture so many times smaller, at about 100 dpi: the reduced picture
MIN_SKEW_DEGREES = 0.05  # less is not corrected
MIN_LINE_POINTS = 150  # points on horizontal grid lines below which lines of text are fitted too
MIN_FIT_POINTS = 40  # points on curves below which no displacement is fitted
MAX_STRAIGHT_ERROR = 0.5  # reduced pixels that grid lines may be off a straight line on a flat page
MIN_TEXT_WARP = 2.0  # reduced pixels between the extreme displacements of text below which it counts as straight
MIN_SURE_LINE_POINTS = 12  # points on a stroke that is a grid line even where there are few
MAX_DISPLACEMENT_SLOPE = 0.35  # change of the displacement per pixel; more is a fit that has diverged
MESH_STEP = 16  # pixels between the nodes of the mesh
INVERSION_ROUNDS = 6  # fixed-point iterations that invert the displacement
INK_MARGIN = 14  # reduced pixels of paper kept around the ink


def dewarped(raster: Raster, ink_mask: Pixels, zoom: float = 1.0, angle: float | None = None) -> Raster:
    """The page, deskewed, dewarped and `zoom` times larger; the same object where nothing has to be done.

    `raster` must be grey, `ink_mask` (255 on ink) is `REDUCTION` times smaller, and `angle` is the skew in degrees
    counter-clockwise, measured where it is not given.
    """
    angle = skew_of(ink_points(ink_mask)) if angle is None else angle
    reduced = shrunk(raster.pixels, REDUCTION)
    deskew = rotation_about_centre(ink_mask.shape, angle)
    is_skewed = abs(angle) >= MIN_SKEW_DEGREES
    if is_skewed:
        reduced, ink_mask = (
            np.asarray(
                cv2.warpAffine(p, deskew, ink_mask.shape[::-1], flags=how, borderMode=cv2.BORDER_REPLICATE), np.uint8
            )
            for p, how in ((reduced, cv2.INTER_LINEAR), (ink_mask, cv2.INTER_NEAREST))
        )
    warp = _warp(reduced, ink_mask)
    if warp is None and not is_skewed and zoom == 1.0:
        return raster
    frame = _frame(ink_mask, warp)
    if warp is None:
        return _deskewed(raster, deskew if is_skewed else rotation_about_centre(ink_mask.shape, 0.0), frame, zoom)
    return _dewarped(raster, deskew, warp, frame, zoom)


@dataclass(frozen=True, slots=True, eq=False)
class _Warp:
    """The displacements in `x` and `y` that straighten a deskewed reduced picture of `size` (width, height)."""

    x: Displacement | None
    y: Displacement | None
    size: tuple[int, int]

    def on_grid(self, xs: Floats, ys: Floats) -> Floats:
        """The displacements (x, y) at the points of a grid: len(ys) x len(xs) x 2."""
        nothing = np.zeros((len(ys), len(xs)))
        x = nothing if self.x is None else self.x.on_grid(ys, xs).T
        y = nothing if self.y is None else self.y.on_grid(xs, ys)
        return np.stack([x, y], axis=-1)

    def inverse(self, xs: Floats, ys: Floats) -> Floats:
        """Where the points of a grid on the flat page lie on the warped one: len(ys) x len(xs) x 2.

        By fixed-point iteration, on a grid of displacements that reaches beyond the picture.
        """
        reach, step = 64.0, 8.0
        known = self.on_grid(*(np.arange(-reach, side + reach + step, step) for side in self.size)).astype(np.float32)
        flat = np.stack(np.meshgrid(xs, ys), axis=-1)
        warped = flat.copy()
        for _ in range(INVERSION_ROUNDS):
            at = ((warped + reach) / step).astype(np.float32)
            moved = cv2.remap(known, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            warped = flat - moved
        return np.asarray(warped)


def _warp(reduced: Pixels, ink_mask: Pixels) -> _Warp | None:
    """The warp of a deskewed page, None where it is flat."""
    size = (reduced.shape[1], reduced.shape[0])
    strokes = horizontal_strokes(reduced)
    across, down = horizontal_grid_lines(strokes), vertical_grid_lines(reduced)
    if len(across) < MIN_LINE_POINTS:
        return _text_warp(text_line_centres(ink_mask, strokes), with_min_points(across, MIN_SURE_LINE_POINTS), size)
    is_straight = straightness_error(across) <= MAX_STRAIGHT_ERROR
    if is_straight and (len(down) < MIN_FIT_POINTS or straightness_error(down) <= MAX_STRAIGHT_ERROR):
        return None
    y = _plausible(fitted_displacement(concatenated(across, text_line_centres(ink_mask, strokes)), size), size)
    x = _plausible(fitted_displacement(down, size[::-1]), size[::-1]) if len(down) >= MIN_FIT_POINTS else None
    return None if x is None and y is None else _Warp(x, y, size)


def _text_warp(lines: Curves, grid_lines: Curves, size: tuple[int, int]) -> _Warp | None:
    """The warp by lines of text and a few grid lines; a small one is ignored, for characters differ in height."""
    curves = concatenated(grid_lines, lines)
    if len(curves) < MIN_FIT_POINTS:
        return None
    displacement = _plausible(fitted_displacement(curves, size), size)
    if displacement is None or np.ptp(np.percentile(displacement.at(curves.x, curves.y), (3, 97))) < MIN_TEXT_WARP:
        return None
    return _Warp(None, displacement, size)


def _plausible(displacement: Displacement, size: tuple[int, int]) -> Displacement | None:
    """The displacement, unless it folds the page over or does not make it straighter."""
    step = 20.0
    on_grid = displacement.on_grid(*(np.arange(0, side + step, step) for side in size))
    steepest = max(float(np.abs(np.diff(on_grid, axis=axis)).max()) / step for axis in (0, 1))
    return displacement if steepest < MAX_DISPLACEMENT_SLOPE and displacement.after < displacement.before else None


def _frame(ink_mask: Pixels, warp: _Warp | None) -> tuple[float, float, float, float]:
    """The part of the plane to show (left, top, right, bottom in reduced pixels): the page and all of its ink."""
    height, width = ink_mask.shape
    left, top, wide, high = cv2.boundingRect(ink_mask)
    if not wide:
        return 0.0, 0.0, float(width), float(height)
    box = np.array([[left, top], [left + wide, top + high]], float)
    if warp is not None:
        moved = warp.on_grid(np.linspace(left, left + wide, 9), np.linspace(top, top + high, 9)).reshape(-1, 2)
        box += np.array([moved.min(axis=0), moved.max(axis=0)])
    (x0, y0), (x1, y1) = box + np.array([[-INK_MARGIN], [INK_MARGIN]])
    return min(0.0, x0), min(0.0, y0), max(float(width), x1), max(float(height), y1)


def _deskewed(raster: Raster, deskew: Matrix, frame: tuple[float, float, float, float], zoom: float) -> Raster:
    """The picture under the affine map `deskew` of the reduced one, cut to `frame` and enlarged."""
    enlarged = np.diag([REDUCTION, REDUCTION, 1.0])
    shift = np.array([[1, 0, -frame[0]], [0, 1, -frame[1]], [0, 0, 1.0]])
    whole = np.diag([zoom, zoom, 1.0]) @ enlarged @ shift @ np.vstack([deskew, [0, 0, 1]]) @ np.linalg.inv(enlarged)
    size = tuple(round((frame[k + 2] - frame[k]) * REDUCTION * zoom) for k in (0, 1))
    return affine(raster, np.asarray(whole[:2], float), (size[0], size[1]))


def _dewarped(
    raster: Raster, deskew: Matrix, warp: _Warp, frame: tuple[float, float, float, float], zoom: float
) -> Raster:
    """The picture with skew and warp undone, cut to `frame` and enlarged."""
    columns, rows = (int(np.ceil((frame[k + 2] - frame[k]) * REDUCTION * zoom / MESH_STEP)) for k in (0, 1))
    # A node lies at the centre of a square of `MESH_STEP` pixels, as the pixels of an enlarged picture do.
    xs, ys = (
        np.asarray(frame[k] + (np.arange(n) + 0.5) * MESH_STEP / (REDUCTION * zoom), np.float64)
        for k, n in ((0, columns), (1, rows))
    )
    warped = warp.inverse(xs - 0.5, ys - 0.5).reshape(-1, 2) + 0.5
    back = cv2.invertAffineTransform(deskew)
    nodes = ((warped @ back[:, :2].T + back[:, 2]) * REDUCTION).reshape(rows, columns, 2)
    size = (columns * MESH_STEP, rows * MESH_STEP)
    sources = cv2.resize((nodes - 0.5).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    to_nodes = np.array([[1 / MESH_STEP, 0, -0.5], [0, 1 / MESH_STEP, -0.5]])
    mesh = Mesh(raster.points_on_page(nodes.reshape(-1, 2)).reshape(rows, columns, 2))

    def remapped(pixels: Pixels, interpolation: int, border: int) -> Pixels:
        x, y = sources[..., 0], sources[..., 1]
        return np.asarray(cv2.remap(pixels, x, y, interpolation, None, cv2.BORDER_CONSTANT, [border]), np.uint8)

    overprint = raster.overprint
    return Raster(
        remapped(raster.pixels, cv2.INTER_CUBIC, PAPER_GREY),
        to_nodes,
        mesh,
        None if overprint is None else remapped(overprint, cv2.INTER_LINEAR, 0),
    )
