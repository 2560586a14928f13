"""What tests need of the system beside Python's packages: programs and fonts, each with the Debian package it is in.

A test that lacks one is skipped, and says how to get it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable

import pytest

from training.synthetic.fonts import FONTS, Split, missing_fonts

PROGRAMS = {
    "chromium": "chromium",
    "soffice": "libreoffice-writer-nogui",
    "systemd-analyze": "systemd",
    "tesseract": "tesseract-ocr tesseract-ocr-chi-sim",
}
"""A program that tests start -> the Debian packages that bring it."""


def lacking(*, programs: Iterable[str] = (), fonts: Iterable[Split] = ()) -> str:
    """Why a test cannot run here: the packages that it lacks and how to get them; empty where it can."""
    packages = [PROGRAMS[program] for program in programs if shutil.which(program) is None]
    packages += [package for split in fonts for _, package in missing_fonts(split)]
    return how_to_get(*dict.fromkeys(packages)) if packages else ""


def how_to_get(*packages: str) -> str:
    """What to run for these Debian packages."""
    return f"needs `make system` as root, or apt-get install {' '.join(packages)}"


def needs(*, programs: Iterable[str] = (), fonts: Iterable[Split] = ()) -> pytest.MarkDecorator:
    """A mark that skips the test where one of them is not installed."""
    reason = lacking(programs=programs, fonts=fonts)
    return pytest.mark.skipif(bool(reason), reason=reason)


def skip_without(*, programs: Iterable[str] = (), fonts: Iterable[Split] = ()) -> None:
    """Skip the test that calls it, or that takes the fixture which does, where one of them is not installed."""
    if reason := lacking(programs=programs, fonts=fonts):
        pytest.skip(reason)


ALL_FONTS: tuple[Split, ...] = tuple(FONTS)
