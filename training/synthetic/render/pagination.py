"""Pagination of a table: the page of each row, and the parts of merged cells on each page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extraction.forms.printed_form import FormCell


class Slot(NamedTuple):
    """The vertical extent of a row, or of the rows of a cell, on a page; in points from the page's top."""

    page: int
    top: float
    bottom: float


class Frame(NamedTuple):
    """The part of a page that is filled, in points from its top."""

    top: float
    bottom: float


def row_heights(
    cells: Sequence[tuple[int, int, FormCell]], needed: Sequence[float], rows: int, least: float
) -> list[float]:
    """Return the height of each row. What a merged cell needs beyond its rows goes to the last of them."""
    heights = [least] * rows
    for (row, _, cell), height in zip(cells, needed, strict=True):
        if cell.row_span == 1:
            heights[row] = max(heights[row], height)
    for (row, _, cell), height in zip(cells, needed, strict=True):
        covered = slice(row, row + cell.row_span)
        heights[min(row + cell.row_span, rows) - 1] += max(0.0, height - sum(heights[covered]))
    return heights


def placed_rows(heights: Sequence[float], head: int, start: Slot, frame: Frame) -> tuple[list[Slot], list[int]]:
    """Return the slot of each row from the top of `start` on, and the pages that repeat the first `head` rows.

    A row that does not fit starts a page; the rows of a repeated head stay together.
    """
    slots: list[Slot] = []
    again: list[int] = []
    page, y = start.page, start.top
    for number, height in enumerate(heights):
        block = sum(heights[:head]) if number == 0 else 0.0 if number < head else height
        if y + max(block, height if number >= head else 0.0) > frame.bottom and y > frame.top:
            page, y = page + 1, frame.top
            if head and number >= head:
                again.append(page)
                y += sum(heights[:head])
        slots.append(Slot(page, y, y + height))
        y += height
    return slots, again


def parts(slots: Sequence[Slot], row: int, span: int) -> list[Slot]:
    """Return what a cell covers, page by page."""
    out: list[Slot] = []
    for slot in slots[row : row + span]:
        if out and out[-1].page == slot.page:
            out[-1] = Slot(slot.page, out[-1].top, slot.bottom)
        else:
            out.append(slot)
    return out
