"""The text layer of a digital PDF at a place, for comparison with the text to be printed there."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from training.synthetic.content.draft import Place

_HYPHEN = {"\x02": "-", "\ufffe": "-"}  # what PDFium makes of a hyphen at the end of a line


class TextLayer:
    """The characters of a PDF and the centres of their boxes, in points from the top left, in the file's order."""

    def __init__(self, pdf: bytes) -> None:
        document = pypdfium2.PdfDocument(pdf)
        try:
            self._pages = [_page(page) for page in document]
        finally:
            document.close()

    def __len__(self) -> int:
        return len(self._pages)

    def at(self, places: Sequence[Place]) -> str:
        """Return the characters whose centres lie in the places, one place after the other, without white space."""
        return plain("".join(self._within(place) for place in places))

    def _within(self, place: Place) -> str:
        letters, middles = self._pages[place.page - 1]
        x, y = middles[:, 0], middles[:, 1]
        box = place.box
        inside = (box.left <= x) & (x < box.right) & (box.top <= y) & (y < box.bottom)
        return "".join(letters[index] for index in np.flatnonzero(inside))


def plain(text: str) -> str:
    """Return text as layers agree on it: without white space, in NFKC, line-end hyphens as hyphens.

    A font may map 行 to the radical ⾏, fi to ﬁ and full-width forms to half-width ones.
    """
    return "".join(unicodedata.normalize("NFKC", "".join(_HYPHEN.get(c, c) for c in text)).split())


def _page(page: pypdfium2.PdfPage) -> tuple[list[str], npt.NDArray[np.float64]]:
    text, height = page.get_textpage(), page.get_height()
    letters: list[str] = []
    middles: list[tuple[float, float]] = []
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if letter.isspace():
            continue
        left, bottom, right, top = text.get_charbox(index)
        letters.append(letter)
        middles.append(((left + right) / 2, height - (top + bottom) / 2))
    return letters, np.array(middles).reshape(-1, 2)
