"""A minus that nobody reads: on a coarse scan it is a dot, often no darker than the paper's grain.

Neither recogniser takes it for anything. That is right of any speck, and wrong of the one that turns -1 into 1.
"""

from __future__ import annotations

import numpy as np

from models.cells.crop import Grey, Window

_FAR, _NEAR = 1.2, 0.12  # heights of a digit before a figure, between which its sign stands
_HALF = 0.14  # heights of a digit above and below the middle that a sign takes
_CLEAR, _AWAY = 0.45, 0.95  # between which it leaves the paper bare
_PALE = 0.12  # of the figure's own depth, from which a mark counts
_GRAIN = 4.0  # times as deep as the grain of the paper beside it
_WIDE, _MORE = 0.72, 0.12  # heights of a digit that each digit of a line may take, and that may be between them


def may_be_signed(picture: Grey, line: Window, digits: int, digit: float, inside: Window) -> bool:
    """Whether a figure of so many digits may have a sign that was not read: its marks take more room than the digits
    do, or something stands before them where a minus would, be it much paler.

    `line` is the marks' box and `digit` the height of a digit in pixels of the picture; what is not `inside` the cell
    is not looked at.
    """
    return line.right - line.left > (_WIDE * digits + _MORE) * digit or _pale_mark(picture, line, digit, inside)


def _pale_mark(picture: Grey, line: Window, digit: float, inside: Window) -> bool:
    left, right = round(max(inside.left, line.left - _FAR * digit)), round(line.left - _NEAR * digit)
    middle = (line.top + line.bottom) / 2
    if right - left < 2 or left < 0:
        return False
    width = max(1, round(0.2 * digit))
    where = _profile(picture[round(middle - _HALF * digit) : round(middle + _HALF * digit) + 1, left:right], width)
    above = picture[round(max(inside.top, middle - _AWAY * digit)) : round(middle - _CLEAR * digit), left:right]
    below = picture[round(middle + _CLEAR * digit) : round(min(inside.bottom, middle + _AWAY * digit)), left:right]
    bare = [_profile(part, width) for part in (above, below) if len(part)]
    if not bare or not len(where):
        return False
    beside = np.concatenate(bare)
    figure = picture[round(line.top) : round(line.bottom), round(line.left) : round(line.right)]
    if not figure.size or not beside.size:
        return False
    paper = float(np.median(beside))
    deep = paper - float(np.percentile(figure, 5))
    return paper - float(where.min()) > max(_PALE * deep, _GRAIN * float(beside.std()))


def _profile(part: Grey, width: int) -> np.ndarray:
    """The mean grey of each few columns beside each other."""
    if not part.size or part.shape[1] < width:
        return np.zeros(0)
    return np.convolve(part.mean(axis=0), np.full(width, 1 / width), "valid")
