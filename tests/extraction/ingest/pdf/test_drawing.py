"""Pages rendered in whole and in part, and a file that is opened again on demand."""

from __future__ import annotations

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from extraction.ingest.files import open_document
from extraction.ingest.pdf.drawing import PdfFile, PdfRaster
from extraction.ingest.pdf.reader import open_pdf, read_pages
from extraction.preprocess.text_layer_check import with_trusted_text
from extraction.settings import IngestSettings, Settings
from models.loaded import Models
from tests.documents import SAMPLES, PdfPage, pdf, picture_at, text_at
from tests.extraction.pages import regions_on

SCAN = Image.effect_noise((150, 200), 60)


def test_a_part_of_the_picture_is_what_the_whole_has_there() -> None:
    content = text_at(40, 300, "12", size=60) + "60 80 120 90 re f " + picture_at(100, 200, 120, 100)
    data = pdf(PdfPage(content, pictures=[SCAN]))
    with open_pdf(data, IngestSettings()) as document:
        (page,) = read_pages(document, IngestSettings())
    assert page.raster is not None
    windows = [(100, 150, 180, 260), (-20, -30, 90, 40), (700, 1000, 900, 1200), (250, 300, 500, 800)]
    parts = [page.raster.part(*window) for window in windows]
    for part, (left, top, right, bottom) in zip(parts, windows, strict=True):
        whole = page.raster.pixels[max(0, top) : bottom, max(0, left) : right]
        assert part.shape == whole.shape
        assert np.abs(part.astype(int) - whole).max() <= 8  # the edges of a drawn image may be smoothed otherwise
    assert page.raster.part(500, 10, 500, 40).size == 0
    assert page.raster.part(2000, 10, 2100, 40).size == 0


def test_a_page_with_all_its_text_is_read_without_drawing_it(models: Models) -> None:
    with open_document(SAMPLES / "hewan-2020" / "report.pdf", IngestSettings()) as document:
        for page in document.pages:
            tables = [r.table for r in regions_on(with_trusted_text(page, models, Settings()), models) if r.table]
            assert page.number == 3 or tables
            assert isinstance(page.raster, PdfRaster)
            assert not page.raster.is_drawn


def test_a_closed_file_is_opened_again_for_a_page() -> None:
    file = PdfFile(pdf(PdfPage(text_at(72, 300, "12")), PdfPage()))
    file.close()
    assert len(file) == 2
    first = file.page(0)
    assert file.page(0) is first
    assert file.page(1) is not first
    file.close()
    with pytest.raises(pdfium.PdfiumError):
        PdfFile(b"no PDF")
