"""Regions to the input of the token classifier: the lines and cells of each page that hold words, with their places.

The many cells that are empty or hold a figure alone are left out: they name nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extraction.document import Cell, Region, RegionKind, Span
from extraction.figures import parse_figure
from extraction.forms.label_similarity import chinese_count
from extraction.geometry import Box, union
from models.label_tokens import NOWHERE, Piece, Thousandths


@dataclass(frozen=True, slots=True)
class PagePieces:
    """The pieces of a page in reading order, and the line or cell that each of them is.

    `places` are the numbers of its region and of the line or cell within that.
    """

    page: int | None
    pieces: tuple[Piece, ...]
    sources: tuple[Span | Cell, ...]
    places: tuple[tuple[int, int], ...]


def pieces_of(regions: Sequence[Region]) -> tuple[PagePieces, ...]:
    """The pieces of every page; those of a file without pages are one."""
    pages: dict[int | None, list[tuple[tuple[int, int], Span | Cell, Box]]] = {}
    row = 0
    for number, region in enumerate(regions):
        shown = (((number, k), source, box) for k, source, box in _printed(region, row))
        pages.setdefault(region.page, []).extend(shown)
        row += region.table.row_count if region.table is not None else len(region.spans)
    return tuple(_page(number, found) for number, found in pages.items())


def is_shown(text: str) -> bool:
    """Whether the classifier is given a cell's text: it has words, not a figure or a dash alone."""
    return bool(text.strip()) and (parse_figure(text) is None or chinese_count(text) > 1)


def thousandths(boxes: Sequence[Box | None]) -> list[Thousandths]:
    """The boxes of one page in thousandths of what is printed on it; `NOWHERE` for None.

    Margins do not count, because they depend on the scanner and on cropping.
    """
    known = [box for box in boxes if box is not None]
    if not known:
        return [NOWHERE] * len(boxes)
    around = union(known)
    across, down = max(around.width, 1e-6) / 1000, max(around.height, 1e-6) / 1000
    return [
        NOWHERE
        if box is None
        else (
            round((box.left - around.left) / across),
            round((box.top - around.top) / down),
            round((box.right - around.left) / across),
            round((box.bottom - around.top) / down),
        )
        for box in boxes
    ]


def _page(number: int | None, found: Sequence[tuple[tuple[int, int], Span | Cell, Box]]) -> PagePieces:
    boxes = thousandths([box for *_, box in found])
    pieces = tuple(Piece(source.text, box) for (_, source, _), box in zip(found, boxes, strict=True))
    return PagePieces(number, pieces, tuple(source for _, source, _ in found), tuple(place for place, *_ in found))


def _printed(region: Region, row: int) -> Iterator[tuple[int, Span | Cell, Box]]:
    """The lines or cells of a region with their numbers and boxes.

    Where the file gives none, a line is a row across the page, and a cell lies in its table's row and column.
    """
    if region.table is not None:
        wide = max(1, region.table.column_count)
        for number, cell in enumerate(region.table.cells):
            if is_shown(cell.text):
                top, left = row + cell.row, cell.column / wide
                yield number, cell, cell.box or Box(left, top, left + cell.column_span / wide, top + cell.row_span)
    elif region.kind in (RegionKind.TEXT, RegionKind.TITLE):
        for number, span in enumerate(region.spans):
            if span.text.strip():
                yield number, span, span.box or Box(0.0, row + number, 1.0, row + number + 1.0)
