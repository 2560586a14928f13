"""What a data set is made of, and that it does not depend on how it is made."""

from __future__ import annotations

from collections import Counter

import pytest

from training.synthetic.dataset import SEEDS, Order, tasks_of, versions

RENDERERS, LEVELS = ("one", "two", "three"), ("digital", "clean", "worn", "phone")


def test_documents_cycle_evenly_over_renderers_and_levels() -> None:
    tasks = tasks_of(Order("train", 240, 7), RENDERERS, LEVELS)
    assert set(Counter((t.renderer, t.level) for t in tasks).values()) == {20}
    assert len({t.id for t in tasks}) == len({t.seed for t in tasks}) == 240


def test_a_shorter_order_is_the_start_of_a_longer_one() -> None:
    assert tasks_of(Order("dev", 20, 3), RENDERERS, LEVELS) == tasks_of(Order("dev", 50, 3), RENDERERS, LEVELS)[:20]


def test_seeds_do_not_overlap() -> None:
    assert tasks_of(Order("test", 1, 8), RENDERERS, LEVELS)[0].seed == 8 * SEEDS


def test_only_the_levels_asked_for() -> None:
    tasks = tasks_of(Order("test", 30, 0, ("worn", "digital")), RENDERERS, LEVELS)
    assert Counter(t.level for t in tasks) == {"worn": 15, "digital": 15}


def test_an_unknown_level_is_named() -> None:
    with pytest.raises(ValueError, match="torn"):
        tasks_of(Order("test", 30, 0, ("torn",)), RENDERERS, LEVELS)


@pytest.mark.parametrize(("reports", "seed"), [(0, 1), (SEEDS + 1, 1), (5, -1)])
def test_an_order_that_cannot_be(reports: int, seed: int) -> None:
    with pytest.raises(ValueError, match="reports"):
        Order("test", reports, seed)


def test_versions_name_python() -> None:
    assert versions()["python"].startswith("3.")
