"""Pages for these tests: a drawn form, real printed pages, and what cameras and scanners do to them."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from extraction.geometry import Box, Pixels, Raster
from tests.drawing import SCALE, Form, characters, draw_form, form, paper, write_mid
from training.synthetic.scan.warp import Curve, Warp, laid

WIDTH, HEIGHT = 1654, 2339
SIZE = (WIDTH * SCALE, HEIGHT * SCALE)
FORM = form((150, 520, 760, 1000, 1240, 1500), range(640, 1960, 66), [(0, 0, 2, 1), (3, 0, 5, 1), (0, 2, 1, 3)])
_SAMPLE = Path(__file__).parents[3] / "annotations" / "samples" / "moling-2024" / "report.pdf"


def form_page(drawn: Form = FORM, *, text: bool = True) -> Pixels:
    """A table with a zero in every cell, and strokes like text above and below."""
    page = paper(WIDTH, HEIGHT)
    draw_form(page, drawn)
    for place in drawn.places:
        write_mid(page, "0", drawn.pixels_of(place))
    if text:
        characters(page, (200, 200, 1450, 560), seed=1)
        characters(page, (200, 2040, 1450, 2200), seed=2)
    return page


def text_page() -> Pixels:
    """A page of text."""
    page = paper(WIDTH, HEIGHT)
    characters(page, (200, 200, 1450, 2100), seed=3)
    return page


@cache
def printed_page(number: int) -> Pixels:
    """A page of a sample report in grey, in real type: 1 is text, 2 has tables."""
    with closing(pypdfium2.PdfDocument(_SAMPLE)) as document:
        shown = np.asarray(document[number - 1].render(scale=1 / SCALE, grayscale=True).to_numpy(), np.uint8)
    return np.ascontiguousarray(shown[..., 0] if shown.ndim == 3 else shown)


def on_sheet(page: Pixels) -> Pixels:
    """The page at the top left of a sheet of the size of these tests."""
    sheet = paper(WIDTH, HEIGHT)
    sheet[: page.shape[0], : page.shape[1]] = page[:HEIGHT, :WIDTH]
    return sheet


def raster(page: Pixels) -> Raster:
    """The page at 200 dpi."""
    return Raster(page, np.array([[SCALE, 0, 0], [0, SCALE, 0]]))


def places_of(drawn: Form) -> list[Box]:
    """The cells of a form in points, between the middles of their rules."""
    return [Box(*(side * SCALE for side in drawn.pixels_of(place))) for place in drawn.places]


def photographed(
    page: Pixels, degrees: float = 0.0, tilt: float = 0.0, curve: Curve = "flat", depth: float = 0.0, seed: int = 0
) -> tuple[Pixels, Warp]:
    """The page turned, its corners drawn in by up to `tilt` points, bent by `depth` points; and where places went."""
    random = np.random.default_rng(seed)
    corners = random.uniform(0.3, 1, (4, 2)) * tilt * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    warp = laid(SIZE, Box(40, 40, SIZE[0] - 40, SIZE[1] - 40), degrees=degrees, tilt=corners, curve=curve, depth=depth)
    sources = warp.sources((HEIGHT, WIDTH), 200) / SCALE - 0.5
    seen = cv2.remap(
        page, sources[..., 0].astype(np.float32), sources[..., 1].astype(np.float32), cv2.INTER_CUBIC, borderValue=[255]
    )
    return np.asarray(seen, np.uint8), warp
