"""Table detection and structure: cells as boxes, and structure by GriTS.

Cell detection is precision and recall over all cells of all tables: a cell is found where a predicted one overlaps it
with an intersection over union (IoU) of at least 0.5, or 0.75. Pairs are made greedily, the largest overlap first;
where cells do not overlap each other that is optimal, as no cell can have an IoU above 0.5 with two others.

Structure is GriTS (`eval.scoring.grits`): GriTS_Top compares which cells are merged, GriTS_Con their text. Tables that
run over pages are compared page by page, each part on the grid that its page shows (without columns that only other
pages divide), those of a page paired by their overlap; without boxes (DOCX, HTML) tables are paired in order, by their
text, and no cell detection is scored. A table without a partner counts with all its cells. Scores add; the GriTS of a
sum is that of all grid cells together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from eval.scoring.grits import similar_cells
from extraction.document import Cell, Table
from extraction.forms.alignment import NEVER, align
from extraction.geometry import Box, union


@dataclass(frozen=True, slots=True)
class StructureScore:
    """Counts over cells with boxes, and similarity summed over grid cells. Rates are None where nothing is counted."""

    tables_gold: int = 0
    tables_predicted: int = 0
    tables_paired: int = 0
    cells_gold: int = 0
    cells_predicted: int = 0
    cells_50: int = 0
    cells_75: int = 0
    grid_gold: int = 0
    grid_predicted: int = 0
    top: float = 0.0
    con: float = 0.0

    def __add__(self, other: StructureScore) -> StructureScore:
        return StructureScore(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(StructureScore)))

    @property
    def precision_50(self) -> float | None:
        """Share of the predicted cells that match a cell, at IoU 0.5."""
        return _share(self.cells_50, self.cells_predicted)

    @property
    def recall_50(self) -> float | None:
        """Share of the cells that were found, at IoU 0.5."""
        return _share(self.cells_50, self.cells_gold)

    @property
    def f1_50(self) -> float | None:
        """Harmonic mean of precision and recall at IoU 0.5."""
        return _share(2 * self.cells_50, self.cells_gold + self.cells_predicted)

    @property
    def precision_75(self) -> float | None:
        """Share of the predicted cells that match a cell, at IoU 0.75."""
        return _share(self.cells_75, self.cells_predicted)

    @property
    def recall_75(self) -> float | None:
        """Share of the cells that were found, at IoU 0.75."""
        return _share(self.cells_75, self.cells_gold)

    @property
    def f1_75(self) -> float | None:
        """Harmonic mean of precision and recall at IoU 0.75."""
        return _share(2 * self.cells_75, self.cells_gold + self.cells_predicted)

    @property
    def grits_top(self) -> float | None:
        """GriTS_Top: 1 where all rows, columns and merged cells are as printed."""
        return _share(2 * self.top, self.grid_gold + self.grid_predicted)

    @property
    def grits_con(self) -> float | None:
        """GriTS_Con: 1 where every grid cell also has the text that is printed."""
        return _share(2 * self.con, self.grid_gold + self.grid_predicted)


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def structure_score(gold: Sequence[Table], predicted: Sequence[Table]) -> StructureScore:
    """Return the score of a report's predicted tables against the gold ones."""
    ours, theirs = list(_pieces(gold)), list(_pieces(predicted))
    total = _detection(gold, predicted)
    pairs = _pairs(ours, theirs)
    total += StructureScore(len(ours), len(theirs), len(pairs))
    for table in ours:
        total += StructureScore(grid_gold=table.row_count * table.column_count)
    for table in theirs:
        total += StructureScore(grid_predicted=table.row_count * table.column_count)
    for one, other in pairs:
        top, con = similar_cells(one, other)
        total += StructureScore(top=top, con=con)
    return total


def _detection(gold: Sequence[Table], predicted: Sequence[Table]) -> StructureScore:
    """Return the counts of cells found and not found; zeros where the gold has no boxes."""
    ours, theirs = _boxes(gold), _boxes(predicted)
    if not ours:
        return StructureScore()
    loose = tight = 0
    for page, boxes in ours.items():
        for iou in _greedy(boxes, theirs.get(page, [])):
            loose += iou >= 0.5
            tight += iou >= 0.75
    return StructureScore(
        cells_gold=sum(map(len, ours.values())),
        cells_predicted=sum(map(len, theirs.values())),
        cells_50=loose,
        cells_75=tight,
    )


def _boxes(tables: Sequence[Table]) -> dict[int, list[Box]]:
    """Return the boxes of all cells, by page."""
    found: defaultdict[int, list[Box]] = defaultdict(list)
    for table in tables:
        for cell in table.cells:
            page = cell.page or table.page
            if page is not None and cell.box is not None and cell.box.area > 0:
                found[page].append(cell.box)
    return found


def _greedy(ours: Sequence[Box], theirs: Sequence[Box]) -> list[float]:
    """Return the IoU of each pair of boxes that has at least 0.5, the largest paired first."""
    if not ours or not theirs:
        return []
    overlaps = _ious(ours, theirs)
    rows, columns = np.nonzero(overlaps >= 0.5)
    return [
        iou
        for iou, _, _ in _one_to_one(
            (float(overlaps[i, j]), int(i), int(j)) for i, j in zip(rows, columns, strict=True)
        )
    ]


def _one_to_one(pairs: Iterable[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """Return the pairs (similarity, first, second), the most similar first, each first and each second once."""
    kept = []
    firsts: set[int] = set()
    seconds: set[int] = set()
    for likeness, first, second in sorted(pairs, key=lambda pair: -pair[0]):
        if first not in firsts and second not in seconds:
            firsts.add(first)
            seconds.add(second)
            kept.append((likeness, first, second))
    return kept


def _ious(ours: Sequence[Box], theirs: Sequence[Box]) -> npt.NDArray[np.float64]:
    """Return the intersection over union of every box of ours and every one of theirs."""
    a, b = np.array(ours, float)[:, None], np.array(theirs, float)[None]
    across = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    down = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    shared = across.clip(0) * down.clip(0)
    areas = [(x[..., 2] - x[..., 0]) * (x[..., 3] - x[..., 1]) for x in (a, b)]
    return np.asarray(shared / (areas[0] + areas[1] - shared))


def _pieces(tables: Sequence[Table]) -> Iterator[Table]:
    """Yield the part of each table on each of its pages, on a grid of its own."""
    for table in tables:
        row_pages = _row_pages(table)
        for page in dict.fromkeys(row_pages):
            rows = [r for r, p in enumerate(row_pages) if p == page]
            cells = tuple(part for c in table.cells if (part := _part(c, rows, page)) is not None)
            cells = _on_own_grid(cells)
            boxes = [c.box for c in cells if c.box is not None]
            yield Table(cells, page, union(boxes) if boxes else table.box, table.aligned)


def _on_own_grid(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells without rows and columns in which no cell begins: the page alone does not show them."""
    rows, columns = sorted({c.row for c in cells}), sorted({c.column for c in cells})
    return tuple(
        replace(
            c,
            row=rows.index(c.row),
            column=columns.index(c.column),
            row_span=sum(c.row <= r < c.row + c.row_span for r in rows),
            column_span=sum(c.column <= k < c.column + c.column_span for k in columns),
        )
        for c in cells
    )


def _row_pages(table: Table) -> list[int | None]:
    """Return the page of each row: that of most cells that begin in it, or else that of the row above."""
    found: list[int | None] = []
    for row, cells in enumerate(table.rows()):
        pages = Counter(c.page or table.page for c in cells if c.row == row)
        found.append(pages.most_common(1)[0][0] if pages else (found or [table.page])[-1])
    return found


def _part(cell: Cell, rows: Sequence[int], page: int | None) -> Cell | None:
    """Return the part of a cell in the rows of a page; a continuation from another page has no text and no box."""
    covered = [k for k, row in enumerate(rows) if cell.row <= row < cell.row + cell.row_span]
    if not covered:
        return None
    part = replace(cell, row=covered[0], row_span=len(covered))
    return part if rows[covered[0]] == cell.row else replace(part, text="", page=page, box=None)


def _pairs(ours: Sequence[Table], theirs: Sequence[Table]) -> list[tuple[Table, Table]]:
    if any(t.box is None or t.page is None for t in (*ours, *theirs)):
        return _pairs_in_order(ours, theirs)
    overlapping = (
        (iou, i, j)
        for i, one in enumerate(ours)
        for j, other in enumerate(theirs)
        if one.page == other.page and one.box and other.box and (iou := float(_ious([one.box], [other.box])[0, 0])) > 0
    )
    return [(ours[i], theirs[j]) for _, i, j in _one_to_one(overlapping)]


def _pairs_in_order(ours: Sequence[Table], theirs: Sequence[Table]) -> list[tuple[Table, Table]]:
    """Pair tables without positions: in order, those that share most of their text."""
    scores = np.full((len(ours), len(theirs)), NEVER)
    for i, one in enumerate(map(_texts, ours)):
        for j, other in enumerate(map(_texts, theirs)):
            shared = sum((one & other).values())
            if shared:
                scores[i, j] = 2 * shared / (sum(one.values()) + sum(other.values()))
    matches, _ = align(scores)
    return [(ours[m.first], theirs[m.second]) for m in matches]


def _texts(table: Table) -> Counter[str]:
    return Counter("".join(c.text.split()) for c in table.cells)
