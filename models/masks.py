"""Maps of a page, one a class, to boxes: connected regions, each of one kind, none twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

_LIKELY = 0.5
_SAME = 0.7  # of a box that lies in another, for it to be part of it
_MIXED = 0.25  # of a region that is of another class than most of it, for it to be two
_LINE_AREA = 12  # pixels; a page number has twice as many
_TABLE_SIDE, _STAMP_SIDE = 12, 16  # pixels
_CLOSED = 5  # pixels across which parts of one table hang together


@dataclass(frozen=True, slots=True)
class Found:
    """A region: (left, top, right, bottom) in pixels of the maps, its class and the mean probability of its pixels."""

    kind: str
    box: tuple[float, float, float, float]
    score: float

    @property
    def area(self) -> float:
        """Pixels."""
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])

    def share_in(self, other: Found) -> float:
        """How much of the smaller of the two boxes lies in both."""
        left, top = max(self.box[0], other.box[0]), max(self.box[1], other.box[1])
        right, bottom = min(self.box[2], other.box[2]), min(self.box[3], other.box[3])
        return max(0.0, right - left) * max(0.0, bottom - top) / max(1e-6, min(self.area, other.area))


def regions(maps: Floats, lines: Sequence[str], grown: float, share: float) -> list[Found]:
    """The regions of a page, in no order.

    `maps` are probabilities: background, then the classes in `lines` (blocks of text of some kind), then `table`, then
    `stamp`, which may lie over others. The maps of what is printed are of zones made smaller: by `grown` pixels on each
    side, though by no more than `share` of their smaller side; boxes are given that back.
    """
    tables = list(_tables(maps[len(lines) + 1]))
    blocks = [b for b in _blocks(maps[1 : len(lines) + 1], lines) if all(b.share_in(t) < _SAME for t in tables)]
    printed = _without_parts([_grown(found, grown, share) for found in (*tables, *blocks)])
    return [*printed, *_stamps(maps[len(lines) + 2])]


def _blocks(maps: Floats, names: Sequence[str]) -> Iterator[Found]:
    """Regions that are text of any kind; each is of the class that most of it is, or cut where it is clearly two."""
    likeliest = maps.argmax(axis=0)
    for there in _connected(maps.sum(axis=0) > _LIKELY, _LINE_AREA):
        shares = np.bincount(likeliest[there.pixels], minlength=len(names)) / there.area
        kinds = [k for k in range(len(names)) if shares[k] >= _MIXED]
        if len(kinds) == 1:
            yield there.found(names[kinds[0]], maps[kinds[0]])
            continue
        for kind in kinds:
            for part in _connected(there.mask(maps.shape[1:]) & (likeliest == kind), _LINE_AREA):
                yield part.found(names[kind], maps[kind])


def _tables(likely: Floats) -> Iterator[Found]:
    """Tables; pieces that lie close together or in each other's box are one."""
    square = np.ones((_CLOSED, _CLOSED), np.uint8)
    closed = cv2.morphologyEx((likely > _LIKELY).astype(np.uint8), cv2.MORPH_CLOSE, square) > 0
    pieces = [c.found("table", likely) for c in _connected(closed, _TABLE_SIDE)]
    for piece in _without_parts(pieces):
        if min(piece.box[2] - piece.box[0], piece.box[3] - piece.box[1]) >= _TABLE_SIDE:
            yield piece


def _stamps(likely: Floats) -> Iterator[Found]:
    for there in _connected(likely > _LIKELY, _STAMP_SIDE**2):
        yield there.found("stamp", likely)


def _without_parts(found: Sequence[Found]) -> list[Found]:
    """Without what lies mostly in a larger one."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: -f.area):
        if all(one.share_in(other) < _SAME for other in kept):
            kept.append(one)
    return kept


def _grown(found: Found, by: float, share: float) -> Found:
    """The region with what its map is smaller than it: `by`, or for a thin one that share of what it was."""
    left, top, right, bottom = found.box
    side = min(right - left, bottom - top)
    more = min(by, share / (1 - 2 * share) * side)
    return Found(found.kind, (left - more, top - more, right + more, bottom + more), found.score)


@dataclass(frozen=True, slots=True, eq=False)
class _Component:
    """A connected region: its box (left, top, right, bottom), its pixels (rows and columns), their number."""

    box: tuple[int, int, int, int]
    pixels: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
    area: int

    def found(self, kind: str, likely: Floats) -> Found:
        left, top, right, bottom = self.box
        return Found(kind, (left, top, right, bottom), float(likely[self.pixels].mean()))

    def mask(self, shape: tuple[int, ...]) -> Bools:
        there = np.zeros(shape, bool)
        there[self.pixels] = True
        return there


def _connected(mask: Bools, smallest: int) -> Iterator[_Component]:
    """The connected regions of at least so many pixels, sides touching."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    for label in range(1, count):
        left, top, width, height, area = (int(n) for n in stats[label])
        if area >= smallest:
            rows, columns = np.nonzero(labels[top : top + height, left : left + width] == label)
            yield _Component((left, top, left + width, top + height), (rows + top, columns + left), area)
