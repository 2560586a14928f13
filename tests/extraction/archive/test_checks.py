"""Reports of several years beside each other: what is found, what is evidence, and that nothing is rewritten."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.archive.checks import ArchiveCheck, Finding, check_archive, entry_of, updated_confidence
from extraction.cli import main
from extraction.document import Field, Report, Source, Status
from extraction.forms.catalogue import field_forms, year_identities
from extraction.output.files import ManifestLine, read_report, report_path, write_manifest, write_report
from training.synthetic.content.report import draft_report
from training.synthetic.content.series import Series
from training.synthetic.content.variations import NONE, Variations

TOTAL = "applications.{}.total"


def report(year: int | None, organization: str | None = "岚浦县水利局", path: str = "", **figures: object) -> Report:
    """A report with some fields: `carried_in=3` is read, `carried_in=(3, 0.6)` for review with that confidence."""
    fields = tuple(
        Field(TOTAL.format(name), name, _value(figure), "", _status(figure), _confidence(figure))
        for name, figure in figures.items()
    )
    source = Source(path or f"{organization}-{year}.pdf", "", "application/pdf", 1)
    return Report(source, organization, year, "2021", None, fields=fields)


def _value(figure: object) -> Decimal | None:
    figure = figure[0] if isinstance(figure, tuple) else figure
    return None if figure is None else Decimal(str(figure))


def _status(figure: object) -> Status:
    return Status.REVIEW if isinstance(figure, tuple) else Status.BLANK if figure is None else Status.READ


def _confidence(figure: object) -> float:
    return float(figure[1]) if isinstance(figure, tuple) else 1.0


def checks(*reports: Report) -> tuple[ArchiveCheck, ...]:
    return check_archive([entry_of(r) for r in reports])


def the(finding: Finding, found: tuple[ArchiveCheck, ...]) -> ArchiveCheck:
    (check,) = [c for c in found if c.finding is finding]
    return check


# ---- what one year hands on to the next


def test_every_column_is_handed_on_and_documents_are_counted() -> None:
    ids = {rule.id for rule in year_identities()}
    assert {f"applications.{c}:carried_over" for c in ("natural_person", "enterprise", "other", "total")} <= ids
    assert {"proactive.rules:in_force", "proactive.normative_documents:in_force"} <= ids
    used = {i for rule in year_identities() for i in (rule.earlier, rule.later, *rule.plus, *rule.minus)}
    assert used <= set(field_forms())


def test_what_is_handed_on_is_taken_up() -> None:
    found = checks(report(2021, carried_out=3), report(2022, carried_in=3))
    assert (the(Finding.HOLDS, found).expression, len(found)) == ("3 = 3", 1)


def test_what_does_not_go_on_is_reported_and_kept() -> None:
    check = the(Finding.BROKEN, checks(report(2021, carried_out=3), report(2022, carried_in=4)))
    assert check.expression == "3 ≠ 4"
    assert check.years == (2021, 2022)
    assert check.reports == ("岚浦县水利局-2021.pdf", "岚浦县水利局-2022.pdf")
    assert check.evidence is None


def test_documents_in_force_move_by_what_is_made_and_repealed() -> None:
    def of(year: int, **figures: int) -> Report:
        fields = tuple(
            Field(f"proactive.rules.{name}", name, Decimal(n), str(n), Status.READ, 1.0) for name, n in figures.items()
        )
        return replace(report(year), fields=fields)

    first = of(2021, issued=0, repealed=0, in_force=10)
    holds = checks(first, of(2022, issued=4, repealed=3, in_force=11))
    assert the(Finding.HOLDS, holds).expression == "10 + 4 - 3 = 11"
    broken = checks(first, of(2022, issued=4, repealed=3, in_force=12))
    assert the(Finding.BROKEN, broken).expression == "10 + 4 - 3 ≠ 12"


def test_a_blank_says_nothing() -> None:
    found = checks(report(2021, carried_out=None), report(2022, carried_in=4))
    assert [c.finding for c in found] == [Finding.NOT_APPLICABLE]


def test_years_apart_say_nothing_of_each_other() -> None:
    found = checks(report(2020, carried_out=3), report(2022, carried_in=4))
    assert [(c.finding, c.years) for c in found] == [(Finding.MISSING_YEAR, (2021,))]


# ---- evidence


@pytest.mark.parametrize(("read", "higher"), [(3, True), (8, False)])
def test_a_neighbour_raises_or_lowers_what_is_for_review(read: int, higher: bool) -> None:
    later = report(2022, carried_in=(read, 0.6))
    evidence = the(Finding.UNSURE, checks(report(2021, carried_out=3), later)).evidence
    assert evidence is not None
    assert (evidence.report, evidence.field) == ("岚浦县水利局-2022.pdf", TOTAL.format("carried_in"))
    assert (evidence.value, evidence.expected, evidence.confidence) == (read, 3, 0.6)
    assert (evidence.updated > 0.6) is higher


def test_a_year_is_evidence_for_the_one_before_too() -> None:
    evidence = the(Finding.UNSURE, checks(report(2021, carried_out=(None, 0.0)), report(2022, carried_in=5))).evidence
    assert evidence is not None
    assert (evidence.report, evidence.value, evidence.expected) == ("岚浦县水利局-2021.pdf", None, 5)


def test_two_unsure_figures_are_evidence_for_nothing() -> None:
    found = checks(report(2021, carried_out=(3, 0.5)), report(2022, carried_in=(3, 0.5)))
    assert the(Finding.UNSURE, found).evidence is None


@given(st.floats(0.001, 0.999))
def test_a_neighbour_makes_nothing_certain(confidence: float) -> None:
    lower, higher = (updated_confidence(confidence, agrees=agrees) for agrees in (False, True))
    assert 0 < lower < confidence < higher < 1


# ---- years and names


def test_missing_and_double_years() -> None:
    found = checks(report(2019), report(2021, path="a.pdf"), report(2021, path="b.pdf", carried_in=1))
    assert the(Finding.MISSING_YEAR, found).years == (2020,)
    double = the(Finding.DOUBLE_YEAR, found)
    assert double.reports == ("a.pdf", "b.pdf")
    assert "数据不同" in double.note


def test_reports_without_a_name_or_year_are_named() -> None:
    found = checks(report(2021, None, "a.pdf"), report(None, path="b.pdf"))
    assert [(c.finding, c.reports) for c in found] == [(Finding.UNKNOWN, ("a.pdf",)), (Finding.UNKNOWN, ("b.pdf",))]


@pytest.mark.parametrize(("taken_up", "merged"), [(3, True), (4, False), (None, False)])
def test_a_town_is_taken_for_its_longer_name_where_figures_go_on(taken_up: int | None, merged: bool) -> None:
    first = report(2021, "岚浦县城北镇人民政府", carried_out=3)
    found = checks(first, report(2022, "城北镇人民政府", carried_in=taken_up))
    assert (Finding.MERGED in {c.finding for c in found}) is merged
    assert (Finding.NOT_MERGED in {c.finding for c in found}) is not merged


@pytest.mark.parametrize(("taken_up", "merged"), [(3, True), (4, False), (None, True)])
def test_a_district_is_not_taken_for_its_longer_name_where_figures_break_off(
    taken_up: int | None, merged: bool
) -> None:
    first = report(2021, "岚浦市青峰区水利局", carried_out=3)
    found = checks(first, report(2022, "青峰区水利局", carried_in=taken_up))
    assert (Finding.MERGED in {c.finding for c in found}) is merged


def test_nothing_handed_on_is_no_proof() -> None:
    first = report(2021, "岚浦县城北镇人民政府", carried_out=0)
    found = checks(first, report(2022, "城北镇人民政府", carried_in=0))
    assert Finding.MERGED not in {c.finding for c in found}


# ---- whole reports


@pytest.mark.parametrize("seed", [300, 306, 600])
def test_a_generated_series_goes_on_from_year_to_year(seed: int) -> None:
    series = [Series(seed, k, 3) for k in range(3)]
    reports = [draft_report(seed + k, "dev", NONE, s).report for k, s in enumerate(series)]
    found = checks(*(replace(r, source=Source(f"{k}.pdf", "", "", 1)) for k, r in enumerate(reports)))
    assert {c.finding for c in found} <= {Finding.HOLDS, Finding.NOT_APPLICABLE}
    assert sum(c.finding is Finding.HOLDS for c in found) >= 14


def test_a_short_name_in_a_series_is_the_same_agency() -> None:
    shortened = replace(NONE, organization_shortened=1.0)

    def report_of(k: int, variations: Variations) -> Report:
        drafted = draft_report(303 + k, "dev", variations, Series(303, k, 3)).report
        return replace(drafted, source=Source(f"{k}.pdf", "", "", 1))

    found = checks(report_of(0, NONE), report_of(1, shortened), report_of(2, NONE))
    assert Finding.BROKEN not in {c.finding for c in found}
    assert sum(c.finding is Finding.HOLDS for c in found) >= 14


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (
        report(2021, path="甲/2021.pdf", carried_out=3),
        report(2022, path="甲/2022.pdf", carried_in=(4, 0.5)),
    )
    named = report(2020, "<b>岚浦县水利局</b>", path="x.pdf")
    kept = {r.source.path: r for r in (first, second, named)}
    for name, r in kept.items():
        write_report(tmp_path, name, r)
    write_manifest(tmp_path, [ManifestLine(name, "", "converted", None, 0.1, 1) for name in kept])
    before = {name: report_path(tmp_path, name).read_bytes() for name in kept}

    assert main(["check", str(tmp_path)]) == 0
    assert "unsure" in capsys.readouterr().out

    table = pq.read_table(tmp_path / "archive_checks.parquet").to_pylist()
    (row,) = [row for row in table if row["finding"] == "unsure"]
    assert (row["field"], row["value"], row["expected"]) == (TOTAL.format("carried_in"), "4", "3")
    assert row["confidence_beside"] < row["confidence"] == 0.5
    with (tmp_path / "archive_checks.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [r["expected"] for r in csv.DictReader(file) if r["finding"] == "unsure"] == ["3"]
    page = (tmp_path / "archive_checks.html").read_text(encoding="utf-8")
    assert "3 ≠ 4" in page
    assert "<b>岚浦县" not in page
    assert "&lt;b&gt;岚浦县水利局" in page
    assert {name: report_path(tmp_path, name).read_bytes() for name in kept} == before
    assert read_report(tmp_path, "甲/2022.pdf") == second


def test_a_folder_that_is_no_conversion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 2
    assert "manifest.jsonl" in capsys.readouterr().err
