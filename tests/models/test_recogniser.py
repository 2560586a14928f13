"""Both engines read the same drawn digits; PaddleOCR is tried where the extra `paddle` is installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from models.recogniser import ENGINES, Image, Quad, Reading, Recogniser, cut_line

DIGITS = ("447228", "90135", "60", "1187")


@pytest.fixture(scope="module", params=sorted(ENGINES))
def recogniser(request: pytest.FixtureRequest) -> Recogniser:
    if request.param == "paddleocr":
        pytest.importorskip("paddleocr", reason="the extra is not installed: pip install 'gouji[paddle]'")
    return ENGINES[request.param]()


def blank(height: int, width: int) -> Image:
    return np.full((height, width, 3), 255, np.uint8)


Rectangle = tuple[int, int, int, int]  # left, top, right, bottom


def draw(page: Image, text: str, left: int, baseline: int, size: float = 1.5) -> Rectangle:
    """Draws the text and returns the rectangle of its ink."""
    before = page.copy()
    thickness = max(1, round(2 * size))
    cv2.putText(page, text, (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), thickness, cv2.LINE_AA)
    x, y, width, height = cv2.boundingRect((page != before).any(2).astype(np.uint8))
    return x, y, x + width, y + height


def line(text: str) -> Image:
    """A picture of the line with a little paper around it."""
    page = blank(120, 60 * len(text))
    left, top, right, bottom = draw(page, text, 20, 80)
    return page[top - 6 : bottom + 6, left - 6 : right + 6]


def shared(quad: Quad, ink: Rectangle) -> float:
    """Intersection over union of the quad's upright rectangle with the line: ink, and a tenth of its height around."""
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    margin = (ink[3] - ink[1]) / 10
    left, top, right, bottom = ink[0] - margin, ink[1] - margin, ink[2] + margin, ink[3] + margin
    common = max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, bottom) - max(y0, top))
    return float(common / ((x1 - x0) * (y1 - y0) + (right - left) * (bottom - top) - common))


def texts(readings: list[Reading]) -> list[str]:
    return [r.text for r in readings]


def test_reads_the_digits_in_order(recogniser: Recogniser) -> None:
    readings = recogniser.read_lines([line(d) for d in DIGITS])
    assert texts(readings) == list(DIGITS)
    assert all(0.5 < r.score <= 1 for r in readings)


def test_order_does_not_depend_on_width_or_batch(recogniser: Recogniser) -> None:
    wanted = [d for _ in range(5) for d in DIGITS]  # 20 lines, wide and narrow in turn: more than two batches
    assert texts(recogniser.read_lines([line(d) for d in wanted])) == wanted


def test_a_lone_digit(recogniser: Recogniser) -> None:
    assert texts(recogniser.read_lines([line(d) for d in "27"])) == ["2", "7"]


def test_nothing_to_read(recogniser: Recogniser) -> None:
    assert recogniser.read_lines([]) == []


def test_blank_paper_is_a_reading_too(recogniser: Recogniser) -> None:
    assert texts(recogniser.read_lines([blank(48, 96), line("60"), blank(48, 96)])) == ["", "60", ""]


def test_the_same_lines_twice(recogniser: Recogniser) -> None:
    lines = [line(d) for d in DIGITS]
    assert recogniser.read_lines(lines) == recogniser.read_lines(lines)


@dataclass(frozen=True)
class Found:
    page: Image
    drawn: dict[str, Rectangle]
    quads: Sequence[Quad]


@pytest.fixture(scope="module")
def found(recogniser: Recogniser) -> Found:
    """Lines on a page, one below the other, and what an engine finds there."""
    page = blank(800, 900)
    drawn = {text: draw(page, text, 100 + 150 * i, 150 + 150 * i) for i, text in enumerate(DIGITS)}
    return Found(page, drawn, recogniser.find_lines(page))


def test_finds_lines_where_they_are_drawn(recogniser: Recogniser, found: Found) -> None:
    page, drawn, quads = found.page, found.drawn, found.quads
    assert len(quads) == len(DIGITS)
    for text, extent in drawn.items():
        quad = max(quads, key=lambda q: shared(q, extent))
        assert quad.shape == (4, 2)
        assert quad.dtype == np.float32
        assert shared(quad, extent) > 0.5
        assert np.all(quad.min(axis=0) <= extent[:2])  # no digit is cut into
        assert np.all(quad.max(axis=0) >= extent[2:])
        assert texts(recogniser.read_lines([cut_line(page, quad)])) == [text]


def test_corners_run_clockwise_from_the_top_left(found: Found) -> None:
    assert found.quads
    for top_left, top_right, bottom_right, bottom_left in found.quads:
        assert top_left[0] < top_right[0]
        assert bottom_left[0] < bottom_right[0]
        assert top_left[1] < bottom_left[1]
        assert top_right[1] < bottom_right[1]


@pytest.mark.slow
def test_finds_lone_digits_on_a_whole_page(recogniser: Recogniser) -> None:
    """A4 at 200 dpi with digits as in the cells of a form: all lost where an engine shrinks the page to 960 pixels."""
    page = blank(2339, 1654)
    places = [(x, y) for y in range(200, 800, 60) for x in range(150, 1500, 120)]
    drawn = [draw(page, str(i % 10), x, y, size=0.6) for i, (x, y) in enumerate(places)]
    quads = recogniser.find_lines(page)
    for left, top, right, bottom in drawn:
        middle = (left + right) / 2, (top + bottom) / 2
        assert sum(cv2.pointPolygonTest(quad, middle, False) > 0 for quad in quads) == 1
    assert len(quads) == len(drawn)


def test_finds_nothing_on_blank_paper(recogniser: Recogniser) -> None:
    assert recogniser.find_lines(blank(400, 600)) == []


@pytest.mark.parametrize("degrees", [-12, 8])
def test_cuts_a_slanted_line_upright(recogniser: Recogniser, degrees: float) -> None:
    page = blank(500, 700)
    left, top, right, bottom = draw(page, "447228", 250, 260)
    turn = cv2.getRotationMatrix2D((350, 250), degrees, 1)
    slanted = cv2.warpAffine(page, turn, (700, 500), borderValue=(255, 255, 255))
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
    corners += [[-6, -6], [6, -6], [6, 6], [-6, 6]]
    quad = (np.c_[corners, np.ones(4)] @ turn.T).astype(np.float32)
    cut = cut_line(np.asarray(slanted, np.uint8), quad)
    assert cut.shape == (bottom - top + 12, right - left + 12, 3)
    assert texts(recogniser.read_lines([cut])) == ["447228"]


def test_cut_of_an_upright_quad_is_the_crop() -> None:
    page = blank(200, 400)
    draw(page, "60", 100, 120)
    quad = np.array([[90, 70], [200, 70], [200, 130], [90, 130]], np.float32)
    assert np.array_equal(cut_line(page, quad), page[70:130, 90:200])


def test_cut_of_a_flat_quad_is_a_pixel() -> None:
    point = np.zeros((4, 2), np.float32)
    assert cut_line(blank(10, 10), point).shape == (1, 1, 3)
