"""What the cell recogniser can say: its characters, and printed text in them."""

from __future__ import annotations

import re
import unicodedata

OTHER = "□"
"""One or more characters that are none of the others: Chinese, brackets, handwriting."""

CHARSET = "0123456789.,-/+%无万元 " + OTHER
"""Class k of the network is character k - 1 here; class 0 is nothing. The space parts what stands far apart."""

_DASHES = re.compile(r"[-‐‑‒–—―─━－−ー一_]+")


def spelled(text: str) -> str:
    """A printed text in the charset: full-width forms as plain ones, any dashes as one -, all else as `OTHER`.

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
    """The network's classes of a spelled text; raises ValueError for a character outside the charset."""
    return [CHARSET.index(c) + 1 for c in text]


def text_of(classes: tuple[int, ...]) -> str:
    """The text of the network's classes."""
    return "".join(CHARSET[c - 1] for c in classes)
