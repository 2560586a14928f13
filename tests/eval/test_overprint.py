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
from extraction.contents import report_of
from extraction.pipeline import read_document
from extraction.settings import Settings
from models.loaded import Models
from training.pdf import picture_pdf

SAMPLE = Path("annotations/samples/chiyan-2021")


def stamped(source: Path, target: Path) -> Path:
    """A page of a document as a scan with thin red lines over all of it."""
    pages = []
    for number in (1,):
        picture = np.array(pdfium.PdfDocument(source)[number].render(scale=200 / 72).to_pil().convert("RGB"))
        for x in range(-picture.shape[0], picture.shape[1], 400):
            cv2.line(picture, (x, 0), (x + picture.shape[0], picture.shape[0]), (230, 90, 90), 3)
        pages.append(Image.fromarray(picture))
    target.write_bytes(picture_pdf(pages, dpi=200, quality=75))
    return target


def test_plain_figures_under_a_seal_are_counted_and_compared(models: Models, tmp_path: Path) -> None:
    gold = read_gold(SAMPLE / "gold.json").report
    path = stamped(SAMPLE / "report.pdf", tmp_path / "stamped.pdf")
    labelled = report_of(read_document(path, models, Settings()), models, Settings())
    found = plain_ones(gold, labelled)
    assert len(found) > 3
    assert all(found)
    wrong = replace(gold, fields=tuple(replace(f, value=Decimal(987654321)) for f in gold.fields))
    assert plain_ones(wrong, labelled) == [False] * len(found)
