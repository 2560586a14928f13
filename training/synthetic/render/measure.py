# mypy: disable-error-code="import-untyped,import-not-found"
"""Widths of characters, and Chinese line breaking: anywhere but before closing and after opening punctuation."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from fontTools.ttLib import TTCollection, TTFont

from training.synthetic.fonts import font_file
from training.synthetic.render.style import latin_letters

_NEVER_FIRST = set("，。、；：？！）》〉】〕”’％%·…,.;:?!)")
_NEVER_LAST = set("（《〈【〔“‘(")
_TOKEN = re.compile(r"[!-~]+|.", re.DOTALL)


class Line(NamedTuple):
    """A line of a text: characters [start, end), and its width in points."""

    start: int
    end: int
    width: float


class Face(NamedTuple):
    """Fonts of a text: characters from `family`, figures from `digits`; `size` and `tracking` in points."""

    family: str
    digits: str
    size: float
    tracking: float = 0.0

    def of(self, letter: str) -> str:
        """Return the family that sets the character."""
        return self.digits if letter in latin_letters() else self.family

    def width(self, text: str) -> float:
        """Return the width of a text in points."""
        return sum(_advance(self.of(letter), letter) * self.size + self.tracking for letter in text)


def wrapped(text: str, face: Face, width: float, indent: float = 0) -> list[Line]:
    """Return the lines of a text in a column, the first of them indented; line feeds always break.

    Words and figures break only where they are wider than the column.
    """
    lines: list[Line] = []
    start = 0
    for paragraph in text.split("\n"):
        lines += [Line(start + a, start + b, w) for a, b, w in _filled(paragraph, face, width, indent)]
        start += len(paragraph) + 1
        indent = 0
    return lines


def too_long(text: str, face: Face, width: float) -> bool:
    """Whether some word or figure is wider than the column."""
    return any(face.width(token) > width for token in _TOKEN.findall(text))


def _filled(text: str, face: Face, width: float, indent: float) -> list[Line]:
    tokens = [piece for token in _TOKEN.findall(text) for piece in (token if face.width(token) > width else (token,))]
    lines: list[list[str]] = [[]]
    room = width - indent
    for token in tokens:
        needed = face.width(token)
        if lines[-1] and needed > room + 1e-6:
            carried = _carried(lines[-1], token)
            lines.append(carried)
            room = width - sum(map(face.width, carried))
        lines[-1].append(token)
        room -= needed
    out: list[Line] = []
    at = 0
    for line in lines:
        content = "".join(line)
        out.append(Line(at, at + len(content), face.width(content)))
        at += len(content)
    return out


def _carried(line: list[str], token: str) -> list[str]:
    """Return what must go to the next line with the token; removed from the line, which keeps at least one piece."""
    carried: list[str] = []
    first = token
    while len(line) > 1 and (first[0] in _NEVER_FIRST or line[-1][-1] in _NEVER_LAST):
        first = line.pop()
        carried.insert(0, first)
    return carried


@cache
def _advance(family: str, letter: str) -> float:
    """Return the advance width as a factor of the size; a missing character is as wide as it is high."""
    font = _font(family)
    name = font.getBestCmap().get(ord(letter))
    return float(font["hmtx"][name][0] / font["head"].unitsPerEm) if name else 1.0


@cache
def _font(family: str) -> TTFont:
    path, number = font_file(family)
    return TTCollection(path, lazy=True).fonts[number] if path.endswith(".ttc") else TTFont(path, lazy=True)
