"""What the measure of figures under coloured ink counts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from annotations.store import read_gold
from eval.overprint import plain_ones
from models.loaded import Models

SAMPLE = Path("annotations/samples/chiyan-2021")


def stamped(source: Path, target: Path) -> Path:
    """A document as a scan with thin red lines over all of it."""
    pages = []
    for page in pdfium.PdfDocument(source):
        picture = np.array(page.render(scale=200 / 72).to_pil().convert("RGB"))
        for x in range(-picture.shape[0], picture.shape[1], 60):
            cv2.line(picture, (x, 0), (x + picture.shape[0], picture.shape[0]), (230, 90, 90), 3)
        pages.append(Image.fromarray(picture))
    pages[0].save(target, save_all=True, append_images=pages[1:], resolution=200)
    return target


def test_plain_figures_under_a_seal_are_counted_and_compared(models: Models, tmp_path: Path) -> None:
    gold = read_gold(SAMPLE / "gold.json")
    path = stamped(SAMPLE / "report.pdf", tmp_path / "stamped.pdf")
    found = list(plain_ones(gold, path, models))
    assert len(found) > 20
    assert all(found)
    fields = tuple(replace(f, value=Decimal(987654321)) for f in gold.report.fields)
    wrong = replace(gold, report=replace(gold.report, fields=fields))
    assert list(plain_ones(wrong, path, models)) == [False] * len(found)
