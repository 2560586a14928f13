"""Find the numbers in running text: where each stands, its exact value, and how far the text rounds it.

In: a paragraph. Out: a `MaskedText`, the paragraph in half-width lower case without spaces and with one letter for
each number, so that patterns over it concern words alone. Numbers that count nothing (years, dates, percentages,
ordinals, document numbers) have another letter. Arabic figures are parsed by `parse_figure`, Chinese numerals by
`numeral`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from extraction.figures import parse_figure, plain

FIGURE, OTHER_NUMBER = "N", "X"
"""The letters for numbers; the rest of the masked text is in lower case."""

_DIGITS = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, "〇": 0, "○": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MAGNITUDES = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_FULL_WIDTH = str.maketrans(",·;:()?!", "，，；：（）？！")  # a recogniser reads a comma of poor print as ·
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
_APPROXIMATELY = re.compile(r"(?:近|约|将近|大约|超过|逾)$")
_COUNTED = "件条项篇宗份个次则期例起笔元户家场人批种"
"""Measure words after which a Chinese numeral counts something: in 一是, 统一 and 十分 it does not."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A number that may count something, at characters [start, end) of the text.

    The true value is less than `slack` above or below `value` where the text rounds it (260余: 10); 0 for exact ones.
    """

    start: int
    end: int
    value: Decimal
    slack: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text with its numbers masked: `masked`, for patterns.

    `spans` has for each character of `masked` the characters [start, end) of `text` that it stands for; `mentions` has
    the numbers that may count something, by their index in `masked`.
    """

    text: str
    masked: str
    spans: tuple[tuple[int, int], ...]
    mentions: dict[int, Mention]

    def span_in_text(self, start: int, end: int) -> tuple[int, int]:
        """Where characters [start, end) of `masked` stand in the text. Raises IndexError for an empty range."""
        return self.spans[start][0], self.spans[end - 1][1]


def mask_numbers(text: str) -> MaskedText:
    """The paragraph with its numbers masked."""
    folded, places = _fold(text)
    masked, spans, mentions = "", list[tuple[int, int]](), dict[int, Mention]()
    end = 0
    for found in _NUMBER.finditer(folded):
        masked += folded[end : found.start()]
        spans += [(place, place + 1) for place in places[end : found.start()]]
        end = max(found.end(part) for part in ("code", "number", "rounded", "magnitude", "more"))
        printed = places[found.start()], places[end - 1] + 1
        value = _value(found, folded)
        if value is not None:
            rounded = found["rounded"] or found["more"] or _APPROXIMATELY.search(folded[: found.start()])
            exponent = int(value.normalize().as_tuple().exponent)
            slack = Decimal(1).scaleb(max(0, exponent)) if rounded else Decimal(0)
            mentions[len(masked)] = Mention(*printed, value, slack)
        masked += OTHER_NUMBER if value is None else FIGURE
        spans.append(printed)
    masked += folded[end:]
    spans += [(place, place + 1) for place in places[end:]]
    return MaskedText(text, masked, tuple(spans), mentions)


def _fold(text: str) -> tuple[str, list[int]]:
    """Half-width digits and letters, full-width punctuation, no spaces but between digits; and each one's index."""
    characters = [(k, c) for k, raw in enumerate(text) for c in _fold_character(raw)]
    folded, places = "", list[int]()
    for n, (k, c) in enumerate(characters):
        if c.isspace():
            following = next((other for _, other in characters[n:] if not other.isspace()), "")
            if not (folded[-1:].isdigit() and following.isdigit()):
                continue
            c = " "
        folded += c
        places.append(k)
    return folded, places


def _fold_character(raw: str) -> str:
    plain = unicodedata.normalize("NFKC", raw)
    return plain.lower().translate(_FULL_WIDTH) if len(plain) == 1 else raw


def _value(found: re.Match[str], folded: str) -> Decimal | None:
    """The value of a number, None for one that counts nothing."""
    number, magnitude = found["number"], found["magnitude"] or ""
    if found["code"] or (found["other"] and not magnitude):
        return None
    if not number[0].isdigit():
        counted = folded[max(found.end(part) for part in ("number", "rounded", "magnitude", "more")) :][:1]
        alone = number == "零" and (not counted or counted in "，。；、")  # 为零
        value = numeral(number) if alone or (counted and counted in _COUNTED) else None
    elif re.search(r"\d $", folded[: found.start()]) or re.match(r" \d", folded[found.end("number") :]):
        value = None  # only a space separates it from another number: 1 2件 may be one or two
    else:
        figure = parse_figure(number.replace("，", ","))
        value = figure.value if figure else None
    return None if value is None else plain(value * _MAGNITUDES[magnitude])


def numeral(text: str) -> Decimal | None:
    """The value of a number in Chinese numerals (十二, 一百零三, 两千, 二〇), None where the text is not one.

    >>> numeral("一百零三")
    Decimal('103')
    """
    ten_thousands, has_ten_thousands, rest = text.rpartition("万")
    if has_ten_thousands:
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
