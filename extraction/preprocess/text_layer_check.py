"""Does the text layer say what the page shows? A sample of its figures and words is read from the picture.

A font with a wrong character map gives text that looks sound and is not: copying it would pass wrong figures off as
right. Such a page is read as a scan. The cell recogniser looks first, at a sample of figures drawn for it alone: what
it reads as the text has it is proven. The rest goes to the general recogniser, whose word it takes to doubt a page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from extraction.document import Box, Page, Raster, Span
from extraction.doubts import DoubtCode, doubt
from extraction.forms.label_similarity import chinese_count, core, shared
from extraction.preprocess.binarize import grey
from extraction.settings import Settings
from extraction.span_lines import text_pieces
from models.cells.crop import Grey, Window, cut, window_around
from models.cells.reader import CellReader
from models.loaded import Models
from models.recogniser import Image, Recogniser

_FIGURES, _OFTEN, _WORDS = 8, 6, 3  # how many of each are looked at, at most
_ENOUGH = 3  # figures that say enough of the layer: words are then not looked at
_PLAINLY = 0.9  # score of a reading that may contradict the text, or prove it
_FIGURE = re.compile(r"[0-9]{1,12}")
_LEAST, _SHOWN = 3, 6  # Chinese characters of a word, all its characters that are looked at
_LOOKS_ALIKE = 0.5  # share of a word's characters that must be seen where the text has them
_DARK = 0.5  # of the way from paper to the darkest ink


def with_trusted_text(page: Page, models: Models, settings: Settings) -> Page:
    """The page as it is, or without a text layer that its picture contradicts, and with a warning that says so."""
    del settings
    if page.raster is None or not page.spans or not text_disagrees(page.raster, page.spans, models):
        return page
    warning = f"page {page.number}: its text layer does not say what the page shows; the page was read as a scan"
    return replace(page, spans=(), warnings=(*page.warnings, warning), doubts=doubt(DoubtCode.TEXT_LAYER_CONTRADICTED))


def text_disagrees(raster: Raster, spans: Sequence[Span], models: Models) -> bool:
    """Whether the picture plainly shows something else than the native `spans` say.

    A figure disagrees if it is read the same twice, framed differently, and is not what the text says; words disagree
    if hardly a character of most of them is seen.
    """
    pieces = text_pieces(spans)
    figures = _sample([p for p in pieces if _FIGURE.fullmatch(p.text)])
    unproven = _unproven(raster, figures, models.cells) if figures else []
    if unproven and any(_reads_otherwise(raster, unproven, models.recogniser)):
        return True
    if len(figures) >= _ENOUGH:
        return False
    words = [w for w in map(_beginning, pieces) if chinese_count(w.text) >= _LEAST]
    return _most_read_otherwise(raster, sorted(words, key=lambda w: -chinese_count(w.text))[:_WORDS], models)


def _unproven(raster: Raster, figures: Sequence[Span], reader: CellReader) -> list[Span]:
    """The figures that the cell recogniser does not plainly read as the text has them."""
    read = reader.read([_figure(_cut(raster, f, 0.0)) for f in figures])
    return [f for f, r in zip(figures, read, strict=True) if r.text != f.text or r.probability <= _PLAINLY]


def _figure(picture: Image) -> Grey:
    """The picture of a figure as the cell recogniser is shown it: by the height of its ink."""
    shades = grey(picture)
    height, width = shades.shape
    dark = shades < shades.max() - _DARK * np.ptp(shades)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    line = Window(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if len(rows) else Window(0, 0, width, height)
    return cut(shades, window_around(line, line.bottom - line.top), Window(0, 0, width, height))


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


def _sample(figures: Sequence[Span]) -> list[Span]:
    """A few figures in which every digit that the page uses occurs twice, if it does on the page; and of what it prints
    oftenest one more each, since two digits that the text takes for one are told apart by the more frequent of them."""
    chosen: list[Span] = []
    seen: Counter[str] = Counter()
    for figure in sorted(figures, key=lambda f: -len(set(f.text))):
        if len(chosen) < _FIGURES and any(seen[digit] < 2 for digit in figure.text):
            chosen.append(figure)
            seen.update(set(figure.text))
    alike: defaultdict[str, list[Span]] = defaultdict(list)
    for figure in figures:
        if not any(figure is other for other in chosen):
            alike[figure.text].append(figure)
    often = sorted(alike.values(), key=len, reverse=True)[:_OFTEN]
    return [*chosen, *(same[len(same) // 2] for same in often)]


def _most_read_otherwise(raster: Raster, words: Sequence[Span], models: Models) -> bool:
    """Whether hardly a character is seen of more than half of the words."""
    if not words:
        return False
    read = models.recogniser.read_lines(
        [_cut(raster, w, 0.1) for w in words], lambda text: any(shared(w.text, text) >= _LOOKS_ALIKE for w in words)
    )
    unlike = sum(shared(w.text, r.text) < _LOOKS_ALIKE for w, r in zip(words, read, strict=True))
    return 2 * unlike > len(words)


def _beginning(piece: Span) -> Span:
    """The first characters of a piece of text; Chinese ones are all of one width."""
    share = min(1.0, _SHOWN / len(piece.text))
    assert piece.box is not None
    return replace(
        piece, text=piece.text[:_SHOWN], box=piece.box._replace(right=piece.box.left + share * piece.box.width)
    )


def _cut(raster: Raster, piece: Span, margin: float) -> Image:
    """The picture of a piece with `margin` (in line heights) around it."""
    assert piece.box is not None
    part = raster.part(*_pixels(raster, piece.box.grown(margin * piece.box.height)))
    return part if part.size else np.full((48, 48, 3), 255, np.uint8)


def _pixels(raster: Raster, box: Box) -> tuple[int, int, int, int]:
    """A box in points as pixels (left, top, right, bottom); a page with a text layer is drawn upright."""
    x, y = raster.to_page[0, 0], raster.to_page[1, 1]
    return int(box.left / x), int(box.top / y), round(box.right / x), round(box.bottom / y)
