"""The layout network's recipe: what the network is asked for, that it learns, goes on, and is exported as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is in the extra train")

from annotations.store import Annotation, write_annotation  # noqa: E402
from annotations.zones import Zone, ZoneKind, corners_of, upright_zone  # noqa: E402
from extraction.document import Box  # noqa: E402
from models.page_network import PageNetwork  # noqa: E402
from tests.training.pages import typeset  # noqa: E402
from training.layout.augment import maps, sample  # noqa: E402
from training.layout.config import Config, Weights, read_config  # noqa: E402
from training.layout.export import export  # noqa: E402
from training.layout.network import CLASSES, LayoutNet  # noqa: E402
from training.layout.pages import SmallPage, small_pages  # noqa: E402
from training.layout.train import CHECKPOINT, averaged, train  # noqa: E402
from training.synthetic.content.report import draft_report  # noqa: E402
from training.synthetic.gold import annotate  # noqa: E402

WEIGHTS = Weights(edge=3.0, heading=2.0, furniture=6.0, stamp=1.0)
BLACK = Box(20, 30, 80, 60)


@pytest.fixture(scope="module")
def config() -> Config:
    """A network so small, and pages so little changed, that a few steps show."""
    recipe = read_config()
    training = replace(recipe.training, batch=2, steps=6, warm_up=1, checkpoint=3, average=0.5, rate=0.02)
    still = replace(
        recipe.augmentation,
        **{name: 0.0 for name in recipe.augmentation.__dataclass_fields__ if name.endswith("_share")},
        degrees=0.0,
        zoom=(1.0, 1.0),
        stretch=0.0,
        shift=0.0,
    )
    return replace(recipe, input=replace(recipe.input, side=128), training=training, augmentation=still)


@pytest.fixture(scope="module")
def page() -> SmallPage:
    """A page 96 x 128 with a black table on it."""
    picture = np.full((128, 96, 3), 250, np.uint8)
    picture[30:60, 20:80] = 10
    return SmallPage(picture, (upright_zone(ZoneKind.TABLE, 1, BLACK),), 1.0)


def corners(box: Box) -> np.ndarray:
    return np.array(corners_of(box))


def test_maps_have_each_zone_a_little_smaller_at_half_the_size() -> None:
    classes, stamps, weights = maps(
        [(ZoneKind.TEXT, corners(Box(20, 20, 80, 60))), (ZoneKind.STAMP, corners(Box(60, 40, 100, 80)))],
        (128, 96),
        WEIGHTS,
    )
    assert classes.shape == stamps.shape == weights.shape == (64, 48)
    rows, columns = np.nonzero(classes == CLASSES.index("text"))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == pytest.approx((11, 28, 11, 38), abs=1)
    rows, columns = np.nonzero(stamps)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == pytest.approx((20, 39, 30, 47), abs=1)
    assert weights[10, 20] == WEIGHTS.edge
    assert weights[20, 20] == weights[0, 0] == 1


def test_zones_that_touch_have_a_gap_between_them() -> None:
    zones = [(ZoneKind.TEXT, corners(Box(10, top, 80, top + 24))) for top in (10, 34)]
    classes, _, _ = maps(zones, (128, 96), WEIGHTS)
    assert not classes[17].any()
    assert classes[12].any()
    assert classes[22].any()


@pytest.mark.parametrize("quarters", range(4))
def test_zones_move_with_the_picture(config: Config, page: SmallPage, quarters: int) -> None:
    shape = (96, 128) if quarters % 2 else (128, 96)
    got = sample(page, quarters, shape, WEIGHTS, config.augmentation, np.random.default_rng(1))
    dark = got.picture[::2, ::2].mean(axis=2) < 128
    table = got.classes == CLASSES.index("table")
    assert got.picture.shape == (*shape, 3)
    assert (dark & table).sum() > 0.95 * table.sum()
    assert table.sum() > 0.7 * dark.sum()


@pytest.mark.slow
def test_training_learns_and_goes_on_where_it_stopped(config: Config, page: SmallPage, tmp_path: Path) -> None:
    first = replace(config, training=replace(config.training, steps=3))
    train([page], first, tmp_path)
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"] == 3
    longer = replace(config, training=replace(config.training, steps=40))
    trained = train([page], longer, tmp_path)
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"] == 40
    with torch.no_grad():
        likely = trained(torch.from_numpy(page.picture).permute(2, 0, 1)[None].float())[0, :-1].softmax(0)
    table = likely[CLASSES.index("table")].numpy()
    assert table[18:27, 14:36].mean() > 0.5 > table[40:].mean()
    again = averaged(tmp_path / CHECKPOINT, config)
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), trained.parameters(), strict=True))


@pytest.mark.slow
def test_a_run_is_the_same_each_time(config: Config, page: SmallPage, tmp_path: Path) -> None:
    one, other = (train([page], config, tmp_path / name) for name in _folders(tmp_path))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def _folders(folder: Path) -> tuple[str, str]:
    for name in ("one", "other"):
        (folder / name).mkdir()
    return "one", "other"


def test_what_is_exported_is_served(config: Config, page: SmallPage, tmp_path: Path) -> None:
    torch.manual_seed(1)
    net = LayoutNet(config.network).eval()
    export(net, config, tmp_path, "this test", [page])
    model = PageNetwork(min_score=0.0, threads=1, folder=tmp_path)
    with torch.no_grad():
        logits = net(torch.from_numpy(page.picture).permute(2, 0, 1)[None].float())[0]
    wanted = torch.cat([logits[:-1].softmax(0), logits[-1:].sigmoid()]).numpy()
    given = model._maps(page.picture)
    assert given == pytest.approx(wanted[model._order], abs=1e-3)


def test_pages_of_a_data_set_are_drawn_once(tmp_path: Path) -> None:
    draft = draft_report(3, "train")
    rendered = typeset(draft)
    zone = Zone(ZoneKind.TABLE, 1, corners_of(Box(100, 200, 300, 400)))
    gold: Annotation = replace(annotate(draft, rendered, "a.pdf"), id="a", zones=(zone,))
    path = write_annotation(tmp_path / "set", gold)
    path.with_suffix(".pdf").write_bytes(rendered.pdf)
    write_annotation(tmp_path / "set", replace(gold, id="without", zones=()))
    first, *others = small_pages(tmp_path / "set", tmp_path / "cache", 256)
    assert max(first.picture.shape) == 256
    assert first.scale == pytest.approx(256 / 842, abs=0.001)
    assert first.zones == (zone,)
    assert all(other.zones == () for other in others)
    path.with_suffix(".pdf").unlink()
    assert np.array_equal(small_pages(tmp_path / "set", tmp_path / "cache", 256)[0].picture, first.picture)
