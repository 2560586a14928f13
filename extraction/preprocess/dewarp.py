"""A page made level and flat in one step: what its rules and lines of text say of skew, tilt and curl is taken back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from extraction.document import Matrix, Mesh, Pixels, Raster
from extraction.preprocess.baseline_curves import (
    Curves,
    Floats,
    level_rules,
    longest,
    rule_strokes,
    text_lines,
    together,
    upright_rules,
)
from extraction.preprocess.deskew import ink_points, skew_of
from extraction.preprocess.dewarp_surface import Displacement, fitted, unevenness
from extraction.preprocess.illumination import shrunk
from extraction.preprocess.transforms import PAPER, affine, turned

_SHRINK = 2  # curves are looked for at about 100 dpi
_LEVEL = 0.05  # degrees off that nobody sees
_ENOUGH = 150  # points on rules that say how flat a page is; with fewer its lines of text are asked too
_FEWEST = 40  # points on curves that are worth a fit
_STRAIGHT = 0.5  # pixels of the small picture that rules may be off a straight line
_BENT_TEXT = 2.0  # pixels from the lowest to the highest displacement of text that is bent
_LONG = 12  # points on a stroke that must be a rule, where there are few
_STEEPEST = 0.35  # change of the displacement from pixel to pixel: where it is more the fit has gone wild
_STEP = 16  # pixels between the nodes of the mesh
_ROUNDS = 6  # of the inversion of the displacement
_MARGIN = 14  # pixels of paper kept around the ink


def straightened(raster: Raster, marks: Pixels, zoom: float = 1.0, angle: float | None = None) -> Raster:
    """The page (grey) level, flat and `zoom` times larger; the same object where it is all that already.

    `marks` is 255 on the ink of the picture `_SHRINK` times smaller; `angle` is how far it lies askew, where known.
    """
    angle = skew_of(ink_points(marks)) if angle is None else angle
    small = shrunk(raster.pixels, _SHRINK)
    level = turned(marks.shape, angle)
    if abs(angle) >= _LEVEL:
        small, marks = (
            np.asarray(
                cv2.warpAffine(p, level, marks.shape[::-1], flags=how, borderMode=cv2.BORDER_REPLICATE), np.uint8
            )
            for p, how in ((small, cv2.INTER_LINEAR), (marks, cv2.INTER_NEAREST))
        )
    bend = _bend(small, marks)
    if bend is None and abs(angle) < _LEVEL and zoom == 1.0:
        return raster
    frame = _frame(marks, bend)
    if bend is None:
        to_small = level if abs(angle) >= _LEVEL else turned(marks.shape, 0.0)
        return _moved(raster, to_small, frame, zoom)
    return _flattened(raster, level, bend, frame, zoom)


@dataclass(frozen=True, slots=True, eq=False)
class _Bend:
    """How far every point of the small level picture must be moved (x, y) to lie where it was printed."""

    x: Displacement | None
    y: Displacement | None
    size: tuple[int, int]

    def on_grid(self, xs: Floats, ys: Floats) -> Floats:
        """Displacements (x, y) at the points of a grid: len(ys) x len(xs) x 2."""
        nothing = np.zeros((len(ys), len(xs)))
        x = nothing if self.x is None else self.x.on_grid(ys, xs).T
        y = nothing if self.y is None else self.y.on_grid(xs, ys)
        return np.stack([x, y], axis=-1)

    def back(self, xs: Floats, ys: Floats) -> Floats:
        """Where the points of a grid of the flat page lie on the bent one: len(ys) x len(xs) x 2.

        By repetition, on a grid of displacements that reaches beyond the picture.
        """
        reach, step = 64.0, 8.0
        known = self.on_grid(*(np.arange(-reach, side + reach + step, step) for side in self.size)).astype(np.float32)
        flat = np.stack(np.meshgrid(xs, ys), axis=-1)
        bent = flat.copy()
        for _ in range(_ROUNDS):
            at = ((bent + reach) / step).astype(np.float32)
            moved = cv2.remap(known, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            bent = flat - moved
        return np.asarray(bent)


def _bend(small: Pixels, marks: Pixels) -> _Bend | None:
    """What is left to straighten on a level page, None for nothing."""
    size = (small.shape[1], small.shape[0])
    strokes = rule_strokes(small)
    across, down = level_rules(strokes), upright_rules(small)
    if len(across) < _ENOUGH:
        return _text_bend(text_lines(marks, strokes), longest(across, _LONG), size)
    if unevenness(across) <= _STRAIGHT and (len(down) < _FEWEST or unevenness(down) <= _STRAIGHT):
        return None
    y = _sound(fitted(together(across, text_lines(marks, strokes)), size), size)
    x = _sound(fitted(down, size[::-1]), size[::-1]) if len(down) >= _FEWEST else None
    return None if x is None and y is None else _Bend(x, y, size)


def _text_bend(lines: Curves, rules: Curves, size: tuple[int, int]) -> _Bend | None:
    """As `_bend`, from lines of text and a few rules. Characters lie at many heights: only plain bends count."""
    curves = together(rules, lines)
    if len(curves) < _FEWEST:
        return None
    displacement = _sound(fitted(curves, size), size)
    if displacement is None or np.ptp(np.percentile(displacement.at(curves.x, curves.y), (3, 97))) < _BENT_TEXT:
        return None
    return _Bend(None, displacement, size)


def _sound(displacement: Displacement, size: tuple[int, int]) -> Displacement | None:
    """The displacement, unless it folds the page over or does not make it straighter."""
    step = 20.0
    on_grid = displacement.on_grid(*(np.arange(0, side + step, step) for side in size))
    steepest = max(float(np.abs(np.diff(on_grid, axis=axis)).max()) / step for axis in (0, 1))
    return displacement if steepest < _STEEPEST and displacement.after < displacement.before else None


def _frame(marks: Pixels, bend: _Bend | None) -> tuple[float, float, float, float]:
    """The part of the level plane to be shown (small pixels): the page, and what of its ink would lie beyond it."""
    height, width = marks.shape
    left, top, wide, high = cv2.boundingRect(marks)
    if not wide:
        return 0.0, 0.0, float(width), float(height)
    box = np.array([[left, top], [left + wide, top + high]], float)
    if bend is not None:
        moved = bend.on_grid(np.linspace(left, left + wide, 9), np.linspace(top, top + high, 9)).reshape(-1, 2)
        box += np.array([moved.min(axis=0), moved.max(axis=0)])
    (x0, y0), (x1, y1) = box + np.array([[-_MARGIN], [_MARGIN]])
    return min(0.0, x0), min(0.0, y0), max(float(width), x1), max(float(height), y1)


def _moved(raster: Raster, level: Matrix, frame: tuple[float, float, float, float], zoom: float) -> Raster:
    """The picture under an affine map; `level` leads from the small picture to the small level one."""
    enlarged = np.diag([_SHRINK, _SHRINK, 1.0])
    shift = np.array([[1, 0, -frame[0]], [0, 1, -frame[1]], [0, 0, 1.0]])
    whole = np.diag([zoom, zoom, 1.0]) @ enlarged @ shift @ np.vstack([level, [0, 0, 1]]) @ np.linalg.inv(enlarged)
    size = tuple(round((frame[k + 2] - frame[k]) * _SHRINK * zoom) for k in (0, 1))
    return affine(raster, np.asarray(whole[:2], float), (size[0], size[1]))


def _flattened(
    raster: Raster, level: Matrix, bend: _Bend, frame: tuple[float, float, float, float], zoom: float
) -> Raster:
    """The picture with its bend taken out."""
    columns, rows = (int(np.ceil((frame[k + 2] - frame[k]) * _SHRINK * zoom / _STEP)) for k in (0, 1))
    # A node lies in the middle of a square of `_STEP` pixels, as the pixels of a picture that is enlarged do.
    xs, ys = (
        np.asarray(frame[k] + (np.arange(n) + 0.5) * _STEP / (_SHRINK * zoom), np.float64)
        for k, n in ((0, columns), (1, rows))
    )
    bent = bend.back(xs - 0.5, ys - 0.5).reshape(-1, 2) + 0.5
    back = cv2.invertAffineTransform(level)
    nodes = ((bent @ back[:, :2].T + back[:, 2]) * _SHRINK).reshape(rows, columns, 2)
    size = (columns * _STEP, rows * _STEP)
    sources = cv2.resize((nodes - 0.5).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    to_nodes = np.array([[1 / _STEP, 0, -0.5], [0, 1 / _STEP, -0.5]])
    mesh = Mesh(raster.points_on_page(nodes.reshape(-1, 2)).reshape(rows, columns, 2))

    def shown(pixels: Pixels, how: int, beyond: int) -> Pixels:
        seen = cv2.remap(pixels, sources[..., 0], sources[..., 1], how, None, cv2.BORDER_CONSTANT, [beyond])
        return np.asarray(seen, np.uint8)

    overprint = raster.overprint
    return Raster(
        shown(raster.pixels, cv2.INTER_CUBIC, PAPER),
        to_nodes,
        mesh,
        None if overprint is None else shown(overprint, cv2.INTER_LINEAR, 0),
    )
