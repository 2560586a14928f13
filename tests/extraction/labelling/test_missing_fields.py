"""Fields without a row: missing where the page says so, for a person where it may hide them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extraction.document import Cell, Field, Region, RegionKind, Span, Status, Table
from extraction.forms.catalogue import template
from extraction.geometry import Box
from extraction.labelling.missing_fields import with_gaps_doubted
from extraction.reconcile.decision import decide_by_reading

FORM = template("2021")
SCANNED = frozenset({1, 2})
NATIVE: frozenset[int | None] = frozenset()


def fields(*missing: str, second_page: str = "") -> tuple[Field, ...]:
    """All fields read on page 1 (those from `second_page` on, on page 2), those whose ids begin so being missing."""
    page, found = 1, []
    for form in FORM.fields:
        if second_page and form.id.startswith(second_page):
            page = 2
        read = Field(form.id, form.label, Decimal(0), "0", Status.READ, 1.0, page, Box(10, 10, 20, 20))
        gone = Field(form.id, form.label, None, "", Status.MISSING, 0.99)
        found.append(gone if form.id.startswith(missing or "-") else read)
    return tuple(found)


def statuses(found: tuple[Field, ...], prefix: str) -> set[Status]:
    return {f.status for f in decide_by_reading(found) if f.id.startswith(prefix)}


def test_a_table_not_found_on_a_scan_is_for_a_person() -> None:
    found = with_gaps_doubted(fields("applications."), (), SCANNED)
    assert statuses(found, "applications.") == {Status.REVIEW}
    assert statuses(found, "proactive.") == {Status.READ}
    assert {f.confidence < 0.5 for f in decide_by_reading(found) if f.status is Status.REVIEW} == {True}


def test_a_table_that_native_text_does_not_have_is_missing() -> None:
    assert statuses(with_gaps_doubted(fields("applications."), (), NATIVE), "applications.") == {Status.MISSING}


def test_native_text_beside_a_table_that_was_not_read() -> None:
    seen = Region(RegionKind.FIGURE, page=1, box=Box(50, 50, 500, 700))
    assert statuses(with_gaps_doubted(fields("applications."), (seen,), NATIVE), "applications.") == {Status.REVIEW}


def test_native_text_beside_a_table_of_figures_that_no_field_is_from() -> None:
    cells = tuple(Cell(0, k, str(k + 3), page=1, box=Box(50 + 20 * k, 300, 70 + 20 * k, 320)) for k in range(6))
    region = Region(RegionKind.TABLE, table=Table(cells, 1, Box(50, 300, 170, 320)), page=1)
    assert statuses(with_gaps_doubted(fields("applications."), (region,), NATIVE), "applications.") == {Status.REVIEW}


def test_a_row_left_out_between_two_rows_of_a_page_is_missing_on_a_scan_too() -> None:
    gone = "applications.results.denied.third_party_rights"
    assert statuses(with_gaps_doubted(fields(gone), (), SCANNED), gone) == {Status.MISSING}


def test_a_row_lost_at_a_page_break_of_a_scan_is_for_a_person() -> None:
    gone, after = "applications.results.denied.third_party_rights", "applications.results.denied.internal_affairs"
    assert any(f.id.startswith(after) for f in FORM.fields)
    found = with_gaps_doubted(fields(gone, second_page=after), (), SCANNED)
    assert statuses(found, gone) == {Status.REVIEW}


@pytest.mark.parametrize(("page", "status"), [(2, Status.MISSING), (1, Status.REVIEW)])
def test_a_row_of_the_other_form_stands_in_its_place(page: int, status: Status) -> None:
    """（六）其他处理 as one row at the head of a page: the three rows of the 2021 form are left out, not lost."""
    gone = "applications.results.other."
    group = [f for f in template("2019").fields if f.id.startswith(gone) and f.id.count(".") == 3]
    printed = [Field(f.id, f.label, Decimal(0), "0", Status.READ, 1.0, page, Box(10, 10, 20, 20)) for f in group]
    found = with_gaps_doubted((*fields(gone, second_page="applications.results.total"), *printed), (), SCANNED)
    assert {f.status for f in decide_by_reading(found) if f.id.startswith(gone) and f.id.count(".") == 4} == {status}


def test_the_end_of_a_table_lost_on_a_scan_is_for_a_person() -> None:
    last = [f.id for f in FORM.fields if f.id.startswith("applications.")][-1].rsplit(".", 1)[0]
    assert statuses(with_gaps_doubted(fields(last), (), SCANNED), last) == {Status.REVIEW}


def test_what_was_read_stays_as_it_is() -> None:
    doubted = tuple(replace(f, status=Status.BLANK, value=None) for f in fields())
    assert with_gaps_doubted(doubted, (), SCANNED) == doubted


HEADINGS = ("三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况")


def lines(*texts: tuple[str, float], page: int = 1) -> tuple[Region, ...]:
    """Lines of text at these heights."""
    spans = [Span(text, page, Box(90, top, 90 + 12 * len(text), top + 14)) for text, top in texts]
    return tuple(Region(RegionKind.TEXT, (span,), page=page, box=span.box) for span in spans)


def without_applications(*regions: Region) -> set[Status]:
    return statuses(with_gaps_doubted(fields("applications."), regions, SCANNED), "applications.")


def test_a_section_with_no_room_for_its_table_has_none() -> None:
    text = "本年度没有收到申请。"
    assert without_applications(*lines((HEADINGS[0], 100), (text, 124), (HEADINGS[1], 150))) == {Status.MISSING}


def test_a_section_with_room_may_have_a_table_too_faint_to_find() -> None:
    assert without_applications(*lines((HEADINGS[0], 100), (HEADINGS[1], 300))) == {Status.REVIEW}


def test_a_section_whose_next_heading_is_on_another_page_may_have_a_table() -> None:
    there = (*lines((HEADINGS[0], 760)), *lines((HEADINGS[1], 780), page=2))
    assert without_applications(*there) == {Status.REVIEW}


def test_a_section_with_what_looks_like_a_table() -> None:
    seen = Region(RegionKind.FIGURE, page=1, box=Box(90, 116, 500, 140))
    assert without_applications(*lines((HEADINGS[0], 100), (HEADINGS[1], 142)), seen) == {Status.REVIEW}
