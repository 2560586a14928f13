"""What stands in OUT, written by the functions themselves; each test shows the report or the manifest it writes."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from extraction.bulk.journal import FileJournal
from extraction.document import Field, Report, Source, Status
from extraction.geometry import Box
from extraction.output.files import (
    ManifestLine,
    read_manifest,
    read_report,
    remove_report,
    report_path,
    write_manifest,
    write_report,
)


def report(name: str, *values: str | None) -> Report:
    """A report with a field a value."""
    fields = tuple(
        Field(
            id=f"field.{n}",
            label=f"标签 / {n}",
            value=None if value is None else Decimal(value),
            printed=value or "",
            status=Status.READ if value else Status.BLANK,
            confidence=0.997,
            page=2,
            box=Box(1.5, 2.25, 3.0, 4.125),
        )
        for n, value in enumerate(values)
    )
    return Report(Source(name, "ab" * 32, "application/pdf", 3), "松溪县档案局", 2020, "2019", "报告", fields=fields)


def parts(out: Path) -> list[Path]:
    return [p for p in out.rglob("*") if p.name.endswith(".part")]


def test_a_report_is_kept_below_reports_with_its_suffix(tmp_path: Path) -> None:
    item = report("甲/乙.pdf", "12", None)
    write_report(tmp_path, "甲/乙.pdf", item)
    assert report_path(tmp_path, "甲/乙.pdf") == tmp_path / "reports" / "甲" / "乙.pdf.json"
    assert read_report(tmp_path, "甲/乙.pdf") == item
    assert parts(tmp_path) == []


def test_a_name_at_the_limit_of_the_file_system(tmp_path: Path) -> None:
    name = "报" * 80 + ".pdf"  # 244 bytes; with .json 249 of 255
    write_report(tmp_path, name, report(name, "12"))
    assert read_report(tmp_path, name).source.path == name


# ---- manifest


def line(path: str, outcome: str = "converted") -> ManifestLine:
    return ManifestLine(path, "ab" * 32, outcome, None, 0.5, 3)


def test_a_manifest_line_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    write_manifest(tmp_path, [line("甲.pdf")])
    (text,) = (tmp_path / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(text) == {
        "path": "甲.pdf",
        "sha256": "ab" * 32,
        "outcome": "converted",
        "error": None,
        "seconds": 0.5,
        "pages": 3,
        "kind": None,  # this and the next are no part of the contract
        "made_with": None,
    }
    assert "甲" in text


def test_the_last_line_of_an_input_holds(tmp_path: Path) -> None:
    for item in (line("a.pdf", "failed"), line("b.pdf"), line("a.pdf")):
        journal = FileJournal(tmp_path)
        journal.add(item)
        journal.close()
    assert read_manifest(tmp_path) == {"a.pdf": line("a.pdf"), "b.pdf": line("b.pdf")}


def test_there_is_no_manifest_yet(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == {}


@pytest.mark.parametrize("lost", range(1, 40))
def test_a_last_line_that_is_cut_off_is_left_out(lost: int, tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    write_manifest(tmp_path, [line("a.pdf"), ManifestLine("b.pdf", None, "failed", "坏了，请重新下载" * 3, 0.5, None)])
    path.write_bytes(path.read_bytes()[:-lost])  # also in the middle of a character
    assert read_manifest(tmp_path).keys() - {"b.pdf"} == {"a.pdf"}
    assert (lost == 1) == ("b.pdf" in read_manifest(tmp_path))  # only the line's end is gone


@pytest.mark.parametrize("text", ["[]", "5", "null", '{"path": "x"}', '{"other": 1}', "", "\ufffd"])
def test_a_line_that_is_none_is_left_out(text: str, tmp_path: Path) -> None:
    write_manifest(tmp_path, [line("a.pdf")])
    with (tmp_path / "manifest.jsonl").open("a", encoding="utf-8") as file:
        file.write(text + "\n")
    assert list(read_manifest(tmp_path)) == ["a.pdf"]


@pytest.mark.parametrize(
    "name", ["a\nb.pdf", "a\u2028b.pdf", "a\x85b.pdf", 'a"b.pdf', "a\\b.pdf", "a\x1cb.pdf", "😀.pdf"]
)
def test_any_name_keeps_to_its_line(name: str, tmp_path: Path) -> None:
    write_manifest(tmp_path, [line(name), line("z.pdf")])
    assert list(read_manifest(tmp_path)) == [name, "z.pdf"]
    assert len((tmp_path / "manifest.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_removing_a_report_that_is_or_is_not_there(tmp_path: Path) -> None:
    write_report(tmp_path, "a.pdf", report("a.pdf", "12"))
    remove_report(tmp_path, "a.pdf")
    assert not report_path(tmp_path, "a.pdf").exists()
    for name in ("a.pdf", "no/folder.pdf", "x" * 300):
        remove_report(tmp_path, name)
