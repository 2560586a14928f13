"""Cells drawn as they stand in reports: what is printed comes out, and what cannot be told is doubted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from extraction.cells.fusion import SEEN_THROUGH, CellText, plain_figure
from extraction.cells.ink_lines import InkLine
from extraction.cells.reader import read_cells
from extraction.doubts import need_person
from extraction.figures import BLANK, parse_figure
from extraction.geometry import Pixels, Raster
from extraction.preprocess.binarize import grey, page_ink
from extraction.settings import DecisionSettings
from extraction.tables.grid import GridCell
from models.loaded import Models
from tests.drawing import SCALE, Rectangle, draw_form, form, paper, rule, scanned, write, write_mid

COLUMNS, WIDE, HIGH = 4, 220, 80
FIGURES = ("0", "1", "6", "9", "11", "10", "447228", "-2", "+19", "96172", "100", "8", "2024", "3", "75", "11398889")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of equal cells between rules."""

    page: Pixels
    cells: tuple[GridCell, ...]

    @property
    def raster(self) -> Raster:
        return Raster(self.page, np.array([[SCALE, 0, 0], [0, SCALE, 0]]))

    def box(self, i: int) -> Rectangle:
        cell = self.cells[i]
        return cell.left, cell.top, cell.right, cell.bottom

    def read(self, models: Models) -> list[CellText]:
        return read_cells(self.raster, page_ink(grey(self.raster.pixels)), self.cells, models)

    def scanned(self, noise: float, quality: int) -> Sheet:
        return Sheet(scanned(self.page, noise, quality), self.cells)


def sheet(texts: Sequence[str], size: int = 30) -> Sheet:
    """Each text in the middle of its own cell, ruled, at 200 dpi."""
    rows = -(-len(texts) // COLUMNS)
    drawn = form([60 + WIDE * i for i in range(COLUMNS + 1)], [60 + HIGH * i for i in range(rows + 1)])
    page = paper(120 + WIDE * COLUMNS, 120 + HIGH * rows)
    draw_form(page, drawn)
    cells = []
    for place, text in zip(drawn.places, [*texts, *[""] * (rows * COLUMNS - len(texts))], strict=True):
        left, top, right, bottom = drawn.pixels_of(place)
        cells.append(GridCell(*place, left + 2, top + 2, right - 2, bottom - 2))
        if text:
            write_mid(page, text, (left, top, right, bottom), size)
    return Sheet(page, tuple(cells[: len(texts)]))


def shown(read: Sequence[CellText]) -> list[str]:
    return [cell.text for cell in read]


def accepted(cell: CellText) -> bool:
    """Whether nobody would look at the cell again: a figure or a blank, surely read."""
    return not need_person(cell.doubts) and cell.confidence >= 0.9 and parse_figure(cell.text) is not None


@pytest.mark.parametrize("size", [24, 30, 40])
def test_figures_are_read(models: Models, size: int) -> None:
    read = sheet(FIGURES, size).read(models)
    assert shown(read) == list(FIGURES)
    assert not any(need_person(cell.doubts) for cell in read)


DECIMALS = ("96171.6", "1751292.6", "503.59", "12.5", "0.5", "3.14", "447.2", "88.88")


@pytest.mark.parametrize("size", [30, 40])
def test_decimals_are_read(models: Models, size: int) -> None:
    assert shown(sheet(DECIMALS, size).read(models)) == list(DECIMALS)


@pytest.mark.parametrize("size", [20, 22, 24, 26])
def test_the_point_of_small_type_is_never_lost_without_doubt(models: Models, size: int) -> None:
    """Type of 7 to 9 points, whose decimal points are 2 or 3 pixels wide."""
    read = sheet(DECIMALS, size).read(models)
    wrong = [(cell, text) for cell, text in zip(read, DECIMALS, strict=True) if cell.text != text]
    assert not [pair for pair in wrong if accepted(pair[0])]


def test_figures_of_a_noisy_jpeg_are_read_or_doubted(models: Models) -> None:
    read = sheet(FIGURES).scanned(noise=12, quality=40).read(models)
    wrong = [(c, t) for c, t in zip(read, FIGURES, strict=True) if c.text != t]
    assert not [cell for cell, _ in wrong if accepted(cell)]
    assert len(wrong) <= 1


def bilevel(drawn: Sheet, share: float, dark: int) -> Sheet:
    """The sheet as a machine of `share` its resolution sends it, black below `dark`, white above."""
    high, wide = drawn.page.shape[:2]
    small = cv2.resize(drawn.page, (int(wide * share), int(high * share)), interpolation=cv2.INTER_AREA)
    black = np.where(small < dark, 0, 255).astype(np.uint8)
    return Sheet(cv2.resize(black, (wide, high), interpolation=cv2.INTER_NEAREST).astype(np.uint8), drawn.cells)


def test_one_look_at_a_bilevel_scan_is_not_enough(models: Models) -> None:
    """The loop of the 9 is filled: the cell recogniser is sure of an 8."""
    texts = ("26", "68", "86", "36", "63", "53", "59", "16", "65", "35", "39", "28", "58", "38")
    read = bilevel(sheet(texts, 18), 0.6, 240).read(models)
    wrong = [cell for cell, text in zip(read, texts, strict=True) if cell.text != text]
    assert not [cell for cell in wrong if not need_person(cell.doubts) and cell.confidence >= DecisionSettings().alone]


def test_zeros_and_ones_are_sure(models: Models) -> None:
    """The two commonest figures stand alone in their cells, where networks hold them for O or l."""
    read = sheet(["0", "1"] * 8).read(models)
    assert shown(read) == ["0", "1"] * 8
    assert all(accepted(cell) for cell in read)


@pytest.mark.parametrize("size", [24, 30, 40])
def test_a_slash_is_no_one(models: Models, size: int) -> None:
    assert shown(sheet(["/", "1", "/", "11", "0", "/"], size).read(models)) == ["/", "1", "/", "11", "0", "/"]


@pytest.mark.parametrize(("width", "thickness"), [(12, 2), (20, 3), (28, 2), (50, 3)])
def test_a_dash_is_no_figure(models: Models, width: int, thickness: int) -> None:
    """A level stroke from hyphen to double dash; 一 and a dash look the same, and neither is a 1."""
    dashed = sheet(["0", "", "1", "", "447228", "60", "", ""])
    for i in (1, 3):
        left, top, right, bottom = dashed.box(i)
        x, y = (left + right - width) // 2, (top + bottom) // 2
        rule(dashed.page, (x, y), (x + width, y), thickness, tone=0)
    read = dashed.read(models)
    assert shown(read) == ["0", "—", "1", "—", "447228", "60", "", ""]
    assert all(parse_figure(read[i].text) == BLANK for i in (1, 3))


def test_a_hyphen_of_small_type_is_blank_or_a_dash(models: Models) -> None:
    read = sheet(["-", "0", "-", "1"], size=26).read(models)
    assert [parse_figure(read[i].text) for i in (0, 2)] == [BLANK, BLANK]


def test_blank_cells_stay_blank_beside_figures(models: Models) -> None:
    read = sheet(["0", "", "11", "", "", "447228", "", ""]).read(models)
    assert shown(read) == ["0", "", "11", "", "", "447228", "", ""]
    assert all(accepted(cell) for cell in read if not cell.text)


def test_a_sheet_of_blank_cells(models: Models) -> None:
    assert shown(sheet([""] * 8).read(models)) == [""] * 8
    assert read_cells(sheet([""]).raster, page_ink(grey(sheet([""]).raster.pixels)), [], models) == []


@pytest.mark.parametrize(("noise", "quality"), [(4, 70), (12, 40), (20, 30)])
def test_noise_makes_no_figure_of_a_blank_cell(models: Models, noise: float, quality: int) -> None:
    read = sheet(["0", "", "", "11", "", "", "", "2"]).scanned(noise, quality).read(models)
    assert [t for i, t in enumerate(shown(read)) if i not in (0, 3, 7)] == [""] * 5


@pytest.mark.parametrize("radius", [1, 2, 3])
def test_dust_is_no_figure(models: Models, radius: int) -> None:
    """Specks of 2 to 7 pixels (up to 0.9 mm) in otherwise blank cells."""
    specks = sheet(["447228", "", "", "", "", "", "", "60"])
    for i in range(1, 7):
        left, top, right, bottom = specks.box(i)
        cv2.circle(specks.page, ((left + right) // 2 + 7 * i, (top + bottom) // 2 - 3 * i), radius, 40, -1)
    read = specks.read(models)
    assert (read[0].text, read[7].text) == ("447228", "60")
    assert all(cell.text == "" or not accepted(cell) for cell in read[1:7])


@pytest.mark.parametrize("side", ["left", "right", "above", "below"])
def test_what_is_left_of_a_rule_is_no_figure(models: Models, side: str) -> None:
    """The grid lies 3 pixels beside the printed rules, so that a thick rule shows inside the cells."""
    crooked = sheet(["0", "", "11", "", "447228", "", "", "60"])
    for i in range(len(crooked.cells)):
        left, top, right, bottom = crooked.box(i)
        start, end = {
            "left": ((left, top), (left, bottom)),
            "right": ((right, top), (right, bottom)),
            "above": ((left, top), (right, top)),
            "below": ((left, bottom), (right, bottom)),
        }[side]
        rule(crooked.page, start, end, thickness=7)
    read = crooked.read(models)
    assert shown(read) == ["0", "", "11", "", "447228", "", "", "60"]


@pytest.mark.parametrize("text", ["6", "8", "3", "447228", "96"])
def test_a_figure_under_a_smudge_is_not_accepted_wrong(models: Models, text: str) -> None:
    """A thumb of ink over the left half of the last digit: what is left of it may be another digit."""
    smudged = sheet(["0", text, "1", "2"], size=36)
    left, top, right, bottom = write_box(smudged, 1)
    digit = (right - left) / len(text)
    middle = (round(right - 0.75 * digit), (top + bottom) // 2)
    cv2.ellipse(smudged.page, middle, (round(0.35 * digit), (bottom - top) // 2), 0, 0, 360, 30, -1)
    cell = smudged.read(models)[1]
    assert cell.text == text or not accepted(cell)


def write_box(drawn: Sheet, i: int) -> Rectangle:
    """The rectangle of the ink in a cell."""
    left, top, right, bottom = drawn.box(i)
    ys, xs = np.nonzero(drawn.page[top + 2 : bottom - 2, left + 2 : right - 2] < 128)
    return left + 2 + int(xs.min()), top + 2 + int(ys.min()), left + 3 + int(xs.max()), top + 3 + int(ys.max())


@pytest.mark.parametrize("text", ["6", "447228", "11"])
def test_a_figure_wholly_under_a_blot_is_not_accepted(models: Models, text: str) -> None:
    blotted = sheet(["0", text, "1", "2"], size=36)
    left, top, right, bottom = write_box(blotted, 1)
    blotted.page[top - 2 : bottom + 2, left - 2 : right + 2] = 30
    assert not accepted(blotted.read(models)[1])


@pytest.mark.parametrize("pair", [("12", "34"), ("5", "0"), ("1187", "2"), ("1", "1"), ("0", "0")])
@pytest.mark.parametrize("gap", [4, 10, 20])
def test_two_lines_of_digits_never_become_one_number(models: Models, pair: tuple[str, str], gap: int) -> None:
    """Two figures one below the other, as where two rows' cells are taken for one."""
    stacked = sheet(["0", "", "7", "60"], size=26)
    left, top, right, _ = stacked.box(1)
    first = write_mid(stacked.page, pair[0], (left, top, right, top + 36), 26)
    write_mid(stacked.page, pair[1], (left, first[3] + gap, right, first[3] + gap + 20), 26)
    cell = stacked.read(models)[1]
    assert cell.text == "\n".join(pair) or not accepted(cell)


PAIRS = [("12", "34"), ("1", "0"), ("5", "0"), ("447", "228")]


def side_by_side(pair: tuple[str, str], gap: int) -> Sheet:
    """A rule between two cells was not seen: in the second cell two figures stand on one line."""
    joined = sheet(["0", "", "7", "60"])
    left, top, right, _ = joined.box(1)
    middle = (left + right) // 2
    write(joined.page, pair[0], middle - gap // 2 - 18 * len(pair[0]), top + 22, 30)
    write(joined.page, pair[1], middle + gap // 2, top + 22, 30)
    return joined


@pytest.mark.parametrize("gap", [12, 24])
@pytest.mark.parametrize("pair", PAIRS)
def test_two_figures_close_together_are_not_one(models: Models, pair: tuple[str, str], gap: int) -> None:
    cell = side_by_side(pair, gap).read(models)[1]
    assert cell.text.split() == list(pair) or not accepted(cell)


@pytest.mark.parametrize("gap", [60, 90, 120])
@pytest.mark.parametrize("pair", PAIRS)
def test_two_figures_far_apart_are_not_one(models: Models, pair: tuple[str, str], gap: int) -> None:
    cell = side_by_side(pair, gap).read(models)[1]
    assert cell.text.split() == list(pair) or not accepted(cell)


def test_cells_come_back_in_order_whatever_the_order_asked(models: Models) -> None:
    drawn = sheet(FIGURES)
    backwards = read_cells(drawn.raster, page_ink(grey(drawn.raster.pixels)), drawn.cells[::-1], models)
    assert shown(backwards) == list(FIGURES[::-1])


def test_coloured_paper_and_colour_pictures(models: Models) -> None:
    """A BGR picture with a blue band, as headers have."""
    drawn = sheet(["447228", "0", "11", "/"])
    colour = np.asarray(cv2.cvtColor(drawn.page, cv2.COLOR_GRAY2BGR), np.uint8)
    colour[drawn.page == 255] = (240, 215, 190)
    raster = Raster(colour, drawn.raster.to_page)
    assert shown(read_cells(raster, page_ink(grey(raster.pixels)), drawn.cells, models)) == ["447228", "0", "11", "/"]


@pytest.mark.parametrize("size", [28, 48, 64])
def test_a_lone_zero_is_sure_once_its_look_alikes_are_folded(models: Models, size: int) -> None:
    """Alone, a 0 is 0, O, o or 〇 to the network; asked for a figure it is a 0."""
    page = paper(2 * size, 2 * size)
    write_mid(page, "0", (0, 0, 2 * size, 2 * size), size)
    (reading,) = models.recogniser.read_figures([np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR), np.uint8)])
    assert reading.text == "0"
    assert reading.score > 0.9


def test_folding_touches_no_other_reading(models: Models) -> None:
    """Asked for a figure and asked for text, the same line of digits reads the same, before and after."""
    page = paper(260, 70)
    write_mid(page, "447228", (0, 0, 260, 70), 40)
    line = np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR), np.uint8)
    before = models.recogniser.read_lines([line])
    assert models.recogniser.read_figures([line])[0].text == before[0].text == "447228"
    assert models.recogniser.read_lines([line]) == before
    assert models.recogniser.read_figures([]) == []


@pytest.mark.parametrize("side", [-1, 1])
def test_a_speck_far_beside_a_figure_is_no_part_of_it(models: Models, side: int) -> None:
    """Farther off than a digit or a point of the same figure would stand."""
    drawn = sheet(["0", "12"])
    for i in range(2):
        left, top, right, bottom = drawn.box(i)
        cv2.circle(drawn.page, ((left + right) // 2 + side * 70, (top + bottom) // 2 + 8), 3, 90, -1)
    read = drawn.read(models)
    assert shown(read) == ["0", "12"]
    assert all(accepted(cell) for cell in read)


# ---------------------------------------------------------------- silent errors that have happened


def in_colour(drawn: Sheet) -> Pixels:
    return np.asarray(cv2.cvtColor(drawn.page, cv2.COLOR_GRAY2BGR), np.uint8)


@pytest.mark.parametrize("off", [-1.6, -0.9, 0.9, 1.6])
def test_the_arc_of_a_red_seal_is_no_one(models: Models, off: float) -> None:
    """A stroke of a red seal beside a 0 was read as 10, and accepted."""
    drawn = sheet(["0", "0", "447228", "6"], size=30)
    colour = in_colour(drawn)
    left, top, right, bottom = write_box(drawn, 1)
    middle = (round((left + right) / 2 + off * (bottom - top)), (top + bottom) // 2)
    cv2.ellipse(colour, middle, (4, bottom - top), 8, 0, 360, (60, 50, 205), 3)
    read = read_cells(Raster(colour, drawn.raster.to_page), page_ink(grey(drawn.raster.pixels)), drawn.cells, models)
    assert read[1].text == "0" or not accepted(read[1])
    assert [read[i].text for i in (0, 2, 3)] == ["0", "447228", "6"]


@pytest.mark.parametrize("radius", [60, 120])
def test_the_arc_of_a_red_seal_in_a_blank_cell_is_no_figure(models: Models, radius: int) -> None:
    drawn = sheet(["0", "", "447228", "6"], size=30)
    colour = in_colour(drawn)
    left, top, right, bottom = drawn.box(1)
    cv2.circle(colour, ((left + right) // 2 + radius, (top + bottom) // 2), radius, (60, 50, 205), 4)
    raster = Raster(colour, drawn.raster.to_page)
    cell = read_cells(raster, page_ink(grey(raster.pixels)), drawn.cells, models)[1]
    assert cell.text == "" or not accepted(cell)


@pytest.mark.parametrize(("text", "stands"), [("0", True), ("", False)])
def test_where_coloured_ink_was_taken_out_a_sum_must_bear_a_blank_out(models: Models, text: str, stands: bool) -> None:
    """The picture is grey by then; the mask says where the ink was: over a plain figure, or the figure itself."""
    drawn = sheet(["0", text, "447228", "6"], size=30)
    left, top, right, bottom = drawn.box(1)
    overprint = np.zeros_like(drawn.page)
    overprint[top:bottom, left:right] = 255
    raster = Raster(drawn.page, drawn.raster.to_page, overprint=overprint)
    read = read_cells(raster, page_ink(grey(raster.pixels)), drawn.cells, models)
    assert read[1].text == text
    assert [cell.confidence >= DecisionSettings().alone for cell in read] == [True, stands, True, True]
    assert read[1].confidence <= SEEN_THROUGH


@pytest.mark.parametrize("tone", [205, 225, 240, 248])
def test_a_seven_of_which_the_stem_has_faded_is_no_dash(models: Models, tone: int) -> None:
    """All but the level stroke of a 7 was lost: it was read as a dash, and accepted as blank."""
    drawn = sheet(["0", "7", "1", "12"], size=34)
    left, top, right, bottom = write_box(drawn, 1)
    stroke = top + round(0.2 * (bottom - top))
    stem = drawn.page[stroke:bottom, left:right]
    stem[:] = np.maximum(stem, tone)
    cell = drawn.read(models)[1]
    assert cell.text == "7" or not accepted(cell)


def test_a_cell_carries_what_else_it_may_say(models: Models) -> None:
    """A digit of which half is under a blot: the likeliest readings come with it, best first."""
    drawn = sheet(["0", "8", "1", "12"], size=34)
    left, top, right, bottom = write_box(drawn, 1)
    drawn.page[top : (top + bottom) // 2, left : (left + right) // 2] = 255
    cells = drawn.read(models)
    for cell in cells:
        shares = [c.probability for c in cell.candidates]
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1 + 1e-4
    assert cells[0].candidates[0].text == "0"


def test_a_blank_cell_takes_ink_and_network_to_agree(models: Models) -> None:
    """Large marks that are no figure are no blank either."""
    drawn = sheet(["0", "", "1", "12"], size=34)
    left, top, right, bottom = drawn.box(1)
    x, y = (left + right) // 2, (top + bottom) // 2
    for angle in (10, 50, 95, 130):
        cv2.ellipse(drawn.page, (x, y), (24, 6), angle, 0, 300, 90, 2)
    assert not accepted(drawn.read(models)[1])


def test_an_upright_stroke_with_dust_beside_it_is_no_dash() -> None:
    """The line of marks is wide because of the dust."""
    assert plain_figure("1", InkLine(0, 0, 90, 20)) == "1"
    assert plain_figure("一", InkLine(0, 0, 40, 8)) == "—"
