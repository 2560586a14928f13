"""The fonts of the generator, by split, and where they are installed.

No family of one split is in another, nor are two splits' families cuts of one design: Noto's, LXGW's, Arphic's and
WenQuanYi's Micro Hei train, the Taiwanese standard fonts and Zen Hei are dev, Fandol's are test. All of them are free
and come as Debian packages. Needs fontconfig's `fc-match`.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

Split = Literal["train", "dev", "test"]

PACKAGES: Mapping[str, str] = {
    "Noto Serif CJK SC": "fonts-noto-cjk",
    "Noto Sans CJK SC": "fonts-noto-cjk",
    "LXGW WenKai": "fonts-lxgw-wenkai",
    "AR PL UMing CN": "fonts-arphic-uming",
    "AR PL UKai CN": "fonts-arphic-ukai",
    "AR PL SungtiL GB": "fonts-arphic-gbsn00lp",
    "AR PL KaitiM GB": "fonts-arphic-gkai00mp",
    "WenQuanYi Micro Hei": "fonts-wqy-microhei",
    "Liberation Serif": "fonts-liberation",
    "Liberation Sans": "fonts-liberation",
    "Carlito": "fonts-crosextra-carlito",
    "TW-Sung": "fonts-cns11643-sung",
    "TW-Kai": "fonts-cns11643-kai",
    "WenQuanYi Zen Hei": "fonts-wqy-zenhei",
    "DejaVu Sans": "fonts-dejavu-core",
    "DejaVu Serif": "fonts-dejavu-core",
    "FandolSong": "texlive-lang-chinese",
    "FandolFang R": "texlive-lang-chinese",
    "FandolKai": "texlive-lang-chinese",
    "FandolHei": "texlive-lang-chinese",
    "TeX Gyre Termes": "fonts-texgyre",
    "TeX Gyre Heros": "fonts-texgyre",
    "TeX Gyre Pagella": "fonts-texgyre",
}
"""Font family -> the Debian package that brings it; all by `apt-get install --no-install-recommends`."""

_FOLDERS = ("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",)
"""Folders with fonts of these packages that fontconfig does not look into by itself."""


@dataclass(frozen=True, slots=True)
class FontStock:
    """The font families of a split: running text and tables, headings, and the figures within either."""

    text: tuple[str, ...]
    heading: tuple[str, ...]
    digits: tuple[str, ...]

    @property
    def families(self) -> tuple[str, ...]:
        """Each family once."""
        return tuple(dict.fromkeys((*self.text, *self.heading, *self.digits)))


FONTS: Mapping[Split, FontStock] = {
    "train": FontStock(
        text=(
            "Noto Serif CJK SC",
            "AR PL UMing CN",
            "AR PL SungtiL GB",
            "LXGW WenKai",
            "AR PL UKai CN",
            "AR PL KaitiM GB",
            "Noto Sans CJK SC",
            "WenQuanYi Micro Hei",
        ),
        heading=("Noto Sans CJK SC", "WenQuanYi Micro Hei", "Noto Serif CJK SC", "AR PL UKai CN"),
        digits=("Liberation Serif", "Liberation Sans", "Carlito", "Noto Serif CJK SC", "AR PL UMing CN", "LXGW WenKai"),
    ),
    "dev": FontStock(
        text=("TW-Sung", "TW-Kai", "WenQuanYi Zen Hei"),
        heading=("WenQuanYi Zen Hei", "TW-Kai"),
        digits=("DejaVu Serif", "DejaVu Sans", "TW-Sung", "WenQuanYi Zen Hei"),
    ),
    "test": FontStock(
        text=("FandolSong", "FandolFang R", "FandolKai", "FandolHei"),
        heading=("FandolHei", "FandolSong", "FandolKai"),
        digits=("TeX Gyre Termes", "TeX Gyre Heros", "TeX Gyre Pagella", "FandolSong", "FandolHei"),
    ),
}


class FontFile(NamedTuple):
    """A font file; `number` is the font's index in a collection (.ttc), else 0."""

    path: str
    number: int


def missing_fonts(split: Split) -> list[tuple[str, str]]:
    """Return (family, Debian package) of each of the split's fonts that is not installed."""
    return [(family, PACKAGES[family]) for family in FONTS[split].families if _found(family) is None]


def font_file(family: str) -> FontFile:
    """Return the file of the family's regular face. Raises FileNotFoundError where it is not installed."""
    found = _found(family)
    if found is None:
        hint = f" (Debian: {PACKAGES[family]})" if family in PACKAGES else ""
        raise FileNotFoundError(f"the font {family!r} is not installed{hint}")
    return found


def font_environment() -> dict[str, str]:
    """Return the environment in which every program that asks fontconfig finds every font of `PACKAGES`."""
    return {**os.environ, "FONTCONFIG_FILE": str(_configuration().name)}


@cache
def _found(family: str) -> FontFile | None:
    asked = ["fc-match", "-f", "%{family}|%{file}|%{index}", f"{_escaped(family)}:regular:style=Regular"]
    try:
        answer = subprocess.run(asked, check=True, capture_output=True, text=True, env=font_environment()).stdout
    except FileNotFoundError:
        return None  # no fontconfig, so no fonts that it knows
    families, path, number = answer.split("|")
    known = families.replace("\\", "").split(",")
    return FontFile(path, int(number) & 0xFFFF) if family in known else None


def _escaped(family: str) -> str:
    """In a fontconfig pattern a hyphen starts the size."""
    return family.replace("-", "\\-")


@cache
def _configuration() -> tempfile._TemporaryFileWrapper[str]:
    """Return the system's fontconfig with `_FOLDERS`; the file lives as long as the process."""
    folders = "".join(f"<dir>{folder}</dir>" for folder in _FOLDERS if Path(folder).is_dir())
    file = tempfile.NamedTemporaryFile("w", prefix="fonts-", suffix=".conf", encoding="utf-8")  # noqa: SIM115
    file.write(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>{folders}</fontconfig>'
    )
    file.flush()
    return file
