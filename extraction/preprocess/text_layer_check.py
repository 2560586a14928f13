"""Text-layer check: a sample of a page's native figures and words is compared with what its picture shows.

A font with a wrong character map yields plausible text with wrong figures; a page with such text is read as a scan. The
cell recogniser reads the sampled figures first: those that it reads as the text has them are confirmed. Only the
general recogniser, on the others, can contradict the text layer.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from extraction.document import Page, Span
from extraction.doubts import DoubtCode, doubt
from extraction.forms.label_similarity import chinese_count, core, shared
from extraction.geometry import Raster
from extraction.preprocess.binarize import grey
from extraction.settings import Settings
from extraction.span_lines import text_pieces
from models.cells.crop import Grey, Window, cut, window_around
from models.cells.reader import CellReader
from models.loaded import Models
from models.recogniser import Image, Recogniser

MAX_FIGURES, MAX_FREQUENT_FIGURES, MAX_WORDS = 8, 6, 3  # in the sample
MIN_FIGURES_WITHOUT_WORDS = 3  # figures in the sample from which no words are read
MIN_SURE_SCORE = 0.9  # score of a reading that may contradict the text, or confirm it
_FIGURE = re.compile(r"[0-9]{1,12}")
MIN_CHINESE_CHARACTERS, CHARACTERS_READ = 3, 6  # Chinese characters of a word in the sample; characters read of it
MIN_CHARACTERS_SEEN = 0.5  # share of a word's characters in the picture for it to agree with the text
MIN_DARKNESS = 0.5  # of the range from the darkest to the lightest grey level: darker pixels are ink


def with_trusted_text(page: Page, models: Models, settings: Settings) -> Page:
    """The page; without its text layer, and with a warning and a doubt, where its picture contradicts it."""
    del settings
    if page.raster is None or not page.spans or not text_disagrees(page.raster, page.spans, models):
        return page
    warning = f"page {page.number}: its text layer does not say what the page shows; the page was read as a scan"
    return replace(page, spans=(), warnings=(*page.warnings, warning), doubts=doubt(DoubtCode.TEXT_LAYER_CONTRADICTED))


def text_disagrees(raster: Raster, spans: Sequence[Span], models: Models) -> bool:
    """Whether the picture contradicts the native `spans`.

    A figure contradicts them if two crops of it give the same reading, which is not the text; words do if most of them
    show hardly any of their characters.
    """
    pieces = text_pieces(spans)
    figures = _sample([p for p in pieces if _FIGURE.fullmatch(p.text)])
    unconfirmed = _unconfirmed(raster, figures, models.cells) if figures else []
    if unconfirmed and any(_contradictions(raster, unconfirmed, models.recogniser)):
        return True
    if len(figures) >= MIN_FIGURES_WITHOUT_WORDS:
        return False
    words = [w for w in map(_beginning, pieces) if chinese_count(w.text) >= MIN_CHINESE_CHARACTERS]
    return _most_contradicted(raster, sorted(words, key=lambda w: -chinese_count(w.text))[:MAX_WORDS], models)


def _unconfirmed(raster: Raster, figures: Sequence[Span], reader: CellReader) -> list[Span]:
    """The figures that the cell recogniser does not surely read as the text has them."""
    read = reader.read([_cell_input(_crop(raster, f, 0.0)) for f in figures])
    return [f for f, r in zip(figures, read, strict=True) if r.text != f.text or r.probability <= MIN_SURE_SCORE]


def _cell_input(picture: Image) -> Grey:
    """The crop of a figure as the cell recogniser takes it, scaled by the height of its ink."""
    shades = grey(picture)
    height, width = shades.shape
    dark = shades < shades.max() - MIN_DARKNESS * np.ptp(shades)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    line = Window(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if len(rows) else Window(0, 0, width, height)
    return cut(shades, window_around(line, line.bottom - line.top), Window(0, 0, width, height))


def _contradictions(raster: Raster, figures: Sequence[Span], recogniser: Recogniser) -> Iterator[bool]:
    """For each figure that a first crop contradicts: whether a wider crop gives the same reading."""
    native = {p.text for p in figures}
    first = recogniser.read_lines([_crop(raster, p, 0.1) for p in figures], lambda text: core(text) in native)
    odd = [(p, r) for p, r in zip(figures, first, strict=True) if core(r.text) not in ("", p.text)]
    first = recogniser.read_figures([_crop(raster, p, 0.1) for p, _ in odd])
    odd = [(p, r) for (p, _), r in zip(odd, first, strict=True) if core(r.text) not in ("", p.text)]
    second = recogniser.read_figures([_crop(raster, p, 0.25) for p, _ in odd])
    for (_, before), after in zip(odd, second, strict=True):
        yield core(before.text) == core(after.text) and min(before.score, after.score) > MIN_SURE_SCORE


def _sample(figures: Sequence[Span]) -> list[Span]:
    """A few figures that hold every digit of the page twice where it occurs twice, and one more of each of the most
    frequent texts: of two digits that the font maps to one, these show the more frequent."""
    chosen: list[Span] = []
    seen: Counter[str] = Counter()
    for figure in sorted(figures, key=lambda f: -len(set(f.text))):
        if len(chosen) < MAX_FIGURES and any(seen[digit] < 2 for digit in figure.text):
            chosen.append(figure)
            seen.update(set(figure.text))
    by_text: defaultdict[str, list[Span]] = defaultdict(list)
    for figure in figures:
        if not any(figure is other for other in chosen):
            by_text[figure.text].append(figure)
    frequent = sorted(by_text.values(), key=len, reverse=True)[:MAX_FREQUENT_FIGURES]
    return [*chosen, *(same[len(same) // 2] for same in frequent)]


def _most_contradicted(raster: Raster, words: Sequence[Span], models: Models) -> bool:
    """Whether more than half of the words show hardly any of their characters."""
    if not words:
        return False
    read = models.recogniser.read_lines(
        [_crop(raster, w, 0.1) for w in words],
        lambda text: any(shared(w.text, text) >= MIN_CHARACTERS_SEEN for w in words),
    )
    contradicted = sum(shared(w.text, r.text) < MIN_CHARACTERS_SEEN for w, r in zip(words, read, strict=True))
    return 2 * contradicted > len(words)


def _beginning(piece: Span) -> Span:
    """The first characters of a piece of text, cut by their share of its width: Chinese characters are equally wide."""
    share = min(1.0, CHARACTERS_READ / len(piece.text))
    assert piece.box is not None
    return replace(
        piece, text=piece.text[:CHARACTERS_READ], box=piece.box._replace(right=piece.box.left + share * piece.box.width)
    )


def _crop(raster: Raster, piece: Span, margin: float) -> Image:
    """The crop of a piece, with a `margin` of so many line heights around it."""
    assert piece.box is not None
    box = piece.box.grown(margin * piece.box.height)
    x, y = raster.to_page[0, 0], raster.to_page[1, 1]  # points per pixel: a page with a text layer is drawn upright
    crop = raster.part(int(box.left / x), int(box.top / y), round(box.right / x), round(box.bottom / y))
    return crop if crop.size else np.full((48, 48, 3), 255, np.uint8)
