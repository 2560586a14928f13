"""Every kind of fault planted in gold is found, where it is; sound gold has no finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from annotations.store import Annotation, annotation_path
from annotations.validation.datasets import validate
from annotations.validation.findings import Finding, FindingKind
from extraction.document import Check, Field, Label, NarrativeFigure, Section, Status, Verdict
from extraction.errors import UsageError
from extraction.geometry import Box
from tests.annotations.gold import annotation, changed, write
from tests.documents import SAMPLES

RECEIVED = "applications.received.total"
AMOUNT = "proactive.government_procurement.amount_yuan"


def found(folder: Path) -> list[str]:
    return [str(finding) for finding in validate([folder])]


def test_the_samples_are_sound() -> None:
    assert validate([SAMPLES]) == []


def test_sound_gold_has_no_finding(tmp_path: Path) -> None:
    gold = [annotation(), annotation("zheshui-2023", "b")]
    assert validate([write(tmp_path, gold, train=["a"], test=["b"])]) == []


def report_with(gold: Annotation, **changes: object) -> Annotation:
    return replace(gold, report=replace(gold.report, **changes))  # type: ignore[arg-type]


def field_with(gold: Annotation, field_id: str, **changes: object) -> Annotation:
    """A field that differs, its cell and the sums left as they are."""
    fields = tuple(replace(f, **changes) if f.id == field_id else f for f in gold.report.fields)  # type: ignore[arg-type]
    return report_with(gold, fields=fields)


def verdict(gold: Annotation, check_id: str, verdict: Verdict) -> Annotation:
    return report_with(
        gold, checks=tuple(replace(c, verdict=verdict) if c.id == check_id else c for c in gold.report.checks)
    )


def swapped(gold: Annotation) -> Annotation:
    first, second, *rest = gold.report.fields
    return report_with(gold, fields=(second, first, *rest))


def other_row(gold: Annotation) -> Annotation:
    """A field out of place in the order: the other form's before the end."""
    foreign = Field("proactive.rules.issued", "", Decimal(0), "0", Status.READ, 1.0)
    return report_with(gold, fields=(foreign, *gold.report.fields))


def moved_cell(gold: Annotation) -> Annotation:
    first, *rest = gold.tables
    cells = (*first.cells[:5], replace(first.cells[5], box=Box(1, 1, 9, 9)), *first.cells[6:])
    return replace(gold, tables=(replace(first, cells=cells), *rest))


def doubled_cell(gold: Annotation) -> Annotation:
    first, *rest = gold.tables
    return replace(gold, tables=(replace(first, cells=(*first.cells, first.cells[3])), *rest))


def narrative(figure_id: str, value: int, agrees: bool | None) -> Callable[[Annotation], Annotation]:
    figure = NarrativeFigure(figure_id, Decimal(value), f"收到申请{value}件", 1, agrees)
    return lambda gold: report_with(gold, narrative=(figure,))


FAULTS: dict[str, tuple[Callable[[Annotation], Annotation], str]] = {
    "year of a wrong type": (lambda g: report_with(g, year="2020"), "Expected `int | null`, got `str` - at `$.year`"),
    "page of a wrong type": (
        lambda g: field_with(g, RECEIVED, page="2"),
        "Expected `int | null`, got `str` - at `$.fields[28].page`",
    ),
    "unknown template": (lambda g: report_with(g, template="2020"), "template: '2020' is none of 2019, 2021"),
    "unknown section": (
        lambda g: report_with(g, sections=(*g.report.sections, Section("appendix", "附件", ""))),
        "section appendix: is none of",
    ),
    "field left out": (lambda g: report_with(g, fields=g.report.fields[1:]), "proactive.rules.made: is a field"),
    "fields out of order": (swapped, "proactive.rules.disclosed: is out of order"),
    "the other form's field first": (other_row, "proactive.rules.issued: is out of order"),
    "a field twice": (
        lambda g: report_with(g, fields=(*g.report.fields, g.report.fields[0])),
        "proactive.rules.made: stands 2 times",
    ),
    "blank with a value": (
        lambda g: changed(g, "review.upheld", status=Status.BLANK, printed=""),
        "review.upheld: is `blank` and has a value",
    ),
    "blank that prints a zero": (
        lambda g: changed(g, "review.pending", status=Status.BLANK, value=None),
        "review.pending: is `blank` and prints '0'",
    ),
    "missing with a place": (
        lambda g: changed(g, "review.upheld", status=Status.MISSING, value=None, printed=""),
        "review.upheld: is `missing` and has",
    ),
    "inferred in gold": (lambda g: field_with(g, RECEIVED, status=Status.INFERRED), f"{RECEIVED}: gold says what"),
    "unsure without review": (lambda g: field_with(g, RECEIVED, confidence=0.9), f"{RECEIVED}: gold is sure"),
    "value and print differ": (lambda g: changed(g, AMOUNT, printed="618,401"), f"{AMOUNT}: '618,401' is 618401"),
    "wrong unit": (lambda g: changed(g, AMOUNT, printed="618400万元"), f"{AMOUNT}: '618400万元' is 6184000000"),
    "no figure": (lambda g: changed(g, RECEIVED, printed="26 7"), f"{RECEIVED}: '26 7' is not one figure"),
    "another label": (lambda g: field_with(g, RECEIVED, label="x"), f"{RECEIVED}: its label is"),
    "box over the edge": (
        lambda g: field_with(moved_cell(g), RECEIVED, box=Box(500, 0, 640, 20)),
        f"{RECEIVED}: its box (500.0, 0.0, 640.0, 20.0) reaches over the page of 600.0 x 800.0 points",
    ),
    "box inside out": (lambda g: field_with(g, RECEIVED, box=Box(50, 20, 40, 30)), "is inside out"),
    "page that is not there": (lambda g: field_with(g, RECEIVED, page=3), f"{RECEIVED}: is on page 3 of 2"),
    "no box": (lambda g: field_with(g, RECEIVED, box=None), f"{RECEIVED}: is printed and has no box"),
    "no cell under a field": (moved_cell, "no cell of a table lies where it does, on page 1"),
    "cell and field differ": (
        lambda g: field_with(g, "review.upheld", printed="06", value=Decimal(6)),
        "review.upheld: prints '06', and its cell '6'",
    ),
    "two cells in one place": (doubled_cell, "table 1: 2 cells at row 1, column 2"),
    "unknown label": (
        lambda g: replace(g, labels=(*g.labels, Label("row.applications.nothing", "无", 1, Box(1, 1, 2, 2)))),
        "label row.applications.nothing: is no name of a label",
    ),
    "unknown narrative": (narrative("phone_calls", 3, None), "narrative phone_calls: is none of"),
    "narrative that agrees": (narrative("received_requests", 267, False), "agrees is False: the text says 267"),
    "narrative that does not agree": (narrative("received_requests", 266, True), "says 266, the tables 267"),
    "another hash": (
        lambda g: report_with(g, source=replace(g.report.source, sha256="0" * 64)),
        "a a.pdf: its SHA-256 is",
    ),
    "another number of pages": (
        lambda g: report_with(g, source=replace(g.report.source, pages=5)),
        "a a.pdf: has 2 pages, not 5",
    ),
    "another media type": (
        lambda g: report_with(g, source=replace(g.report.source, media_type="image/png")),
        "a a.pdf: is application/pdf, not image/png",
    ),
    "a document that is not there": (lambda g: replace(g, documents=("b.pdf",)), "a b.pdf: cannot be read"),
    "no documents": (lambda g: replace(g, documents=()), "a documents: names none"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, tmp_path: Path) -> None:
    plant, said = FAULTS[fault]
    findings = found(write(tmp_path, [plant(annotation())]))
    assert any(said in finding for finding in findings), findings


def source_errors(gold: Annotation) -> list[Check]:
    return [c for c in gold.report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT]


def test_a_sum_that_does_not_hold_must_be_declared(tmp_path: Path) -> None:
    gold = annotation()
    wrong = source_errors(gold)[0]
    findings = found(write(tmp_path, [verdict(gold, wrong.id, Verdict.HOLDS)]))
    assert findings == [f"a sum {wrong.id}: {wrong.expression} does not hold and is not declared a source error"]


def test_a_declared_error_must_be_one(tmp_path: Path) -> None:
    gold = annotation()
    right = next(c for c in gold.report.checks if c.verdict is Verdict.HOLDS)
    findings = found(write(tmp_path, [verdict(gold, right.id, Verdict.SOURCE_INCONSISTENT)]))
    assert findings == [f"a sum {right.id}: {right.expression} is declared a source error and is holds"]


def test_sums_left_out_or_unknown_are_found(tmp_path: Path) -> None:
    gold = annotation()
    first, *rest = gold.report.checks
    findings = found(write(tmp_path, [report_with(gold, checks=(*rest, replace(first, id="nothing:sum")))]))
    assert findings == [f"a sum {first.id}: has no check", "a sum nothing:sum: is no sum of the form"]


def test_what_a_person_must_settle_is_open_work(tmp_path: Path) -> None:
    gold = changed(annotation(), RECEIVED, status=Status.REVIEW, confidence=0.5)
    gold = replace(gold, facts={f"unsure {RECEIVED}": "a stamp lies over it", "draft": "not compared yet"})
    findings = validate([write(tmp_path, [gold])])
    assert {f.kind for f in findings} == {FindingKind.OPEN}
    assert Finding("a", RECEIVED, "for review: a stamp lies over it", FindingKind.OPEN) in findings
    assert Finding("a", "draft", "not compared yet", FindingKind.OPEN) in findings


def test_money_in_the_unit_of_a_labelled_header(tmp_path: Path) -> None:
    gold = changed(annotation(), AMOUNT, printed="61.84", value=Decimal(618400))
    header = Label("column.procurement_2019.amount_yuan", "采购总金额\n（万元）", 1, Box(1, 1, 9, 9))
    assert found(write(tmp_path / "labelled", [replace(gold, labels=(*gold.labels, header))])) == []
    assert any(AMOUNT in f for f in found(write(tmp_path / "unlabelled", [gold])))


def test_documents_reports_and_figures_that_come_twice(tmp_path: Path) -> None:
    one = annotation()
    same_document = replace(one, id="b")
    findings = found(write(tmp_path / "document", [one, same_document]))
    assert "b: has the same document as a" in findings
    assert f"b: is of {one.report.organization} 2020, like a" in findings
    renamed = annotation(name="c", organization="别处市城市管理局")
    (finding,) = found(write(tmp_path / "figures", [one, renamed]))
    assert finding.startswith("c: ")
    assert finding.endswith("figures other than zero are those of a")


def test_one_id_in_two_data_sets(tmp_path: Path) -> None:
    folders = [write(tmp_path / name, [annotation()]) for name in ("one", "other")]
    assert any(f.id == "a" and f.place == "id" for f in validate(folders))


def test_leaks_between_splits(tmp_path: Path) -> None:
    one = replace(annotation(), made_by="chromium+digital", facts={"fonts": "FandolSong, FandolHei"})
    other = annotation("hewan-2020", "b", organization=one.report.organization, year=2021)
    other = replace(other, made_by="chromium+worn", facts={"fonts": "FandolHei"})
    findings = found(write(tmp_path, [one, other], train=["a"], test=["b"]))
    assert findings == [
        f"splits: {one.report.organization} is in test (b), train (a)",
        "splits: the renderer chromium is in test (b), train (a)",
        "splits: the font FandolHei is in test (b), train (a)",
    ]


def test_every_report_is_in_one_split(tmp_path: Path) -> None:
    gold = [annotation(), annotation("hewan-2020", "b"), annotation("yunze-2020", "c")]
    gold[0] = replace(gold[0], facts={"split": "test"})
    findings = found(write(tmp_path, gold, train=["a", "b", "z"], dev=["b"]))
    assert [f for f in findings if "split" in f.split(":")[0]] == [
        "z split train: has no gold",
        "a split: was made for test and is in train",
        "b split: is in train and dev; every report is in one",
        "c split: is in none; every report is in one",
        f"splits: {gold[1].report.organization} is in dev (b), train (b)",
    ]


def test_files_that_are_no_annotation_or_named_otherwise(tmp_path: Path) -> None:
    write(tmp_path, [annotation()])
    annotation_path(tmp_path, "a").rename(annotation_path(tmp_path, "other"))
    annotation_path(tmp_path, "broken").write_text("{", encoding="utf-8")
    findings = found(tmp_path)
    assert any(f.startswith("broken: ") for f in findings)
    assert "other id: is 'a'; the file's name and the id are the same" in findings


def test_a_folder_without_gold_is_an_error_of_the_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither"):
        validate([tmp_path])
