"""The library as a notebook uses it: one file, many files, files that fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gouji
from extraction.errors import EncryptedFile, UnsupportedFormat
from extraction.output.report_json import report_data
from extraction.pipeline import extract
from extraction.settings import Settings
from gouji.reading import _models
from models.loaded import Models
from tests.documents import SAMPLES

HTML, DOCX = (SAMPLES / "moling-2024" / f"report.{suffix}" for suffix in ("html", "docx"))
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two reports in one form each, with a file between them that is locked and one that is no document."""
    (tmp_path / "a").mkdir()
    shutil.copyfile(HTML, tmp_path / "a" / "report.html")
    (tmp_path / "b.docx").write_bytes(LOCKED)
    shutil.copyfile(DOCX, tmp_path / "c.docx")
    (tmp_path / "d.gif").write_bytes(b"GIF89a")
    return tmp_path


def test_a_file_is_read_as_by_the_pipeline(models: Models) -> None:
    report = gouji.read(HTML)
    assert report == gouji.Report.of(extract(HTML, models, Settings()))
    assert report.to_dict() == report_data(extract(HTML, models, Settings()))
    assert (report.year, report.source.path) == (2024, str(HTML))
    assert report.field("applications.received.total").status is gouji.Status.READ


def test_a_file_that_fails_says_which_and_why(folder: Path) -> None:
    with pytest.raises(gouji.InputError, match="without a password") as caught:
        gouji.read(folder / "b.docx")
    assert isinstance(caught.value, EncryptedFile)
    assert caught.value.__notes__ == [f"file: {folder / 'b.docx'}"]
    with pytest.raises(gouji.InputError, match="No such file"):
        gouji.read(folder / "none.pdf")


def test_failures_stand_among_the_reports(folder: Path) -> None:
    results = list(gouji.read_many(folder))
    assert [type(result).__name__ for result in results] == ["Report", "Failure", "Report", "Failure"]
    assert [r.source.path for r in results if isinstance(r, gouji.Report)] == ["a/report.html", "c.docx"]
    locked, picture = (r for r in results if isinstance(r, gouji.Failure))
    assert (locked.name, locked.path, type(locked.error)) == ("b.docx", folder / "b.docx", EncryptedFile)
    assert (str(picture).partition(":")[0], type(picture.error)) == ("d.gif", UnsupportedFormat)


def test_results_come_one_at_a_time(folder: Path) -> None:
    results = gouji.read_many([folder / "c.docx", folder / "a"])
    first = next(results)
    (folder / "a" / "report.html").unlink()
    second = next(results)
    assert isinstance(first, gouji.Report)
    assert isinstance(second, gouji.Failure)


def test_inputs_and_settings_that_are_wrong(tmp_path: Path) -> None:
    with pytest.raises(gouji.UsageError, match="no such file"):
        next(gouji.read_many(tmp_path / "none"))
    (tmp_path / "wrong.toml").write_text("[ingest]\nmax_page = 1\n", encoding="utf-8")
    with pytest.raises(gouji.UsageError, match="max_page"):
        gouji.read(HTML, settings=tmp_path / "wrong.toml")


def test_settings_are_kept(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text("[ingest]\nmax_bytes = 1000\n", encoding="utf-8")
    (result,) = gouji.read_many(HTML, settings=tmp_path / "small.toml")
    assert isinstance(result, gouji.Failure)
    assert "max_bytes = 1,000" in str(result)


def test_networks_are_loaded_once() -> None:
    assert _models("rapidocr", True) is _models("rapidocr", True)


def test_nothing_is_written_where_there_is_no_terminal(folder: Path) -> None:
    program = f"import gouji; print(len(list(gouji.read_many({str(folder)!r}))))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("4\n", "")
