"""Scans of synthetic reports: every place stays on its print, levels get worse, splits share no mix."""

from __future__ import annotations

import io
import random as global_random
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from extraction.geometry import Box
from training.synthetic.content.draft import Key, Place, Rendered
from training.synthetic.scan import LEVELS, augmented, degrade, draw
from training.synthetic.scan.degradation import EFFECTS, scanned
from training.synthetic.scan.levels import MIXES, Degradation
from training.synthetic.scan.warp import Warp, laid, turned

SPLITS = ("train", "dev", "test")
SIZE = (595.0, 842.0)
MARKS = (Box(80, 90, 130, 130), Box(450, 100, 500, 130), Box(250, 400, 330, 450), Box(90, 700, 140, 750))
TOLERANCE = 1.5  # points; a blurred edge on 100 dpi is no sharper


def pdf_of(pages: list[Image.Image], dpi: int = 144) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, quality=95)
    return out.getvalue()


def marked(pages: int = 2) -> Rendered:
    """Black rectangles on white pages, one place each."""
    drawn, places = [], {}
    for number in range(1, pages + 1):
        page = Image.new("RGB", (1190, 1684), "white")
        for item, box in enumerate(MARKS):
            ImageDraw.Draw(page).rectangle([2 * box.left, 2 * box.top, 2 * box.right - 1, 2 * box.bottom - 1], "black")
            places[Key(number, item)] = (Place(number, box),)
        drawn.append(page)
    return Rendered(pdf_of(drawn), places)


def printed() -> Rendered:
    """A small page of underlined cells with figures in them."""
    page = Image.new("RGB", (1200, 900), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(40)
    places = {}
    for row, column in product(range(7), range(6)):
        left, top = 120 + column * 160, 100 + row * 100
        pen.rectangle([left, top, left + 160, top + 100], outline="black", width=4)
        pen.text((left + 30, top + 28), str((row * 977 + column * 13) % 5000), "black", font)
        places[Key(row, column)] = (Place(1, Box(left / 4, top / 4, left / 4 + 40, top / 4 + 25)),)
    return Rendered(pdf_of([page], 288), places)


def pictures(pdf: bytes, dpi: int = 144) -> Iterator[np.ndarray]:
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        yield np.asarray(page.render(scale=dpi / 72).to_pil().convert("L"))
    document.close()


def ink_extent(picture: np.ndarray, place: Box) -> Box:
    """The dark part around a place, all of it: corners of a turned mark too."""
    near = place.grown(15)
    left, top = max(0, round(near.left * 2)), max(0, round(near.top * 2))
    rows, columns = np.nonzero(picture[top : round(near.bottom * 2), left : round(near.right * 2)] < 128)
    edges = left + columns.min(), top + rows.min(), left + columns.max() + 1, top + rows.max() + 1
    return Box(*(float(edge) / 2 for edge in edges))


def assert_on_marks(degraded: Rendered, tolerance: float) -> None:
    shown = list(pictures(degraded.pdf))
    for (place,) in degraded.places.values():
        found = ink_extent(shown[place.page - 1], place.box)
        assert np.abs(np.subtract(found, place.box)).max() < tolerance, (place, found)


def _needs_augraphy(split: str) -> None:
    if split == "test":
        pytest.importorskip("augraphy", reason="effects of the test split need the extra `train`", exc_type=ImportError)


class TestWarp:
    def test_nothing_done_keeps_the_places(self) -> None:
        degraded = scanned(marked(), Degradation(quality=90), 1)
        for key, (place,) in marked().places.items():
            assert degraded.places[key][0].box == pytest.approx(place.box)
        assert_on_marks(degraded, 0.6)

    @pytest.mark.parametrize("curve", ["roll", "sag", "fold"])
    def test_there_and_back(self, curve: str) -> None:
        tilt = np.array([[30, 10], [-5, 25], [-20, -8], [12, -30]], float)
        warp = laid(SIZE, Box(60, 60, 530, 780), degrees=3, zoom=0.95, tilt=tilt, curve=curve, depth=12)  # type: ignore[arg-type]
        points = np.random.default_rng(0).uniform(0, 590, (200, 2))
        assert np.abs(warp.forward(points) - points).max() > 5
        assert np.abs(warp.inverse(warp.forward(points)) - points).max() < 0.05

    def test_every_pixel_knows_its_source(self) -> None:
        warp = laid(SIZE, Box(60, 60, 530, 780), degrees=2, curve="roll", depth=10)
        sources = warp.sources((842 * 2, 595 * 2), 144)
        for row, column in ((0, 0), (801, 333), (1683, 1189)):
            exact = warp.inverse(np.array([[(column + 0.5) / 2, (row + 0.5) / 2]]))[0]
            assert np.abs(sources[row, column] - exact).max() < 0.05

    @pytest.mark.parametrize("quarters", [0, 1, 2, 3])
    def test_quarter_turns(self, quarters: int) -> None:
        sheet = np.zeros((20, 10))
        sheet[3:5, 6:9] = 1
        rows, columns = np.nonzero(np.rot90(sheet, quarters))
        box = Warp((10, 20), turned(quarters, (10, 20))).box(Box(6, 3, 9, 5))
        assert box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)

    def test_what_is_printed_stays_on_the_sheet(self) -> None:
        content = Box(10, 10, 585, 832)
        box = laid(SIZE, content, degrees=4, shift=(40, -40)).box(content)
        assert box.left > 0
        assert box.top > 0
        assert box.right < SIZE[0]
        assert box.bottom < SIZE[1]


class TestPlaces:
    @pytest.mark.slow
    @pytest.mark.parametrize(("turn", "two_up"), list(product(range(4), (0.0, 0.707, 1.0))))
    def test_turned_and_two_on_a_sheet(self, turn: int, two_up: float) -> None:
        degradation = Degradation(skew=2, turn=turn, two_up=two_up, edge=8, surround=250)
        degraded = scanned(marked(3), degradation, 5)
        assert len(list(pictures(degraded.pdf))) == (2 if two_up else 3)
        assert_on_marks(degraded, TOLERANCE)

    @pytest.mark.slow
    @pytest.mark.parametrize(("level", "split"), list(product(LEVELS[1:], SPLITS)))
    def test_geometry_of_every_level(self, level: str, split: str) -> None:
        _needs_augraphy(split)
        for seed in (1, 2):
            degradation = draw(level, split, seed)
            assert degradation is not None
            plain = replace(degradation, effects={}, mode="grey", quality=85, surround=250.0)
            degraded = scanned(marked(1), plain, seed)
            assert_on_marks(degraded, TOLERANCE)

    @pytest.mark.slow
    @pytest.mark.parametrize(("level", "split"), list(product(LEVELS[1:], SPLITS)))
    def test_print_is_where_the_places_say(self, level: str, split: str) -> None:
        """With all effects on: the places are darker than what is between them."""
        _needs_augraphy(split)
        degraded = degrade(marked(1), level, split, 3)
        picture = next(pictures(degraded.pdf)).astype(float)
        for (place,) in degraded.places.values():
            left, top, right, bottom = (round(2 * side) for side in place.box)
            inside = np.median(picture[top + 12 : bottom - 12, left + 12 : right - 12])
            outside = np.median(picture[bottom + 16 : bottom + 36, left:right])
            assert inside < outside - 15, (place, inside, outside)


class TestLevels:
    def test_digital_is_left_alone(self) -> None:
        rendered = marked(1)
        assert degrade(rendered, "digital", "test", 1) is rendered

    @pytest.mark.parametrize("split", SPLITS)
    def test_the_same_again(self, split: str) -> None:
        _needs_augraphy(split)
        state = global_random.getstate(), np.random.get_state()[1].tolist()
        first = degrade(printed(), "worn", split, 4)
        global_random.seed(99)
        np.random.seed(99)
        again, other = degrade(printed(), "worn", split, 4), degrade(printed(), "worn", split, 5)
        assert first == again
        assert first.pdf != other.pdf
        global_random.setstate(state[0])

    def test_global_generators_are_put_back(self) -> None:
        _needs_augraphy("test")
        before = global_random.getstate(), np.random.get_state()[1].tolist()
        degrade(printed(), "faint", "test", 1)
        assert (global_random.getstate(), np.random.get_state()[1].tolist()) == before

    @pytest.mark.slow
    @pytest.mark.parametrize("split", SPLITS)
    def test_levels_get_worse(self, split: str) -> None:
        """How much of the print is still in the picture, where it should be: falls from clean to worn."""
        _needs_augraphy(split)
        likeness = {
            level: np.mean([legibility(level, split, seed) for seed in range(3)])
            for level in ("clean", "office", "poor", "worn")
        }
        assert sorted(likeness, key=lambda level: -likeness[level]) == ["clean", "office", "poor", "worn"], likeness
        assert likeness["clean"] > 0.9
        assert likeness["worn"] < likeness["clean"] - 0.2

    def test_one_picture_a_page_and_no_text(self) -> None:
        document = pypdfium2.PdfDocument(degrade(printed(), "office", "train", 2).pdf)
        assert document[0].get_textpage().count_chars() == 0
        assert [type(thing).__name__ for thing in document[0].get_objects()] == ["PdfImage"]
        document.close()

    @pytest.mark.parametrize(("level", "split"), [("legible", "train"), ("office", "sample")])
    def test_unknown(self, level: str, split: str) -> None:
        with pytest.raises(ValueError, match="no level"):
            degrade(marked(1), level, split, 1)

    def test_a_place_on_no_page(self) -> None:
        with pytest.raises(ValueError, match="page 2 of 1"):
            degrade(replace(marked(1), places={Key(0, 0): (Place(2, MARKS[0]),)}), "office", "train", 1)


def legibility(level: str, split: str, seed: int) -> float:
    """Correlation of what was printed with what the scan shows of it, geometry undone, at 288 dpi."""
    degradation = draw(level, split, seed)
    assert degradation is not None
    straight = replace(degradation, skew=0, tilt=0, curl=0, edge=0, turn=0, two_up=0, surround=252)
    was, now = (
        next(pictures(pdf, 288)).astype(float) for pdf in (printed().pdf, scanned(printed(), straight, seed).pdf)
    )
    table = np.s_[90:810, 110:1090]
    return float(np.corrcoef(was[table].ravel(), now[table].ravel())[0, 1])


class TestMixes:
    def test_every_split_has_every_level(self) -> None:
        assert {split: tuple(mixes) for split, mixes in MIXES.items()} == dict.fromkeys(SPLITS, LEVELS[1:])

    def test_every_effect_is_known_and_used(self) -> None:
        used = {name for mixes in MIXES.values() for mix in mixes.values() for name in mix.effects}
        assert used == set(EFFECTS)

    def test_no_two_splits_share_a_mix(self) -> None:
        for level in LEVELS[1:]:
            train, dev, test = (MIXES[split][level] for split in SPLITS)
            assert set(train.effects) != set(dev.effects)
            assert not set(test.effects) <= set(train.effects) | set(dev.effects)
            assert train != dev
            assert not set(dev.effects.items()) & set(train.effects.items())

    def test_the_test_split_has_effects_of_its_own_at_every_level(self) -> None:
        trained_on = {name for split in ("train", "dev") for mix in MIXES[split].values() for name in mix.effects}
        for level, mix in MIXES["test"].items():
            own = set(mix.effects) - trained_on
            assert any(name in augmented.NAMES for name in own), level
            assert len(own) * 2 >= len(mix.effects), level
        assert not trained_on & set(augmented.NAMES)

    def test_paper_bends_differently_in_each_split(self) -> None:
        curves = [{mix.curve for mix in MIXES[split].values()} - {"flat"} for split in SPLITS]
        assert all(curves)
        assert len(set.union(*curves)) == sum(map(len, curves))

    def test_only_some_are_turned(self) -> None:
        drawn = [draw("skewed", "train", seed) for seed in range(60)]
        assert {0, 1, 2, 3} == {degradation.turn for degradation in drawn if degradation}
        assert 0 < sum(bool(degradation and degradation.two_up) for degradation in drawn) < 30
