"""Rules of the back that show through: strokes of a page in, those of its own print out.

Such rules are much lighter than the page's own, and print runs across them, which it never does across a rule of its
own table. Rules that are light and that hardly anything crosses are hairlines: they stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels
from extraction.preprocess.binarize import Part, ink, parts_of
from extraction.tables.line_grid import Strokes

_LONG, _STROKE = 300, 180  # pixels of a level stroke that is surely a rule; and of a light one that is none of text
_OWN = 0.9  # of the length of such strokes: no darker are all but the darkest of them
_LIGHT = 0.42  # of that darkness: what shows through at most
_WINDOW, _INK = 51, 0.4  # pixels of surroundings, and of that darkness, by which print is darker
_TONE = 75  # percentile of a stroke's pixels: its edges are lighter
_STRETCH = 101  # pixels along a stroke whose tone is told apart: print that it runs through covers less than half
_NOTHING = 10  # grey values: what is no darker is bare paper
_MEETS = 5  # pixels around the page's own strokes, within which they cross others
_CROSSED, _FEWEST = 0.01, 3  # of a stroke's length, and pixels, that print covers where it runs across
_ALONG = 0.6  # of a stroke's length: what covers more of it runs along it
_MOST = 0.3  # of the light strokes: where print runs across so many, they are the back's

Flags = npt.NDArray[np.bool_]


def without_ghosts(across: Strokes, down: Strokes) -> tuple[Strokes, Strokes]:
    """The strokes of both directions without those that show through, the same objects where there are none.

    `down` has its axes exchanged, so that its strokes run across too. Pixels are those at which pages are read.
    """
    both = across, down
    parts = [list(parts_of(strokes.mask)) for strokes in both]
    tones = [
        [(p, _tone(strokes.thin, p)) for p in own if p.width >= _STROKE]
        for strokes, own in zip(both, parts, strict=True)
    ]
    dark = _darkness([(tone, p.width) for p, tone in tones[0] if p.width >= _LONG])
    light = [[p for p, tone in long if tone <= _LIGHT * dark] for long in tones]
    if not any(light):
        return both
    left = [_without_light(strokes, own, _LIGHT * dark) for strokes, own in zip(both, parts, strict=True)]
    marks = _print_alone(across.grey, dark, np.maximum(left[0].mask, left[1].mask.T))
    crossed = sum(p.width for of, seen in zip(light, (marks, marks.T), strict=True) for p in of if _is_crossed(seen, p))
    return (left[0], left[1]) if crossed > _MOST * sum(p.width for of in light for p in of) else both


def _tone(thin: Pixels, part: Part) -> float:
    return float(np.percentile(thin[part.area][part.own], _TONE))


def _darkness(rules: Sequence[tuple[float, int]]) -> float:
    """How dark the page's own rules are, from tones and lengths of long strokes; 0 where there are none."""
    if not rules:
        return 0.0
    tones, lengths = np.array(sorted(rules)).T
    so_far = np.cumsum(lengths)
    return float(tones[np.searchsorted(so_far, _OWN * so_far[-1])])


def _print_alone(grey_pixels: Pixels, dark: float, ruled: Pixels) -> Flags:
    """Where there is print nearly as dark beside its paper, or its coloured band, as the page's own strokes, and none
    of them."""
    around = cv2.dilate(ruled, np.ones((_MEETS, _MEETS), np.uint8))
    return np.asarray((ink(grey_pixels, _WINDOW, round(_INK * dark), 0.0) > 0) & (np.asarray(around) == 0))


def _is_crossed(marks: Flags, part: Part) -> bool:
    """Whether print runs across a stroke, here and there: the edge of a coloured band goes all along it."""
    covered = (marks[part.area] & part.own).any(axis=0).sum()
    return bool(max(_FEWEST, _CROSSED * part.width) <= covered <= _ALONG * part.width)


def _without_light(strokes: Strokes, parts: Iterable[Part], light: float) -> Strokes:
    """The strokes without their light stretches: where a rule of the back goes on from one of the page's own, or runs
    through print, they are one part. Where a broken rule was bridged there is nothing, and it stays so."""
    thin, mask = strokes.thin.copy(), strokes.mask.copy()
    for part in parts:
        darkest = np.where(part.own, strokes.thin[part.area], 0).max(axis=0)
        tones = _along(darkest)
        gone = part.own & (tones > _NOTHING) & (tones <= light)
        thin[part.area][gone] = mask[part.area][gone] = 0
    return replace(strokes, thin=thin, mask=mask)


def _along(tones: Pixels) -> npt.NDArray[np.float64]:
    """The usual tone around each pixel of a stroke, of a short one all in all: its ends are lighter."""
    if len(tones) <= _STRETCH:
        return np.full(len(tones), np.median(tones))
    reach = _STRETCH // 2
    row = cv2.copyMakeBorder(tones[None, :], 0, 0, reach, reach, cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.medianBlur(row, _STRETCH)[0, reach:-reach], np.float64)
