"""Pages drawn for tests: ruled tables, text, digits and what scanners do to them. Pixels at 200 dpi."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from extraction.geometry import Pixels
from extraction.tables.grid import Grid

SCALE = 72 / 200
"""Points a pixel."""

Place = tuple[int, int, int, int]
"""A cell: row, column, row span, column span."""

Rectangle = tuple[int, int, int, int]
"""Pixels: left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Form:
    """A table to draw: where its edges are, and its cells in order."""

    xs: tuple[int, ...]
    ys: tuple[int, ...]
    places: tuple[Place, ...]

    @property
    def box(self) -> Rectangle:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def pixels_of(self, place: Place) -> Rectangle:
        """The rectangle of a cell between the middles of its rules."""
        row, column, row_span, column_span = place
        return self.xs[column], self.ys[row], self.xs[column + column_span], self.ys[row + row_span]


def form(xs: Sequence[int], ys: Sequence[int], merges: Iterable[Place] = ()) -> Form:
    """A table with these edges; `merges` are laid down in turn, one that meets an earlier one is left out.

    Edges at which no cell begins are dropped: nobody can see them.
    """
    taken = np.zeros((len(ys) - 1, len(xs) - 1), bool)
    places: list[Place] = []
    units = [(r, c, 1, 1) for r in range(len(ys) - 1) for c in range(len(xs) - 1)]
    for row, column, row_span, column_span in [*merges, *units]:
        area = taken[row : row + row_span, column : column + column_span]
        if area.shape == (row_span, column_span) and not area.any():
            area[:] = True
            places.append((row, column, row_span, column_span))
    rows, columns = sorted({p[0] for p in places}), sorted({p[1] for p in places})

    def count(edges: list[int], start: int, span: int) -> tuple[int, int]:
        before = sum(e < start for e in edges)
        return before, sum(e < start + span for e in edges) - before

    seen = []
    for row, column, row_span, column_span in places:
        (r, rs), (c, cs) = count(rows, row, row_span), count(columns, column, column_span)
        seen.append((r, c, rs, cs))
    return Form(
        (*(xs[c] for c in columns), xs[-1]),
        (*(ys[r] for r in rows), ys[-1]),
        tuple(sorted(seen)),
    )


def places(grid: Grid) -> tuple[Place, ...]:
    """The cells of a table that was found, in order."""
    return tuple(sorted((c.row, c.column, c.row_span, c.column_span) for c in grid.cells))


@st.composite
def forms(draw: st.DrawFn, *, merged: bool = True, max_rows: int = 6, max_columns: int = 6) -> Form:
    """Tables of 2 to `max_rows` rows and 2 to `max_columns` columns somewhere on the page, some cells merged."""
    widths = draw(st.lists(st.integers(78, 200), min_size=2, max_size=max_columns))
    heights = draw(st.lists(st.integers(46, 90), min_size=2, max_size=max_rows))
    left, top = draw(st.integers(50, 90)), draw(st.integers(50, 90))
    xs = [left + sum(widths[:i]) for i in range(len(widths) + 1)]
    ys = [top + sum(heights[:i]) for i in range(len(heights) + 1)]
    corner = st.tuples(st.integers(0, len(heights) - 1), st.integers(0, len(widths) - 1))
    spans = st.tuples(st.integers(1, 3), st.integers(1, 3))
    merges = draw(st.lists(st.tuples(corner, spans), max_size=4)) if merged else []
    return form(xs, ys, [(*start, *size) for start, size in merges])


def paper(width: int = 1400, height: int = 700, tone: int = 255) -> Pixels:
    """A bare grey page."""
    return np.full((height, width), tone, np.uint8)


def rule(page: Pixels, start: tuple[int, int], end: tuple[int, int], thickness: int = 2, tone: int = 60) -> None:
    """An upright or level rule whose middle runs from `start` to `end`, both (x, y)."""
    (x0, y0), (x1, y1) = start, end
    before, after = thickness // 2, (thickness + 1) // 2
    page[max(0, y0 - before) : y1 + after, max(0, x0 - before) : x1 + after] = tone


def draw_form(page: Pixels, drawn: Form, thickness: int = 2, tone: int = 60, *, sides: bool = True) -> None:
    """The rules around every cell; without `sides` the table is open at the left and right."""
    for place in drawn.places:
        left, top, right, bottom = drawn.pixels_of(place)
        rule(page, (left, top), (right, top), thickness, tone)
        rule(page, (left, bottom), (right, bottom), thickness, tone)
        if sides or left != drawn.xs[0]:
            rule(page, (left, top), (left, bottom), thickness, tone)
        if sides or right != drawn.xs[-1]:
            rule(page, (right, top), (right, bottom), thickness, tone)


def scanned(page: Pixels, noise: float, quality: int, seed: int = 0) -> Pixels:
    """The page with Gaussian noise of this standard deviation, then JPEG of this quality."""
    rng = np.random.default_rng(seed)
    grainy = np.clip(page + rng.normal(0, noise, page.shape), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", grainy, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def write(page: Pixels, text: str, left: int, top: int, size: int = 28, tone: int = 0) -> Rectangle:
    """The text in the scalable font that comes with Pillow (Latin only); returns the rectangle of its ink."""
    font = ImageFont.load_default(size=size)
    image = Image.fromarray(page)
    pen = ImageDraw.Draw(image)
    pen.text((left, top), text, fill=tone, font=font)
    page[:] = np.asarray(image)
    x0, y0, x1, y1 = pen.textbbox((left, top), text, font=font)
    return int(x0), int(y0), int(x1), int(y1)


def page_with_text() -> Pixels:
    """A small page that cannot be read without a network."""
    page = paper(600, 300)
    write(page, "2023", 100, 120)
    return page


def write_mid(page: Pixels, text: str, box: Rectangle, size: int = 28, tone: int = 0) -> Rectangle:
    """The text in the middle of a box; returns the rectangle of its ink."""
    x0, y0, x1, y1 = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, ImageFont.load_default(size=size))
    left = (box[0] + box[2] - x1 + x0) / 2 - x0
    top = (box[1] + box[3] - y1 + y0) / 2 - y0
    return write(page, text, round(left), round(top), size, tone)


def characters(page: Pixels, area: Rectangle, em: int = 28, seed: int = 0, tone: int = 20) -> None:
    """Lines of strokes that fill an area as Chinese characters do: level and upright strokes within each em."""
    rng = np.random.default_rng(seed)
    for left, top in _ems(area, em):
        reach = round(0.92 * em)
        for _ in range(int(rng.integers(3, 8))):
            start, length = int(rng.integers(0, reach // 2)), int(rng.integers(reach // 3, reach))
            across, end = int(rng.integers(0, reach)), min(reach, start + length)
            stroke = max(2, em // 12)
            if rng.random() < 0.5:
                rule(page, (left + start, top + across), (left + end, top + across), stroke, tone)
            else:
                rule(page, (left + across, top + start), (left + across, top + end), stroke, tone)


def printed_lines(path: Path, page_number: int = 1) -> list[Pixels]:
    """The printed lines of a PDF page, cut to their ink, down to the first long rule: real type without a font file."""
    with closing(pypdfium2.PdfDocument(path)) as document:
        page = np.asarray(document[page_number - 1].render(scale=1 / SCALE, grayscale=True).to_numpy(), np.uint8)
    page = page[..., 0] if page.ndim == 3 else page
    ink = page < 200
    ruled = np.flatnonzero(ink.mean(axis=1) > 0.5)
    rows = np.flatnonzero(ink[: ruled[0] - 4 if len(ruled) else None].any(axis=1))
    lines = []
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 4) + 1):
        columns = np.flatnonzero(ink[run[0] : run[-1] + 1].any(axis=0))
        lines.append(page[run[0] : run[-1] + 1, columns[0] : columns[-1] + 1].copy())
    return lines


def paste(page: Pixels, picture: Pixels, left: int, top: int) -> None:
    """Lay a picture on the page, the darker of both showing; what does not fit is cut off."""
    area = page[top : top + picture.shape[0], left : left + picture.shape[1]]
    np.minimum(area, picture[: area.shape[0], : area.shape[1]], out=area)


def _ems(area: Rectangle, em: int) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = area
    for y in range(top, bottom - em + 1, round(1.5 * em)):
        for x in range(left, right - em + 1, em):
            yield x, y
