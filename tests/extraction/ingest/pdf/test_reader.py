"""Each test writes the PDF it speaks about; places are checked against the ink of the rendered page."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from extraction.document import Page
from extraction.errors import DamagedFile, EncryptedFile, InputError, TooLarge
from extraction.geometry import Box
from extraction.ingest.pdf.reader import open_pdf, read_pages
from extraction.settings import IngestSettings
from tests.documents import PdfPage, pdf, picture_at, sample, text_at
from tests.examples import examples


def read(data: bytes, limits: IngestSettings | None = None) -> list[Page]:
    limits = limits or IngestSettings()
    with open_pdf(data, limits) as document:
        return list(read_pages(document, limits))


def text_of(page: Page) -> str:
    return "".join(s.text for s in page.spans)


def ink_of(page: Page) -> Box:
    """The box in points around everything dark on the picture of the page."""
    assert page.raster is not None
    rows, columns = np.nonzero(page.raster.pixels.min(axis=2) < 128)
    return page.raster.box_on_page(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def box_of(page: Page) -> Box:
    boxes = [s.box for s in page.spans if s.box]
    return Box(
        min(b.left for b in boxes), min(b.top for b in boxes), max(b.right for b in boxes), max(b.bottom for b in boxes)
    )


SCAN = Image.effect_noise((150, 200), 60)


# ---- what is on a page


def test_characters_with_their_boxes_and_a_picture_of_the_page() -> None:
    (page,) = read(pdf(PdfPage(text_at(72, 300, "12 (a) 3".replace("(a)", "x")))))
    assert text_of(page) == "12x3"  # white space has no box worth keeping
    assert (page.number, page.width, page.height) == (1, 300, 400)
    first = page.spans[0]
    assert first.page == 1
    assert first.confidence == 1.0
    assert first.box is not None
    assert first.box.left == pytest.approx(72, abs=1.5)
    assert first.box.top < 100 < first.box.bottom + 3  # baseline at 300 from the bottom of 400
    assert page.raster is not None
    assert page.raster.pixels.shape == (1112, 834, 3)  # 400 and 300 points at 200 dpi, rounded up
    assert page.warnings == ()


def test_the_resolution_is_a_setting() -> None:
    (page,) = read(pdf(PdfPage(text_at(72, 300, "12"))), IngestSettings(digital_dpi=72))
    assert page.raster is not None
    assert page.raster.pixels.shape == (400, 300, 3)
    assert page.raster.scale == pytest.approx(1.0)


BOXES = {
    "plain": "/MediaBox [0 0 300 400]",
    "offset": "/MediaBox [-50 30 250 430]",
    "crop": "/MediaBox [0 0 300 400] /CropBox [60 40 280 390]",
    "crop of an offset": "/MediaBox [-100 -100 400 500] /CropBox [20 50 280 390]",
}


@pytest.mark.parametrize("rotation", [0, 90, 180, 270, 450, -90])
@pytest.mark.parametrize("boxes", BOXES)
def test_boxes_are_where_the_ink_is(boxes: str, rotation: int) -> None:
    keys = f"{BOXES[boxes]} /Rotate {rotation}"
    (page,) = read(pdf(PdfPage(text_at(100, 200, "HHHHHHHHHH", size=20), keys)))
    assert text_of(page) == "HHHHHHHHHH"
    ink, box = ink_of(page), box_of(page)
    along, across = (0, 1) if rotation % 180 == 0 else (1, 0)
    assert (ink[along], ink[along + 2]) == pytest.approx((box[along], box[along + 2]), abs=3)  # the side bearings of H
    assert box[across] - 1 < ink[across] < ink[across + 2] < box[across + 2] + 1  # font height is above capitals'
    assert page.width is not None
    assert page.height is not None
    assert 0 <= box.left < box.right <= page.width
    assert 0 <= box.top < box.bottom <= page.height


def test_every_character_is_where_its_own_ink_is() -> None:
    (page,) = read(
        pdf(
            PdfPage(
                text_at(20, 300, "1", size=30) + text_at(200, 100, "8", size=30), "/MediaBox [0 0 300 400] /Rotate 90"
            )
        )
    )
    assert page.raster is not None
    dark = page.raster.pixels.min(axis=2) < 128
    for span in page.spans:
        assert span.box is not None
        left, top, right, bottom = (round(v / page.raster.scale) for v in span.box)
        assert dark[top:bottom, left:right].any()
        dark[top:bottom, left:right] = False
    assert not dark.any()


# ---- text layers that cannot be used


def test_the_invisible_text_of_a_scanner_is_dropped() -> None:
    content = picture_at(0, 0, 300, 400) + text_at(72, 300, "wrong OCR 17", mode=3)
    (page,) = read(pdf(PdfPage(content, pictures=[SCAN])))
    assert page.spans == ()
    assert page.warnings == ("page 1: its text layer is invisible (a scanner's own OCR); the page was read as a scan",)
    assert page.raster is not None
    assert page.raster.pixels.std() > 10  # the picture itself is there


def test_visible_text_under_a_picture_is_dropped() -> None:
    content = text_at(72, 300, "wrong OCR 17") + picture_at(0, 0, 300, 400)
    (page,) = read(pdf(PdfPage(content, pictures=[SCAN])))
    assert page.spans == ()
    assert "picture with text laid over it" in page.warnings[0]


def test_a_picture_drawn_in_strips_is_a_picture() -> None:
    strips = "".join(picture_at(0, y, 300, 40) for y in range(0, 400, 40))
    (page,) = read(pdf(PdfPage(text_at(72, 300, "wrong OCR 17") + strips, pictures=[SCAN])))
    assert page.spans == ()


@pytest.mark.parametrize("scaled_by", ["the page", "the form"])
def test_a_picture_inside_a_form_is_a_picture(scaled_by: str) -> None:
    inner, outer = ("1 0 0 1 0 0", "300 0 0 400 0 0") if scaled_by == "the page" else ("300 0 0 400 0 0", "1 0 0 1 0 0")
    content = text_at(72, 300, "wrong OCR 17") + f"q {outer} cm /Fm0 Do Q"
    (page,) = read(pdf(PdfPage(content, pictures=[SCAN], forms=[f"q {inner} cm /Im0 Do Q"])))
    assert page.spans == ()


def test_a_small_picture_leaves_the_text() -> None:
    (page,) = read(pdf(PdfPage(text_at(72, 300, "12") + picture_at(200, 20, 60, 60), pictures=[SCAN])))
    assert text_of(page) == "12"


def test_text_that_maps_to_no_character_is_dropped() -> None:
    # A font whose map gives private characters: what it prints is not what the file says.
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
        "1 beginbfrange <20> <7E> <E020> endbfrange endcmap end"
    )
    extra = [f"<</Length {len(cmap)}>>stream\n{cmap}\nendstream"]
    font = "/F2<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 3 0 R>>"
    (page,) = read(pdf(PdfPage(text_at(72, 300, "12345", font="F2"), fonts=font), extra=extra))
    assert page.spans == ()
    assert "garbled" in page.warnings[0]
    assert ink_of(page).left == pytest.approx(72, abs=2)


def test_characters_without_a_place_are_read_from_the_picture() -> None:
    """Damaged matrices overflow: leaving such characters out could leave a digit out of a figure."""
    grown = "q " + "100 0 0 100 0 0 cm\n" * 30 + text_at(72, 300, "12") + "Q\n"
    (page,) = read(pdf(PdfPage(text_at(72, 300, "34") + grown)))
    assert page.spans == ()
    assert "no place" in page.warnings[0]


def test_each_page_of_a_mixed_file_is_taken_by_itself() -> None:
    digital = PdfPage(text_at(72, 300, "12"))
    scanned = PdfPage(picture_at(0, 0, 300, 400), pictures=[SCAN])
    with_ocr = PdfPage(picture_at(0, 0, 300, 400) + text_at(72, 300, "17", mode=3), pictures=[SCAN])
    pages = read(pdf(digital, scanned, with_ocr, digital))
    assert [text_of(p) for p in pages] == ["12", "", "", "12"]
    assert [p.number for p in pages] == [1, 2, 3, 4]
    assert [len(p.warnings) for p in pages] == [0, 0, 1, 0]


# ---- files that cannot be read


def encrypted(user: str) -> bytes:
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf(PdfPage(text_at(72, 300, "12"))))) as document:
        document.save(target, encryption=pikepdf.Encryption(user=user, owner="owner"))
    return target.getvalue()


def test_a_password_is_asked_for() -> None:
    with pytest.raises(EncryptedFile, match="without a password"):
        read(encrypted(user="secret"))


def test_a_file_that_only_forbids_printing_is_read() -> None:
    (page,) = read(encrypted(user=""))
    assert text_of(page) == "12"


def test_no_pages() -> None:
    with suppress(EncryptedFile):
        read(encrypted(user="secret"))  # PDFium remembers this failure
    with pytest.raises(DamagedFile, match="no page"):
        read(pdf())


def test_more_pages_than_allowed() -> None:
    page = PdfPage(text_at(72, 300, "12"))
    assert len(read(pdf(page, page), IngestSettings(max_pages=2))) == 2
    with pytest.raises(TooLarge, match=r"3 pages, more than ingest.max_pages = 2"):
        read(pdf(page, page, page), IngestSettings(max_pages=2))


@pytest.mark.parametrize("size", ["60000 60000", "60000 400"])
def test_a_huge_page_is_refused_before_it_is_drawn(size: str) -> None:
    data = pdf(PdfPage(text_at(72, 300, "12")), PdfPage(keys=f"/MediaBox [0 0 {size}]"))
    with pytest.raises(TooLarge, match="page 2 is 60000 x"):
        read(data)


@pytest.mark.parametrize(
    "keys", ["/MediaBox [0 0 0 0]", "/MediaBox [0 0 300]", "/MediaBox [300 400 0 0]", "/MediaBox [0 0 0.001 0.001]", ""]
)
def test_a_page_without_a_sensible_size_raises_nothing_else(keys: str) -> None:
    with suppress(InputError):
        read(pdf(PdfPage(text_at(72, 300, "12"), keys)))


THREE_PAGES = pdf(*(PdfPage(text_at(72, 300, f"page {n}") + picture_at(0, 0, 50, 50), pictures=[SCAN]) for n in "123"))


@pytest.mark.parametrize("share", [k / 25 for k in range(25)])
def test_a_file_that_breaks_off(share: float) -> None:
    # PDFium may rebuild what is left; then a page says what it said, or is not there.
    data = THREE_PAGES[: int(share * len(THREE_PAGES))]
    try:
        pages = read(data, IngestSettings(digital_dpi=50, scan_dpi=50))
    except DamagedFile:
        return
    assert {text_of(p) for p in pages} <= {"page1", "page2", "page3", ""}


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(THREE_PAGES) - 1), st.integers(0, 255)), min_size=1, max_size=30))
def test_changed_bytes_raise_input_errors_only(changes: Sequence[tuple[int, int]]) -> None:
    data = bytearray(THREE_PAGES)
    for place, byte in changes:
        data[place] = byte
    with suppress(InputError):
        read(bytes(data), IngestSettings(digital_dpi=30, scan_dpi=30))


def test_a_real_report_that_breaks_off() -> None:
    data = sample("moling-2024", "report.pdf")
    whole = [text_of(p) for p in read(data, IngestSettings(digital_dpi=20, scan_dpi=20))]
    for length in range(1000, len(data), len(data) // 20):
        try:
            pages = read(data[:length], IngestSettings(digital_dpi=20, scan_dpi=20))
        except DamagedFile:
            continue
        assert {text_of(p) for p in pages} <= {*whole, ""}
