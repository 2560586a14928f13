"""The layout network that is shipped, on drawn pages of a report: a title, headings, text, a ruled table, a number."""

from __future__ import annotations

import subprocess
import sys

import cv2
import layoutparser as lp
import numpy as np
import pytest

from models.layout import shared
from models.loaded import Models
from models.page_layout import ReportLayoutModel
from models.page_network import NAME
from models.recogniser import Image
from models.weights import weights

FONT = cv2.FontFace("uni")
TABLE = lp.Rectangle(160, 700, 1080, 1260)
TITLE = lp.Rectangle(300, 155, 960, 203)
HEADINGS = (lp.Rectangle(210, 500, 402, 533), lp.Rectangle(210, 1320, 402, 1353))
NUMBER = lp.Rectangle(600, 1650, 660, 1675)
SEAL = lp.Rectangle(760, 1380, 980, 1600)
SENTENCE = "本机关认真贯彻落实政府信息公开条例主动公开各类信息二百余条办理公众申请三十四件均在规定期限内答复"


@pytest.fixture(scope="module")
def model() -> ReportLayoutModel:
    return ReportLayoutModel(threads=1)


def blank_page() -> Image:
    return np.full((1754, 1240, 3), 255, np.uint8)  # A4 at 150 dpi


def write(page: Image, text: str, x: int, baseline: int, size: int = 24, weight: int = 400) -> None:
    cv2.putText(page, text, (x, baseline), (0, 0, 0), FONT, size, weight)


@pytest.fixture(scope="module")
def page() -> Image:
    drawn = blank_page()
    write(drawn, "二〇二四年政府信息公开年度报告", 300, 195, 42, 700)
    write(drawn, "一、总体情况", 210, 527, 30, 800)
    write(drawn, "二、存在问题", 210, 1347, 30, 800)
    for top, lines in ((260, 4), (560, 3), (1380, 4)):
        for line in range(lines):
            write(drawn, SENTENCE[: 32 if line else 30], 160 if line else 210, top + 24 + 42 * line, 28)
    left, top, right, bottom = map(int, TABLE.coordinates)
    for y in np.linspace(top, bottom, 11).astype(int):
        cv2.line(drawn, (left, y), (right, y), (0, 0, 0), 2)
    for x in np.linspace(left, right, 7).astype(int):
        cv2.line(drawn, (x, top), (x, bottom), (0, 0, 0), 2)
    for row in range(10):
        write(drawn, "予以公开", left + 20, top + 38 + 56 * row, 22)
        for column in range(1, 6):
            write(drawn, str(17 * row * column % 90), left + 60 + 153 * column, top + 38 + 56 * row, 22)
    write(drawn, "- 3 -", 600, 1672, 24)
    return drawn


def overlap(one: lp.Rectangle, other: lp.Rectangle) -> float:
    """Intersection over union."""
    width = min(one.x_2, other.x_2) - max(one.x_1, other.x_1)
    height = min(one.y_2, other.y_2) - max(one.y_1, other.y_1)
    common = max(0.0, float(width)) * max(0.0, float(height))
    return common / float(one.area + other.area - common)


def of_type(layout: lp.Layout, *types: str) -> list[lp.Rectangle]:
    return [b.block for b in layout if b.type in types]


def test_finds_the_table(model: ReportLayoutModel, page: Image) -> None:
    layout = model.detect(page)
    assert isinstance(layout, lp.Layout)
    (table,) = of_type(layout, "table")
    assert overlap(table, TABLE) > 0.8
    assert all(0.5 <= b.score <= 1 for b in layout)


def test_finds_what_is_printed_around_it(model: ReportLayoutModel, page: Image) -> None:
    layout = model.detect(page)
    (title,) = of_type(layout, "title")
    assert overlap(title, TITLE) > 0.5
    headings = of_type(layout, "heading")
    assert all(any(overlap(found, there) > 0.5 for found in headings) for there in HEADINGS)
    (number,) = of_type(layout, "footer")
    assert number.y_1 < NUMBER.center[1] < number.y_2
    assert len(of_type(layout, "text")) >= 3


def test_blocks_run_down_the_page_and_lie_on_it(model: ReportLayoutModel, page: Image) -> None:
    boxes = [b.coordinates for b in model.detect(page)]
    assert boxes == sorted(boxes, key=lambda box: box[1])
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= page.shape[1]
        assert 0 <= top < bottom <= page.shape[0]


def test_no_two_blocks_are_one_thing(model: ReportLayoutModel, page: Image) -> None:
    blocks = [b for b in model.detect(page) if b.type != "stamp"]
    for k, one in enumerate(blocks):
        for other in blocks[:k]:
            assert shared(one, other) < 0.7


def test_a_seal_is_told_beside_what_it_lies_on(model: ReportLayoutModel, page: Image) -> None:
    sealed = page.copy()
    middle = round(SEAL.center[0]), round(SEAL.center[1])
    cv2.circle(sealed, middle, 106, (50, 40, 200), 6, cv2.LINE_AA)
    cv2.putText(sealed, "青禾县人民政府", (middle[0] - 80, middle[1] - 40), (50, 40, 200), FONT, 24, 400)
    cv2.putText(sealed, "★", (middle[0] - 30, middle[1] + 30), (50, 40, 200), FONT, 60, 400)
    (seal,) = of_type(model.detect(sealed), "stamp")
    assert overlap(seal, SEAL) > 0.6
    assert not of_type(model.detect(page), "stamp")


def test_a_grey_page_of_another_size(model: ReportLayoutModel, page: Image) -> None:
    large = cv2.resize(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), None, fx=1.5, fy=1.5)
    (table,) = of_type(model.detect(np.asarray(large, np.uint8)), "table")
    assert overlap(table.scale((1 / 1.5, 1 / 1.5)), TABLE) > 0.8


def test_a_blank_page_has_nothing(model: ReportLayoutModel) -> None:
    assert list(model.detect(blank_page())) == []
    assert list(model.detect(blank_page() // 2)) == []


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_table_is_a_table_however_the_page_lies(model: ReportLayoutModel, page: Image, quarters: int) -> None:
    turned = np.ascontiguousarray(np.rot90(page, quarters))
    marked = np.zeros(page.shape[:2], np.uint8)
    marked[int(TABLE.y_1) : int(TABLE.y_2), int(TABLE.x_1) : int(TABLE.x_2)] = 1
    left, top, width, height = cv2.boundingRect(np.ascontiguousarray(np.rot90(marked, quarters)))
    tables = of_type(model.detect(turned), "table")
    assert any(overlap(t, lp.Rectangle(left, top, left + width, top + height)) > 0.7 for t in tables)


@pytest.mark.parametrize("shape", [(600, 900), (40, 3000), (3, 5), (1, 1)])
def test_pictures_that_are_no_pages(model: ReportLayoutModel, shape: tuple[int, int]) -> None:
    """A photograph, a strip, a few pixels: whatever is found lies on the picture."""
    coarse = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)
    photo = np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)
    for block in model.detect(photo):
        left, top, right, bottom = block.coordinates
        assert 0 <= left <= right <= shape[1]
        assert 0 <= top <= bottom <= shape[0]


def test_the_card_says_what_the_network_is() -> None:
    card = weights(NAME).card()
    assert card["classes"][0] == "none"
    assert {"title", "heading", "text", "table", "furniture", "stamp"} <= set(card["classes"])
    assert weights(NAME).path().stat().st_size < 3_000_000


def test_conversions_start_without_layoutparser_and_pandas() -> None:
    """They take as long to load as all else together: only pages that need the layout network wait for them."""
    told = (
        "import sys, extraction.bulk.convert; print(sorted({'pandas', 'layoutparser', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_scans_are_shown_to_the_network_through_layoutparser() -> None:
    layout = Models(threads=1).layout
    assert isinstance(layout, ReportLayoutModel)
    assert isinstance(layout.detect(np.full((400, 300, 3), 255, np.uint8)), lp.Layout)
