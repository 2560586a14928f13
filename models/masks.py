"""Class probability maps of a page -> boxes of its regions: each of one class, none twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

_MIN_TABLE_PROBABILITY = 0.5
_MIN_LINE_PROBABILITY = 0.6  # more, so that paragraphs stay apart
_MIN_STAMP_PROBABILITY = 0.9  # stamp pixels have a larger weight in training
_UPSCALING = 2
_MIN_CONTAINED_SHARE = 0.7  # of a box that lies in another, for it to be part of it
_MAX_THICKNESS_RATIO = 1.8  # of two pieces of one line
_MIN_CLASS_SHARE = 0.25  # of a region's pixels, for a second class to split it
# Pixels of enlarged maps:
_MIN_LINE_AREA = 12  # a page number has twice as many
_MIN_TABLE_SIDE, _MIN_TABLE_LENGTH, _MIN_STAMP_SIDE = 12, 60, 32
_CLOSING_PIXELS = 5  # gap over which parts of one table are joined


@dataclass(frozen=True, slots=True)
class Found:
    """A region: its class, its box (left, top, right, bottom) in pixels of the maps, and the mean probability of its
    pixels."""

    kind: str
    box: tuple[float, float, float, float]
    score: float

    @property
    def area(self) -> float:
        """Area of the box in square pixels."""
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])

    def share_in(self, other: Found) -> float:
        """Return the share of the smaller of the two boxes that lies in both, 0..1."""
        left, top = max(self.box[0], other.box[0]), max(self.box[1], other.box[1])
        right, bottom = min(self.box[2], other.box[2]), min(self.box[3], other.box[3])
        return max(0.0, right - left) * max(0.0, bottom - top) / max(1e-6, min(self.area, other.area))


def regions(maps: Floats, lines: Sequence[str], grown: Mapping[str, float]) -> list[Found]:
    """Return the regions of a page, in no order, in pixels of the maps.

    The maps are those of shrunken zones, so that neighbours stay apart.

    Args:
        maps: probabilities, classes x height x width: background, the classes in `lines`, `table`, `stamp`.
        lines: names of the classes that are text of some kind.
        grown: pixels by which boxes of a class are enlarged on each side to undo the shrinking, by class.
    """
    tables = list(_tables(_upscaled(maps[len(lines) + 1])))
    blocks = _joined(_blocks(maps[1 : len(lines) + 1], lines))
    blocks = [b for b in blocks if all(b.share_in(t) < _MIN_CONTAINED_SHARE for t in tables)]
    printed = _without_parts([_grown(found, grown) for found in (*tables, *blocks)])
    return [
        _on_maps(found) for found in (*printed, *(_grown(s, grown) for s in _stamps(_upscaled(maps[len(lines) + 2]))))
    ]


def _upscaled(likely: Floats) -> Floats:
    """Return a map enlarged `_UPSCALING` times, because edges lie between its pixels."""
    return np.asarray(
        cv2.resize(likely, None, fx=_UPSCALING, fy=_UPSCALING, interpolation=cv2.INTER_LINEAR), np.float32
    )


def _on_maps(found: Found) -> Found:
    left, top, right, bottom = (side / _UPSCALING for side in found.box)
    return Found(found.kind, (left, top, right, bottom), found.score)


def _blocks(maps: Floats, names: Sequence[str]) -> Iterator[Found]:
    """Yield text regions, each of the class of most of its pixels, or split by class where it is clearly of two."""
    likely = _upscaled(maps.sum(axis=0))
    likeliest = maps.argmax(axis=0).astype(np.uint8).repeat(_UPSCALING, axis=0).repeat(_UPSCALING, axis=1)
    for there in _connected(likely > _MIN_LINE_PROBABILITY, _MIN_LINE_AREA):
        kinds_there = likeliest[there.at]
        shares = np.bincount(kinds_there[there.own], minlength=len(names)) / there.area
        kinds = [k for k in range(len(names)) if shares[k] >= _MIN_CLASS_SHARE]
        if len(kinds) == 1:
            yield there.found(names[kinds[0]], likely, float(shares[kinds[0]]))
            continue
        for kind in kinds:
            own = np.zeros(likely.shape, bool)
            own[there.at] = there.own & (kinds_there == kind)
            for part in _connected(own, _MIN_LINE_AREA):
                yield part.found(names[kind], likely)


def _joined(blocks: Iterable[Found]) -> list[Found]:
    """Join pieces of one line, of the class of the largest: the number of a heading is often classified as text."""
    lines: list[Found] = []
    for piece in sorted(blocks, key=lambda b: -b.area):
        before = next((k for k, line in enumerate(lines) if _continues(line, piece)), None)
        if before is None:
            lines.append(piece)
        else:
            lines[before] = _united(lines[before], piece)
    return lines


def _continues(line: Found, piece: Found) -> bool:
    """Whether the piece stands at an end of the line (vertical on a turned page) and is about as thick."""
    along = 0 if line.box[2] - line.box[0] >= line.box[3] - line.box[1] else 1
    across = 1 - along
    thick, other = (f.box[across + 2] - f.box[across] for f in (line, piece))
    beside = min(line.box[across + 2], piece.box[across + 2]) - max(line.box[across], piece.box[across])
    gap = max(line.box[along], piece.box[along]) - min(line.box[along + 2], piece.box[along + 2])
    return bool(
        other < _MAX_THICKNESS_RATIO * thick < _MAX_THICKNESS_RATIO**2 * other
        and beside > 0.6 * min(thick, other)
        and gap < thick
    )


def _united(line: Found, piece: Found) -> Found:
    (a, b, c, d), (e, f, g, h) = line.box, piece.box
    return Found(line.kind, (min(a, e), min(b, f), max(c, g), max(d, h)), line.score)


def _tables(likely: Floats) -> Iterator[Found]:
    """Yield tables; pieces that lie close together or in each other's box are one."""
    square = np.ones((_CLOSING_PIXELS, _CLOSING_PIXELS), np.uint8)
    closed = cv2.morphologyEx((likely > _MIN_TABLE_PROBABILITY).astype(np.uint8), cv2.MORPH_CLOSE, square) > 0
    pieces = [c.found("table", likely) for c in _connected(closed, _MIN_TABLE_SIDE)]
    for piece in _without_parts(pieces):
        short, long = sorted((piece.box[2] - piece.box[0], piece.box[3] - piece.box[1]))
        if short >= _MIN_TABLE_SIDE and long >= _MIN_TABLE_LENGTH:
            yield piece


def _stamps(likely: Floats) -> Iterator[Found]:
    for there in _connected(likely > _MIN_STAMP_PROBABILITY, _MIN_STAMP_SIDE**2):
        yield there.found("stamp", likely)


def _without_parts(found: Sequence[Found]) -> list[Found]:
    """Return the regions without those that lie mostly in a larger one."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: -f.area):
        if all(one.share_in(other) < _MIN_CONTAINED_SHARE for other in kept):
            kept.append(one)
    return kept


def _grown(found: Found, grown: Mapping[str, float]) -> Found:
    """Return the region enlarged on each side by what the shrunken map lacks, in pixels of enlarged maps."""
    left, top, right, bottom = found.box
    more = max(grown.get(found.kind, 0.0) * _UPSCALING, (1 - min(right - left, bottom - top)) / 2)
    return Found(found.kind, (left - more, top - more, right + more, bottom + more), found.score)


@dataclass(frozen=True, slots=True, eq=False)
class _Component:
    """A connected component: its rows and columns in the map, and which of these pixels belong to it."""

    at: tuple[slice, slice]
    own: Bools

    @property
    def area(self) -> int:
        """Number of pixels."""
        return int(self.own.sum())

    def found(self, kind: str, likely: Floats, share: float = 1.0) -> Found:
        """Return it as a region of a class that has this share of its pixels."""
        rows, columns = self.at
        box = (float(columns.start), float(rows.start), float(columns.stop), float(rows.stop))
        return Found(kind, box, float(likely[self.at][self.own].mean()) * share)


def _connected(mask: Bools, smallest: int) -> Iterator[_Component]:
    """Yield the connected components of at least `smallest` pixels, holes filled.

    By their contours: labelling every pixel takes ten times as long.
    """
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        left, top, width, height = cv2.boundingRect(outline)
        if width * height >= smallest:
            own = np.zeros((height, width), np.uint8)
            cv2.drawContours(own, [outline], 0, 1, cv2.FILLED, offset=(-left, -top))
            one = _Component((slice(top, top + height), slice(left, left + width)), own > 0)
            if one.area >= smallest:
                yield one
