"""`gouji export` over a small OUT folder: what each target becomes, and what is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from extraction.cli import main
from extraction.output.files import ManifestLine, read_report, write_manifest, write_report
from extraction.output.places import place
from tests.extraction.small_reports import RECEIVED, field, report


@pytest.fixture
def out(tmp_path: Path) -> Path:
    items = [report("a.pdf", 2023, field(RECEIVED, "12")), report("b.pdf", 2022, field(RECEIVED, "13"))]
    for item in items:
        write_report(tmp_path / "out", item.source.path, item)
    lines = [ManifestLine(item.source.path, "ab" * 32, "converted", None, 1.0, 3) for item in items]
    write_manifest(tmp_path / "out", [*lines, ManifestLine("c.pdf", None, "failed", "damaged", 1.0, None)])
    assert read_report(tmp_path / "out", "a.pdf") == items[0]
    return tmp_path / "out"


@pytest.mark.parametrize("target", ["a.xlsx", "a.csv", "a.html"])
def test_the_ending_says_what_is_written(target: str, out: Path, tmp_path: Path) -> None:
    assert main(["export", str(out), "--to", str(tmp_path / target)]) == 0
    assert (tmp_path / target).stat().st_size > 100


def test_a_database_of_one_report_by_the_command(out: Path, tmp_path: Path) -> None:
    assert main(["export", str(out), "b.pdf", "--to", f"sqlite:///{tmp_path}/a.db"]) == 0
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("select path from reports").fetchall() == [("b.pdf",)]


def test_a_postgresql_server_by_the_command(out: Path, postgres: str) -> None:
    assert main(["export", str(out), "--to", postgres]) == 0
    with sa.create_engine(postgres, poolclass=sa.NullPool).connect() as connection:
        assert connection.scalars(sa.text("select path from reports order by path")).all() == ["a.pdf", "b.pdf"]


@pytest.mark.filterwarnings("default")  # of botocore
def test_an_archive_in_an_object_store_is_exported_to_there_or_here(s3: str, tmp_path: Path) -> None:
    item = report("a.pdf", 2023, field(RECEIVED, "12"))
    write_report(place(f"{s3}/out"), "a.pdf", item)
    write_manifest(place(f"{s3}/out"), [ManifestLine("a.pdf", "ab" * 32, "converted", None, 1.0, 3)])
    for target in (f"{s3}/fields.csv", str(tmp_path / "fields.csv")):
        assert main(["export", f"{s3}/out", "--to", target, "--bom"]) == 0
        assert place(target).read_bytes().startswith(b"\xef\xbb\xbfreport,")
    assert main(["export", f"{s3}/out", "--to", str(tmp_path / "years"), "--by-year"]) == 0
    assert (tmp_path / "years" / "year=2023").is_dir()
    assert main(["export", f"{s3}/out", "--to", f"{s3}/years", "--by-year"]) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none", "--to", "a.xlsx"], "is not the OUT folder"),
        (["OUT", "c.pdf", "--to", "a.xlsx"], "has no report of c.pdf"),
        (["OUT", "--to", "a.doc"], "end it with"),
        (["OUT", "--to", "nosuch://x"], "cannot be filled"),
    ],
)
def test_what_cannot_be_written_is_said(
    arguments: list[str], said: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *[str(out) if a == "OUT" else a for a in arguments]]) == 2
    assert said in capsys.readouterr().err
