"""Exact places by colour: a draft is rendered twice, plain and with every item on a colour of its own.

Backgrounds move nothing, so the filled shapes of the second PDF give the places of the items of the first one. They are
read as vector shapes, not pixels: exact to the engine's own rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ctypes import byref, c_int, c_uint

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from extraction.forms.printed_form import FormTable
from extraction.geometry import Box, union
from training.synthetic.content.draft import Draft, Key, Paragraph, Place
from training.synthetic.render.style import GRID_LINES, RED

_COLOUR_STEP = 4  # between the components of two colours: engines round these to three decimals
_COMPONENT_LEVELS = 256 // _COLOUR_STEP
_MAX_LINE_WIDTH_POINTS = 1.1  # of a grid line, and between it and its cell
_MIN_SHARED_POINTS = 0.8  # of a grid line and a cell's side, for it to be the cell's
_MIN_PIECE_POINTS = 5.0  # a lower remainder of a cell that a page break cuts off below its text is no place of it
_MAX_SHIFT_POINTS = (
    1.5,
    0.75,
)  # points across and down that a character may stand elsewhere in the coloured rendering:
# where a mark begins or ends, an engine spreads the letters of a line otherwise


class LayoutDiffers(RuntimeError):
    """The coloured rendering is laid out differently from the plain one."""


def keys(draft: Draft) -> Iterator[Key]:
    """Yield every run and every cell, in print order."""
    for number, part in enumerate(draft.parts):
        count = len(part.runs) if isinstance(part, Paragraph) else sum(1 for _ in part.placed())
        yield from (Key(number, item) for item in range(count))


def item_colours(draft: Draft) -> dict[Key, str]:
    """Return a colour (#rrggbb) for each key, none of them near a colour of the page."""
    grid_line = GRID_LINES[draft.look.rules]
    page = ["#000000", "#ffffff", RED, draft.look.band or "#000000", grid_line.colour if grid_line else "#000000"]
    taken = {_level(*_components(colour)) for colour in page}
    free = (level for level in range(_COMPONENT_LEVELS**3 // 2, _COMPONENT_LEVELS**3) if level not in taken)
    return {key: _colour(level) for key, level in zip(keys(draft), free, strict=False)}


def places(draft: Draft, plain: bytes, coloured: bytes) -> dict[Key, tuple[Place, ...]]:
    """Return the places of each key. Raises LayoutDiffers where the two renderings differ in pages or characters.

    The pieces of a run on one line, and those of a cell on one page, are one place. Of header cells that the engine
    repeats on each page only the first place is given.
    """
    owners = {_level(*_components(colour)): key for key, colour in item_colours(draft).items()}
    found: dict[Key, list[Place]] = {}
    before, after = pypdfium2.PdfDocument(plain), pypdfium2.PdfDocument(coloured)
    try:
        _same_layout(before, after)
        for number, page in enumerate(after, 1):
            for level, box in _fills(page):
                if level in owners and box.width > 0 and box.height > 0:
                    found.setdefault(owners[level], []).append(Place(number, box))
    finally:
        before.close()
        after.close()
    return {key: _joined(draft, key, found.get(key, [])) for key in keys(draft)}


def inside_grid_lines(draft: Draft, found: Mapping[Key, tuple[Place, ...]]) -> dict[Key, tuple[Place, ...]]:
    """Return cells that reach to the middle of their grid lines, shrunk to inside them."""
    grid_line = GRID_LINES[draft.look.rules]
    inset = -grid_line.width / 2 if grid_line else 0.0
    return {
        key: tuple(Place(p.page, p.box.grown(inset)) for p in value)
        if isinstance(draft.parts[key.part], FormTable)
        else value
        for key, value in found.items()
    }


def between_grid_lines(
    draft: Draft, found: Mapping[Key, tuple[Place, ...]], plain: bytes
) -> dict[Key, tuple[Place, ...]]:
    """Return cells shrunk to inside the grid lines as drawn, for engines that draw these off the middle between
    cells."""
    grid_line = GRID_LINES[draft.look.rules]
    if grid_line is None:
        return dict(found)
    level = _level(*_components(grid_line.colour))
    document = pypdfium2.PdfDocument(plain)
    try:
        drawn = [np.array([box for filled, box in _fills(page) if filled == level]).reshape(-1, 4) for page in document]
    finally:
        document.close()
    return {
        key: tuple(Place(p.page, _trimmed(p.box, drawn[p.page - 1])) for p in value)
        if isinstance(draft.parts[key.part], FormTable)
        else value
        for key, value in found.items()
    }


def _trimmed(box: Box, rules: npt.NDArray[np.float64]) -> Box:
    """Return the box without the grid lines along its sides, or extended to them where it stops short."""
    left, top, right, bottom = rules.T
    beside = (np.minimum(bottom, box.bottom) - np.maximum(top, box.top) > _MIN_SHARED_POINTS) & (
        right - left < _MAX_LINE_WIDTH_POINTS
    )
    across = (np.minimum(right, box.right) - np.maximum(left, box.left) > _MIN_SHARED_POINTS) & (
        bottom - top < _MAX_LINE_WIDTH_POINTS
    )
    return Box(
        _nearest(np.max, right[beside], left[beside], box.left),
        _nearest(np.max, bottom[across], top[across], box.top),
        _nearest(np.min, left[beside], right[beside], box.right),
        _nearest(np.min, top[across], bottom[across], box.bottom),
    )


def _nearest(
    inmost: Callable[..., np.float64], inner: npt.NDArray[np.float64], outer: npt.NDArray[np.float64], edge: float
) -> float:
    """Return the inner side of the innermost grid line at the edge, or the edge itself where there is none."""
    at = inner[abs((inner + outer) / 2 - edge) < _MAX_LINE_WIDTH_POINTS]
    return float(inmost(at)) if at.size else edge


def _joined(draft: Draft, key: Key, pieces: list[Place]) -> tuple[Place, ...]:
    part = draft.parts[key.part]
    if isinstance(part, Paragraph):
        return _lines(pieces)
    tall = [piece for piece in pieces if piece.box.height >= _MIN_PIECE_POINTS]
    pages = sorted({piece.page for piece in tall or pieces})
    row = [row for row, _, _ in part.placed()][key.item]
    if draft.look.repeat_header and row < part.header_rows:
        pages = pages[:1]
    return tuple(Place(page, union([piece.box for piece in pieces if piece.page == page])) for page in pages)


def _lines(pieces: list[Place]) -> tuple[Place, ...]:
    lines: list[Place] = []
    for piece in sorted(pieces, key=lambda p: (p.page, p.box.middle[1], p.box.left)):
        last = lines[-1] if lines else None
        if last and last.page == piece.page and last.box.top < piece.box.middle[1] < last.box.bottom:
            lines[-1] = Place(piece.page, union([last.box, piece.box]))
        else:
            lines.append(piece)
    return tuple(lines)


def _fills(page: pypdfium2.PdfPage) -> Iterator[tuple[int, Box]]:
    """Yield the colour index and box of each filled shape."""
    height = page.get_height()
    red, green, blue, opacity = c_uint(), c_uint(), c_uint(), c_uint()
    filled, stroked = c_int(), c_int()
    for shape in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        pdfium.FPDFPath_GetDrawMode(shape, byref(filled), byref(stroked))
        if not filled.value or not pdfium.FPDFPageObj_GetFillColor(
            shape, byref(red), byref(green), byref(blue), byref(opacity)
        ):
            continue
        left, bottom, right, top = shape.get_bounds()
        yield _level(red.value, green.value, blue.value), Box(left, height - top, right, height - bottom)


def _same_layout(plain: pypdfium2.PdfDocument, coloured: pypdfium2.PdfDocument) -> None:
    if len(plain) != len(coloured):
        raise LayoutDiffers(f"{len(plain)} pages, coloured {len(coloured)}")
    for number, (one, other) in enumerate(zip(plain, coloured, strict=True), 1):
        first, second = _characters(one), _characters(other)
        if [c[0] for c in first] != [c[0] for c in second]:
            raise LayoutDiffers(f"page {number}: other characters")
        for axis, limit in enumerate(_MAX_SHIFT_POINTS, 1):
            drift = max((abs(c[axis] - d[axis]) for c, d in zip(first, second, strict=True)), default=0.0)
            if drift > limit:
                raise LayoutDiffers(f"page {number}: {drift:.2f} points apart")


def _characters(page: pypdfium2.PdfPage) -> list[tuple[int, float, float]]:
    text = page.get_textpage()
    out = []
    for index in range(text.count_chars()):
        left, bottom, _, _ = text.get_charbox(index)
        out.append((int(pdfium.FPDFText_GetUnicode(text, index)), left, bottom))
    return out


def _components(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _level(red: int, green: int, blue: int) -> int:
    return (red // _COLOUR_STEP * _COMPONENT_LEVELS + green // _COLOUR_STEP) * _COMPONENT_LEVELS + blue // _COLOUR_STEP


def _colour(level: int) -> str:
    parts = level // _COMPONENT_LEVELS**2, level // _COMPONENT_LEVELS % _COMPONENT_LEVELS, level % _COMPONENT_LEVELS
    return "#" + "".join(f"{part * _COLOUR_STEP + _COLOUR_STEP // 2:02x}" for part in parts)
