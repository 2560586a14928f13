"""`gouji bench` on small pages: real engines, and what is said of them is what they took."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from eval.bench.engines import GOUJI, baselines, reader
from eval.bench.pages import DIGITAL, SCAN, TEXT, inspect, page_count, with_pages
from eval.bench.processes import COMMAND, readings
from eval.bench.timing import REPORT, TABLE_PAGE, time_files
from extraction.cli import main
from extraction.errors import GoujiError, UsageError
from models.loaded import Models
from tests.documents import SAMPLES, PdfPage, pdf
from tests.drawing import draw_form, form, paper, write_mid

REPORT_PDF = SAMPLES / "zheshui-2023" / "report.pdf"


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small page with a table, as a picture."""
    drawn = form([60, 260, 460, 660], [60, 140, 220, 300])
    page = paper(720, 360)
    draw_form(page, drawn)
    for number, place in enumerate(drawn.places):
        write_mid(page, str(11 * number), drawn.pixels_of(place), 30)
    path = tmp_path_factory.mktemp("scan") / "scan.pdf"
    Image.fromarray(page).save(path, resolution=200)
    return path


@pytest.fixture(scope="module")
def digital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small page of text."""
    path = tmp_path_factory.mktemp("digital") / "digital.pdf"
    path.write_bytes(pdf(PdfPage("BT /F1 12 Tf 30 300 Td (Annual report of 2023) Tj ET")))
    return path


def written(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_what_kind_a_file_is_and_where_its_tables_are(scan: Path, digital: Path, models: Models) -> None:
    info = inspect(scan, models)
    assert (info.kind, info.pages, info.with_tables, info.is_pdf) == (SCAN, 1, (1,), True)
    info = inspect(digital, models)
    assert (info.kind, info.pages, info.with_tables) == (DIGITAL, 1, ())
    info = inspect(SAMPLES / "zheshui-2023" / "report.docx", models)
    assert (info.kind, info.pages, info.is_pdf) == (TEXT, 1, False)


def test_documents_are_made_of_the_pages_named(tmp_path: Path, models: Models) -> None:
    made = with_pages(REPORT_PDF, [0, 1, 0, 0], tmp_path / "long.pdf")
    assert page_count(made) == 4
    assert inspect(made, models).with_tables == tuple(
        k + 1 for k, p in enumerate([0, 1, 0, 0]) if p + 1 in _tables(models)
    )


def _tables(models: Models) -> tuple[int, ...]:
    return inspect(REPORT_PDF, models).with_tables


@pytest.mark.slow
def test_engines_take_turns_on_reports_and_on_pages_with_tables(scan: Path, digital: Path) -> None:
    timings = time_files([scan, digital], baselines(1, ["rapidocr"]), rounds=1, threads=1)
    assert [(t.kind, t.part) for t in timings] == [(SCAN, REPORT), (SCAN, TABLE_PAGE), (DIGITAL, REPORT)]
    for timing in timings:
        assert list(timing.rounds) == [GOUJI, "rapidocr"]
        assert all(len(rounds) == 1 and min(r.cpu for r in rounds) > 0 for rounds in timing.rounds.values())
        gouji, other = timing.rounds[GOUJI][0].cpu, timing.rounds["rapidocr"][0].cpu
        assert timing.ratios("rapidocr")[0] == pytest.approx(other / gouji)
        assert 0 < sum(timing.stages.values()) <= gouji
    assert timings[0].stages["cells"] > timings[2].stages.get("cells", 0.0)


def test_a_file_without_pictures_of_pages_is_read_by_gouji_alone() -> None:
    (timing,) = time_files([SAMPLES / "zheshui-2023" / "report.docx"], {"none": _fails}, rounds=1, threads=1)[:1]
    assert list(timing.rounds) == [GOUJI]


def _fails(path: Path) -> None:
    assert path.suffix == ".docx"  # only to load what it needs


@pytest.mark.slow
def test_the_command_writes_what_it_measured(
    scan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "bench.json"
    monkeypatch.setattr("sys.argv", ["gouji", "bench", str(scan)])
    assert main(["bench", str(scan), "--repeat", "1", "--engine", "", "-o", str(out)]) == 0
    said, found = capsys.readouterr().out, written(out)
    assert "gouji by stage" in said
    assert found["command"] == f"gouji bench {scan}"
    assert [(s["engine"], s["kind"]) for s in found["starts"]] == [(COMMAND, SCAN), (GOUJI, SCAN)]
    (start,) = found["starts"][1]["rounds"]
    assert start["wall"] > 0
    assert 50 < start["held"] <= start["peak"]
    assert found["timings"][0]["rounds"][GOUJI][0]["cpu"] < start["cpu"]  # networks were loaded before


@pytest.mark.slow
def test_growth_is_measured_with_pages_and_workers(digital: Path, tmp_path: Path) -> None:
    out = tmp_path / "growth.json"
    arguments = ["--growth", "--pages", "4", "1", "--workers", "1", "--steady", "5", "-o", str(out)]
    assert main(["bench", str(digital), *arguments]) == 0
    (grown,) = written(out)["growth"]
    assert [point["pages"] for point in grown["documents"]] == [1, 4]
    assert [point["pages"] for point in grown["process"]] == [1, 3, 5]
    spent = [point["spent"]["cpu"] for point in grown["process"]]
    assert spent == sorted(spent)
    assert grown["workers"]["1"]["cpu"] > 0
    page = out.with_suffix(".html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "digital, one process" in page


def test_a_process_that_fails_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(GoujiError, match="DamagedFile"):
        list(readings(GOUJI, [broken]))


def test_unknown_engines_and_numbers_are_refused(scan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="rapidocr"):
        reader("abbyy")
    assert main(["bench", str(scan), "--repeat", "0"]) == 2
    assert "--repeat" in capsys.readouterr().err


@pytest.mark.slow
def test_files_of_one_name_are_measured_each(scan: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / scan.name
    other.parent.mkdir()
    other.write_bytes(scan.read_bytes())
    out = tmp_path / "bench.json"
    given = ["bench", str(scan), str(other), str(scan), "--repeat", "1", "--engine", ""]
    assert main([*given, "-o", str(out)]) == 0
    names = {t["name"] for t in written(out)["timings"] if t["part"] == "report"}
    assert names == {f"{path.parent.name}/{path.name}" for path in (scan, other)}
