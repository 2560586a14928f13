"""`gouji show`: a line a report where nobody looks, and names that cannot break a line."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from extraction.cli import main
from extraction.document import Report, Status
from extraction.doubts import DoubtCode, doubt, joined
from extraction.output.files import report_path
from extraction.output.report_json import dump_report, load_report
from extraction.output.show import on_one_line, reasons_for_review
from tests.documents import SAMPLES

SAMPLE = SAMPLES / "moling-2024" / "report.html"
LONG = f"{'某某省某某市某某区/' * 8}{'x' * 100}/report.html"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("in")
    (folder / LONG).parent.mkdir(parents=True)
    shutil.copyfile(SAMPLE, folder / LONG)
    shutil.copyfile(SAMPLE, folder / "two\nlines[red].html")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing")
    out = tmp_path_factory.mktemp("out")
    assert main(["convert", str(folder), "-o", str(out), "--quiet", "--lang", "en"]) == 1
    return out


def test_every_report_is_one_line(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(out), "--lang", "en"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    columns = "report organization year form figures blank missing review errors reasons"
    assert head.split() == columns.split()
    for line, name in zip(lines, ("broken.pdf", r"two\nlines[red].html", LONG), strict=True):
        assert line.startswith(f"{name} ")
    assert lines[0].split() == ["broken.pdf", "failed"]


def test_the_list_in_chinese(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(out), "--lang", "zh"]) == 0
    head, broken, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["报告", "机关", "年度", "表样"]
    assert broken.split() == ["broken.pdf", "失败"]


def test_one_report_in_both_languages(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for language, verdict in (("en", "source_inconsistent"), ("zh", "原文数字不符")):
        assert main(["show", str(out), LONG, "--lang", language]) == 0
        title, *lines = capsys.readouterr().out.splitlines()
        assert "2024" in title
        assert any(line.strip().startswith(verdict) for line in lines)


def planted(report: Report) -> Report:
    """The report with the first three fields for review: two for one reason, one of them for another too."""
    low, sums = doubt(DoubtCode.LOW_PROBABILITY), doubt(DoubtCode.SUM_FAILS)
    doubts = (low, joined(low, sums), low)
    changed = tuple(replace(f, status=Status.REVIEW, doubts=d) for f, d in zip(report.fields, doubts, strict=False))
    accepted = replace(report.fields[3], doubts=doubt(DoubtCode.WIDE_GAP))  # was in doubt, and is accepted all the same
    return replace(report, fields=(*changed, accepted, *report.fields[4:]))


@pytest.mark.parametrize(
    ("language", "listed", "one"),
    [
        ("en", "the reading is unsure 3; a sum does not hold 1", "(the reading is unsure; a sum does not hold)"),
        ("zh", "识别把握不足 3；勾稽不符 1", "(识别把握不足；勾稽不符)"),
    ],
)
def test_reasons_for_review_are_told(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, listed: str, one: str
) -> None:
    shutil.copytree(out, tmp_path / "out")
    file = report_path(tmp_path / "out", LONG)
    file.write_text(dump_report(planted(load_report(file.read_text(encoding="utf-8")))), encoding="utf-8")
    assert main(["show", str(tmp_path / "out"), "--lang", language]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last.endswith(f" {listed}")
    assert main(["show", str(tmp_path / "out"), LONG, "--lang", language]) == 0
    review = capsys.readouterr().out.splitlines()[1:4]
    assert review[1].endswith(f"  {one}")
    assert one[1:4] in review[0]
    assert "；" not in review[0]


def test_every_reason_can_be_counted(out: Path) -> None:
    report = planted(load_report(report_path(out, LONG).read_text(encoding="utf-8")))
    assert reasons_for_review(report.fields) == {DoubtCode.LOW_PROBABILITY: 3, DoubtCode.SUM_FAILS: 1}


def test_a_report_that_failed_says_why(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(out), "broken.pdf", "--lang", "en"]) == 2
    assert "broken.pdf could not be converted (DamagedFile): the PDF has no page" in capsys.readouterr().err
    assert main(["show", str(out), "none.pdf", "--lang", "zh"]) == 2
    assert capsys.readouterr().err.startswith(f"gouji：{out} 中没有 none.pdf 的报告")


def test_controls_in_a_name_are_shown_as_escapes() -> None:
    assert on_one_line("a\nb\x1b[31m\u2028年") == r"a\nb\x1b[31m\u2028年"
