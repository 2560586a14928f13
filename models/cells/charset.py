"""Characters that the cell recogniser can output, and the conversion of printed text to them."""

from __future__ import annotations

import re
import unicodedata

OTHER = "□"
"""One or more characters outside the charset: Chinese characters, brackets, handwriting."""

CHARSET = "0123456789.,-/+%无万元 " + OTHER
"""Class k of the network is character k - 1 here; class 0 is the CTC blank. The space separates groups that stand
far apart."""

_DASHES = re.compile(r"[-‐‑‒–—―─━－−ー一_]+")


def spelled(text: str) -> str:
    """Return printed text in the charset: full-width forms as half-width, any dash as "-", all else as `OTHER`.

    >>> spelled("１，２３４")
    '1,234'
    >>> spelled("22（其中修订16件）")
    '22□16□'
    """
    plain = unicodedata.normalize("NFKC", _DASHES.sub("-", text)).replace("\\", "/")
    plain = re.sub(r"\s+", " ", plain).strip()
    known = "".join(c if c in CHARSET else OTHER for c in plain)
    return re.sub(rf" ?{OTHER}(?:[-.,/ ]*{OTHER})* ?", OTHER, known)


def classes_of(text: str) -> list[int]:
    """Return the network's classes of a text in the charset. Raises ValueError for a character outside it."""
    return [CHARSET.index(c) + 1 for c in text]


def text_of(classes: tuple[int, ...]) -> str:
    """Return the text of network classes, the inverse of `classes_of`."""
    return "".join(CHARSET[c - 1] for c in classes)
