"""What a data set is made of, and that it does not depend on how it is made."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotations.store import annotation_path, read_annotation, read_split
from annotations.validation.constraints import findings_in
from tests.system import needs
from tests.training.pages import typeset
from training.synthetic.content.draft import Draft, Key, Place, Rendered
from training.synthetic.content.report import draft_report
from training.synthetic.content.series import SEEDS
from training.synthetic.content.variations import NONE
from training.synthetic.dataset import Order, Task, is_made, make, make_all, tasks_of, versions, write_data_set
from training.synthetic.printing import PrintingError, overprinted, printed, with_repeated_headers
from training.synthetic.render.check import Unsound

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


def test_some_engines_of_a_split() -> None:
    some = Order("train", 6, 0, ("worn", "digital"), engines=RENDERERS[:1])
    assert [(t.renderer, t.level) for t in tasks_of(some, RENDERERS, LEVELS)] == 3 * [
        (RENDERERS[0], "worn"),
        (RENDERERS[0], "digital"),
    ]
    with pytest.raises(ValueError, match="not of this split: chalk"):
        tasks_of(Order("train", 6, 0, engines=("chalk",)), RENDERERS, LEVELS)


@pytest.mark.parametrize(("reports", "seed"), [(0, 1), (SEEDS + 1, 1), (5, -1)])
def test_an_order_that_cannot_be(reports: int, seed: int) -> None:
    with pytest.raises(ValueError, match="reports"):
        Order("test", reports, seed)


def test_versions_name_python() -> None:
    assert versions()["python"].startswith("3.")


# ---------------------------------------------------------------- printing


def repeating(seed: int) -> Draft:
    return draft_report(seed, "train", replace(NONE, repeated_headers=1.0))


def test_repeated_headers_have_a_place_on_every_page() -> None:
    draft = repeating(3)
    told = typeset(draft)
    first = Rendered(
        told.pdf, {key: found[:1] if _is_header(draft, key) else found for key, found in told.places.items()}
    )
    again = with_repeated_headers(draft, first)
    assert again.places != first.places
    for key, found in again.places.items():
        tables = draft.parts[key.part]
        pages = {p.page for k, places in told.places.items() if k.part == key.part for p in places}
        assert [p.page for p in found] == (
            sorted(pages) if _is_header(draft, key) else [p.page for p in told.places[key]]
        )
        assert tables is not None


def _is_header(draft: Draft, key: Key) -> bool:
    part = draft.parts[key.part]
    rows = getattr(part, "header_rows", 0)
    return bool(rows) and [row for row, _, _ in part.placed()][key.item] < rows  # type: ignore[union-attr]


def test_parts_over_each_other_are_seen_and_refused() -> None:
    draft = draft_report(3, "train", NONE)
    good = typeset(draft)
    assert overprinted(draft, good) == []
    heading = next(k for k, p in enumerate(draft.parts) if getattr(p, "style", "") == "heading")
    table = next(k for k, p in enumerate(draft.parts) if hasattr(p, "rows"))
    down = good.places[Key(table, 0)][0].box.top - good.places[Key(heading, 0)][0].box.top
    moved = {
        key: tuple(Place(p.page, p.box._replace(top=p.box.top + down, bottom=p.box.bottom + down)) for p in found)
        if key.part == heading
        else found
        for key, found in good.places.items()
    }
    assert overprinted(draft, Rendered(good.pdf, moved)) == [1]
    with pytest.raises(PrintingError, match="page 1"):
        printed(draft, lambda _: Rendered(good.pdf, moved))


def test_a_draft_that_an_engine_spoils_is_printed_with_other_settings() -> None:
    tried: list[float] = []

    def spoils_high_rows(draft: Draft) -> Rendered:
        tried.append(draft.look.row_height)
        if len(set(tried)) == 1:
            raise Unsound("text lost")
        return typeset(draft)

    draft, _ = printed(draft_report(3, "train", NONE), spoils_high_rows)
    assert draft.look.row_height == tried[-1] < tried[0]


def test_where_headers_are_not_repeated_well_they_are_not_repeated() -> None:
    """The test's typesetter writes no text, so no header can be read where it should be."""
    draft, _ = printed(repeating(3), typeset)
    assert not draft.look.repeat_header


# ---------------------------------------------------------------- a whole data set

needs_fonts = needs(fonts=["dev"])


@pytest.mark.slow
@needs_fonts
def test_a_data_set_is_the_same_by_one_worker_and_by_two_and_is_not_made_twice(tmp_path: Path) -> None:
    order = Order("dev", 2, 5, ("digital",))
    tasks = tasks_of(order, ("reportlab",), ("digital", "clean"))
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        assert [fault for _, fault in make_all(folder, tasks, workers)] == ["", ""]
        write_data_set(folder, order, tasks, "command")
        assert read_split(folder, "dev") == [task.id for task in tasks]
    for task in tasks:
        one, two = (annotation_path(tmp_path / workers, task.id) for workers in "12")
        assert one.read_bytes() == two.read_bytes()
        assert one.with_suffix(".pdf").read_bytes() == two.with_suffix(".pdf").read_bytes()
        assert list(findings_in(read_annotation(tmp_path / "1", task.id))) == []
    assert json.loads((tmp_path / "1" / "dataset.json").read_text("utf-8"))["splits"]["dev"]["seed"] == 5
    assert is_made(tmp_path / "1", tasks[0])
    path = annotation_path(tmp_path / "1", tasks[0].id)
    path.write_text(path.read_text("utf-8")[:400], "utf-8")  # as after being killed
    assert not is_made(tmp_path / "1", tasks[0])
    assert not is_made(tmp_path / "1", replace(tasks[1], level="clean"))


@pytest.mark.slow
@needs_fonts
def test_workers_are_replaced_before_what_typst_keeps_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.synthetic.dataset._WORKER_REPORTS", 1)
    used: list[int] = []

    class Counted(ProcessPoolExecutor):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            used.append(1)
            super().__init__(*arguments, **options)

    monkeypatch.setattr("training.synthetic.dataset.ProcessPoolExecutor", Counted)
    tasks = tasks_of(Order("dev", 2, 5, ("digital",)), ("reportlab",), ("digital",))
    assert [fault for _, fault in make_all(tmp_path, tasks, 1)] == ["", ""]
    assert len(used) == 2
    assert all(is_made(tmp_path, task) for task in tasks)


@needs_fonts
def test_a_report_that_fails_costs_no_other(tmp_path: Path) -> None:
    good = Task("dev-1", 1, "dev", "reportlab", "digital")
    bad = Task("dev-2", 2, "dev", "no such engine", "digital")
    faults = dict(make_all(tmp_path, [bad, good], 1))
    assert (faults[good], faults[bad]) == ("", "KeyError: 'no such engine'")
    assert is_made(tmp_path, good)
    assert not is_made(tmp_path, bad)


@needs_fonts
def test_a_scan_has_pictures_and_gold_in_them(tmp_path: Path) -> None:
    task = Task("dev-3", 3, "dev", "reportlab", "clean")
    make(tmp_path, task)
    annotation = read_annotation(tmp_path, task.id)
    assert (annotation.level, annotation.made_by) == ("clean", "reportlab+clean")
    assert list(findings_in(annotation)) == []
