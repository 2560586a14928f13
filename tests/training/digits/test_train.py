"""The cell recogniser's recipe: what is shown follows from the seed, and a run that is broken off goes on the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is in the extra train")

from models.cells.charset import text_of  # noqa: E402
from models.cells.crop import HEIGHT, bucket  # noqa: E402
from tests.system import needs  # noqa: E402
from training.digits.config import Config, load_config  # noqa: E402
from training.digits.evaluate import DevCell  # noqa: E402
from training.digits.rounds import Example, drawn_cells, one_round  # noqa: E402
from training.digits.train import CHECKPOINT, train  # noqa: E402

pytestmark = needs(fonts=["train"])  # figures are drawn with them

CELLS = 40


@pytest.fixture(scope="module")
def config() -> Config:
    """A network so small, and so little to show, that a few steps take no time."""
    recipe = load_config()
    return replace(
        recipe,
        channels=(4, 4, 8, 8),
        shown=replace(recipe.shown, drawn=CELLS, round=3),
        training=replace(recipe.training, batch=4, steps=6, warm_up=3, bfloat16=False),
    )


@pytest.fixture(scope="module")
def drawn(config: Config, tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    return drawn_cells(tmp_path_factory.mktemp("drawn"), CELLS, config.seed)


def test_drawn_cells_follow_from_the_seed(config: Config, drawn: list[Example], tmp_path: Path) -> None:
    again = drawn_cells(tmp_path, CELLS, config.seed)
    assert len(drawn) == len(again) == CELLS
    assert all(
        np.array_equal(a.picture, b.picture) and a.classes == b.classes for a, b in zip(drawn, again, strict=True)
    )
    kept = drawn_cells(tmp_path, CELLS, config.seed + 1)  # what is there is not drawn anew
    assert [e.classes for e in kept] == [e.classes for e in again]
    assert [e.classes for e in drawn_cells(tmp_path / "other", CELLS, config.seed + 1)] != [e.classes for e in again]


def test_labels_fit_the_width_of_their_pictures(drawn: list[Example]) -> None:
    for picture, classes in drawn:
        assert picture.shape[0] == HEIGHT
        assert len(classes) + sum(a == b for a, b in pairwise(classes)) <= bucket(picture.shape[1]) // 4


def test_a_round_is_of_whole_batches_of_one_width_each(config: Config, drawn: list[Example]) -> None:
    batches = one_round(config.shown, np.random.default_rng(1), drawn, [], 4)
    assert len(batches) == config.shown.round
    for width, examples in batches:
        assert len(examples) == 4
        assert {bucket(e.picture.shape[1]) for e in examples} == {width}


@pytest.mark.slow
def test_a_run_broken_off_goes_on_to_the_same_weights(config: Config, drawn: list[Example], tmp_path: Path) -> None:
    dev = [DevCell(e.picture, text_of(tuple(e.classes)), "office") for e in drawn[:4]]
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    train(config, whole, [], dev)
    # While the rate rises it is the same however many steps are planned.
    train(replace(config, training=replace(config.training, steps=3)), halves, [], dev)
    broken = torch.load(halves / CHECKPOINT, weights_only=True)
    assert broken["step"] == 3
    train(config, halves, [], dev)
    one, two = (torch.load(f / CHECKPOINT, weights_only=True)["network"] for f in (whole, halves))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not all(torch.equal(one[name], broken["network"][name]) for name in one)
