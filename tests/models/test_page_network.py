"""The layout network that is shipped, on drawn pages of a report: a title, headings, text, a ruled table, a number."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest

from extraction.geometry import Box
from models.loaded import Models
from models.page_network import NAME, Block, PageNetwork
from models.recogniser import Image
from models.weights import weights

FONT = cv2.FontFace("uni")
TABLE = Box(160, 700, 1080, 1260)
TITLE = Box(300, 155, 960, 203)
HEADINGS = (Box(210, 500, 402, 533), Box(210, 1320, 402, 1353))
NUMBER = Box(600, 1650, 660, 1675)
SEAL = Box(760, 1380, 980, 1600)
SENTENCE = "本机关认真贯彻落实政府信息公开条例主动公开各类信息二百余条办理公众申请三十四件均在规定期限内答复"


@pytest.fixture(scope="module")
def model() -> PageNetwork:
    return PageNetwork(threads=1)


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
    left, top, right, bottom = map(int, TABLE)
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


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    common = one.overlap(other)
    return common / (one.area + other.area - common)


def of_type(blocks: list[Block], *types: str) -> list[Box]:
    return [Box(*b.coordinates) for b in blocks if b.type in types]


def test_finds_the_table(model: PageNetwork, page: Image) -> None:
    blocks = model.detect(page)
    (table,) = of_type(blocks, "table")
    assert overlap(table, TABLE) > 0.8
    assert all(0.5 <= b.score <= 1 for b in blocks)


def test_finds_what_is_printed_around_it(model: PageNetwork, page: Image) -> None:
    blocks = model.detect(page)
    (title,) = of_type(blocks, "title")
    assert overlap(title, TITLE) > 0.5
    headings = of_type(blocks, "heading")
    assert all(any(overlap(found, there) > 0.5 for found in headings) for there in HEADINGS)
    (number,) = of_type(blocks, "footer")
    assert number.top < NUMBER.middle[1] < number.bottom
    assert len(of_type(blocks, "text")) >= 3


def test_blocks_run_down_the_page_and_lie_on_it(model: PageNetwork, page: Image) -> None:
    boxes = [b.coordinates for b in model.detect(page)]
    assert boxes == sorted(boxes, key=lambda box: box[1])
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= page.shape[1]
        assert 0 <= top < bottom <= page.shape[0]


def test_no_two_blocks_are_one_thing(model: PageNetwork, page: Image) -> None:
    boxes = [Box(*b.coordinates) for b in model.detect(page) if b.type != "stamp"]
    for k, one in enumerate(boxes):
        for other in boxes[:k]:
            assert one.overlap(other) < 0.7 * min(one.area, other.area)


def test_a_seal_is_told_beside_what_it_lies_on(model: PageNetwork, page: Image) -> None:
    sealed = page.copy()
    middle = round(SEAL.middle[0]), round(SEAL.middle[1])
    cv2.circle(sealed, middle, 106, (50, 40, 200), 6, cv2.LINE_AA)
    cv2.putText(sealed, "青禾县人民政府", (middle[0] - 80, middle[1] - 40), (50, 40, 200), FONT, 24, 400)
    cv2.putText(sealed, "★", (middle[0] - 30, middle[1] + 30), (50, 40, 200), FONT, 60, 400)
    (seal,) = of_type(model.detect(sealed), "stamp")
    assert overlap(seal, SEAL) > 0.6
    assert not of_type(model.detect(page), "stamp")


def test_a_grey_page_of_another_size(model: PageNetwork, page: Image) -> None:
    large = cv2.resize(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), None, fx=1.5, fy=1.5)
    (table,) = of_type(model.detect(np.asarray(large, np.uint8)), "table")
    assert overlap(Box(*(side / 1.5 for side in table)), TABLE) > 0.8


def test_a_blank_page_has_nothing(model: PageNetwork) -> None:
    assert list(model.detect(blank_page())) == []
    assert list(model.detect(blank_page() // 2)) == []


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_table_is_a_table_however_the_page_lies(model: PageNetwork, page: Image, quarters: int) -> None:
    turned = np.ascontiguousarray(np.rot90(page, quarters))
    marked = np.zeros(page.shape[:2], np.uint8)
    marked[int(TABLE.top) : int(TABLE.bottom), int(TABLE.left) : int(TABLE.right)] = 1
    left, top, width, height = cv2.boundingRect(np.ascontiguousarray(np.rot90(marked, quarters)))
    tables = of_type(model.detect(turned), "table")
    assert any(overlap(t, Box(left, top, left + width, top + height)) > 0.7 for t in tables)


@pytest.mark.parametrize("shape", [(600, 900), (40, 3000), (3, 5), (1, 1)])
def test_pictures_that_are_no_pages(model: PageNetwork, shape: tuple[int, int]) -> None:
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


def test_pages_are_shown_to_it_unless_the_settings_say_no() -> None:
    assert isinstance(Models(threads=1).layout, PageNetwork)
    assert Models(threads=1, layout=False).layout is None


def test_conversions_start_without_pandas_and_arrow() -> None:
    """They take as long to load as all else together."""
    heavy = "{'pandas', 'scipy', 'layoutparser', 'pyarrow', 'torch'}"
    told = f"import sys, extraction.bulk.convert, models.page_network; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
