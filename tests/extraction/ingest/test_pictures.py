"""Each test draws the picture it speaks about and saves it the way the format allows."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from extraction.document import Page
from extraction.errors import DamagedFile, InputError, TooLarge
from extraction.ingest.pictures import open_picture, read_pictures
from extraction.settings import IngestSettings
from tests.documents import encoded
from tests.examples import examples


def read(data: bytes, limits: IngestSettings | None = None) -> list[Page]:
    limits = limits or IngestSettings()
    with open_picture(data, limits) as picture:
        return list(read_pictures(picture, limits))


def paper(width: int = 200, height: int = 300) -> Image.Image:
    """White, with a black square in the top left corner and a grey one in the middle."""
    picture = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 4, height // 4), fill=0)
    draw.rectangle((width // 2, height // 2, width // 2 + 20, height // 2 + 20), fill=128)
    return picture


def at(page: Page, x: float, y: float) -> int:
    """The brightness at a place given in shares of the page."""
    assert page.raster is not None
    height, width = page.raster.pixels.shape[:2]
    return int(page.raster.pixels[int(y * height), int(x * width)].mean())


# ---- kinds of pixels


def on_transparent(mode: str) -> Image.Image:
    """Black ink on nothing: what is transparent is black underneath."""
    picture = Image.new(mode, (200, 300))
    alpha = paper().point(lambda grey: 255 - grey)
    picture.putalpha(alpha)
    return picture


SIXTEEN_BIT = Image.fromarray(np.asarray(paper()).astype(np.uint16) * 257)
KINDS = {
    "grey PNG": encoded(paper(), "PNG"),
    "colour PNG": encoded(paper().convert("RGB"), "PNG"),
    "1 bit PNG": encoded(paper().convert("1", dither=Image.Dither.NONE), "PNG"),
    "16 bit PNG": encoded(SIXTEEN_BIT, "PNG"),
    "palette PNG": encoded(paper().convert("P"), "PNG"),
    "grey PNG with alpha": encoded(on_transparent("LA"), "PNG"),
    "colour PNG with alpha": encoded(on_transparent("RGBA"), "PNG"),
    "palette PNG, white is transparent": encoded(paper().convert("P"), "PNG", transparency=255),
    "grey JPEG": encoded(paper(), "JPEG"),
    "colour JPEG": encoded(paper().convert("RGB"), "JPEG"),
    "CMYK JPEG": encoded(paper().convert("CMYK"), "JPEG"),
    "YCbCr JPEG, progressive": encoded(paper().convert("RGB"), "JPEG", progressive=True),
    "grey TIFF": encoded(paper(), "TIFF"),
    "CMYK TIFF": encoded(paper().convert("CMYK"), "TIFF"),
    "16 bit TIFF": encoded(SIXTEEN_BIT, "TIFF"),
    "fax TIFF": encoded(paper().convert("1", dither=Image.Dither.NONE), "TIFF", compression="group4"),
    "LZW TIFF": encoded(paper(), "TIFF", compression="tiff_lzw"),
    "JPEG TIFF": encoded(paper().convert("RGB"), "TIFF", compression="jpeg"),
    "TIFF with alpha": encoded(on_transparent("RGBA"), "TIFF"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_ink_is_dark_and_paper_white(kind: str) -> None:
    (page,) = read(KINDS[kind])
    assert page.raster is not None
    assert page.raster.pixels.dtype == np.uint8
    assert page.raster.pixels.shape[2] == 3
    assert at(page, 0.1, 0.1) < 30
    assert at(page, 0.9, 0.1) > 230
    if "1 bit" not in kind and "fax" not in kind:
        assert 90 < at(page, 0.54, 0.53) < 165
    assert page.spans == ()


def test_colour_is_blue_green_red() -> None:
    (page,) = read(encoded(Image.new("RGB", (200, 300), (250, 20, 10)), "PNG"))
    assert page.raster is not None
    assert page.raster.pixels[9, 9].tolist() == [10, 20, 250]


def test_pages_of_a_tiff_in_their_order_and_kinds() -> None:
    frames = [paper(), paper().convert("1"), paper(300, 200).convert("RGB")]
    pages = read(encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:]))
    assert [p.number for p in pages] == [1, 2, 3]
    assert [(p.width or 0) < (p.height or 0) for p in pages] == [True, True, False]
    assert all(at(p, 0.1, 0.1) < 30 for p in pages)


def test_the_preview_inside_a_phones_photo_is_no_page() -> None:
    pages = read(encoded(paper(), "MPO", save_all=True, append_images=[paper(40, 60)]))
    assert len(pages) == 1


def test_an_animation_is_its_first_picture() -> None:
    pages = read(encoded(paper(), "PNG", save_all=True, append_images=[Image.new("L", (200, 300))]))
    assert [at(p, 0.9, 0.1) for p in pages] == [255]


# ---- how large a page is


@pytest.mark.parametrize(("kind", "dpi"), [("PNG", 150), ("JPEG", 200), ("TIFF", 300), ("TIFF", 100), ("PNG", 1200)])
def test_the_resolution_of_a_scanner_holds(kind: str, dpi: int) -> None:
    (page,) = read(encoded(paper(), kind, dpi=(dpi, dpi)))
    assert (page.width, page.height) == pytest.approx((200 * 72 / dpi, 300 * 72 / dpi), rel=0.01)
    assert page.raster is not None
    assert page.raster.pixels.shape[0] == pytest.approx(300 * 200 / dpi, abs=1)  # brought to 200 dpi
    corner = page.raster.box_on_page(0, 0, page.raster.pixels.shape[1], page.raster.pixels.shape[0])
    assert corner == pytest.approx((0, 0, page.width, page.height))


def test_a_fax_has_more_dots_across_than_down() -> None:
    (page,) = read(encoded(paper(), "TIFF", dpi=(200, 100)))
    assert (page.width, page.height) == pytest.approx((72, 216), rel=0.01)


@pytest.mark.parametrize("dpi", [(1, 1), (72, 72), (96, 96), (0, 0), (30_000, 30_000), (100, 9999)])
def test_a_resolution_that_no_scanner_has_is_not_believed(dpi: tuple[int, int]) -> None:
    (page,) = read(encoded(paper(), "TIFF", dpi=dpi))
    assert (page.width, page.height) == pytest.approx((841.9 * 2 / 3, 841.9), rel=0.01)  # A4's long side


def test_paper_over_two_feet_long_is_not_believed() -> None:
    (page,) = read(encoded(paper(200, 3000), "PNG", dpi=(100, 100)))
    assert page.height == pytest.approx(841.9, rel=0.01)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright(orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = paper().transpose(turns[orientation]) if orientation in turns else paper()
    exif = Image.Exif()
    exif[0x0112] = orientation
    dpi = (200, 100) if stored.width < stored.height else (100, 200)
    (page,) = read(encoded(stored, "JPEG", exif=exif.tobytes(), dpi=dpi))
    assert (page.width, page.height) == pytest.approx((72, 216), rel=0.01)
    assert at(page, 0.1, 0.1) < 30
    assert at(page, 0.9, 0.1) > 230
    assert at(page, 0.1, 0.9) > 230


# ---- files that cannot be read

NOISE = Image.effect_noise((80, 100), 90)
BROKEN = {
    "PNG": encoded(NOISE, "PNG"),
    "JPEG": encoded(NOISE, "JPEG"),
    "TIFF": encoded(NOISE, "TIFF"),
    "TIFF group4": encoded(NOISE.convert("1"), "TIFF", compression="group4"),
    "TIFF group3": encoded(NOISE.convert("1"), "TIFF", compression="group3"),
    "TIFF lzw": encoded(NOISE, "TIFF", compression="tiff_lzw"),
    "TIFF deflate": encoded(NOISE, "TIFF", compression="tiff_adobe_deflate"),
    "TIFF packbits": encoded(NOISE, "TIFF", compression="packbits"),
    "TIFF jpeg": encoded(NOISE, "TIFF", compression="jpeg"),
    "TIFF pages": encoded(NOISE, "TIFF", save_all=True, append_images=[NOISE, NOISE]),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_picture_that_breaks_off(kind: str, share: float) -> None:
    data = BROKEN[kind]
    with pytest.raises(DamagedFile):
        read(data[: int(share * len(data))])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "TIFF group4", "TIFF lzw", "TIFF pages"])
@settings(max_examples=examples(40), deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=20))
def test_changed_bytes_raise_input_errors_only(kind: str, changes: Sequence[tuple[int, int]]) -> None:
    data = bytearray(BROKEN[kind])
    for place, byte in changes:
        # the beginning and the end, where the headers and directories are
        data[place if place < 1500 else len(data) - 1 - (place - 1500)] = byte
    with suppress(InputError):
        read(bytes(data), IngestSettings(max_page_pixels=1_000_000))


def png_of_size(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(60_000, 1000), (60_000, 60_000), (8000, 8000), (2_000_000_000, 2_000_000_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    # Decoding would say that it breaks off: there is no pixel in it.
    with pytest.raises(TooLarge):
        read(png_of_size(*size))


def test_the_limit_on_pixels_is_a_setting_and_names_the_page() -> None:
    frames = [paper(100, 100), paper(300, 300)]
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert len(read(data, IngestSettings(max_page_pixels=90_000))) == 2
    with pytest.raises(TooLarge, match=r"page 2 is 300 x 300 pixels; ingest.max_page_pixels"):
        read(data, IngestSettings(max_page_pixels=80_000))


def test_more_pages_than_allowed() -> None:
    data = encoded(NOISE, "TIFF", save_all=True, append_images=[NOISE] * 3)
    assert len(read(data, IngestSettings(max_pages=4))) == 4
    with pytest.raises(TooLarge, match=r"4 pages, more than ingest.max_pages = 3"):
        read(data, IngestSettings(max_pages=3))


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1)])
def test_a_thin_picture_does_not_grow_without_bound(size: tuple[int, int]) -> None:
    (page,) = read(encoded(Image.new("L", size, 255), "PNG"))
    assert page.raster is not None
    assert page.raster.pixels.size <= 3 * 2400 * 2400
