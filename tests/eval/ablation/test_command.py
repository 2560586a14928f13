"""`python -m eval.ablation`: its tables say what a change costs, and which changes cost nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from annotations.store import read_gold
from eval.ablation.__main__ import main
from eval.ablation.reading import WHOLE
from eval.runs.prediction import Prediction, dump_prediction
from eval.runs.run import prediction_path
from extraction.document import Field, Report, Status
from tests.eval.data import with_fields, write_data_set

REPORTS = ("chiyan-2021", "hewan-2020")


def wrong(field: Field) -> Field:
    """One figure of each report is another one."""
    if field.id != "applications.received.total" or field.status is not Status.READ:
        return field
    return replace(field, value=(field.value or Decimal(0)) + 1)


def keep(data_set: Path, out: Path, name: str, fault: bool = False) -> None:
    """What a variant read: the gold, with a fault where there is one."""
    for path in sorted((data_set / "reports").glob("*.json")):
        gold = read_gold(path)
        report: Report = with_fields(gold.report, wrong) if fault else gold.report
        kept = prediction_path(out / data_set.name, name, gold.id)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(dump_prediction(Prediction(report)), encoding="utf-8")


@pytest.fixture
def sets(tmp_path: Path) -> list[str]:
    one = write_data_set(tmp_path / "one", REPORTS)
    shutil.copytree(one, tmp_path / "other")
    return [str(one), str(tmp_path / "other")]


def test_the_tables_say_what_a_change_costs(
    sets: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    for folder in map(Path, sets):
        keep(folder, out, WHOLE)
        keep(folder, out, "tags")
        keep(folder, out, "sums", fault=True)
    arguments = [*sets, "-o", str(out), "--only", "sums", "--only", "tags", "--as-it-is"]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in printed.splitlines() if line.startswith("|")]
    assert len(lines) == 2 * 5
    _, _, whole, tags, sums = lines[:5]
    assert whole[1:5] == ["100.0%", "100.0%", "0.0%", "0"]
    assert [tags[0].split(":")[0], *tags[1:]] == ["tags", "0", "0", "0", "0", "0", "0"]
    assert sums[0].startswith("sums: ")
    assert sums[1].startswith("-0.5 (")
    assert sums[4:] == ["**2**", "2", "2"]
    assert "Without each of these no field changes: tags." in printed
    assert "there are more silent errors: sums." in printed


def test_only_documents_that_all_have_read_are_compared(
    sets: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, out = Path(sets[0]), tmp_path / "out"
    keep(one, out, WHOLE)
    keep(one, out, "sums")
    next((out / "one" / "sums").glob("*.json")).unlink()
    assert main([str(one), "-o", str(out), "--only", "sums", "--as-it-is"]) == 0
    assert capsys.readouterr().out.startswith("one, 1 documents, ")


def test_a_set_is_read_where_it_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data_set = write_data_set(tmp_path / "data", REPORTS[1:])
    assert main([str(data_set), "-o", str(tmp_path / "out"), "--only", "labelling.minus", "--workers", "1"]) == 0
    assert "no field changes: labelling.minus." in capsys.readouterr().out
    assert list((tmp_path / "out" / "data" / "labelling.minus").glob("*.json"))


def test_the_list_names_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert "labelling.isolated_blanks" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--only", "nothing"], ["--workers", "0"], ["--as-it-is"]])
def test_a_wrong_call_says_so(
    sets: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main([*sets, "-o", str(tmp_path / "out"), *wrong]) == 2
    assert capsys.readouterr().err.startswith("eval.ablation: ")
