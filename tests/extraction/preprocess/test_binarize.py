"""Grey values and ink of drawn pages."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from extraction.geometry import Pixels
from extraction.preprocess.binarize import components_of, grey, grey_quantile, ink, outer_contours
from tests.drawing import paper, scanned, write


def test_grey_of_colours() -> None:
    page = np.zeros((1, 3, 3), np.uint8)
    page[0] = [[255, 255, 255], [0, 0, 0], [0, 0, 255]]  # white, black, red
    assert grey(page).tolist() == [[255, 0, 76]]


def overlap(marks: Pixels, page: Pixels) -> float:
    """Intersection over union of the marks with what was drawn."""
    found, drawn = marks > 0, page < 128
    return float((found & drawn).sum() / (found | drawn).sum())


def digits_page() -> Pixels:
    page = paper(900, 400)
    for row in range(3):
        write(page, "1187 447228 / 0 -2", 60, 60 + 100 * row, size=40)
    return page


@pytest.mark.parametrize("light", [1.0, 0.8, 0.5])
def test_ink_of_a_clean_page_whatever_its_light(light: float) -> None:
    page = digits_page()
    assert overlap(ink((page * light).astype(np.uint8), 51), page) > 0.75


def test_ink_of_an_unevenly_lit_page() -> None:
    page = digits_page()
    lit = (page * np.linspace(1, 0.4, page.shape[1])).astype(np.uint8)
    assert overlap(ink(lit, 51), page) > 0.75


@pytest.mark.parametrize("noise", [6, 12, 20])
def test_ink_of_a_noisy_page(noise: float) -> None:
    page = digits_page()
    marks = ink(scanned((page * 0.9).astype(np.uint8), noise, quality=90), 51)
    assert overlap(marks, page) > 0.6
    assert (marks[page == 255] > 0).mean() < 0.01  # hardly any of the bare paper


@pytest.mark.parametrize("noise", [0, 8, 20])
def test_bare_paper_has_no_ink(noise: float) -> None:
    bare = scanned(paper(600, 400, 225), noise, quality=90)
    assert (ink(bare, 51) > 0).mean() < 0.002


def test_faded_ink_is_still_ink() -> None:
    page = paper(900, 200)
    write(page, "447228", 60, 60, size=60, tone=200)
    marks = ink(page, 51)
    assert (marks[page < 210] > 0).mean() > 0.9


def numbered(mask: Pixels) -> dict[tuple[int, ...], npt.NDArray[np.bool_]]:
    """The connected components by labelling every pixel: bounding box to mask."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = [tuple(int(v) for v in stats[k, :4]) for k in range(1, count)]
    return {b: labels[b[1] : b[1] + b[3], b[0] : b[0] + b[2]] == k for k, b in enumerate(boxes, start=1)}


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_components_from_contours_are_those_of_labelling(share: float) -> None:
    mask = np.where(np.random.default_rng(round(100 * share)).random((90, 120)) < share, 255, 0).astype(np.uint8)
    expected = numbered(mask)
    boxes = outer_contours(mask)[1]
    assert {tuple(box) for box in boxes.tolist()} == set(expected)
    for part in components_of(mask):
        own = expected[part.left, part.top, part.width, part.height]
        assert part.mask[own].all()
        assert (mask[part.window][part.mask] == 255).all()


def test_a_part_within_another_is_a_part() -> None:
    mask = np.zeros((60, 60), np.uint8)
    cv2.rectangle(mask, (5, 5), (50, 50), 255, 2)
    mask[20:30, 20:24] = 255
    assert sorted(outer_contours(mask)[1].tolist()) == sorted([[4, 4, 48, 48], [20, 20, 4, 10]])


def test_an_empty_mask_has_no_parts() -> None:
    contours, boxes = outer_contours(np.zeros((40, 40), np.uint8))
    assert (contours, boxes.shape) == ([], (0, 4))
    assert list(components_of(np.zeros((40, 40), np.uint8))) == []


@pytest.mark.parametrize("height", [3, 250, 1200])
def test_the_usual_grey_of_a_page_is_told_by_some_of_its_rows(height: int) -> None:
    values = np.full((height, 200), 240, np.uint8)
    values[:, :90] = 12
    assert grey_quantile(values) == 240
    values[:, :110] = 12
    assert grey_quantile(values) == 12
