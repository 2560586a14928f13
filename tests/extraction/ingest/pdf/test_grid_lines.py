"""Rules that a PDF draws itself: found without looking at its picture, and only where the file says all."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extraction.document import Page
from extraction.geometry import Box
from extraction.ingest.files import open_document
from extraction.ingest.pdf.grid_lines import drawn_lines
from extraction.ingest.pdf.objects import objects_on
from extraction.preprocess.prepared_page import PageLayers, as_it_lies
from extraction.settings import IngestSettings, TableSettings
from extraction.tables.structure import ruled_grids
from models.loaded import Models
from tests.extraction.pages import regions_on

SAMPLES = Path(__file__).parents[4] / "annotations" / "samples"
TO_TOP_LEFT = pypdfium2.PdfMatrix(1, 0, 0, -1, 0, 400)


def canvas() -> tuple[Canvas, io.BytesIO]:
    out = io.BytesIO()
    return Canvas(out, pagesize=(300, 400)), out


def drawn(page: Canvas, out: io.BytesIO) -> tuple[Box, ...] | None:
    page.showPage()
    page.save()
    document = pypdfium2.PdfDocument(out.getvalue())
    with closing(document), closing(document[0]) as loaded:
        return drawn_lines(objects_on(loaded, TO_TOP_LEFT))


def runs(rules: tuple[Box, ...] | None, x: float, y: float) -> bool:
    """Whether a rule runs at (x, y) points from the top left."""
    assert rules is not None
    return any(rule.grown(0.4).holds((x, y)) for rule in rules)


def test_lines_frames_and_thin_bands_are_rules() -> None:
    page, out = canvas()
    page.line(50, 350, 200, 350)
    page.rect(50, 200, 100, 80)
    page.rect(50, 100, 150, 0.6, stroke=0, fill=1)
    rules = drawn(page, out)
    assert runs(rules, 120, 50)
    assert all(runs(rules, x, y) for x, y in ((50, 160), (150, 160), (100, 120), (100, 200)))
    assert not runs(rules, 100, 160)
    assert runs(rules, 120, 299.7)


def test_what_does_not_show_or_is_a_band_is_no_rule() -> None:
    page, out = canvas()
    page.setStrokeColorRGB(1, 1, 1)
    page.line(50, 350, 200, 350)
    page.setFillColorRGB(0.8, 0.9, 1)
    page.rect(50, 200, 100, 80, stroke=0, fill=1)
    rules = drawn(page, out)
    assert rules == ()


def test_slanted_and_curved_strokes_are_no_rules() -> None:
    page, out = canvas()
    page.line(50, 350, 200, 300)
    page.circle(150, 200, 60)
    rules = drawn(page, out)
    assert rules == ()


def test_a_page_with_a_picture_is_looked_at() -> None:
    page, out = canvas()
    page.drawImage(ImageReader(Image.new("L", (50, 50))), 50, 50, 100, 100)
    assert drawn(page, out) is None


@pytest.mark.parametrize("within", ["forms", "a turned form"])
def test_rules_in_forms_are_where_the_form_is(within: str) -> None:
    page, out = canvas()
    page.beginForm("inner")
    page.line(0, 0, 100, 0)
    page.endForm()
    page.beginForm("outer")
    page.translate(10, 0)
    page.doForm("inner")
    page.endForm()
    page.translate(40, 350)
    if within == "a turned form":
        page.rotate(-90)
    page.doForm("outer")
    rules = drawn(page, out)
    middle, end = ((100, 50), (150, 50)) if within == "forms" else ((40, 110), (40, 160))
    assert runs(rules, *middle)
    assert runs(rules, *end)
    assert rules is not None
    assert len(rules) == 1


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    with open_document(SAMPLES / "hewan-2020" / "report.pdf", IngestSettings()) as document:
        return list(document.pages)


def test_drawn_and_seen_rules_make_the_same_cells(pages: list[Page]) -> None:
    for page in pages:
        drawn = as_it_lies(page)
        assert drawn.rules is not None
        ours, theirs = (ruled_grids(PageLayers(p, None), TableSettings()) for p in (drawn, replace(drawn, rules=None)))
        assert [len(grid.cells) for grid in ours] == [len(grid.cells) for grid in theirs]
        for a, b in zip(ours, theirs, strict=True):
            for one, other in zip(a.cells, b.cells, strict=True):
                assert (one.row, one.column, one.row_span, one.column_span) == (
                    other.row,
                    other.column,
                    other.row_span,
                    other.column_span,
                )
                assert (one.left, one.top, one.right, one.bottom) == pytest.approx(
                    (other.left, other.top, other.right, other.bottom), abs=8
                )


def test_pages_explained_by_rules_and_text_need_no_layout_network(pages: list[Page]) -> None:
    class Refusing(Models):
        @property
        def layout(self) -> None:  # type: ignore[override]
            raise AssertionError("the layout network was asked")

    tables = [region.table for page in pages for region in regions_on(page, Refusing()) if region.table]
    assert len(tables) >= 3
