"""What the print of a sample report is taken for: every label of the form, named, and where it stands."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from annotations.printed_labels import labels_of
from extraction.document import Cell, Label, Region, RegionKind, Span, Table
from extraction.forms.catalogue import sections, template
from extraction.geometry import Box
from extraction.pipeline import read_document
from extraction.settings import Settings
from models.loaded import Models
from tests.documents import SAMPLES


def labels(path: Path, models: Models) -> tuple[Label, ...]:
    return labels_of(read_document(path, models, Settings()).regions, Settings())


@pytest.mark.parametrize(("report", "form"), [("qingluo-2019", "2019"), ("moling-2024", "2021")])
@pytest.mark.parametrize("rendering", ["report.docx", "report.html", "report.pdf"])
def test_every_label_of_the_form_is_named(report: str, form: str, rendering: str, models: Models) -> None:
    found = Counter(label.name for label in labels(SAMPLES / report / rendering, models))
    blocks = template(form).blocks
    wanted = [
        *("title", "organization", "year"),
        *(f"heading.{s.id}" for s in sections()),
        *(f"block.{b.id}" for b in blocks if b.titled),
        *(f"column.{b.id}.{c.id}" for b in blocks for c in b.columns),
        *(f"row.{b.id}.{r.id}" for b in blocks for r in b.rows if form in r.templates and r.label),
        *(f"group.{r.group}" for b in blocks for r in b.rows if form in r.templates and r.group),
        *("group.申请人情况", "group.法人或其他组织", "group.行政复议", "group.未经复议直接起诉", "group.复议后起诉"),
    ]
    assert [name for name in wanted if name not in found] == []
    assert [name for name, times in found.items() if name not in wanted and not name.startswith("group.")] == []


def test_labels_say_what_is_printed_and_where(models: Models) -> None:
    found = {label.name: label for label in labels(SAMPLES / "qingluo-2019" / "report.pdf", models)}
    title, name, year = (found[n] for n in ("title", "organization", "year"))
    assert title.text == "青罗市教育局2019年政府信息公开工作年度报告"
    assert (name.text, year.text) == ("青罗市教育局", "2019")
    assert title.page == name.page == year.page == 1
    assert title.box
    assert name.box
    assert year.box
    assert name.box.left == title.box.left
    assert name.box.right == pytest.approx(year.box.left)
    assert title.box.overlap(year.box) == pytest.approx(year.box.area)
    assert found["row.penalties_2019.administrative_coercion"].text == "行政强制"
    assert found["column.procurement_2019.items"].page == 2


def line(text: str, top: float) -> Region:
    box = Box(100, top, 100 + 14 * len(text), top + 14)
    return Region(RegionKind.TEXT, (Span(text, 1, box),), page=1, box=box)


def test_a_title_over_two_lines_is_two_labels() -> None:
    found = labels_of([line("青峰区水利局二〇二〇年", 50), line("政府信息公开工作年度报告", 80)], Settings())
    assert [(n.name, n.text) for n in found] == [
        ("title", "青峰区水利局二〇二〇年"),
        ("title", "政府信息公开工作年度报告"),
        ("organization", "青峰区水利局"),
        ("year", "二〇二〇"),
    ]
    assert found[1].box == Box(100, 80, 100 + 14 * 12, 94)
    assert found[2].box == Box(100, 50, 100 + 14 * 6, 64)


def test_a_heading_that_runs_on_is_a_part_of_its_line() -> None:
    printed = "一、总体情况 2024年我局认真贯彻落实各项要求，持续推进政务公开工作，取得了成效。"
    year, heading = labels_of([line(printed, 50)], Settings())
    assert [(n.name, n.text) for n in (year, heading)] == [("year", "2024"), ("heading.overview", "一、总体情况")]
    assert heading.box
    assert year.box
    assert 100 < heading.box.right < year.box.left


def test_a_table_without_a_header_has_row_labels_only() -> None:
    rows = ("一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", "四、结转下年度继续办理")
    cells = [Cell(r, c, label if c == 0 else "0") for r, label in enumerate(rows) for c in range(8)]
    found = labels_of([Region(RegionKind.TABLE, table=Table(tuple(cells)))], Settings())
    assert [n.name for n in found] == [f"row.applications.{row}" for row in ("received", "carried_in", "carried_out")]
    assert labels_of([], Settings()) == ()
