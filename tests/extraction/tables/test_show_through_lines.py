"""Rules of the back that show through go; hairlines, grey rules and the page's own stay."""

from __future__ import annotations

import numpy as np

from extraction.document import Pixels
from extraction.settings import TableSettings
from extraction.tables.grid import Grid
from extraction.tables.line_detection import find_grids
from tests.drawing import SCALE, Form, characters, draw_form, form, paper, places, scanned, write_mid

WIDTH, HEIGHT = 1654, 2339
FRONT = form((150, 520, 760, 1000, 1240, 1500), range(1500, 2030, 66))
BACK = form(range(140, 1560, 120), range(240, 2300, 52))
"""Of the page's back: many more rules than the front has."""


def page_of(drawn: Form, tone: int = 60, *, text: bool = True) -> Pixels:
    page = paper(WIDTH, HEIGHT)
    draw_form(page, drawn, tone=tone)
    for place in drawn.places:
        write_mid(page, "10", drawn.pixels_of(place))
    if text:
        characters(page, (200, 200, 1450, 1400), seed=1)
    return page


def grids(page: Pixels) -> list[Grid]:
    return find_grids(scanned(page, noise=2, quality=80), SCALE, TableSettings())


def behind(tone: int) -> Pixels:
    page = paper(WIDTH, HEIGHT)
    draw_form(page, BACK, tone=tone)
    return page


def test_rules_of_the_back_make_no_cells() -> None:
    (grid,) = grids(np.minimum(page_of(FRONT), behind(215)))
    assert places(grid) == FRONT.places
    assert not any(c.doubtful for c in grid.cells)


def test_a_rule_that_goes_on_as_one_of_the_back_stays() -> None:
    """An upright rule of the back lies on one of the front's, for the length of the page."""
    page = np.minimum(page_of(FRONT), behind(215))
    page[240:2300, 1000:1002] = np.minimum(page[240:2300, 1000:1002], 215)
    (grid,) = grids(page)
    assert places(grid) == FRONT.places


def test_a_row_of_short_rules_beside_light_strokes_stays() -> None:
    """The rules of one low row are shorter than the stretch by which the back's are told."""
    row = form(range(150, 1501, 90), (300, 352))
    page = page_of(FRONT, text=False)
    np.minimum(page, page_of(row, text=False), out=page)
    characters(page, (200, 420, 1450, 1400), seed=1)
    found = grids(np.minimum(page, behind(215)))
    assert [places(g) for g in found] == [row.places, FRONT.places]


def test_a_hairline_table_below_a_dark_one_stays() -> None:
    """No print runs across its rules: they are the page's own."""
    page = page_of(FRONT, text=False)
    hairlines = form((150, 520, 760, 1000, 1240, 1500), range(300, 1300, 66))
    np.minimum(page, page_of(hairlines, tone=215, text=False), out=page)
    assert [places(g) for g in grids(page)] == [hairlines.places, FRONT.places]


def test_a_grey_table_under_dark_text_stays() -> None:
    page = page_of(FRONT, tone=200)
    (grid,) = grids(np.minimum(page, behind(235)))
    assert places(grid) == FRONT.places
