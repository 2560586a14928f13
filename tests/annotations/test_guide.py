"""The annotators' guide names everything that there is to annotate, and its examples are read as it says."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from annotations.validation.constraints import printed_values
from extraction.document import Status
from extraction.figures import parse_figure
from extraction.forms.catalogue import field_forms, narrative_forms, sections

GUIDE = (Path(__file__).parents[2] / "annotations" / "GUIDE.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", GUIDE))


def test_every_row_and_column_is_named() -> None:
    forms = field_forms().values()
    rows = {part for f in forms for part in f.row.id.split(".")} - {"results", ""}
    groups = {"denied.", "unavailable.", "not_processed."}
    named = {part for name in NAMED for part in name.split(".")}
    assert rows - named == set()
    assert {part for f in forms for part in f.column.id.split(".")} - named == set()
    assert all(f"results.{group}" in NAMED for group in groups)


def test_every_section_status_and_narrative_is_named() -> None:
    wanted = {s.id for s in sections()} | {n.id for n in narrative_forms()} | {str(s) for s in Status}
    assert wanted - NAMED == set()
    for form in narrative_forms():
        for field_id in form.fields:
            assert field_id in NAMED or field_id.rpartition(".")[2] in NAMED


def test_numbers_of_fields_are_those_of_the_forms() -> None:
    assert "198 fields, the 2021 form 200" in GUIDE


YUAN, WANYUAN = "proactive.government_procurement.amount_yuan", "proactive.administrative_fees.fee_amount_wanyuan"
CHANGE, COUNT = "proactive.administrative_licensing.change", "applications.received.total"


@pytest.mark.parametrize(
    ("printed", "field_id", "header", "value"),
    [
        ("３", COUNT, "", "3"),
        ("1,204", COUNT, "", "1204"),
        ("1204件", COUNT, "", "1204"),
        ("+19", CHANGE, "", "19"),
        ("新增19", CHANGE, "", "19"),
        ("减少2", CHANGE, "", "-2"),
        ("－2", CHANGE, "", "-2"),
        ("22（其中修订16件）", COUNT, "", "22"),
        ("86.5万元", YUAN, "", "865000"),
        ("86.5", YUAN, "采购总金额（万元）", "865000"),
        ("865000元", WANYUAN, "", "86.5"),
        ("618400", YUAN, "采购总金额", "618400"),
        ("23600万元", YUAN, "", "236000000"),
    ],
)
def test_examples_are_read_as_the_guide_says(printed: str, field_id: str, header: str, value: str) -> None:
    assert printed in GUIDE
    figure = parse_figure(printed)
    assert figure is not None
    assert printed_values(figure, field_forms()[field_id], header) == (Decimal(value),)


@pytest.mark.parametrize("printed", ["/", "—", "-", "--", "无"])
def test_marks_for_nothing_are_blanks(printed: str) -> None:
    assert f"`{printed}`" in GUIDE
    figure = parse_figure(printed)
    assert figure is not None
    assert figure.blank


@pytest.mark.parametrize("printed", ["1■4", "本级3 下属5", "一"])
def test_what_is_left_for_review_is_no_figure(printed: str) -> None:
    assert printed in GUIDE
    assert parse_figure(printed) is None
