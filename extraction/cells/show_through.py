"""The back's print that shows through the paper: told from the page's own by how light it is, and wiped.

What shows through is far lighter than all that is printed, and there is hardly anything in between; on a page of which
print itself is faint in places tone says nothing. It is wiped from cells that hold print too, and only where it stands
apart from that: next to a figure a light mark may be a digit that has all but vanished.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from extraction.cells.components import EM, Mark, TableMarks
from extraction.cells.grey_overprint import Wiped
from extraction.document import Pixels
from extraction.preprocess.binarize import grey

_PRINT, _LIGHT = 0.58, 0.38  # of the contrast of dark print: that of print at least, of what shows through at most
_BETWEEN = 0.08  # share of the characters that may be neither
_LEAST = 40  # characters of print from which tones say anything
_SOME, _MUCH = 0.05, 0.4  # of the characters: fewer light ones are smudges, more are print of another weight
_LOOKED_AT = 120  # characters of a table: as many say how dark print is
_APART = 0.5  # em between what is wiped and all else
_HALO = 2  # pixels of blur around a mark


class _Tones(NamedTuple):
    """The paper's grey value, and by how much darker print is at least and what shows through at most."""

    paper: int
    printed: float
    light: float


def without_show_through(pixels: Pixels, marks: TableMarks) -> Wiped:
    """The page, grey or in colour, without what shows through in a table's cells; as it is where tone says nothing."""
    shades = grey(pixels)
    tones = _tones(shades, marks)
    found = {} if tones is None else {n: m for n in range(len(marks.cells)) if (m := _to_wipe(shades, marks, n, tones))}
    if not found:
        return Wiped(pixels, marks.ink, frozenset())
    paper = np.median(marks.sampled(pixels), axis=(0, 1))
    pixels, ink = pixels.copy(), marks.ink.copy()
    for left, top, right, bottom in (mark for own in found.values() for mark in own):
        ink[top:bottom, left:right] = 0
        pixels[max(0, top - _HALO) : bottom + _HALO, max(0, left - _HALO) : right + _HALO] = paper
    return Wiped(pixels, ink, frozenset(found))


def _tones(shades: Pixels, marks: TableMarks) -> _Tones | None:
    """None where there is not plainly print and something much lighter."""
    characters = marks.characters()
    if len(characters) < _LEAST:
        return None
    paper = int(np.median(marks.sampled(shades)))
    sample = characters[:: max(1, len(characters) // _LOOKED_AT)]
    contrasts = np.array([_contrast(shades, marks, m, paper) for m in sample])
    dark = float(np.percentile(contrasts, 90))
    printed, light = contrasts >= _PRINT * dark, contrasts <= _LIGHT * dark
    if printed.sum() < _LEAST or not _SOME <= light.mean() <= _MUCH or (~printed & ~light).mean() > _BETWEEN:
        return None
    return _Tones(paper, _PRINT * dark, _LIGHT * dark)


def _contrast(shades: Pixels, marks: TableMarks, mark: Mark, paper: int) -> float:
    """By how much the darkest part of a mark is darker than paper."""
    tones = shades[mark.top : mark.bottom, mark.left : mark.right][marks.pixels(*mark)]
    return paper - float(np.percentile(tones, 15))


def _to_wipe(shades: Pixels, marks: TableMarks, number: int, tones: _Tones) -> list[Mark]:
    """The marks of a cell that show through and stand apart from all that does not; none where there is no print."""
    contrasts = [_contrast(shades, marks, mark, tones.paper) for mark in marks.of[number]]
    light = [m for m, c in zip(marks.of[number], contrasts, strict=True) if c <= tones.light]
    others = [m for m, c in zip(marks.of[number], contrasts, strict=True) if c > tones.light]
    if max(contrasts, default=0.0) < tones.printed:
        return []
    return [m for m in light if _stands_apart(m, others)]


def _stands_apart(mark: Mark, others: Sequence[Mark]) -> bool:
    """Whether there is paper around a mark, to either side as above and below."""
    return all(
        max(o.left - mark.right, mark.left - o.right, o.top - mark.bottom, mark.top - o.bottom) >= _APART * EM
        for o in others
    )
