"""Does the text layer say what the page shows? A sample of its figures and words is read from the picture.

A font with a wrong character map gives text that looks sound and is not: copying it would pass wrong figures off as
right. Such a page is read as a scan.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from extraction.document import Page, Raster, Span
from extraction.similarity import chinese_count, core, shared
from extraction.tables import text_pieces
from models.loaded import Models
from models.recogniser import Image, Recogniser

_FIGURES, _WORDS = 8, 3  # how many of each are looked at, at most
_ENOUGH = 3  # figures that say enough of the layer: words are then not looked at
_PLAINLY = 0.9  # score of a reading that may contradict the text
_FIGURE = re.compile(r"[0-9]{1,12}")
_LOOKS_ALIKE = 0.5  # share of a word's characters that must be seen where the text has them


def with_trusted_text(page: Page, models: Models) -> Page:
    """The page as it is, or without a text layer that its picture contradicts, and with a warning that says so."""
    if page.raster is None or not page.spans or not text_disagrees(page.raster, page.spans, models.recogniser):
        return page
    warning = f"page {page.number}: its text layer does not say what the page shows; the page was read as a scan"
    return replace(page, spans=(), warnings=(*page.warnings, warning))


def text_disagrees(raster: Raster, spans: Sequence[Span], recogniser: Recogniser) -> bool:
    """Whether the picture plainly shows something else than the native `spans` say.

    A figure disagrees if it is read the same twice, framed differently, and is not what the text says; words disagree
    if hardly a character of them is seen.
    """
    pieces = text_pieces(spans)
    figures = _covering_all_digits([p for p in pieces if _FIGURE.fullmatch(p.text)])
    if any(_reads_otherwise(raster, figures, recogniser)):
        return True
    if len(figures) >= _ENOUGH:
        return False
    words = sorted((p for p in pieces if 3 <= chinese_count(p.text) <= 16), key=lambda p: -len(p.text))[:_WORDS]
    read = recogniser.read_lines([_cut(raster, p, 0.1) for p in words])
    unlike = [shared(p.text, r.text) < _LOOKS_ALIKE for p, r in zip(words, read, strict=True)]
    return bool(unlike) and all(unlike)


def _reads_otherwise(raster: Raster, figures: Sequence[Span], recogniser: Recogniser) -> Iterator[bool]:
    """For each figure that a first look contradicts: whether a second, framed differently, says what it said."""
    said = {p.text for p in figures}
    first = recogniser.read_lines([_cut(raster, p, 0.1) for p in figures], lambda text: core(text) in said)
    odd = [(p, r) for p, r in zip(figures, first, strict=True) if core(r.text) not in ("", p.text)]
    first = recogniser.read_figures([_cut(raster, p, 0.1) for p, _ in odd])
    odd = [(p, r) for (p, _), r in zip(odd, first, strict=True) if core(r.text) not in ("", p.text)]
    second = recogniser.read_figures([_cut(raster, p, 0.25) for p, _ in odd])
    for (_, before), after in zip(odd, second, strict=True):
        yield core(before.text) == core(after.text) and min(before.score, after.score) > _PLAINLY


def _covering_all_digits(figures: Sequence[Span]) -> list[Span]:
    """A few figures in which every digit that the page uses occurs twice, if it does on the page."""
    chosen: list[Span] = []
    seen: Counter[str] = Counter()
    for figure in sorted(figures, key=lambda f: -len(set(f.text))):
        if len(chosen) < _FIGURES and any(seen[digit] < 2 for digit in figure.text):
            chosen.append(figure)
            seen.update(set(figure.text))
    return chosen


def _cut(raster: Raster, piece: Span, margin: float) -> Image:
    """The picture of a piece with `margin` (in line heights) around it."""
    assert piece.box is not None
    box = piece.box.grown(margin * piece.box.height)
    height, width = raster.pixels.shape[:2]
    left, top, right, bottom = _pixels(raster, tuple(box))
    crop = raster.pixels[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    return crop if crop.size else np.full((48, 48, 3), 255, np.uint8)


def _pixels(raster: Raster, box: tuple[float, ...]) -> Iterator[int]:
    """A box in points as pixels (left, top, right, bottom); a page with a text layer is drawn upright."""
    scale_x, scale_y = raster.to_page[0, 0], raster.to_page[1, 1]
    return iter((int(box[0] / scale_x), int(box[1] / scale_y), round(box[2] / scale_x), round(box[3] / scale_y)))
