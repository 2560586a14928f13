"""Parsing of printed text as a figure: the only place where text becomes a number.

Values are exact (`Decimal`). A blank (nothing, `/`, `—`, `无`) is not zero: its value is None. Text that is neither a
figure nor a blank, or is ambiguous (`1 2`, `007`, `12%`), is no figure and goes to a person. The accepted signs, units
of money and notes in brackets are those found in real reports.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache


class Unit(StrEnum):
    """What a figure counts. COUNT is documents, items, requests and the like."""

    COUNT = "count"
    YUAN = "yuan"
    WANYUAN = "wanyuan"


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure: `value` in `unit`, and the note printed behind it.

    `value` is None for a blank. `unit` is None for a blank and for a bare number, whose column says what it counts.
    """

    value: Decimal | None
    unit: Unit | None = None
    note: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing, or a sign for nothing, is printed."""
        return self.value is None

    def in_unit(self, wanted: Unit) -> Decimal | None:
        """The value converted to `wanted`, which a bare number is in already. Raises ValueError for 3元 as a count."""
        if self.value is None or self.unit in (None, wanted):
            return self.value
        if (self.unit, wanted) == (Unit.WANYUAN, Unit.YUAN):
            return plain(self.value * 10_000)
        if (self.unit, wanted) == (Unit.YUAN, Unit.WANYUAN):
            return plain(self.value / 10_000)
        raise ValueError(f"{self.unit} is not {wanted}")


BLANK = Figure(None)

_BLANK_SIGNS = re.compile(r"[-‐‑‒–—―─━ー一/\\]*|无|空|N/A", re.IGNORECASE)
_MAX_DIGITS = 18  # longer runs are phone or account numbers, or two cells read as one
_AMBIGUOUS_ONE = "一"  # the numeral one, or a dash that a recogniser or a font shows as it
_SIGNS = {
    **dict.fromkeys(("+", "增", "增加", "新增", "上升"), 1),
    **dict.fromkeys(("-", "−", "–", "—", "减", "减少", "下降"), -1),
}
# By the printed unit: the factor of the number, and the unit of the result.
_UNITS: dict[str, tuple[int, Unit | None]] = {
    "": (1, None),
    "万": (10_000, None),
    "亿": (100_000_000, None),
    "元": (1, Unit.YUAN),
    "千元": (1_000, Unit.YUAN),
    "万元": (1, Unit.WANYUAN),
    "百万元": (100, Unit.WANYUAN),
    "亿元": (10_000, Unit.WANYUAN),
}
_FIGURE = re.compile(
    r"""
    (?P<sign>[-+−–—]|增加?|新增|上升|减少?|下降)?[ ]?
    [¥]?[ ]?
    (?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)[ ]?
    (?P<magnitude>百万|千|万|亿)?
    (?P<money>元(?:人民币|整)?)?
    (?P<counter>件次|人次|件|条|项|个|次|宗|份|篇|期|人)?
    \s*  # only a note may be on another line: two lines of digits may be two cells merged
    (?P<note>\(.+\)|[,;，；]?\s*(?:其中|含|包括).+)?
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(maxsize=16384)
def parse_figure(text: str) -> Figure | None:
    """The figure printed as `text`: `BLANK` for a blank, None where the text is not exactly one figure.

    >>> parse_figure("１，２３４件")
    Figure(value=Decimal('1234'), unit=<Unit.COUNT: 'count'>, note='')
    >>> parse_figure("503.59万元").in_unit(Unit.YUAN)
    Decimal('5035900')
    """
    if any(c.isdigit() and not c.isdecimal() for c in text):
        return None  # a footnote mark (12①, 12²), which NFKC would turn into a digit
    printed = unicodedata.normalize("NFKC", text).strip()
    if printed == _AMBIGUOUS_ONE:
        return None
    if _BLANK_SIGNS.fullmatch(printed):
        return BLANK
    match = _FIGURE.fullmatch(printed)
    if match is None:
        return None
    digits = match["number"].replace(",", "")
    if re.match(r"0\d", digits) or len(digits) > _MAX_DIGITS:
        return None
    magnitude, money, counter = match["magnitude"] or "", match["money"], match["counter"]
    if (magnitude in ("千", "百万") and not money) or (money and counter):
        return None
    factor, unit = _UNITS[magnitude + ("元" if money else "")]
    value = plain(Decimal(digits) * factor * _SIGNS.get(match["sign"] or "+", 1))
    return Figure(value, Unit.COUNT if counter else unit, (match["note"] or "").strip(",;，； "))


def widen(text: str) -> str:
    """The text with its ASCII characters in full width, as some agencies type it."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def plain(value: Decimal) -> Decimal:
    """The same value without exponent, trailing zeros or negative zero, so that equal figures print alike."""
    value = value.normalize() + 0
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
