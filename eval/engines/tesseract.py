"""Tesseract (https://github.com/tesseract-ocr/tesseract), simplified Chinese, over the whole page.

With rules in the picture it reads next to nothing of a table: they are erased first, as its users do.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from eval.engines.text import FindText
from extraction.document import Span
from extraction.errors import ModelError
from extraction.geometry import Pixels, Raster
from extraction.preprocess.binarize import grey, ink

_LANGUAGE = "chi_sim"
_BLOCK = "6"  # page segmentation mode: one uniform block of text
_RULE = 36.0  # points; longer strokes are rules, not text
_WORD = "5"  # the level of a word in Tesseract's TSV
_LIMIT = 600  # seconds a page, on a busy machine


def tesseract_text(threads: int = 1) -> FindText:
    """Tesseract as Debian packages it. Raises ModelError where it or its Chinese data is not installed."""
    program = shutil.which("tesseract")
    if program is None or _LANGUAGE not in _run([program, "--list-langs"], threads).split():
        raise ModelError(
            f"tesseract with {_LANGUAGE} is not installed: apt-get install tesseract-ocr tesseract-ocr-chi-sim"
        )

    def find_text(raster: Raster) -> Sequence[Span]:
        picture = without_rules(grey(raster.pixels), raster.scale)
        encoded, png = cv2.imencode(".png", picture)
        assert encoded
        dpi = str(round(72 / raster.scale))
        command = [program, "stdin", "stdout", "-l", _LANGUAGE, "--psm", _BLOCK, "--dpi", dpi, "tsv"]
        return list(_words(_run(command, threads, png.tobytes()), raster))

    return find_text


def without_rules(grey_pixels: Pixels, scale: float) -> Pixels:
    """The picture with long level and upright strokes painted over in the tone of the paper."""
    marks, shortest = ink(grey_pixels, window=51), max(8, round(_RULE / scale))
    rules = np.zeros_like(marks)
    for shape in ((1, shortest), (shortest, 1)):
        rules |= np.asarray(cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones(shape, np.uint8)), np.uint8)
    clean = grey_pixels.copy()
    clean[cv2.dilate(rules, np.ones((5, 5), np.uint8)) > 0] = int(np.median(grey_pixels))
    return clean


def _words(table: str, raster: Raster) -> Iterator[Span]:
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == _WORD and row["text"].strip():
            left, top, width, height = (int(row[side]) for side in ("left", "top", "width", "height"))
            yield Span(row["text"].strip(), box=raster.box_on_page(left, top, left + width, top + height))


def _run(command: Sequence[str], threads: int, given: bytes = b"") -> str:
    environment = {**os.environ, "OMP_THREAD_LIMIT": str(threads)}
    done = subprocess.run(command, input=given, capture_output=True, check=True, timeout=_LIMIT, env=environment)
    return done.stdout.decode("utf-8")
