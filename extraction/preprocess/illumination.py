"""Light made even: shadow, slope and the paper's own tone taken out, what lies around the paper made as bright as it;
faint print made as dark as any.

The paper's brightness is what is left of a small picture when everything as thin as print is closed. What surrounds
the sheet ends in a step, not in a slope as a shadow does, and the steps of a side lie on one smooth curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Pixels
from extraction.preprocess.binarize import MIN_NOISE_TO_SMOOTH, grey_quantile, ink, noise_of

_SHRINK = 8  # the paper is looked at in a picture this many times smaller
_PRINT = 7  # pixels there: print is thinner (about 20 points)
_EVEN = 0.94  # darkest to lightest paper: nothing need be done
_DARKEST = 0.3  # of the lightest paper: what is darker is no paper but a black area
_BLACK = 0.42  # of the paper: darker than the deepest shadow
_STEP = 1.3  # times brighter is the paper than what surrounds it
_REACH = 0.25  # of the page, from each side, where its edge is looked for
_ON_CURVE = 1.5  # small pixels that a step may be off its side's curve
_FOUND = 0.6  # share of rows that must have a step on the curve
_WHITE = 250
_DARKEST_INK, _FAINT = 1, 140.0  # percentile of ink, the darkest first, and its depth below the paper where it is faint
_INK, _DEEP = 20, 150.0  # percentile of faint ink, and the depth it is given: most of ink are the edges of strokes
_PLAINLY = 0.01  # share of a page that is as dark where print is not faint
_MOST = 4.0  # times that faint print is deepened; what is fainter still may be the back's, shining through
_WINDOW, _CONTRAST = 51, 6  # of the ink of faint print
_FEWEST, _GRAIN = 500, 0.12  # pixels of ink that tell how dark print is; share of the page from which they are grain

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """The paper's brightness (uint8, `_SHRINK` times smaller than the page; a channel each where it has colours)."""

    tone: Pixels
    outside: npt.NDArray[np.bool_]  # where there is no paper

    @property
    def grey(self) -> Paper:
        """The paper in grey."""
        tone = self.tone
        return (
            self
            if tone.ndim == 2
            else Paper(np.asarray(cv2.cvtColor(tone, cv2.COLOR_BGR2GRAY), np.uint8), self.outside)
        )

    @property
    def even(self) -> bool:
        """Whether the paper is as bright everywhere as makes no difference."""
        if self.outside.any():
            return False
        low, high = np.percentile(self.tone.reshape(-1, self.tone.shape[-1] if self.tone.ndim == 3 else 1), (2, 98), 0)
        return bool((low >= _EVEN * high).all())


def paper_of(pixels: Pixels) -> Paper:
    """The paper of a grey or colour picture."""
    small = shrunk(pixels, _SHRINK)
    # A dark rim goes on beyond the picture: it is no print.
    room = cv2.copyMakeBorder(small, _PRINT, _PRINT, _PRINT, _PRINT, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(room, cv2.MORPH_CLOSE, np.ones((_PRINT, _PRINT), np.uint8))
    closed = closed[_PRINT:-_PRINT, _PRINT:-_PRINT]
    grey_tone = closed if closed.ndim == 2 else closed.max(axis=2)
    outside = _outside(np.asarray(grey_tone, np.float64))
    tone = _filled_in(np.asarray(closed, np.uint8), outside)
    smooth = np.asarray(cv2.GaussianBlur(tone, (0, 0), 3), np.uint8)
    darkest = _DARKEST * np.percentile(smooth, 95)
    return Paper(np.asarray(np.maximum(smooth, darkest), np.uint8), outside)


def evenly_lit(pixels: Pixels, paper: Paper) -> Pixels:
    """The picture as if under even light on white paper; the same object where it is so already."""
    if paper.even:
        return pixels
    size = (pixels.shape[1], pixels.shape[0])
    tone = cv2.resize(paper.tone, size, interpolation=cv2.INTER_LINEAR)
    flat = cv2.divide(pixels, tone, scale=_WHITE)
    if paper.outside.any():
        flat[cv2.resize(paper.outside.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0] = _WHITE
    return np.asarray(flat, np.uint8)


def deepened(pixels: Pixels) -> Pixels:
    """The grey picture with print as dark as print usually is; the same object where it is so, or where its noise would
    be deepened too.

    All that looks for rules, marks and strokes asks how much darker than the paper they are.
    """
    paper = grey_quantile(pixels)
    if paper - grey_quantile(pixels, _PLAINLY) >= _FAINT or (noise := noise_of(pixels)) > MIN_NOISE_TO_SMOOTH:
        return pixels
    inked = np.flatnonzero(ink(pixels, _WINDOW, _CONTRAST, noise))
    if not _FEWEST <= len(inked) <= _GRAIN * pixels.size:
        return pixels
    darkest, dark = paper - np.percentile(pixels.ravel()[inked], (_DARKEST_INK, _INK))
    if darkest >= _FAINT:
        return pixels
    times = np.clip(_DEEP / max(1.0, dark), 1.0, _MOST)
    deeper = np.clip(paper - times * (paper - np.arange(256)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, deeper), np.uint8)


def shrunk(pixels: Pixels, by: int) -> Pixels:
    """The picture `by` times smaller, each pixel the mean of a square; what is over at the right and bottom is cut."""
    height, width = (max(1, side // by) for side in pixels.shape[:2])
    whole = pixels[: height * by, : width * by]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _outside(tone: Floats) -> npt.NDArray[np.bool_]:
    """What lies beyond the edges of the paper, side by side."""
    outside = np.zeros(tone.shape, bool)
    rim = np.concatenate([tone[:3].ravel(), tone[-3:].ravel(), tone[:, :3].ravel(), tone[:, -3:].ravel()])
    if np.percentile(rim, 2) * _STEP > np.percentile(tone[::4, ::4], 90):
        return outside
    for quarters in range(4):
        edge = _left_edge(np.rot90(tone, quarters))
        if edge is not None:
            length = tone.shape[1 - quarters % 2]
            beyond = np.arange(length)[None, :] < edge[:, None] + 1.5
            outside |= np.rot90(beyond, -quarters)
    return outside | _black_rim(tone)


def _black_rim(tone: Floats) -> npt.NDArray[np.bool_]:
    """Black areas at the picture's rim: the open lid of a scanner beside a sheet that lies askew."""
    black = (tone < _BLACK * np.percentile(tone, 90)).astype(np.uint8)
    count, labels = cv2.connectedComponents(black, connectivity=4)
    rim = np.zeros(count, bool)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        rim[np.unique(side)] = True
    rim[0] = False
    return np.asarray(cv2.dilate(rim[labels].astype(np.uint8), np.ones((5, 5), np.uint8))) > 0


def _left_edge(tone: Floats) -> Floats | None:
    """Where in each row the paper begins, None where no dark surrounding shows at the left."""
    height, width = tone.shape
    bright = np.log(tone[:, : max(8, round(_REACH * width))] + 4.0)
    # The step from each pixel to the next but one, where the darkest thing lies before it: not the edge of a seal.
    steps = bright[:, 2:] - bright[:, :-2]
    at = steps.argmax(axis=1)
    rows = np.arange(height)
    before = np.maximum.accumulate(bright, axis=1)[rows, at]
    after = bright[rows, np.minimum(at + 3, bright.shape[1] - 1)]
    stepped = (steps[rows, at] > np.log(_STEP)) & (after - before > 0.8 * np.log(_STEP))
    if stepped.mean() < _FOUND:
        return None
    y = (rows / height) * 2 - 1
    kept = stepped
    for _ in range(4):
        curve = np.polynomial.Polynomial.fit(y[kept], at[kept] + 1.0, 3, domain=[-1, 1])(y)
        kept = stepped & (np.abs(at + 1.0 - curve) <= max(_ON_CURVE, float(np.median(np.abs(at + 1.0 - curve)[kept]))))
        if kept.mean() < 0.3:
            return None
    on_curve = stepped & (np.abs(at + 1.0 - curve) <= _ON_CURVE)
    return np.asarray(np.maximum(curve, 0)) if on_curve.mean() >= _FOUND else None


def _filled_in(tone: Pixels, outside: npt.NDArray[np.bool_]) -> Pixels:
    """The paper's tone carried on beyond its edges."""
    if not outside.any():
        return tone
    filled, known = (
        tone.astype(np.float32),
        (~cv2.dilate(outside.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)),
    )
    weight = known.astype(np.float32)
    sums = cv2.GaussianBlur(filled * (weight if tone.ndim == 2 else weight[..., None]), (0, 0), 12)
    shares = cv2.GaussianBlur(weight, (0, 0), 12) + 1e-6
    carried = sums / (shares if tone.ndim == 2 else shares[..., None])
    return np.asarray(np.where(known if tone.ndim == 2 else known[..., None], filled, carried).clip(0, 255), np.uint8)
