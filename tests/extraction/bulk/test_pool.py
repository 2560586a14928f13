"""Worker processes that are killed, hang or grow, while they read real files; each test says what befalls them."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace as replaced
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace
from PIL import Image

from extraction.bulk.plan import Input, Outcome, Plan, Task, cores
from extraction.bulk.pool import LocalEngine
from extraction.errors import OutputError
from extraction.output.files import report_path
from extraction.settings import BulkSettings, Settings
from models.loaded import Models
from tests.documents import SAMPLES, encoded, pdf_file
from tests.drawing import page_with_text
from tests.extraction.bulk.in_process import InProcessEngine

REPORTS = ("moling-2024", "hewan-2020", "zheshui-2023")


def tasks(folder: Path, *names: str) -> list[Task]:
    """Sample reports under these names."""
    folder.mkdir(exist_ok=True)
    for n, name in enumerate(names):
        shutil.copyfile(SAMPLES / REPORTS[n % 3] / f"report{Path(name).suffix}", folder / name)
    return [Task(Input(folder / name, name)) for name in names]


def plan(folder: Path, workers: int = 1, **limits: float) -> Plan:
    return Plan(folder / "out", Settings(bulk=replace(BulkSettings(), **limits)), workers=workers)


def outcomes(engine: LocalEngine, todo: Sequence[Task]) -> dict[str, Outcome]:
    try:
        return {outcome.line.path: outcome for outcome in engine.run(todo)}
    finally:
        engine.close()


def kept(found: dict[str, Outcome]) -> dict[str, str | None]:
    """The kind of each failure, None for what was converted."""
    return {name: outcome.line.kind for name, outcome in found.items()}


def test_two_workers_write_what_one_writes(models: Models, tmp_path: Path) -> None:
    todo = tasks(tmp_path / "in", "a.html", "b.docx", "c.html")
    one, two = plan(tmp_path / "1"), plan(tmp_path / "2", workers=2)
    here = {outcome.line.path: outcome for outcome in InProcessEngine(one, models).run(todo)}
    assert kept(here) == kept(outcomes(LocalEngine(two), todo)) == dict.fromkeys(("a.html", "b.docx", "c.html"))
    for task in todo:
        name = task.item.name
        assert report_path(one.out, name).read_bytes() == report_path(two.out, name).read_bytes()


def test_workers_times_threads_are_the_cores(tmp_path: Path) -> None:
    assert plan(tmp_path, workers=1).threads_each == cores()
    assert plan(tmp_path, workers=cores()).threads_each == 1
    assert plan(tmp_path, workers=10 * cores()).threads_each == 1


def test_a_file_that_crashes_its_worker_once_is_converted(tmp_path: Path) -> None:
    crashed: list[str] = []

    def crash_once(task: Task, worker: int) -> None:
        if task.item.name == "b.html" and not crashed:
            crashed.append(task.item.name)
            os.kill(worker, signal.SIGSEGV)

    found = outcomes(LocalEngine(plan(tmp_path), crash_once), tasks(tmp_path / "in", "a.html", "b.html", "c.html"))
    assert crashed == ["b.html"]
    assert kept(found) == {"a.html": None, "b.html": None, "c.html": None}
    assert list(found)[-1] == "b.html"  # when the others are done


@pytest.mark.slow
def test_a_file_that_crashes_its_worker_always_fails_alone(tmp_path: Path) -> None:
    workers: list[int] = []

    def crash(task: Task, worker: int) -> None:
        workers.append(worker)
        if task.item.name == "b.html":
            os.kill(worker, signal.SIGSEGV)

    found = outcomes(LocalEngine(plan(tmp_path), crash), tasks(tmp_path / "in", "a.html", "b.html", "c.html"))
    assert kept(found) == {"a.html": None, "b.html": "Crash", "c.html": None}
    assert found["b.html"].line.error == "the reader crashed on this file (SIGSEGV)"
    assert found["b.html"].line.sha256 is not None
    assert len(set(workers)) == 3  # the first, the one after the crash, and the one of the second try


def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    todo = tasks(tmp_path / "in", "a.pdf")
    stopped: list[int] = []

    def stop(_: Task, worker: int) -> None:  # it hangs: no signal but the last reaches it
        stopped.append(worker)
        os.kill(worker, signal.SIGSTOP)

    found = outcomes(LocalEngine(plan(tmp_path, page_seconds=0.5), stop), todo)
    assert kept(found) == {"a.pdf": "TimeLimit"}
    assert found["a.pdf"].line.error == "a page took longer than bulk.page_seconds = 0.5"
    assert len(stopped) == 2
    assert not any(map(psutil.pid_exists, stopped))


@pytest.mark.slow
def test_a_page_that_never_ends_is_given_up(tmp_path: Path) -> None:
    """A form that draws itself twice: drawing it takes as good as for ever."""
    twice = b"<<%b/Length 15>>stream\n/Fm0 Do /Fm0 Do\nendstream"
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 300 400]/Resources<</XObject<</Fm0 5 0 R>>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R/Resources<</XObject<</Fm0 5 0 R>>>>>>"
    pages = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", pages, page, twice % b"", twice % form]
    (tmp_path / "a.pdf").write_bytes(pdf_file(objects))
    engine = LocalEngine(plan(tmp_path, page_seconds=2.0))
    assert kept(outcomes(engine, [Task(Input(tmp_path / "a.pdf", "a.pdf"))])) == {"a.pdf": "TimeLimit"}


@pytest.mark.slow
def test_a_document_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    engine = LocalEngine(plan(tmp_path, document_seconds=0.0))
    found = outcomes(engine, tasks(tmp_path / "in", "a.pdf"))
    assert kept(found) == {"a.pdf": "TimeLimit"}
    assert "bulk.document_seconds" in (found["a.pdf"].line.error or "")


def test_a_worker_that_takes_too_much_memory_is_killed(tmp_path: Path) -> None:
    found = outcomes(LocalEngine(plan(tmp_path, worker_megabytes=60)), tasks(tmp_path / "in", "a.pdf"))
    assert kept(found)["a.pdf"] in ("MemoryLimit", "Crash")  # the kernel's own limit may come first
    assert not report_path(tmp_path / "out", "a.pdf").exists()


@pytest.mark.slow
@pytest.mark.parametrize("limit", [{"recycle_megabytes": 0}, {"recycle_documents": 1}])
def test_a_worker_that_has_grown_or_read_many_is_replaced(limit: dict[str, int], tmp_path: Path) -> None:
    workers: list[int] = []
    engine = LocalEngine(plan(tmp_path, **limit), lambda _, worker: workers.append(worker))
    assert kept(outcomes(engine, tasks(tmp_path / "in", "a.html", "b.html"))) == {"a.html": None, "b.html": None}
    assert len(set(workers)) == 2


@pytest.mark.slow
def test_so_many_documents_are_one_workers(tmp_path: Path) -> None:
    workers: list[int] = []
    engine = LocalEngine(plan(tmp_path, recycle_documents=2), lambda _, worker: workers.append(worker))
    outcomes(engine, tasks(tmp_path / "in", "a.html", "b.html", "c.html", "d.html"))
    assert workers[0] == workers[1] != workers[2] == workers[3]


def test_a_warm_worker_reads_one_document_after_another(tmp_path: Path) -> None:
    workers: list[int] = []
    engine = LocalEngine(plan(tmp_path), lambda _, worker: workers.append(worker))
    first, second = tasks(tmp_path / "in", "a.html", "b.html")
    try:
        assert [o.line.outcome for o in engine.run([first])] == ["converted"]
        assert [o.line.outcome for o in engine.run([second])] == ["converted"]
    finally:
        engine.close()
    assert len(set(workers)) == 1
    assert not psutil.pid_exists(workers[0])


@pytest.mark.slow
def test_a_worker_reads_with_the_weights_of_the_plan(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(Image.fromarray(page_with_text()), "PNG"))
    task = Task(Input(tmp_path / "a.png", "a.png"))
    plain = plan(tmp_path)
    pinned = replaced(plain, weights={**plain.weights, "digits": 9})
    assert "digits/9/model.toml" in (outcomes(LocalEngine(pinned), [task])["a.png"].line.error or "")
    assert "digits/9/model.toml" not in (outcomes(LocalEngine(plain), [task])["a.png"].line.error or "")


def test_documents_are_fetched_when_a_worker_is_free_for_them(tmp_path: Path) -> None:
    todo, fetched = tasks(tmp_path / "in", "a.html", "b.html", "c.html", "d.html"), 0

    def fetching() -> Iterator[Task]:
        nonlocal fetched
        for task in todo:
            fetched += 1
            yield task

    engine = LocalEngine(plan(tmp_path))
    try:
        for done, _ in enumerate(engine.run(fetching()), start=1):
            assert fetched <= done + 2  # one at work, one waiting
    finally:
        engine.close()
    assert fetched == 4


def test_an_out_folder_that_takes_no_files_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "reports").symlink_to("/proc/self")  # where nobody can make a file
    with pytest.raises(OutputError, match="the run stopped"):
        outcomes(LocalEngine(plan(tmp_path)), tasks(tmp_path / "in", "a.html"))
