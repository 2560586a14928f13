"""Maps of a page, one a class, to boxes: connected regions, each of one kind, none twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

_LIKELY = 0.5
_LINE_LIKELY = 0.6  # more, so that paragraphs stay apart
_STAMP_LIKELY = 0.9  # their pixels weigh more than others in training
_FINER = 2
_SAME = 0.7  # of a box that lies in another, for it to be part of it
_AS_THICK = 1.8  # times, at most, that pieces of one line are as high as each other
_MIXED = 0.25  # of a region that is of another class than most of it, for it to be two
_LINE_AREA = 12  # pixels of enlarged maps, as are all below; a page number has twice as many
_TABLE_SIDE, _TABLE_LENGTH, _STAMP_SIDE = 12, 60, 32
_CLOSED = 5  # across which parts of one table hang together


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


def regions(maps: Floats, lines: Sequence[str], grown: Mapping[str, float]) -> list[Found]:
    """The regions of a page, in no order, in pixels of the maps.

    `maps` are probabilities: background, then the classes in `lines` (blocks of text of some kind), then `table`, then
    `stamp`, which may lie over others. The maps are of zones made smaller, so that neighbours stay apart: `grown` is by
    how much boxes of a class are made larger on each side.
    """
    tables = list(_tables(_fine(maps[len(lines) + 1])))
    blocks = _joined(_blocks(maps[1 : len(lines) + 1], lines))
    blocks = [b for b in blocks if all(b.share_in(t) < _SAME for t in tables)]
    printed = _without_parts([_grown(found, grown) for found in (*tables, *blocks)])
    return [_on_maps(found) for found in (*printed, *(_grown(s, grown) for s in _stamps(_fine(maps[len(lines) + 2]))))]


def _fine(likely: Floats) -> Floats:
    """A map enlarged, because edges lie between its pixels."""
    return np.asarray(cv2.resize(likely, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_LINEAR), np.float32)


def _on_maps(found: Found) -> Found:
    left, top, right, bottom = (side / _FINER for side in found.box)
    return Found(found.kind, (left, top, right, bottom), found.score)


def _blocks(maps: Floats, names: Sequence[str]) -> Iterator[Found]:
    """Regions that are text of any kind; each is of the class that most of it is, or cut where it is clearly two."""
    likely = _fine(maps.sum(axis=0))
    likeliest = maps.argmax(axis=0).astype(np.uint8).repeat(_FINER, axis=0).repeat(_FINER, axis=1)
    for there in _connected(likely > _LINE_LIKELY, _LINE_AREA):
        kinds_there = likeliest[there.at]
        shares = np.bincount(kinds_there[there.own], minlength=len(names)) / there.area
        kinds = [k for k in range(len(names)) if shares[k] >= _MIXED]
        if len(kinds) == 1:
            yield there.found(names[kinds[0]], likely, float(shares[kinds[0]]))
            continue
        for kind in kinds:
            own = np.zeros(likely.shape, bool)
            own[there.at] = there.own & (kinds_there == kind)
            for part in _connected(own, _LINE_AREA):
                yield part.found(names[kind], likely)


def _joined(blocks: Iterable[Found]) -> list[Found]:
    """Pieces of one line as one, of the class of the largest: the number of a heading is often taken for text."""
    lines: list[Found] = []
    for piece in sorted(blocks, key=lambda b: -b.area):
        before = next((k for k, line in enumerate(lines) if _goes_on(line, piece)), None)
        if before is None:
            lines.append(piece)
        else:
            lines[before] = _with(lines[before], piece)
    return lines


def _goes_on(line: Found, piece: Found) -> bool:
    """Whether the piece stands at an end of the line, which may run down a turned page, and is about as thick."""
    along = 0 if line.box[2] - line.box[0] >= line.box[3] - line.box[1] else 1
    across = 1 - along
    thick, other = (f.box[across + 2] - f.box[across] for f in (line, piece))
    beside = min(line.box[across + 2], piece.box[across + 2]) - max(line.box[across], piece.box[across])
    gap = max(line.box[along], piece.box[along]) - min(line.box[along + 2], piece.box[along + 2])
    return bool(other < _AS_THICK * thick < _AS_THICK**2 * other and beside > 0.6 * min(thick, other) and gap < thick)


def _with(line: Found, piece: Found) -> Found:
    (a, b, c, d), (e, f, g, h) = line.box, piece.box
    return Found(line.kind, (min(a, e), min(b, f), max(c, g), max(d, h)), line.score)


def _tables(likely: Floats) -> Iterator[Found]:
    """Tables; pieces that lie close together or in each other's box are one."""
    square = np.ones((_CLOSED, _CLOSED), np.uint8)
    closed = cv2.morphologyEx((likely > _LIKELY).astype(np.uint8), cv2.MORPH_CLOSE, square) > 0
    pieces = [c.found("table", likely) for c in _connected(closed, _TABLE_SIDE)]
    for piece in _without_parts(pieces):
        short, long = sorted((piece.box[2] - piece.box[0], piece.box[3] - piece.box[1]))
        if short >= _TABLE_SIDE and long >= _TABLE_LENGTH:
            yield piece


def _stamps(likely: Floats) -> Iterator[Found]:
    for there in _connected(likely > _STAMP_LIKELY, _STAMP_SIDE**2):
        yield there.found("stamp", likely)


def _without_parts(found: Sequence[Found]) -> list[Found]:
    """Without what lies mostly in a larger one."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: -f.area):
        if all(one.share_in(other) < _SAME for other in kept):
            kept.append(one)
    return kept


def _grown(found: Found, grown: Mapping[str, float]) -> Found:
    """The region with what its map lacks on each side, in pixels of enlarged maps."""
    left, top, right, bottom = found.box
    more = max(grown.get(found.kind, 0.0) * _FINER, (1 - min(right - left, bottom - top)) / 2)
    return Found(found.kind, (left - more, top - more, right + more, bottom + more), found.score)


@dataclass(frozen=True, slots=True, eq=False)
class _Component:
    """A connected region: where it is in the maps (rows and columns), and which of these pixels are its own."""

    at: tuple[slice, slice]
    own: Bools

    @property
    def area(self) -> int:
        """Pixels."""
        return int(self.own.sum())

    def found(self, kind: str, likely: Floats, share: float = 1.0) -> Found:
        """It as a region of a kind that has this share of its pixels."""
        rows, columns = self.at
        box = (float(columns.start), float(rows.start), float(columns.stop), float(rows.stop))
        return Found(kind, box, float(likely[self.at][self.own].mean()) * share)


def _connected(mask: Bools, smallest: int) -> Iterator[_Component]:
    """The connected regions of at least so many pixels, with what they enclose. By their outlines: labelling every
    pixel takes ten times as long."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        left, top, width, height = cv2.boundingRect(outline)
        if width * height >= smallest:
            own = np.zeros((height, width), np.uint8)
            cv2.drawContours(own, [outline], 0, 1, cv2.FILLED, offset=(-left, -top))
            one = _Component((slice(top, top + height), slice(left, left + width)), own > 0)
            if one.area >= smallest:
                yield one
