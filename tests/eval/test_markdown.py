"""The tables of the benchmark say what the scores say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from annotations.store import read_annotation, write_annotation
from eval.markdown import main
from extraction.document import Field, Report, Status
from tests.eval.data import evaluate, with_fields, write_data_set

REPORTS = ("chiyan-2021", "hewan-2020", "zheshui-2023")


def _one_more(field: Field) -> Field:
    """A wrong figure that is accepted."""
    if field.id != "applications.received.total" or field.status != Status.READ:
        return field
    return replace(field, value=(field.value or Decimal(0)) + 1)


def tables(text: str) -> list[dict[str, dict[str, str]]]:
    """Each table of a text by the first cell of its rows, and its headings."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text.splitlines():
        row = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|"):
            found = found if inside else [*found, []]
            found[-1].append(row)
        inside = line.startswith("|")
    return [{row[0]: dict(zip(head, row, strict=True)) for row in rows} for head, _, *rows in found]


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    data_set, out = write_data_set(tmp_path / "data", REPORTS), tmp_path / "out"
    write_annotation(data_set, replace(read_annotation(data_set, REPORTS[0]), level="worn"))

    def planted(report: Report) -> Report:
        return with_fields(report, _one_more)

    evaluate(data_set, out, planted)
    evaluate(data_set, out, lambda report: report, "--as-it-is", engine="tesseract-page")
    evaluate(data_set, out, planted, "--engine", "gouji,tesseract-page", "--as-it-is")
    return out / "scores.json"


def test_tables_say_what_the_scores_say(scores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main([str(scores)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("```sh\ngouji")
    assert "3 reports of 2 levels" in said
    whole, right, accepted, silent, review, ece, detail = tables(said)
    assert whole["Gouji"]["silent errors"].startswith("3: 0.")
    assert whole["whole-page Tesseract"]["silent errors"].startswith("0: 0.00% (0.0–")
    assert whole["whole-page Tesseract"]["as printed"].startswith("100.00%")
    assert list(right) == list(accepted) == list(silent) == list(review) == ["digital", "worn"]
    assert [silent[level]["Gouji"].split()[0] for level in silent] == ["2", "1"]
    assert right["worn"] == _row("worn", right["worn"], "99.5%", "100.0%")
    assert ece["worn"]["Gouji"] == "0.51%"  # one wrong figure of 198 that was said to be sure
    assert detail["Gouji"]["s/page"] == "0.2"  # half a second for two pages


def _row(level: str, row: Mapping[str, str], gouji: str, tesseract: str) -> dict[str, str]:
    return {"level": level, "fields": row["fields"], "Gouji": gouji, "whole-page Tesseract": tesseract}


@pytest.mark.parametrize("arguments", [[], ["nowhere.json"]])
def test_a_wrong_call_says_so(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err
