"""What more looks at unsure cells are worth, on drawn cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.cells.crop import Window
from models.cells.reader import CellReader
from tests.system import needs
from training.digits.drawing import DIGIT_HEIGHT, draw
from training.digits.pages import PageCell
from training.digits.views import TRIED, worth

pytestmark = needs(fonts=["train"])  # figures are drawn with them


def cells(noise: float, count: int = 60) -> list[PageCell]:
    """Drawn figures under so much noise (grey values)."""
    rng = np.random.default_rng(3)
    found: list[PageCell] = []
    while len(found) < count:
        drawn = draw(rng)
        if drawn.text.isdigit():
            grey = 235 - 120 * drawn.type + rng.normal(0, noise, drawn.type.shape)
            picture = np.asarray(np.clip(grey, 0, 255), np.uint8)
            inside = Window(0, 0, picture.shape[1], picture.shape[0])
            found.append(PageCell(picture, drawn.line, inside, float(DIGIT_HEIGHT), drawn.text, "poor"))
    return found


@pytest.fixture(scope="module")
def reader() -> CellReader:
    return CellReader()


def test_only_unsure_cells_are_looked_at_again(reader: CellReader) -> None:
    clear, _ = worth([*cells(0), *cells(90)], reader)
    noisy, found = worth(cells(90), reader)
    assert 0 < noisy <= clear < 60
    assert [w.frames for w in found] == list(TRIED)
    assert all(0 <= w.silent <= 1 - w.right for w in found)
    assert found[-1].surprise < found[0].surprise


def test_cells_of_files_without_pictures_do_not_count(reader: CellReader) -> None:
    digital = [replace(cell, level="digital") for cell in cells(90)]
    some = cells(90, 5)
    assert worth([*digital, *some], reader)[0] == worth(some, reader)[0]
