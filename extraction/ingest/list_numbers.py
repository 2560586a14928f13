"""Print the numbers of automatic lists, by the names that Word gives to number formats (ECMA-376, ST_NumberFormat)."""

from __future__ import annotations

import re

_DIGITS = "〇一二三四五六七八九"
_ROMAN = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")
_ROMAN_VALUES = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
_SERIES = {
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}


def format_number(number: int, style: str) -> str:
    """The number in a format of Word's; decimal where the format is unknown or does not reach so far."""
    if style == "none":
        return ""
    if style in {"chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand"}:
        return _counting(number)
    if style == "japaneseCounting":  # WPS writes it for 一、二、三
        return re.sub("零|一(?=[十百千])", "", _counting(number))
    if style in {"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"}:
        return _digit_by_digit(number)
    if style in {"upperRoman", "lowerRoman"}:
        return _roman(number) if style == "upperRoman" else _roman(number).lower()
    if style in {"upperLetter", "lowerLetter"} and 0 < number <= 780:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)  # A … Z, AA, BB
        return letter if style == "upperLetter" else letter.lower()
    if style in {"decimalFullWidth", "decimalFullWidth2"}:
        return "".join(chr(ord(d) + 0xFEE0) if d.isdigit() else d for d in str(number))
    if style == "decimalZero":
        return f"{number:02}"
    series = _SERIES.get(style, "")
    return series[number - 1] if 0 < number <= len(series) else str(number)


def _digit_by_digit(number: int) -> str:
    """10 -> 一〇."""
    return "".join(_DIGITS[int(d)] for d in str(number)) if number >= 0 else str(number)


def _counting(number: int) -> str:
    """12 -> 十二, 105 -> 一百零五; digit by digit from 10,000 on, which no list reaches."""
    if not 0 < number < 10_000:
        return _digit_by_digit(number)
    written = ""
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            written += _DIGITS[digit] + unit
        elif written and number % place and not written.endswith("零"):
            written += "零"
    return written.removeprefix("一") if 10 <= number < 20 else written


def _roman(number: int) -> str:
    """4 -> IV; decimal from 4,000 on."""
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for letters, value in zip(_ROMAN, _ROMAN_VALUES, strict=True):
        written += letters * (number // value)
        number %= value
    return written
