"""A draft to pages of tagged pieces, without rendering: lines broken, tables set, places roughly as in print.

A thousand drafts take a minute, where rendering takes an hour. Places tell the network which cells are in one row or
under one header; they are shifted, scaled and left out at random anyway (`noise.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from extraction.forms.label_tags import NOTE, UNIT, VALUE, tag_of, tags
from extraction.forms.printed_form import FormCell, FormTable
from extraction.geometry import Box
from extraction.labelling.tagger_input import is_shown, thousandths
from training.labeller.data.tagged import Tagged
from training.synthetic.content.draft import Draft, Paragraph

_WIDTH, _HEIGHT = 595.0, 842.0  # points, A4
_VALUE_PARTS = (
    (re.compile(r"[-+−－＋]?[\d,，.]+"), VALUE),
    (re.compile(r"万?元"), UNIT),
    (re.compile(r"\S.*", re.S), NOTE),
)
_LABEL_UNIT = re.compile(r"万?元(?=[)）]|$)")
_CENTRED = frozenset(("red_head", "number", "title"))


@dataclass(slots=True)
class _Paper:
    """The pages set so far, and how far down the last one is filled."""

    margin: float
    pages: list[list[tuple[Tagged, Box]]] = field(default_factory=lambda: [[]])
    top: float = 0.0

    def __post_init__(self) -> None:
        self.top = self.margin

    def room(self, height: float) -> float:
        """Return the top of something `height` points high, on a new page if this one is full."""
        if self.top + height > _HEIGHT - self.margin and self.pages[-1]:
            self.turn()
        top, self.top = self.top, self.top + height
        return top

    def turn(self) -> None:
        """Start a page."""
        self.pages.append([])
        self.top = self.margin


def typeset(draft: Draft) -> list[list[Tagged]]:
    """Return the pages of a draft, each in reading order."""
    look = draft.look
    paper = _Paper(look.margin)
    for part in draft.parts:
        if isinstance(part, Paragraph):
            _paragraph(paper, part, look.size, look.leading)
        else:
            _table(paper, part, look.row_height, look.table_size)
    return [_placed(page) for page in paper.pages if page]


def _placed(page: Sequence[tuple[Tagged, Box]]) -> list[Tagged]:
    places = thousandths([box for _, box in page])
    return [replace(tagged, box=place) for (tagged, _), place in zip(page, places, strict=True)]


def _paragraph(paper: _Paper, paragraph: Paragraph, size: float, leading: float) -> None:
    text, new_tags, begins = _flat(paragraph)
    across = int((_WIDTH - 2 * paper.margin) / size)
    indent = 0 if paragraph.style in _CENTRED else 2
    start = 0
    while start < len(text):
        first = indent if start == 0 else 0
        end = min(len(text), start + across - first)
        left = paper.margin + first * size
        if paragraph.style in _CENTRED:
            left = (_WIDTH - (end - start) * size) / 2
        top = paper.room(size * leading)
        box = Box(left, top, left + (end - start) * size, top + size)
        inside = frozenset(k - start for k in begins if start <= k < end)
        paper.pages[-1].append((Tagged(text[start:end], tuple(new_tags[start:end]), inside), box))
        start = end


def _flat(paragraph: Paragraph) -> tuple[str, list[str], list[int]]:
    """Return the text, the tag of each character, and where runs begin. The whole title is tagged as title."""
    text, new_tags, begins = "", list[str](), list[int]()
    known = set(tags())
    for run in paragraph.runs:
        tag = tag_of(run.label)
        tag = tag if tag in known else "title" if paragraph.style == "title" else ""
        if tag and run.text:
            begins.append(len(text))
        new_tags += [tag] * len(run.text)
        text += run.text
    return text, new_tags, begins


def _table(paper: _Paper, table: FormTable, row_height: float, size: float) -> None:
    if table.new_page and paper.pages[-1]:
        paper.turn()
    edges = list(accumulate((w * (_WIDTH - 2 * paper.margin) for w in table.widths), initial=paper.margin))
    placed = list(table.placed())
    heights = _row_heights(placed, len(table.rows), edges, row_height, size)
    tops, pages = list[float](), list[int]()
    for height in heights:
        tops.append(paper.room(height))
        pages.append(len(paper.pages) - 1)
    bottoms = [top + height for top, height in zip(tops, heights, strict=True)]
    for row, column, cell in placed:
        last = max(r for r in range(row, row + cell.row_span) if r < len(tops) and pages[r] == pages[row])
        right = edges[min(column + cell.column_span, len(edges) - 1)]
        if (tagged := _cell(cell)) is not None:
            paper.pages[pages[row]].append((tagged, Box(edges[column], tops[row], right, bottoms[last])))


def _row_heights(
    placed: Sequence[tuple[int, int, FormCell]], rows: int, edges: Sequence[float], least: float, size: float
) -> list[float]:
    """Return row heights that fit their longest cell."""
    heights = [least] * rows
    for row, column, cell in placed:
        if cell.row_span == 1 and cell.text:
            wide = edges[min(column + cell.column_span, len(edges) - 1)] - edges[column]
            lines = -(-len(cell.text) // max(1, int((wide - 4) / size)))
            heights[row] = max(heights[row], lines * size * 1.3 + 4)
    return heights


def _cell(cell: FormCell) -> Tagged | None:
    """Return the cell as a piece; None for one that the classifier does not see."""
    if not is_shown(cell.text):
        return None
    return value_cell(cell.text) if cell.field is not None else label_cell(cell.text, cell.label)


def value_cell(text: str) -> Tagged:
    """Return a figure's cell with words in it."""
    return in_parts(text, _VALUE_PARTS)


def label_cell(text: str, name: str) -> Tagged:
    """Return the cell of a label of this name; a unit in brackets is not tagged as it."""
    tag = tag_of(name)
    return in_parts(text, ((_LABEL_UNIT, UNIT),), tag if tag in set(tags()) else "")


def in_parts(text: str, parts: Sequence[tuple[re.Pattern[str], str]], rest: str = "") -> Tagged:
    """Return a cell in which the first match of each pattern has its own tag, in order, and the rest has `rest`."""
    new_tags, at = [rest] * len(text), 0
    for pattern, tag in parts:
        if found := pattern.search(text, at):
            at = found.end()
            new_tags[found.start() : at] = [tag] * (at - found.start())
    begins = frozenset(k for k, tag in enumerate(new_tags) if tag and (k == 0 or new_tags[k - 1] != tag))
    return Tagged(text, tuple(new_tags), begins, cell=True)
