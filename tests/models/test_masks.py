"""Regions of drawn maps: background, two kinds of lines, tables, stamps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from models.masks import Floats, Found, regions

LINES = ("heading", "text")
KINDS = ("none", *LINES, "table", "stamp")
Box = tuple[int, int, int, int]


def drawn(*zones: tuple[str, Box], likely: float = 0.96) -> Floats:
    """Maps of a page 200 x 150 with these zones, (left, top, right, bottom)."""
    maps = np.zeros((len(KINDS), 200, 150), np.float32)
    maps[0] = 1
    for kind, (left, top, right, bottom) in zones:
        at = np.s_[top:bottom, left:right]
        if kind != "stamp":
            maps[:-1][(slice(None), *at)] = (1 - likely) / 3
        maps[KINDS.index(kind)][at] = likely
    return maps


def found(maps: Floats, **grown: float) -> dict[Box, str]:
    return {_whole(one): one.kind for one in regions(maps, LINES, grown)}


def _whole(one: Found) -> Box:
    left, top, right, bottom = (round(side) for side in one.box)
    return left, top, right, bottom


def test_every_zone_is_found_where_it_is() -> None:
    zones: Sequence[tuple[str, Box]] = [
        ("heading", (20, 10, 80, 18)),
        ("text", (10, 24, 140, 60)),
        ("text", (10, 64, 140, 90)),
        ("table", (10, 100, 140, 180)),
        ("heading", (60, 190, 80, 196)),
    ]
    assert found(drawn(*zones)) == {box: kind for kind, box in zones}


def test_nothing_on_an_empty_page() -> None:
    assert found(drawn()) == {}


def test_boxes_get_back_what_maps_lack() -> None:
    maps = drawn(("text", (10, 20, 140, 60)), ("heading", (30, 70, 90, 75)), ("stamp", (20, 100, 60, 140)))
    assert found(maps, text=2.0, heading=-1.0, stamp=0.5) == {
        (8, 18, 142, 62): "text",
        (31, 71, 89, 74): "heading",
        (20, 100, 60, 140): "stamp",
    }


def test_scores_are_how_likely_the_pixels_are() -> None:
    (one,) = regions(drawn(("table", (10, 20, 140, 60)), likely=0.8), LINES, {})
    assert one.score == pytest.approx(0.8, abs=0.01)  # less at the edges


def test_a_region_of_two_classes_is_the_one_that_most_of_it_is() -> None:
    assert found(drawn(("text", (10, 20, 110, 40)), ("heading", (110, 20, 130, 40)))) == {(10, 20, 130, 40): "text"}


@pytest.mark.parametrize("turned", [False, True])
def test_pieces_of_a_line_are_one(turned: bool) -> None:
    """The number before a heading, taken for text; on a turned page lines run down."""
    zones = [("text", (20, 20, 30, 28)), ("heading", (34, 20, 90, 29)), ("text", (110, 20, 140, 29))]
    boxes = {(20, 20, 90, 29): "heading", (110, 20, 140, 29): "text"}
    if turned:
        zones = [(kind, (t, x, b, r)) for kind, (x, t, r, b) in zones]
        boxes = {(t, x, b, r): kind for (x, t, r, b), kind in boxes.items()}
    assert found(drawn(*zones)) == boxes


def test_a_region_that_is_clearly_two_is_cut() -> None:
    zones = {(10, 20, 100, 32): "heading", (10, 32, 100, 50): "text"}
    assert found(drawn(*((kind, box) for box, kind in zones.items()))) == zones


def test_pieces_of_a_table_that_hang_together_are_one() -> None:
    maps = drawn(("table", (10, 20, 70, 100)), ("table", (71, 20, 140, 100)))
    assert found(maps) == {(10, 20, 140, 100): "table"}


def test_tables_apart_are_two() -> None:
    boxes = [(10, 20, 140, 80), (10, 92, 140, 160)]
    assert found(drawn(*(("table", box) for box in boxes))) == dict.fromkeys(boxes, "table")


def test_text_seen_inside_a_table_is_of_the_table() -> None:
    maps = drawn(("table", (10, 20, 140, 150)), ("text", (40, 60, 100, 80)))
    assert found(maps) == {(10, 20, 140, 150): "table"}


def test_a_stamp_lies_over_others() -> None:
    maps = drawn(("table", (10, 20, 140, 150)), ("stamp", (100, 120, 145, 165)))
    assert found(maps, stamp=0.5) == {(10, 20, 140, 150): "table", (100, 120, 145, 165): "stamp"}


def test_specks_are_nothing() -> None:
    assert found(drawn(("text", (10, 20, 12, 21)), ("table", (50, 50, 60, 55)), ("stamp", (90, 90, 97, 97)))) == {}
