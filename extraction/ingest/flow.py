"""What the readers of flowing formats (DOCX, HTML) share.

In go texts and printed cells as a file states them; out come regions, tables on a grid, and the page that holds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from extraction.document import Cell, Page, Region, RegionKind, Span, Table
from extraction.errors import EmptyFile, TooLarge

MAX_SLOTS = 1_000_000
"""Grid positions of all tables of a file together. The largest real report has under 1,000."""

_BLANK = "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + "\u200b\u200e\u200f\u2060\ufeff"
_FIGURE = re.compile(r"[+＋\-－]?[0-9０-９][0-9０-９,，.．]{0,20}")
_MIN_FIGURES = 4  # a table with so many numbers of its own is there for its numbers

_DIGITS = "〇一二三四五六七八九"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
_ROMAN_UNITS = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def trim(text: str) -> str:
    """The text without outer white space, be it U+3000, a no-break or a zero-width space."""
    return text.strip(_BLANK)


def join_lines(lines: Iterable[str]) -> str:
    """The text of a cell: its lines trimmed, those that print nothing left out."""
    return "\n".join(line for line in map(trim, lines) if line)


def text_regions(text: str, kind: RegionKind = RegionKind.TEXT) -> Iterator[Region]:
    """A region for each line: people end paragraphs with line breaks, so a heading may follow one."""
    for line in map(trim, text.split("\n")):
        if line:
            yield Region(kind, spans=(Span(line),))


def make_page(regions: Iterable[Region], warnings: Iterable[str]) -> Page:
    """The one page of a format without pages. Raises `EmptyFile` where no region has any text."""
    kept = tuple(regions)
    if not any(r.spans or (r.table and any(c.text for c in r.table.cells)) for r in kept):
        raise EmptyFile("The file holds no text. If the report is a picture inside it, save it as PDF and read that.")
    return Page(regions=kept, warnings=tuple(warnings))


# ---- tables


class Printed(NamedTuple):
    """A cell in the order of the source. `row_span` 0 means down to the end of its row group."""

    text: str
    row_span: int = 1
    column_span: int = 1


class SlotBudget:
    """Counts the grid positions of one file, since few bytes can declare a very large grid."""

    def __init__(self, limit: int = MAX_SLOTS) -> None:
        self._limit = self._left = limit

    def spend(self, slots: int) -> None:
        """Takes `slots` off; raises `TooLarge` when none are left."""
        self._left -= slots
        if self._left < 0:
            raise TooLarge(f"The tables have over {self._limit:,} cells; a report has some hundred. Split the file.")


def lay_out(groups: Iterable[Sequence[Sequence[Printed]]], budget: SlotBudget) -> Table:
    """Places cells as browsers do (HTML standard, "forming a table"): groups of rows, of cells in source order.

    Where a wide cell would run into one that hangs down from above, browsers print both over each other; here the
    wide cell ends there, so that no grid position belongs to two cells.
    """
    cells: list[Cell] = []
    top = 0
    for group in groups:
        bottom = top + len(group)
        free_from: list[int] = []  # for each column, the first row that nothing hangs into
        for row, printed_cells in enumerate(group, top):
            column = 0
            for printed in printed_cells:
                while column < len(free_from) and free_from[column] > row:
                    column += 1
                width = 1
                while width < printed.column_span and not (
                    column + width < len(free_from) and free_from[column + width] > row
                ):
                    width += 1
                height = min(printed.row_span or bottom - row, bottom - row)
                budget.spend(width * height)
                free_from.extend([0] * (column + width - len(free_from)))
                free_from[column : column + width] = [row + height] * width
                cells.append(Cell(row, column, printed.text, height, width))
                column += width
        top = bottom
    return Table(tuple(cells))


@dataclass(slots=True)
class Tally:
    """What is in the cells of a table, to tell a table of data from a frame that only places things."""

    cells: int = 0
    printed: int = 0
    figures: int = 0

    def count(self, text: str) -> None:
        """Adds one cell with this text."""
        text = trim(text)
        self.cells += 1
        self.printed += bool(text)
        self.figures += bool(_FIGURE.fullmatch(text))

    def add(self, other: Tally) -> None:
        """Adds the cells of another table."""
        self.cells += other.cells
        self.printed += other.printed
        self.figures += other.figures

    @property
    def is_data(self) -> bool:
        """Whether the table is there for its numbers."""
        return self.figures >= _MIN_FIGURES


def is_frame(own: Tally, inner: Tally) -> bool:
    """Whether a table only places its contents. `own` leaves out, `inner` counts the tables nested in its cells."""
    if not inner.cells:
        return own.cells <= 1
    if own.is_data and own.figures >= inner.figures:
        return False
    return own.printed <= 1 or inner.cells > own.printed or inner.figures > own.figures


# ---- the numbers of lists

_CHINESE_FORMATS = frozenset(
    {"chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand"}
)


def _run_of(*ranges: tuple[int, int]) -> str:
    return "".join(chr(c) for first, last in ranges for c in range(first, last + 1))


_SERIES = {
    "decimalEnclosedCircle": _run_of((0x2460, 0x2473), (0x3251, 0x325F), (0x32B1, 0x32BF)),
    "decimalEnclosedCircleChinese": _run_of((0x2460, 0x2473), (0x3251, 0x325F), (0x32B1, 0x32BF)),
    "decimalEnclosedParen": _run_of((0x2474, 0x2487)),
    "decimalEnclosedFullstop": _run_of((0x2488, 0x249B)),
    "ideographEnclosedCircle": _run_of((0x3280, 0x3289)),
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}


def digitwise(number: int) -> str:
    """10 -> 一〇."""
    return "".join(_DIGITS[int(d)] for d in str(number))


def chinese(number: int) -> str:
    """12 -> 十二, 105 -> 一百零五; from 10,000 on digit by digit, which no list reaches."""
    if not 0 < number < 10_000:
        return digitwise(number) if number >= 0 else str(number)
    said = ""
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            said += _DIGITS[digit] + unit
        elif said and number % place and not said.endswith("零"):
            said += "零"
    return said.removeprefix("一") if 10 <= number < 20 else said


def roman(number: int) -> str:
    """4 -> IV; decimal where Roman numerals end."""
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for value, letters in _ROMAN + _ROMAN_UNITS:
        written += letters * (number // value)
        number %= value
    return written


def format_number(number: int, style: str) -> str:
    """A list's counter as it prints, by Word's names of number formats; decimal for those no Chinese document uses."""
    if style == "none":
        return ""
    if style in _CHINESE_FORMATS:
        return chinese(number)
    if style == "japaneseCounting":  # what WPS writes for 一、二、三
        return re.sub("零|一(?=[十百千])", "", chinese(number))
    if style in {"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"}:
        return digitwise(number) if number >= 0 else str(number)
    if style in {"upperRoman", "lowerRoman"}:
        return roman(number) if style == "upperRoman" else roman(number).lower()
    if style in {"upperLetter", "lowerLetter"} and 0 < number <= 780:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)  # A … Z, AA, BB
        return letter if style == "upperLetter" else letter.lower()
    if style in {"decimalFullWidth", "decimalFullWidth2"}:
        return "".join(chr(ord(d) + 0xFEE0) if d.isdigit() else d for d in str(number))
    if style == "decimalZero":
        return f"{number:02}"
    if style in _SERIES and 0 < number <= len(_SERIES[style]):
        return _SERIES[style][number - 1]
    return str(number)
