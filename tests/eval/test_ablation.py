"""Gouji without one of its stages, and the table that says what that costs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from annotations.store import of_document, read_annotation, read_gold, write_annotation
from eval.ablation import main
from eval.engines import make_engine
from eval.runs.prediction import Prediction
from eval.scoring.outcomes import Outcome, compare_fields
from extraction.document import Field, Status
from tests.documents import SAMPLES
from tests.eval.data import evaluate, with_fields, write_data_set

REPORT, APPLICATIONS = "hewan-2020", 1


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scan of the page with the 申请 table, upside down."""
    target = tmp_path_factory.mktemp("page") / "scan.pdf"
    with pdfium.PdfDocument(SAMPLES / REPORT / "scan.pdf") as whole, pdfium.PdfDocument.new() as part:
        part.import_pages(whole, [APPLICATIONS])
        part[0].set_rotation(180)
        part.save(target)
    return target


@cache
def read(page: Path, without: str) -> Prediction:
    return make_engine(f"gouji-without-{without}" if without else "gouji", threads=2).read(page)


def found(prediction: Prediction) -> Counter[Outcome]:
    gold = of_document(read_gold(SAMPLES / REPORT / "gold.json"), "scan.pdf").report
    if prediction.report is None:
        return Counter()
    return Counter(o.outcome for o in compare_fields(gold, prediction.report) if o.id.startswith("applications."))


@pytest.mark.slow
def test_a_page_upside_down_is_read_only_where_it_is_prepared(page: Path) -> None:
    whole = found(read(page, ""))
    assert whole[Outcome.RIGHT] > 100
    assert found(read(page, "preparation"))[Outcome.RIGHT] == 0


def test_without_rules_there_is_no_grid_of_merged_cells(page: Path) -> None:
    merged = [[c for t in read(page, without).tables for c in t.cells if c.row_span > 2] for without in ("", "rules")]
    assert merged[0]
    assert not merged[1]


def test_without_sums_none_is_looked_at() -> None:
    document = SAMPLES / REPORT / "report.docx"
    checks = [r.checks for without in ("", "sums") if (r := read(document, without).report)]
    assert checks[0]
    assert checks[1] == ()


def test_the_table_says_what_a_step_buys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = ("chiyan-2021", "hewan-2020")
    data_set, out = write_data_set(tmp_path / "data", reports), tmp_path / "out"
    write_annotation(data_set, replace(read_annotation(data_set, reports[0]), level="worn"))

    def wrong(field: Field) -> Field:
        if field.id != "applications.received.total" or field.status != Status.READ:
            return field
        return replace(field, value=(field.value or Decimal(0)) + 1)

    evaluate(data_set, out, lambda report: report)
    evaluate(data_set, out, lambda report: with_fields(report, wrong), "--as-it-is", engine="gouji-without-sums")
    evaluate(data_set, out, lambda report: report, "--engine", "gouji,gouji-without-sums", "--as-it-is")
    capsys.readouterr()
    assert main([str(out / "scores.json")]) == 0
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()]
    assert [(line[0].split(" (")[0], line[1].split(":")[0], line[4]) for line in lines[2:]] == [
        ("digital", "Gouji", "0"),
        ("", "without sums", "1"),
        ("worn scans", "Gouji", "0"),
        ("", "without sums", "1"),
    ]


@pytest.mark.parametrize("arguments", [[], ["nowhere.json"]])
def test_a_wrong_call_says_so(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err
