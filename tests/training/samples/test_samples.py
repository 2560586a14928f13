"""The committed samples against their sources, and the builder's own sums and layouts."""

from __future__ import annotations

import hashlib
import unicodedata
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from docx import Document

from annotations.store import Annotation, dump_annotation, read_gold
from extraction.document import Verdict
from extraction.forms.catalogue import template
from extraction.forms.printed_form import FormCell, field_ids, split
from training.samples.content import Sample, load_sample
from training.samples.gold import MEDIA_TYPES, gold_of, value_of
from training.samples.render_html import render_html

SAMPLES = Path(__file__).parents[3] / "annotations" / "samples"
REPORTS = sorted(path.stem for path in (SAMPLES / "source").glob("*.toml"))


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sample(report: str) -> Sample:
    return load_sample(SAMPLES / "source" / f"{report}.toml")


@pytest.fixture
def gold(report: str) -> Annotation:
    return read_gold(SAMPLES / report / "gold.json")


def hashes(report: str) -> dict[str, str]:
    return {name: hashlib.sha256((SAMPLES / report / name).read_bytes()).hexdigest() for name in MEDIA_TYPES}


def text_of(pdf: Path) -> list[str]:
    """The text of each page without blanks. Some fonts map 行 to the radical ⾏, which NFKC undoes."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return ["".join(unicodedata.normalize("NFKC", text).split()) for text in pages]


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_there_are_enough_of_each_template() -> None:
    templates = [load_sample(SAMPLES / "source" / f"{report}.toml").template for report in REPORTS]
    assert len(REPORTS) >= 8
    assert min(templates.count("2019"), templates.count("2021")) >= 3


def test_the_forms_have_their_number_of_fields() -> None:
    assert (len(field_ids("2019")), len(field_ids("2021"))) == (198, 200)


def test_gold_is_what_the_source_says(report: str, sample: Sample) -> None:
    """Run `python -m training.samples` after a change; `gold_of` itself refuses sums that fail undeclared."""
    assert (SAMPLES / report / "gold.json").read_text(encoding="utf-8") == dump_annotation(
        gold_of(sample, hashes(report))
    )


def test_gold_has_every_field_of_its_template(gold: Annotation) -> None:
    assert gold.report.template is not None
    expected = field_ids(gold.report.template)
    ids = [f.id for f in gold.report.fields]
    assert ids[: len(expected)] == expected
    rest = ids[len(expected) :]
    assert rest == ([] if len(rest) == 0 else field_ids("2021", one_row_other=True)[-36:-29])


def test_gold_says_of_every_total_that_fails_that_it_does(gold: Annotation, sample: Sample) -> None:
    """The checks of the gold find what the source declares, by sums written independently of the catalogue's."""
    assert gold.report.template is not None
    foreign = {f.id for f in gold.report.fields} - {f.id for f in template(gold.report.template).fields}
    sums = {i.id: {*i.left, *i.right} for i in template(gold.report.template).identities(foreign)}
    broken = [sums[c.id] for c in gold.report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT]
    assert {c.verdict for c in gold.report.checks} <= {*Verdict} - {Verdict.UNRESOLVED, Verdict.CORRECTED}
    assert set(sample.source_errors) <= set().union(*broken)
    assert all(fields & set(sample.source_errors) for fields in broken)


def test_an_undeclared_failing_sum_is_refused(sample: Sample) -> None:
    printed = {**sample.printed, "review.total": "999"}
    declared = tuple(field for field in sample.source_errors if field != "review.total")
    with pytest.raises(ValueError, match=r"review\.total"):
        gold_of(replace(sample, printed=printed, source_errors=declared), hashes(sample.id))


def test_a_declared_error_that_holds_is_refused(sample: Sample) -> None:
    with pytest.raises(ValueError, match="declared"):
        gold_of(replace(sample, source_errors=(*sample.source_errors, "litigation_direct.total")), hashes(sample.id))


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("", None),
        ("无", None),
        ("—", None),
        ("0", "0"),
        ("+19", "19"),
        ("减少3", "-3"),
        ("增14", "14"),
        ("22（其中修订16件）", "22"),
        ("503.59万元", "5035900"),
        ("1751292.6元", "1751292.6"),
    ],
)
def test_value_of(printed: str, value: str | None) -> None:
    assert value_of(printed) == (None if value is None else Decimal(value))


def test_tables_are_rectangular_and_complete(sample: Sample) -> None:
    printed: list[str] = []
    for table in sample.tables().values():
        covered: list[tuple[int, int]] = []
        for row, column, cell in table.placed():
            covered += [(row + r, column + c) for r in range(cell.row_span) for c in range(cell.column_span)]
            printed += [cell.field] if cell.field else []
        assert sorted(covered) == [(r, c) for r in range(len(table.rows)) for c in range(len(table.widths))]
    assert sorted(printed) == sorted(sample.printed)


def test_a_table_cut_inside_a_row_loses_nothing() -> None:
    table = load_sample(SAMPLES / "source" / "beilan-2020.toml").tables()["applications"]
    key = "applications.results.denied.endangers_security_stability"
    before, after = split(table, key, "3.危及“三安全一稳")

    def cells(row: int, part: tuple[tuple[FormCell, ...], ...]) -> list[str]:
        return [cell.text for cell in part[row]]

    assert cells(-1, before.rows)[0] == "3.危及“三安全一稳"
    assert cells(0, after.rows) == ["办理结果", "予公开", "定”", *[""] * 7]
    values = [cell.field for part in (before, after) for row in part.rows for cell in row if cell.field]
    assert values == [cell.field for row in table.rows for cell in row if cell.field]


def test_a_table_cut_below_a_row_loses_nothing() -> None:
    table = load_sample(SAMPLES / "source" / "fengqiu-2022.toml").tables()["applications"]
    before, after = split(table, "applications.results.denied.third_party_rights", "")
    assert len(before.rows) + len(after.rows) == len(table.rows)
    for part in (before, after):
        covered = sum(cell.row_span * cell.column_span for row in part.rows for cell in row)
        assert covered == len(part.rows) * len(table.widths)


def test_digital_pdf_has_title_and_figures(report: str, sample: Sample) -> None:
    pages = text_of(SAMPLES / report / "report.pdf")
    assert 3 <= len(pages) <= 6
    assert plain("".join(sample.title)) in pages[0]
    text = "".join(pages)
    for section in sample.sections.values():
        assert plain(section.title) in text


def test_scan_has_no_text_and_the_same_pages(report: str) -> None:
    digital = pypdfium2.PdfDocument(SAMPLES / report / "report.pdf")
    scan = pypdfium2.PdfDocument(SAMPLES / report / "scan.pdf")
    assert "".join(text_of(SAMPLES / report / "scan.pdf")) == ""
    assert len(scan) == len(digital)
    for one, other in zip(digital, scan, strict=True):
        assert one.get_size() == pytest.approx(other.get_size(), abs=1)


def test_docx_opens(report: str, sample: Sample) -> None:
    with zipfile.ZipFile(SAMPLES / report / "report.docx") as package:
        assert package.testzip() is None
        assert sample.title[0] in package.read("word/document.xml").decode()
    tables = [
        table.cell(0, 0).tables[0] if sample.word.nested and len(table.rows) == 1 else table
        for table in Document(str(SAMPLES / report / "report.docx")).tables
    ]
    for table, form in zip(tables, sample.tables().values(), strict=True):
        cells = [row.cells for row in table.rows]  # python-docx goes through the whole table at every call
        assert {(len(cells), len(row)) for row in cells} == {(len(form.rows), len(form.widths))}
        for row, column, cell in form.placed():
            last = cells[row + cell.row_span - 1][column + cell.column_span - 1]
            assert cells[row][column].text == last.text == cell.text


def test_html_is_what_the_source_says(report: str, sample: Sample) -> None:
    assert (SAMPLES / report / "report.html").read_bytes() == render_html(sample)


def test_the_samples_stay_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 6_000_000
