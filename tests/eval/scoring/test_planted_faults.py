"""Faults planted in perfect predictions: the scores of a whole run say exactly so, and where."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from annotations.store import read_gold
from eval.scoring.run_scores import without_times
from extraction.document import Candidate, ExtraRow, Field, Report, Status, Verdict
from extraction.forms.catalogue import field_forms
from extraction.geometry import Box
from tests.eval.data import evaluate, taken_from, with_fields, write_data_set

APPLICATIONS = "applications"
ROWS = [r.id for r in next(f for f in field_forms().values() if f.block.id == APPLICATIONS).block.rows]
COLUMNS = [c.id for c in next(f for f in field_forms().values() if f.block.id == APPLICATIONS).block.columns]
BOX = Box(100, 200, 130, 215)


@pytest.fixture(scope="module")
def data_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data_set(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def golds(data_set: Path) -> list[Report]:
    return [read_gold(path).report for path in sorted((data_set / "reports").glob("*.json"))]


def differing(golds: list[Report], plant: Callable[[Report], Report]) -> int:
    """How many figures a fault changes, counted without the code under test."""
    return sum(
        (old.value, old.status is Status.BLANK) != (new.value, new.status is Status.BLANK)
        for gold in golds
        for old, new in zip(gold.fields, plant(gold).fields, strict=True)
    )


def test_a_perfect_reading_is_perfect_in_everything(data_set: Path, golds: list[Report], tmp_path: Path) -> None:
    gouji = evaluate(data_set, tmp_path, lambda report: report)["engines"]["gouji"]
    assert gouji["counts"]["fields"] == sum(len(g.fields) for g in golds)
    shares = {name: metric["value"] for name, metric in gouji["metrics"].items()}
    zero = ("silent_rate", "silent_among_accepted", "review_share", "missed_share")
    nothing = (
        "correction_precision",
        "misread_recall",
        "misread_in_sums_recall",
        "narrative_recall",
        "narrative_precision",
    )
    assert {name: shares.pop(name) for name in zero} == dict.fromkeys(zero, 0)
    assert {name: shares.pop(name) for name in nothing} == dict.fromkeys(nothing)
    assert set(shares.values()) == {1}
    assert (gouji["calibration"]["ece"], gouji["calibration"]["area"]) == (0, 0)


def test_two_columns_swapped(data_set: Path, golds: list[Report], tmp_path: Path) -> None:
    swap = {f"{APPLICATIONS}.{r}.{a}": f"{APPLICATIONS}.{r}.{b}" for r in ROWS for a, b in ((COLUMNS[0], COLUMNS[1]),)}
    swap |= {b: a for a, b in swap.items()}

    def plant(report: Report) -> Report:
        return taken_from(report, swap)

    wrong = differing(golds, plant)
    gouji = evaluate(data_set, tmp_path, plant)["engines"]["gouji"]
    assert wrong > 20
    assert gouji["counts"]["silent"] == gouji["counts"]["fields"] - gouji["counts"]["right"] == wrong
    assert gouji["tables"][APPLICATIONS]["counts"]["silent"] == wrong
    assert all(t["counts"]["silent"] == 0 for name, t in gouji["tables"].items() if name != APPLICATIONS)
    touched = {name for name, counts in gouji["fields"].items() if counts["silent"]}
    assert touched
    assert touched <= set(swap)
    assert gouji["metrics"]["reports_sound"]["value"] < 1


def test_a_row_dropped(data_set: Path, golds: list[Report], tmp_path: Path) -> None:
    row = {f"{APPLICATIONS}.received.{column}" for column in COLUMNS}

    def plant(report: Report) -> Report:
        return with_fields(
            report, lambda f: replace(f, value=None, printed="", status=Status.MISSING) if f.id in row else f
        )

    gouji = evaluate(data_set, tmp_path, plant)["engines"]["gouji"]
    assert gouji["counts"]["missed"] == len(row) * len(golds)
    assert {name for name, counts in gouji["fields"].items() if counts["missed"]} == row
    assert (gouji["counts"]["silent"], gouji["counts"]["review"]) == (0, 0)
    assert gouji["metrics"]["reports_perfect"]["value"] == 0
    assert gouji["metrics"]["reports_sound"]["value"] == 1


def test_blanks_turned_to_zeros(data_set: Path, golds: list[Report], tmp_path: Path) -> None:
    blanks = sum(f.status is Status.BLANK for g in golds for f in g.fields)

    def fill(field: Field) -> Field:
        blank = field.status is Status.BLANK
        return replace(field, value=Decimal(0), printed="0", status=Status.READ) if blank else field

    gouji = evaluate(data_set, tmp_path, lambda report: with_fields(report, fill))["engines"]["gouji"]
    assert blanks > 10
    assert gouji["counts"]["silent"] == blanks
    assert gouji["counts"]["figures_right"] == gouji["counts"]["figures"]  # only what is not zero counts here


def test_a_table_shifted_by_a_row(data_set: Path, golds: list[Report], tmp_path: Path) -> None:
    shift = {
        f"{APPLICATIONS}.{row}.{column}": f"{APPLICATIONS}.{above}.{column}"
        for above, row in pairwise(ROWS)
        for column in COLUMNS
    }

    def plant(report: Report) -> Report:
        return taken_from(report, shift)

    wrong = differing(golds, plant)
    scores = evaluate(data_set, tmp_path, plant)
    gouji = scores["engines"]["gouji"]
    assert wrong > 50
    assert (gouji["counts"]["silent"], gouji["tables"][APPLICATIONS]["counts"]["silent"]) == (wrong, wrong)
    faults = (tmp_path / "faults.csv").read_text(encoding="utf-8").splitlines()
    assert len(faults) == 1 + wrong
    assert sum("silent" in line for line in faults[1:]) == wrong


def test_everything_sent_to_review(data_set: Path, golds: list[Report], tmp_path: Path) -> None:
    printed = sum(f.status is not Status.MISSING for g in golds for f in g.fields)

    def doubt(field: Field) -> Field:
        return field if field.status is Status.MISSING else replace(field, status=Status.REVIEW, confidence=0.5)

    gouji = evaluate(data_set, tmp_path, lambda report: with_fields(report, doubt))["engines"]["gouji"]
    assert gouji["counts"]["review"] == printed
    assert gouji["counts"]["silent"] == 0
    assert gouji["metrics"]["field_accuracy"]["value"] == 1  # every best guess is right
    assert (gouji["metrics"]["reports_perfect"]["value"], gouji["metrics"]["reports_sound"]["value"]) == (0, 1)
    assert gouji["calibration"]["ece"] == 0.5


def test_documents_that_cannot_be_read_miss_everything_and_lie_about_nothing(data_set: Path, tmp_path: Path) -> None:
    def plant(report: Report) -> Report | None:
        return None if report.template == "2021" else report

    gouji = evaluate(data_set, tmp_path, plant)["engines"]["gouji"]
    unread = [r for r in gouji["reports"] if r["error"]]
    assert 0 < len(unread) < len(gouji["reports"])
    assert gouji["counts"]["missed"] == sum(r["counts"]["fields"] for r in unread)
    assert gouji["counts"]["silent"] == 0
    assert gouji["counts"]["read"] == gouji["counts"]["organization"] == len(gouji["reports"]) - len(unread)


def test_source_errors_put_right_or_passed_over(data_set: Path, golds: list[Report], tmp_path: Path) -> None:
    errors = sum(c.verdict is Verdict.SOURCE_INCONSISTENT for g in golds for c in g.checks)

    def silence(report: Report) -> Report:
        checks = (replace(c, verdict=Verdict.UNRESOLVED) for c in report.checks)
        return replace(report, checks=tuple(checks))

    counts = evaluate(data_set, tmp_path, silence)["engines"]["gouji"]["counts"]
    assert counts["source_errors_gold"] == counts["source_kept"] == errors > 0
    assert (counts["source_errors_found"], counts["source_errors_reported"]) == (0, 0)

    def repair(field: Field) -> Field:
        return replace(field, value=field.value + 1, status=Status.CORRECTED) if field.value else field

    counts = evaluate(data_set, tmp_path, lambda report: with_fields(report, repair))["engines"]["gouji"]["counts"]
    assert counts["source_errors_found"] == errors
    assert counts["source_kept"] == 0
    assert (counts["corrections_right"], counts["corrections"]) == (0, counts["silent"])


def test_corrections_that_are_right_repair_misreads(data_set: Path, tmp_path: Path) -> None:
    def correct(field: Field) -> Field:
        right = field.id == "applications.received.total" and field.value is not None
        return replace(field, reading="7777777", status=Status.CORRECTED, page=1, box=BOX) if right else field

    counts = evaluate(data_set, tmp_path, lambda report: with_fields(report, correct))["engines"]["gouji"]["counts"]
    assert counts["corrections_right"] == counts["corrections"] == counts["misreads_repaired"] == counts["misreads"] > 3
    assert counts["summed_repaired"] == counts["summed_misreads"] == counts["misreads"]
    assert counts["silent"] == 0


def test_misreads_of_cells_that_nobody_can_place_are_none_that_sums_can_put_right(
    data_set: Path, tmp_path: Path
) -> None:
    """A figure without a cell, one in no sum, and one that is for a person with its readings."""

    def plant(field: Field) -> Field:
        if field.value is None or not field.id.endswith(
            (".received.total", ".received.enterprise", "fees.items_last_year")
        ):
            return field
        wrong = replace(
            field,
            value=Decimal(7777777),
            printed="7777777",
            status=Status.REVIEW,
            page=1,
            box=BOX,
            candidates=(Candidate("7777777", 0.9),),
        )
        return replace(wrong, candidates=()) if field.id.endswith("enterprise") else wrong

    counts = evaluate(data_set, tmp_path, lambda report: with_fields(report, plant))["engines"]["gouji"]["counts"]
    totals = counts["summed_misreads"]
    assert counts["misreads"] > 2 * totals > 6
    assert counts["summed_repaired"] == 0


def test_headings_sections_and_extra_rows(data_set: Path, golds: list[Report], tmp_path: Path) -> None:
    sections = sum(len(g.sections) for g in golds)

    def plant(report: Report) -> Report:
        added = ExtraRow("proactive", "没有的行", ("1",))
        return replace(report, year=1999, sections=report.sections[1:], extra_rows=(*report.extra_rows, added))

    counts = evaluate(data_set, tmp_path, plant)["engines"]["gouji"]["counts"]
    assert (counts["year"], counts["organization"], counts["perfect"]) == (0, len(golds), 0)
    assert (counts["sections_found"], counts["sections_gold"]) == (sections - len(golds), sections)
    assert counts["sections_in_order"] == 0
    assert counts["text_alike"] == counts["text"] - sum(len("".join(g.sections[0].text.split())) for g in golds)
    assert counts["extra_rows_reported"] - counts["extra_rows_found"] == len(golds)


def test_splits_levels_and_limits_choose_documents(data_set: Path, golds: list[Report], tmp_path: Path) -> None:
    def documents(*arguments: str) -> int:
        scores = evaluate(data_set, tmp_path, lambda report: report, *arguments)
        return int(scores["dataset"]["documents"])

    assert documents("--split", "dev") + documents("--split", "test") == len(golds)
    assert documents("--level", "digital") == len(golds)
    assert documents("--limit", "3") == 3


def test_the_same_run_twice_gives_the_same_scores(data_set: Path, tmp_path: Path) -> None:
    first, second = (evaluate(data_set, tmp_path, lambda report: report) for _ in range(2))
    assert json.dumps(without_times(first)) == json.dumps(without_times(second))
