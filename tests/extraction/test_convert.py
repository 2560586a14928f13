"""Folders of sample reports converted for good, in worker processes; each test lists the files it puts there."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from annotations.store import read_gold
from eval.compare import compare
from eval.prediction import Prediction
from eval.score import Score
from extraction.convert import Input, Plan, convert, find_inputs
from extraction.errors import UsageError
from extraction.outputs import ManifestLine, read_manifest, read_report, report_path
from extraction.settings import Settings
from tests.documents import SAMPLES


def put(path: Path, report: str = "moling-2024", name: str = "report.html") -> Path:
    """A sample report at this path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SAMPLES / report / name, path)
    return path


def score(report: str, out: Path, name: str) -> Score:
    """The report in a sample's conversion against its gold."""
    return compare(read_gold(SAMPLES / report / "gold.json"), Prediction(read_report(out, name)))


def run(out: Path, *patterns: Path | str, workers: int = 1, force: bool = False) -> dict[str, str]:
    """Convert and give the outcome of each input."""
    plan = Plan(out, Settings(), workers=workers, force=force)
    heard: list[ManifestLine] = []
    lines = convert(find_inputs([str(p) for p in patterns], out), plan, heard.append)
    assert sorted(heard, key=str) == sorted(lines, key=str)
    assert [p for p in out.rglob("*") if p.name.endswith(".part")] == []
    return {line.path: line.outcome for line in lines}


def csv_reports(out: Path) -> set[str]:
    lines = (out / "fields.csv").read_text(encoding="utf-8").splitlines()
    return {line.partition(",")[0] for line in lines[1:]}


# ---- what is done again


def test_only_what_is_new_changed_or_failed_is_done(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    put(folder / "a.html")
    put(folder / "deep" / "b.docx", "hewan-2020", "report.docx")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 and nothing")
    assert run(out, folder) == {"a.html": "converted", "bad.pdf": "failed", "deep/b.docx": "converted"}
    assert score("hewan-2020", out, "deep/b.docx").perfect
    assert csv_reports(out) == {"a.html", "deep/b.docx"}
    first = report_path(out, "a.html").stat().st_mtime_ns

    assert run(out, folder) == {"a.html": "skipped", "bad.pdf": "failed", "deep/b.docx": "skipped"}
    assert report_path(out, "a.html").stat().st_mtime_ns == first
    assert csv_reports(out) == {"a.html", "deep/b.docx"}

    put(folder / "a.html", "zheshui-2023")  # changed
    put(folder / "bad.pdf", "moling-2024", "report.docx")  # failed before
    report_path(out, "deep/b.docx").unlink()  # its report is gone
    put(folder / "new.html", "hewan-2020")
    assert set(run(out, folder).values()) == {"converted"}
    assert score("zheshui-2023", out, "a.html").perfect
    assert csv_reports(out) == {"a.html", "bad.pdf", "deep/b.docx", "new.html"}

    report_path(out, "new.html").write_text('{"schema_version": 1}', encoding="utf-8")  # damaged since
    assert run(out, folder) == {p: "converted" if p == "new.html" else "skipped" for p in csv_reports(out)}
    assert set(run(out, folder / "a.html", force=True).values()) == {"converted"}
    assert set(read_manifest(out)) == {"a.html", "bad.pdf", "deep/b.docx", "new.html"}  # the others are kept
    assert csv_reports(out) == {"a.html", "bad.pdf", "deep/b.docx", "new.html"}


def test_a_file_that_fails_after_a_change_leaves_no_report_of_what_it_was(tmp_path: Path) -> None:
    path, out = put(tmp_path / "in" / "a.html"), tmp_path / "out"
    assert run(out, path) == {"a.html": "converted"}
    path.write_bytes(b"%PDF-1.7 and nothing")
    assert run(out, path) == {"a.html": "failed"}
    assert not report_path(out, "a.html").exists()
    assert csv_reports(out) == set()


def test_a_manifest_that_was_cut_off_costs_only_its_last_line(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    put(folder / "a.html")
    put(folder / "b.html")
    run(out, folder)
    manifest = out / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-20])
    assert run(out, folder) == {"a.html": "skipped", "b.html": "converted"}
    assert set(read_manifest(out)) == {"a.html", "b.html"}
    assert len(manifest.read_text(encoding="utf-8").splitlines()) == 2


def test_a_report_whose_name_is_too_long_fails_alone(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    put(folder / ("a" * 249 + ".html"))  # with .json it is over 255 bytes
    put(folder / ("报" * 80 + ".html"))
    outcomes = run(out, folder)
    assert sorted(outcomes.values()) == ["converted", "failed"]
    (failed,) = (line for line in read_manifest(out).values() if line.outcome == "failed")
    assert "cannot be written" in (failed.error or "")


def test_nothing_to_convert_still_leaves_tables(tmp_path: Path) -> None:
    assert convert([], Plan(tmp_path / "out", Settings()), print) == []
    assert csv_reports(tmp_path / "out") == set()


# ---- workers


def test_two_workers_write_the_same_reports_as_one(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for report in ("moling-2024", "hewan-2020", "zheshui-2023"):
        put(folder / f"{report}.html", report)
        put(folder / f"{report}.docx", report, "report.docx")
    one, two = run(tmp_path / "one", folder), run(tmp_path / "two", folder, workers=2)
    assert one == two
    for name in one:
        assert report_path(tmp_path / "one", name).read_bytes() == report_path(tmp_path / "two", name).read_bytes()
    assert (tmp_path / "one" / "fields.csv").read_bytes() == (tmp_path / "two" / "fields.csv").read_bytes()


@contextmanager
def killing_workers(until: Callable[[Sequence[int]], bool]) -> Iterator[list[int]]:
    """Kills each worker process soon after it starts, as the kernel does when memory is short, `until` says so."""
    killed: list[int] = []
    stop = threading.Event()

    def kill() -> None:
        while not stop.is_set() and not until(killed):
            for child in multiprocessing.active_children():
                if child.pid is not None and child.pid not in killed:
                    killed.append(child.pid)
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child.pid, 9)
            time.sleep(0.02)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def test_workers_killed_once_cost_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for n in range(3):
        put(folder / f"{n}.html")
    with killing_workers(until=bool) as killed:  # one round: a later one would meet those that try a file again
        outcomes = run(tmp_path / "out", folder, workers=2)
    assert killed
    assert outcomes == {f"{n}.html": "converted" for n in range(3)}


def test_a_file_on_which_the_worker_always_dies_fails_alone(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    for n in range(4):
        put(folder / f"{n}.html")
    out.mkdir()

    def one_has_failed(_: Sequence[int]) -> bool:
        return any(line.outcome == "failed" for line in read_manifest(out).values())

    with killing_workers(until=one_has_failed) as killed:
        outcomes = run(out, folder, workers=2)
    assert len(killed) >= 2  # those at work (the second may not have started), then the one that tried a file again
    assert sorted(outcomes.values()).count("converted") >= 2  # the killer may meet the next before it is told
    errors = {line.error for line in read_manifest(out).values() if line.outcome == "failed"}
    assert errors == {"the reader crashed on this file"}
    assert set(run(out, folder, workers=2).values()) == {"converted", "skipped"}  # a failed file is tried again


# ---- which files


def names(*patterns: Path | str, out: Path) -> list[str]:
    return sorted(i.name for i in find_inputs([str(p) for p in patterns], out))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """in/a.pdf, in/b.docx, in/deep/c.pdf, a hidden file, and links: to a file outside, to a folder, around, to none."""
    folder = tmp_path / "in"
    for name in ("a.pdf", "b.docx", "deep/c.pdf", ".hidden.pdf", ".git/d.pdf", "deep/.e.pdf"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (tmp_path / "outside.pdf").write_text("outside")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "f.pdf").write_text("f")
    (folder / "link.pdf").symlink_to(tmp_path / "outside.pdf")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "around").symlink_to(folder)
    (folder / "self.pdf").symlink_to(folder / "self.pdf")
    (folder / "gone.pdf").symlink_to(folder / "none.pdf")
    return folder


def test_a_folder_is_searched_without_hidden_files_and_links_out(archive: Path, tmp_path: Path) -> None:
    assert names(archive, out=tmp_path / "out") == ["a.pdf", "b.docx", "deep/c.pdf"]


def test_results_inside_the_input_folder_are_no_inputs(archive: Path) -> None:
    out = archive / "out"
    (out / "reports").mkdir(parents=True)
    (out / "reports" / "a.pdf.json").write_text("{}")
    (out / "fields.csv").write_text("")
    for patterns in ([archive], [f"{archive}/*"], [f"{archive}/**"], [f"{archive}/**/*"]):
        assert names(*patterns, out=out) == ["a.pdf", "b.docx", "deep/c.pdf"], patterns


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.pdf", ["a.pdf"]),
        ("**/*.pdf", ["a.pdf", "deep/c.pdf"]),
        ("*/c.pdf", ["deep/c.pdf"]),
        ("de*", ["deep/c.pdf"]),
        ("deep/*", ["c.pdf"]),
        ("[ab].*", ["a.pdf", "b.docx"]),
        ("a.pdf", ["a.pdf"]),
    ],
)
def test_globs_are_named_below_the_folder_they_start_from(
    pattern: str, found: Sequence[str], archive: Path, tmp_path: Path
) -> None:
    assert names(archive / pattern, out=tmp_path / "out") == found


def test_a_name_with_the_marks_of_a_glob_is_a_name_first(tmp_path: Path) -> None:
    (tmp_path / "[2020]*.pdf").write_text("a")
    (tmp_path / "2.pdf").write_text("b")
    assert names(tmp_path / "[2020]*.pdf", out=tmp_path / "out") == ["[2020]*.pdf"]


@pytest.mark.parametrize("pattern", ["none.pdf", "none/", "*.none", "self.pdf", "gone.pdf"])
def test_what_is_not_there_is_a_wrong_call(pattern: str, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        find_inputs([str(archive / pattern)], tmp_path / "out")


def test_a_file_named_twice_is_converted_once(archive: Path, tmp_path: Path) -> None:
    found = find_inputs([str(archive), str(archive / "a.pdf"), str(archive / "*.pdf")], tmp_path / "out")
    assert sorted(i.name for i in found) == ["a.pdf", "b.docx", "deep/c.pdf"]


def test_two_files_for_one_report_are_a_wrong_call(tmp_path: Path) -> None:
    for folder in ("2020", "2021"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.pdf").write_text(folder)
    with pytest.raises(UsageError, match=r"reports/a\.pdf\.json; convert the folder that holds both"):
        find_inputs([str(tmp_path / "2020"), str(tmp_path / "2021")], tmp_path / "out")
    assert names(tmp_path, out=tmp_path / "out") == ["2020/a.pdf", "2021/a.pdf"]


def test_a_name_that_is_no_utf_8_is_written_with_escapes(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "报告.html".encode("gbk")
    shutil.copyfile(SAMPLES / "moling-2024" / "report.html", raw)
    (found,) = find_inputs([str(tmp_path)], tmp_path / "out")
    assert found == Input(Path(os.fsdecode(raw)), "\\udcb1\\udca8\\udcb8\\udce6.html")
    assert run(tmp_path / "out", tmp_path) == {found.name: "converted"}
    assert read_report(tmp_path / "out", found.name).source.path == found.name
