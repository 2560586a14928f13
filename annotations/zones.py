"""Gold of page layout: titles, headings, running text, tables, furniture and stamps as parts of pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from extraction.geometry import Box


class ZoneKind(StrEnum):
    """The kind of a zone. Furniture are page numbers and running heads."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    TABLE = "table"
    FURNITURE = "furniture"
    STAMP = "stamp"


Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a page (from 1).

    `corners` are (x, y) in points from the page's top left, clockwise from the corner that is the top left in reading
    direction; on a skewed or rotated page they are rotated with the print.
    """

    kind: ZoneKind
    page: int
    corners: tuple[Corner, ...]

    @property
    def box(self) -> Box:
        """The smallest upright box around it."""
        xs, ys = zip(*self.corners, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))


def upright_zone(kind: ZoneKind, page: int, box: Box) -> Zone:
    """Return a zone that is its box."""
    return Zone(kind, page, corners_of(box))


def corners_of(box: Box) -> tuple[Corner, ...]:
    """Return the corners, clockwise from the top left."""
    return (box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)


def zones_data(zones: Iterable[Zone]) -> list[dict[str, Any]]:
    """Return zones as JSON values."""
    return [
        {"kind": z.kind.value, "page": z.page, "corners": [round(side, 1) for corner in z.corners for side in corner]}
        for z in zones
    ]


def zones_from(data: Iterable[dict[str, Any]]) -> tuple[Zone, ...]:
    """Return zones from JSON values. Raises ValueError for an unknown kind."""
    return tuple(Zone(ZoneKind(z["kind"]), z["page"], _corners([float(side) for side in z["corners"]])) for z in data)


def _corners(sides: Sequence[float]) -> tuple[Corner, ...]:
    return tuple(zip(sides[::2], sides[1::2], strict=True))
