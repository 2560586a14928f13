"""The similarity of a printed label and a wording of the form, 0 to 1, without regard to numbering and brackets."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from rapidfuzz import fuzz

_ENUMERATOR = re.compile(r"^\W*(?:第?[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)、.:,，。]+\s*")
_BRACKETED = re.compile(r"\([^()]*\)?")
_PUNCTUATION = re.compile(r"[^\w]|_")


@lru_cache(maxsize=8192)
def core(text: str) -> str:
    """The letters and characters of a label without its number: 1. 属于国家秘密 -> 属于国家秘密."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return _PUNCTUATION.sub("", _unnumbered(text) or plain)


@lru_cache(maxsize=8192)
def without_brackets(text: str) -> str:
    """The core of a label without what stands in brackets (instructions, units), if anything is left."""
    return _PUNCTUATION.sub("", _BRACKETED.sub("", _unnumbered(text))) or core(text)


@lru_cache(maxsize=65536)
def similarity(printed: str, wording: str) -> float:
    """Normalised Levenshtein-like ratio of the two labels, with or without their brackets, whichever is higher."""
    return max(_ratio(core(printed), core(wording)), _ratio(without_brackets(printed), without_brackets(wording)))


@lru_cache(maxsize=65536)
def likeness(texts: tuple[str, ...], wordings: tuple[str, ...]) -> float:
    """The highest similarity of one of the texts with one of the wordings."""
    return max(similarity(text, wording) for text in texts for wording in wordings)


def shared(text: str, other: str) -> float:
    """The share of the characters of the text's core that the other's has too, in any order; 0 for an empty core."""
    wanted, found = Counter(core(text)), Counter(core(other))
    return sum((wanted & found).values()) / max(1, wanted.total())


def most_shared(text: str, wordings: tuple[str, ...]) -> float:
    """The highest share of the text's characters that one of the wordings has too."""
    return max(shared(text, wording) for wording in wordings)


def chinese_count(text: str) -> int:
    """How many Chinese characters a text has."""
    return sum("一" <= c <= "鿿" for c in text)


def _unnumbered(text: str) -> str:
    return _ENUMERATOR.sub("", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lstrip("("))


def _ratio(a: str, b: str) -> float:
    return fuzz.ratio(a, b) / 100 if a and b else 0.0
