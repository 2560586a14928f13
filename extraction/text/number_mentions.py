"""Running text to the figures in it: where each stands, its exact value, and whether the text rounds it.

In: a paragraph. Out: a `Skeleton`, the text without spaces, widths folded and in lower case, with a mark in place of
every number, so that a pattern over it is about words alone. Numbers that count nothing (years, dates, percentages,
ordinals, numbers of documents) have a mark of their own, and are never taken for a figure.

Arabic figures go through `numbers.parse_figure` as everywhere; Chinese numerals (一百零三) are read here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from extraction.figures import parse_figure

FIGURE, OTHER_NUMBER = "N", "X"
"""The marks; the text itself is in lower case."""

_DIGITS = {
    "零": 0,
    "〇": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MAGNITUDES = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_NUMERAL = f"[{''.join(_DIGITS)}{''.join(_TENS)}]"
_NUMBER = re.compile(
    rf"""
    (?P<code>\d+(?:[-/:：]\d+)+ | \d+(?:\.\d+){{2,}} | [a-z][a-z0-9@._/:-]*\d[a-z0-9@._/:-]*
        | 第(?:\d+|{_NUMERAL}+) | [〔\[]\d+)
    |
    (?P<number>\d{{1,3}}(?:[,，]\d{{3}})+(?![\d,，])(?:\.\d+)? | \d+(?:\.\d+)? | {_NUMERAL}+(?:万{_NUMERAL}*)?)
    (?P<rounded>[余多几来])? (?P<magnitude>[万亿千百])? (?P<more>[余多])?
    (?P<other>\s?[%％‰]|年|月|日|号|时(?!间)|点|个?(?:百分点|工作日|小时|天|月)|届|级|周年|倍|[.、．)）])?
    """,
    re.VERBOSE,
)
_ABOUT = re.compile(r"(?:近|约|将近|大约|超过|逾)$")
_COUNTED = "件条项篇宗份个次则期例起笔元户家场人批种"
"""What a Chinese numeral must stand before to count something: 一是, 统一 and 十分 count nothing."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A number that may count something: characters [start, end) of the text. `slack` is how far from the value a
    rounded number may be (260余: 10), 0 for an exact one."""

    start: int
    end: int
    value: Decimal
    slack: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Named:
    """A figure that has a name: characters [start, end) of a text, its number or the words that there was none (then
    `mention` is None), and how sure the name is (0..1)."""

    id: str
    start: int
    end: int
    mention: Mention | None
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A text made ready for patterns. `places` are the characters [start, end) of the text that each character of
    `words` stands for; `mentions` are by their place in `words`."""

    text: str
    words: str
    places: tuple[tuple[int, int], ...]
    mentions: dict[int, Mention]

    def printed(self, start: int, end: int) -> tuple[int, int]:
        """Where characters [start, end) of `words` stand in the text; raises IndexError for none."""
        return self.places[start][0], self.places[end - 1][1]


def skeleton(text: str) -> Skeleton:
    """The skeleton of a paragraph."""
    folded, places = _folded(text)
    words, kept, mentions = "", list[tuple[int, int]](), dict[int, Mention]()
    end = 0
    for found in _NUMBER.finditer(folded):
        words += folded[end : found.start()]
        kept += [(place, place + 1) for place in places[end : found.start()]]
        end = max(found.end(part) for part in ("code", "number", "rounded", "magnitude", "more"))
        printed = places[found.start()], places[end - 1] + 1
        value = _value(found, folded)
        if value is not None:
            mentions[len(words)] = Mention(*printed, value, _slack(found, value, folded))
        words += OTHER_NUMBER if value is None else FIGURE
        kept.append(printed)
    words += folded[end:]
    kept += [(place, place + 1) for place in places[end:]]
    return Skeleton(text, words, tuple(kept), mentions)


def _folded(text: str) -> tuple[str, list[int]]:
    """Half-width digits and letters, full-width marks, no spaces but between digits; where each character stood."""
    shown = [(k, c) for k, raw in enumerate(text) for c in _folded_character(raw)]
    folded, places = "", list[int]()
    for n, (k, c) in enumerate(shown):
        if c.isspace() and not (folded[-1:].isdigit() and any(x.isdigit() for x in _next_word(shown, n))):
            continue
        folded += " " if c.isspace() else c
        places.append(k)
    return folded, places


def _next_word(shown: list[tuple[int, str]], n: int) -> Iterator[str]:
    """The next character that is no space, if there is one."""
    for _, c in shown[n:]:
        if not c.isspace():
            yield c
            return


def _folded_character(raw: str) -> str:
    plain = unicodedata.normalize("NFKC", raw)
    if len(plain) != 1:
        return raw if len(raw) == 1 else raw[0]
    # A comma of poor print is read as a point in the middle.
    return {",": "，", "·": "，", ";": "；", ":": "：", "(": "（", ")": "）", "?": "？", "!": "！"}.get(
        plain, plain.lower()
    )


def _value(found: re.Match[str], folded: str) -> Decimal | None:
    """What a number counts up to; None for one that counts nothing."""
    number, magnitude = found["number"], found["magnitude"] or ""
    if found["code"] or (found["other"] and not magnitude):
        return None
    if not number[0].isdigit():
        counted = folded[max(found.end(part) for part in ("number", "rounded", "magnitude", "more")) :][:1]
        alone = number == "零" and (not counted or counted in "，。；、")  # 为零
        value = numeral(number) if alone or (counted and counted in _COUNTED) else None
    elif _beside_a_number(found, folded):
        value = None
    else:
        figure = parse_figure(number.replace("，", ","))
        value = figure.value if figure else None
    return None if value is None else _plain(value * _MAGNITUDES[magnitude])


def _beside_a_number(found: re.Match[str], folded: str) -> bool:
    """Whether a space parts a number from another, with which it may be one: 1 2件."""
    before, after = folded[: found.start()], folded[found.end("number") :]
    return bool(re.search(r"\d $", before) or re.match(r" \d", after))


def _slack(found: re.Match[str], value: Decimal, folded: str) -> Decimal:
    if not (found["rounded"] or found["more"] or _ABOUT.search(folded[: found.start()])):
        return Decimal(0)
    digits = value.normalize().as_tuple()
    return Decimal(1).scaleb(max(0, int(digits.exponent)))


def numeral(text: str) -> Decimal | None:
    """A number in Chinese numerals (十二, 一百零三, 两千, 二〇), None where it is none.

    >>> numeral("一百零三")
    Decimal('103')
    """
    ten_thousands, mark, rest = text.rpartition("万")
    if mark:
        high, low = numeral(ten_thousands), numeral(rest) if rest else Decimal(0)
        return None if high is None or low is None or low >= 10_000 else high * 10_000 + low
    if not text or any(c not in _DIGITS and c not in _TENS for c in text):
        return None
    if not any(c in _TENS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total, digit, least = 0, None, 10_000
    for c in text:
        if c in _TENS:
            if _TENS[c] >= least:
                return None
            least = _TENS[c]
            total += (1 if digit is None else digit) * least
            digit = None
        elif digit not in (None, 0):
            return None
        else:
            digit = _DIGITS[c]
    return Decimal(total + (digit or 0))


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
