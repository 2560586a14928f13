"""Layout networks as LayoutParser models, on a drawn page: a heading, two paragraphs, a ruled table between them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

lp = pytest.importorskip("layoutparser", reason="needs LayoutParser: pip install 'gouji[train]'")

from models.page_network import PageNetwork  # noqa: E402
from models.recogniser import Image  # noqa: E402
from training.layout.layoutparser_models import CdlaLayoutModel, ReportLayoutModel, shared  # noqa: E402

TABLE = lp.Rectangle(150, 620, 1100, 1100)


@pytest.fixture(scope="module")
def model() -> CdlaLayoutModel:
    return CdlaLayoutModel()


def blank_page() -> Image:
    return np.full((1754, 1240, 3), 255, np.uint8)  # A4 at 150 dpi


@pytest.fixture(scope="module")
def page() -> Image:
    drawn = blank_page()

    def write(text: str, x: int, y: int, size: float = 0.8, weight: int = 2) -> None:
        cv2.putText(drawn, text, (x, y), cv2.FONT_HERSHEY_COMPLEX, size, (0, 0, 0), weight, cv2.LINE_AA)

    write("Annual report 2024", 350, 180, 1.6, 3)
    for y in [*range(300, 560, 40), *range(1200, 1480, 40)]:
        write("Requests for information were answered in the time that the law sets", 150, y)
    left, top, right, bottom = map(int, TABLE.coordinates)
    for y in np.linspace(top, bottom, 9).astype(int):
        cv2.line(drawn, (left, y), (right, y), (0, 0, 0), 2)
    for x in np.linspace(left, right, 6).astype(int):
        cv2.line(drawn, (x, top), (x, bottom), (0, 0, 0), 2)
    for row in range(8):
        for column in range(5):
            write(str(17 + 31 * row * column), left + 60 + 190 * column, top + 40 + 60 * row)
    return drawn


def overlap(one: lp.Rectangle, other: lp.Rectangle) -> float:
    """Intersection over union."""
    width = min(one.x_2, other.x_2) - max(one.x_1, other.x_1)
    height = min(one.y_2, other.y_2) - max(one.y_1, other.y_1)
    common = max(0.0, float(width)) * max(0.0, float(height))
    return common / float(one.area + other.area - common)


def test_finds_the_table(model: CdlaLayoutModel, page: Image) -> None:
    layout = model.detect(page)
    assert isinstance(layout, lp.Layout)
    (table,) = [b for b in layout if b.type == "table"]
    assert overlap(table.block, TABLE) > 0.8
    assert 0.5 < table.score <= 1


def test_finds_text_above_and_below(model: CdlaLayoutModel, page: Image) -> None:
    middles = [b.block.center[1] for b in model.detect(page) if b.type == "text"]
    assert any(y < TABLE.y_1 for y in middles)
    assert any(y > TABLE.y_2 for y in middles)


def test_blocks_run_down_the_page_and_lie_on_it(model: CdlaLayoutModel, page: Image) -> None:
    boxes = [b.coordinates for b in model.detect(page)]
    assert boxes == sorted(boxes, key=lambda box: box[1])
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= page.shape[1]
        assert 0 <= top < bottom <= page.shape[0]


def test_grey_colour_and_pillow_are_one_page(model: CdlaLayoutModel, page: Image) -> None:
    wanted = model.detect(page)
    rgb = cv2.cvtColor(page, cv2.COLOR_BGR2RGB)
    for same in (
        cv2.cvtColor(page, cv2.COLOR_BGR2GRAY),
        PillowImage.fromarray(rgb),
        PillowImage.fromarray(rgb).convert("L"),
        PillowImage.fromarray(rgb).convert("RGBA"),
    ):
        found = model.detect(same)
        assert [b.type for b in found] == [b.type for b in wanted]
        assert np.allclose([b.coordinates for b in found], [b.coordinates for b in wanted], atol=2)
        assert np.allclose([b.score for b in found], [b.score for b in wanted], atol=0.02)


def test_colours_keep_their_places(model: CdlaLayoutModel) -> None:
    """A red picture is red to the network whether it comes as BGR array or as Pillow image."""
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 2] = 255
    image = PillowImage.new("RGB", (4, 4), (255, 0, 0))
    assert np.array_equal(model.image_loader(image), red)
    assert np.array_equal(model.image_loader(red), red)
    assert np.array_equal(model.image_loader(image.quantize()), red)


def test_black_and_white_scan(model: CdlaLayoutModel) -> None:
    assert np.array_equal(model.image_loader(PillowImage.new("1", (4, 4), 1)), np.full((4, 4, 3), 255, np.uint8))


def test_blank_page(model: CdlaLayoutModel) -> None:
    assert list(model.detect(blank_page())) == []


def test_a_bar_for_the_score(page: Image) -> None:
    assert list(CdlaLayoutModel(min_score=1.0).detect(page)) == []


def test_blocks_apart_share_nothing() -> None:
    one, inside, apart = (lp.TextBlock(lp.Rectangle(*box)) for box in ((0, 0, 10, 10), (5, 5, 8, 8), (20, 30, 40, 50)))
    assert shared(one, inside) == shared(inside, one) == 1
    assert shared(one, apart) == shared(apart, one) == 0


def test_our_network_says_the_same_through_layoutparser(page: Image) -> None:
    layout = ReportLayoutModel(threads=1).detect(PillowImage.fromarray(cv2.cvtColor(page, cv2.COLOR_BGR2RGB)))
    assert isinstance(layout, lp.Layout)
    seen = [(b.type, b.coordinates, b.score) for b in layout]
    assert seen == [(b.type, b.coordinates, b.score) for b in PageNetwork(threads=1).detect(page)]
    assert any(kind == "table" for kind, _, _ in seen)
