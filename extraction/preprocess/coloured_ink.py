"""Colour to grey without what was stamped or written over the print in colour.

A seal's ink lets black print through: a pixel is paper x ink x print, and as print is grey, the ratio of its darkest to
its brightest channel says how much ink lies there and the brightness that is left what print lies under it. Coloured
print (a red heading, coloured rules) stays: it stands in lines, or is longer than any seal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Pixels
from extraction.preprocess.illumination import Paper, shrunk

_SHRINK = 4  # coloured ink is looked for at about 50 dpi
_COLOURED = 45  # brightest less darkest channel of ink that has a colour, on white paper
_TOGETHER = 5  # small pixels that bridge the strokes of one seal or one line
_POINTS = 72 / 50  # of a small pixel
_LARGEST = 270.0  # points: a larger thing is print
_SMALLEST = 15.0  # points: a smaller thing alone is a coloured character
_SEAL = 35.0  # points: a thing as broad and high is a seal
_LINE = 48.0, 4.0  # points of height, and width to height, of a line of coloured text
_ROW = 3  # things of a height beside each other that make a line
_COVERED = 0.2  # share of a pixel under ink from which it counts
_RIM = 0.18  # how dark the rim of taken-out ink may be
_PLAIN = 0.85  # darkest to brightest channel from which a pixel counts as grey

Floats = npt.NDArray[np.float32]


class Part(NamedTuple):
    """A coloured thing in the small picture."""

    left: int
    top: int
    width: int
    height: int
    label: int


def without_colour(pixels: Pixels, paper: Paper) -> tuple[Pixels, Pixels | None]:
    """The grey picture, and 255 where coloured ink was taken out of it (None for nowhere).

    `paper` is that of the coloured picture.
    """
    if pixels.ndim == 2:
        return pixels, None
    coloured = _coloured(pixels, paper)
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(coloured, connectivity=8)
    parts = [Part(int(x), int(y), int(w), int(h), k) for k, (x, y, w, h, _) in enumerate(stats[:count]) if k]
    overprint = None
    for part in _stamps(parts):
        overprint = np.zeros_like(grey) if overprint is None else overprint
        _taken_out(pixels, paper, grey, overprint, np.asarray(labels == part.label), part)
    return grey, overprint


def _coloured(pixels: Pixels, paper: Paper) -> Pixels:
    """Where coloured ink is in the small picture, the strokes of a thing run together."""
    small = shrunk(pixels, _SHRINK)
    tone = cv2.resize(paper.tone, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_LINEAR)
    balanced = cv2.divide(small, tone, scale=255)
    blue, green, red = cv2.split(balanced)
    chroma = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    outside = cv2.resize(paper.outside.astype(np.uint8), (small.shape[1], small.shape[0]))
    marked = np.where((chroma > _COLOURED) & (outside == 0), 255, 0).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(marked, cv2.MORPH_CLOSE, np.ones((_TOGETHER, _TOGETHER), np.uint8)), np.uint8)


def _stamps(parts: Sequence[Part]) -> Iterator[Part]:
    """The things that are seals, pen or marker, and no print."""
    large = [p for p in parts if max(p.width, p.height) * _POINTS >= _SMALLEST]
    stamps = [p for p in large if not _is_print(p, parts)]
    yield from stamps
    yield from (p for p in parts if p not in stamps and any(_within(p, stamp) for stamp in stamps))


def _is_print(part: Part, parts: Sequence[Part]) -> bool:
    if max(part.width, part.height) * _POINTS > _LARGEST:
        return True
    height, aspect = _LINE
    if part.height * _POINTS > height:
        return False
    if part.width > aspect * part.height and part.height * _POINTS > 7.0:
        return True
    middle = part.top + part.height / 2
    beside = [
        p
        for p in parts
        if abs(p.top + p.height / 2 - middle) < 0.2 * part.height and 0.75 < p.height / part.height < 1.33
    ]
    return part.height * _POINTS > 8.0 and len(beside) >= _ROW


def _within(inner: Part, outer: Part) -> bool:
    x, y = inner.left + inner.width / 2, inner.top + inner.height / 2
    return outer.left <= x <= outer.left + outer.width and outer.top <= y <= outer.top + outer.height


def _taken_out(
    pixels: Pixels, paper: Paper, grey: Pixels, overprint: Pixels, mask: npt.NDArray[np.bool_], part: Part
) -> None:
    """Write the print under one coloured thing into `grey`, and where the thing was into `overprint`."""
    around = 2
    left, top = max(0, part.left - around), max(0, part.top - around)
    right, bottom = part.left + part.width + around, part.top + part.height + around
    area = (slice(top * _SHRINK, bottom * _SHRINK), slice(left * _SHRINK, right * _SHRINK))
    seen = pixels[area].astype(np.float32)
    near = cv2.dilate(mask[top:bottom, left:right].astype(np.uint8), np.ones((5, 5), np.uint8))
    if min(part.width, part.height) * _POINTS > _SEAL:  # what is paler within belongs to it
        near[:] = 1
    full = cv2.resize(near, None, fx=_SHRINK, fy=_SHRINK, interpolation=cv2.INTER_NEAREST)
    here = np.zeros(seen.shape[:2], bool)
    here[: full.shape[0], : full.shape[1]] = full[: seen.shape[0], : seen.shape[1]] > 0
    tone = _tone_at(paper, pixels.shape, area)
    light = np.clip(seen / np.maximum(tone, 1), 0, 1)
    brightest, darkest = light.max(axis=2), light.min(axis=2)
    ratio = darkest / np.maximum(brightest, 0.02)
    inked = here & (ratio < _PLAIN) & (brightest > 0.35)
    if int(inked.sum()) < 20:
        return
    purest = float(np.quantile(ratio[inked], 0.1))
    bright = float(np.clip(np.median(brightest[inked & (ratio <= purest + 0.1)]), 0.3, 1))
    cover = np.clip((1 - ratio) / np.maximum((1 - purest * bright) - ratio * (1 - bright), 0.05), 0, 1)
    under = np.clip(brightest / (1 - cover * (1 - bright)), 0, 1)
    # A picture's colours are coarser than its light: around the ink its rim is left, paler than print.
    zone = cv2.dilate((here & (ratio < _PLAIN) & (cover > _COVERED)).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    printed = 1 - np.clip(1 - under - _RIM, 0, 1) / (1 - _RIM)
    grey[area][zone] = np.maximum(grey[area], np.asarray(printed * tone.max(axis=2), np.uint8))[zone]
    overprint[area][zone] = 255


def _tone_at(paper: Paper, shape: tuple[int, ...], area: tuple[slice, slice]) -> Floats:
    """The paper's tone in a part of a picture of this shape, a channel each."""
    rows, columns = (np.arange(s.start, min(s.stop, n)) for s, n in zip(area, shape[:2], strict=True))
    x = np.tile((columns * (paper.tone.shape[1] / shape[1])).astype(np.float32), (len(rows), 1))
    y = np.tile((rows * (paper.tone.shape[0] / shape[0])).astype(np.float32)[:, None], (1, len(columns)))
    return np.asarray(cv2.remap(paper.tone, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
