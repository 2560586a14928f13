"""Small plots as SVG text for HTML pages: lines, points with intervals, and bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555")
"""Colours that colour-blind readers can distinguish (Okabe and Ito, Color Universal Design, 2008)."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 24, 12, 40
_TICKS = 5


def colour(index: int) -> str:
    """Return the colour of the series with this index."""
    return COLOURS[index % len(COLOURS)]


def round_up(highest: float) -> float:
    """Return a round end of an axis that reaches at least `highest`, with round ticks."""
    for power in range(-4, 1):
        for step in (1, 2, 5):
            if highest <= step * 10.0**power:
                return step * 10.0**power
    return 1.0


@dataclass(frozen=True, slots=True)
class Series:
    """Points (x, y) of one engine; `sizes` are the radii of dots in pixels, none for a line without dots."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]
    sizes: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis from `low` to `high`, its ticks written by `form`."""

    title: str
    low: float = 0.0
    high: float = 1.0
    form: Callable[[float], str] = lambda value: f"{100 * value:g}%"

    def share(self, value: float) -> float:
        """Return 0 at the low end, 1 at the high end; values outside are clipped."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low or 1.0)))


def line_plot(series: Sequence[Series], x: Axis, y: Axis, *, diagonal: bool = False, size: tuple[int, int]) -> str:
    """Return lines, or dots where a series has sizes, over two axes; `diagonal` draws x = y."""
    frame = _Frame(x, y, *size)
    elements = [frame.axes()]
    if diagonal:
        low, high = max(x.low, y.low), min(x.high, y.high)
        elements.append(_path([frame.at(low, low), frame.at(high, high)], "#999", dashed=True))
    for one in series:
        places = [frame.at(*point) for point in one.points]
        if not one.sizes:
            elements.append(_path(places, one.colour))
        for (px, py), radius, (vx, vy) in zip(places, one.sizes, one.points, strict=False):
            title = f"{one.name}: {x.form(round(vx, 4))}, {y.form(round(vy, 4))}"
            elements.append(
                f'<circle cx="{px:.1f}" cy="{py:.1f}" r="{radius:.1f}" fill="{one.colour}" fill-opacity="0.7">'
                f"<title>{escape(title)}</title></circle>"
            )
    return _svg(elements, *size)


def interval_plot(
    groups: Sequence[str],
    values: Sequence[tuple[str, str, Sequence[tuple[float, float, float] | None]]],
    x: Axis,
    *,
    width: int,
) -> str:
    """Return for each group a dot with its interval for each series: (name, colour, (value, low, high) of each
    group)."""
    line, gap, left = 14, 10, 150
    step = line * len(values) + gap
    height = _TOP + step * len(groups) + _BOTTOM
    reach = width - left - _RIGHT

    def place(value: float) -> float:
        return left + reach * x.share(value)

    elements = []
    for k in range(_TICKS + 1):
        value = x.low + (x.high - x.low) * k / _TICKS
        elements.append(_line(place(value), _TOP, place(value), height - _BOTTOM, "#e5e5e5"))
        elements.append(_text(place(value), height - _BOTTOM + 16, x.form(round(value, 4)), "middle"))
    elements.append(_text(left + reach / 2, height - 6, x.title, "middle"))
    for g, group in enumerate(groups):
        top = _TOP + g * step
        elements.append(_text(left - 8, top + step / 2, group, "end"))
        for s, (name, tone, intervals) in enumerate(values):
            found = intervals[g]
            if found is None:
                continue
            value, low, high = found
            y = top + gap / 2 + line * (s + 0.5)
            elements.append(_line(place(low), y, place(high), y, tone, 2))
            label = f"{name}, {group}: {x.form(round(value, 4))} ({x.form(round(low, 4))} to {x.form(round(high, 4))})"
            elements.append(
                f'<circle cx="{place(value):.1f}" cy="{y:.1f}" r="4" fill="{tone}">'
                f"<title>{escape(label)}</title></circle>"
            )
    return _svg(elements, width, height)


def legend(names: Sequence[tuple[str, str]]) -> str:
    """Return names with their colours, as HTML."""
    items = (f'<span><i style="background:{tone}"></i>{escape(name)}</span>' for name, tone in names)
    return f'<p class="legend">{"".join(items)}</p>'


@dataclass(frozen=True, slots=True)
class _Frame:
    x: Axis
    y: Axis
    width: int
    height: int

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = self.width - _LEFT - _RIGHT
        down = self.height - _TOP - _BOTTOM
        return _LEFT + across * self.x.share(x), _TOP + down * (1 - self.y.share(y))

    def axes(self) -> str:
        elements = []
        for k in range(_TICKS + 1):
            x = self.x.low + (self.x.high - self.x.low) * k / _TICKS
            y = self.y.low + (self.y.high - self.y.low) * k / _TICKS
            px, bottom = self.at(x, self.y.low)
            left, py = self.at(self.x.low, y)
            elements += [
                _line(px, _TOP, px, bottom, "#e5e5e5"),
                _line(left, py, self.width - _RIGHT, py, "#e5e5e5"),
                _text(px, bottom + 15, self.x.form(round(x, 4)), "middle"),
                _text(left - 5, py, self.y.form(round(y, 4)), "end"),
            ]
        elements.append(_text((_LEFT + self.width) / 2, self.height - 6, self.x.title, "middle"))
        middle = (self.height - _BOTTOM) / 2
        elements.append(
            f'<text x="12" y="{middle:.0f}" text-anchor="middle" transform="rotate(-90 12 {middle:.0f})">'
            f"{escape(self.y.title)}</text>"
        )
        return "".join(elements)


def _svg(elements: Sequence[str], width: int, height: int) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        + "".join(elements)
        + "</svg>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, tone: str, width: float = 1) -> str:
    places = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {places} stroke="{tone}" stroke-width="{width:g}"/>'


def _path(places: Sequence[tuple[float, float]], tone: str, *, dashed: bool = False) -> str:
    if len(places) < 2:
        return ""
    dash = ' stroke-dasharray="4 4"' if dashed else ""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{tone}" stroke-width="1.5"{dash}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" dominant-baseline="middle">{escape(text)}</text>'
