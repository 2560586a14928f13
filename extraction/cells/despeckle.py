"""The specks of a fax: what is left of them in a cell without print must not be taken for print.

A scan in two tones has its noise as black dots all over. Where no mark of a cell is large enough to be print, it is
shown to the recogniser without them; beside print they stay, since one of them may be a decimal point.
"""

from __future__ import annotations

import cv2
import numpy as np

from models.cells.crop import Grey

_LARGEST = 0.012  # of the square of a digit's height: the area of a speck at most; a decimal point takes more
_CLOSE = 0.04  # of the same: as much of specks within the room of a digit may be a digit in pieces, and stays
_DARK = 128  # grey values under which a pixel of two tones is black


def without_specks(picture: Grey, digit: float) -> Grey:
    """A picture in two tones without its specks, and without the grey at their sides; `digit` is in pixels."""
    dark = (picture < _DARK).astype(np.uint8)
    _, parts, counts, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    small = counts[:, cv2.CC_STAT_AREA] <= _LARGEST * digit * digit
    small[0] = False  # the paper
    specks = small[parts].astype(np.uint8)
    room = max(1, round(0.6 * digit)), max(1, round(digit))
    close = cv2.boxFilter(specks, cv2.CV_32F, room, normalize=False) > _CLOSE * digit * digit
    specks[cv2.dilate(close.astype(np.uint8), np.ones(room[::-1], np.uint8)) > 0] = 0
    square = np.ones((3, 3), np.uint8)
    beside_print = cv2.dilate(dark - specks, square) > 0
    clean = picture.copy()
    clean[(cv2.dilate(specks, square) > 0) & ~beside_print] = 255
    return clean
