"""Layout of charts in SVG units, which templates draw. Everything that a colour says, a shape says too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil, floor, log10

WIDTH, HEIGHT = 860, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 24, 24, 44


@dataclass(frozen=True, slots=True)
class Point:
    """A year of the chart. `y` is None without a value, and `note` says why; `for_review`: the status is review.

    `label` is the y of its text: below the point where the line comes down to it.
    """

    x: float
    y: float | None
    year: int
    text: str
    note: str = ""
    for_review: bool = False
    label: float = 0.0


@dataclass(frozen=True, slots=True)
class LineChart:
    """Points by year, polylines through runs of adjacent years, and the levels of the grid."""

    points: tuple[Point, ...]
    runs: tuple[str, ...]
    levels: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    base: int = HEIGHT - _BOTTOM


def line_chart(years: Sequence[int], values: Sequence[tuple[Decimal | None, str, bool]]) -> LineChart:
    """The chart of years, each with its value, the note where there is none, and whether its status is review."""
    known = [float(value) for value, _, _ in values if value is not None]
    levels = _levels(min([0.0, *known]), max([1.0, *known]))
    low, high = levels[0], levels[-1]

    def up(value: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low), 1)

    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(years))
    points = tuple(
        Point(
            round(_LEFT + step * (k + 0.5), 1),
            None if value is None else up(float(value)),
            year,
            "" if value is None else format(value, "f"),
            note,
            for_review,
        )
        for k, (year, (value, note, for_review)) in enumerate(zip(years, values, strict=True))
    )
    points = tuple(map(_labelled, (None, *points), points, (*points[1:], None)))
    return LineChart(points, tuple(_runs(points)), tuple((up(level), f"{level:g}") for level in levels))


def _labelled(before: Point | None, point: Point, after: Point | None) -> Point:
    if point.y is None:
        return point
    around = [other.y for other in (before, after) if other is not None and other.y is not None]
    lowest = bool(around) and all(y < point.y for y in around)
    return replace(point, label=point.y + 21 if lowest else point.y - 11)


def _runs(points: Sequence[Point]) -> list[str]:
    """Polylines from year to year, interrupted at years without a value."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point.y is None:
            runs.append([])
        else:
            runs[-1].append(f"{point.x},{point.y}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _levels(low: float, high: float) -> list[float]:
    """Four to eight round numbers that span `low` to `high`."""
    step = 10.0 ** floor(log10((high - low) / 4))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 6)
    first, last = floor(low / step), ceil(high / step)
    return [step * k for k in range(first, last + 1)]
