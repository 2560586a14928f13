"""What a cell may say: its readings, its place, and how much of the report is unread."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Candidate, Field, Report, Status
from extraction.forms.catalogue import template
from extraction.reconcile.evidence import figure_of
from extraction.reconcile.reconcile import reconcile
from tests.extraction.reconcile.pictured import ALONE, OTHER, ROW, SURELY, either, few, pictured
from tests.extraction.sums import USUAL, balanced, field, from_picture, in_order, sums_with


def test_a_figure_whose_place_is_in_doubt_stays_so_whatever_holds() -> None:
    values = dict.fromkeys(in_order("2019"), 0)
    after = reconcile(pictured("2019", values, **{ROW: field(ROW, 0, Status.REVIEW, 0.4)}), USUAL)
    assert after.field(ROW).status is Status.REVIEW


@given(st.integers(1, 50), st.data())
@few
def test_a_figure_in_doubt_explains_a_sum_that_fails(off: int, data: st.DataObject) -> None:
    values = data.draw(balanced("2021"))
    doubtful = field(OTHER, values[OTHER] + off, Status.REVIEW, 0.5)
    after = reconcile(pictured("2021", values, **{ROW: from_picture(ROW, (values[ROW], 0.98)), OTHER: doubtful}), USUAL)
    assert {c.id for c in after.checks if c.holds is False} == sums_with("2021", OTHER)
    assert after.field(ROW).status is Status.READ
    assert {i for i in in_order("2021") if after.field(i).status is Status.REVIEW} == {OTHER}


@pytest.mark.parametrize(
    ("confidence", "status"),
    [(USUAL.alone + 0.001, Status.READ), (USUAL.alone - 0.001, Status.REVIEW)],
)
def test_a_sum_with_a_figure_that_could_not_be_read_says_nothing(confidence: float, status: Status) -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    unread = field("review.other", None, Status.REVIEW, 0.5)
    likely = from_picture("review.upheld", (0, confidence))
    after = reconcile(pictured("2021", values, **{"review.other": unread, "review.upheld": likely}), USUAL)
    assert after.field("review.upheld").status is status


def partly_read(lost: int, *others: Field) -> Report:
    values = dict.fromkeys(in_order("2021"), 0)
    gone = [i for i in in_order("2021") if i.startswith("applications.")][:lost]
    fields = {i: field(i, None, Status.REVIEW, 0.0) for i in gone} | {f.id: f for f in others}
    return reconcile(pictured("2021", values, **fields), USUAL)


@pytest.mark.parametrize(("lost", "status"), [(5, Status.READ), (60, Status.REVIEW)])
def test_a_report_of_which_much_could_not_be_read_is_less_sure(lost: int, status: Status) -> None:
    assert partly_read(lost, from_picture(ALONE, (0, 0.98))).field(ALONE).status is status


@pytest.mark.parametrize(("confidence", "status"), [(0.9999, Status.REVIEW), (1.0, Status.READ)])
def test_of_a_report_that_is_hardly_read_only_what_the_file_states_stands_by_itself(
    confidence: float, status: Status
) -> None:
    most = int(0.3 * len(template("2021").fields))
    assert partly_read(most, field(ALONE, 4414, confidence=confidence)).field(ALONE).status is status


def test_what_a_sum_confirms_stands_even_there() -> None:
    assert partly_read(66, from_picture("review.upheld", (0, 0.96))).field("review.upheld").status is Status.READ


def test_tables_that_are_not_there_do_not_make_the_others_unsure() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    lost = {
        i: Field(i, i, None, "", Status.REVIEW, 0.5)
        for i in in_order("2021")
        if i.startswith(("applications", "review"))
    }
    after = reconcile(pictured("2021", values, **lost), USUAL)
    assert after.field(ALONE).status is Status.READ


def test_a_text_that_is_no_figure_is_not_printed_as_a_blank() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    blank = {i: field(i, None, Status.BLANK, SURELY) for i in in_order("2021")}
    blank[ROW] = Field(
        ROW, ROW, None, "l丨x", Status.REVIEW, 0.5, candidates=(Candidate("—", 0.85), Candidate("1", 0.1))
    )
    found = reconcile(pictured("2021", values, **blank), USUAL).field(ROW)
    assert found.status is Status.REVIEW or found.printed == "—"


def test_a_count_of_another_unit_is_none_of_its_readings() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 3, "review.total": 3}
    total = either("review.total", Status.REVIEW, ("8", 0.6), ("3万元", 0.39))
    found = reconcile(pictured("2021", values, **{"review.total": total}), USUAL).field("review.total")
    assert (found.status, found.printed) == (Status.REVIEW, "8")


def test_a_count_beyond_all_counts_is_no_part_of_a_sum() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    huge = Field(ROW, ROW, Decimal(99999999999) * 10**8, "99999999999亿", Status.READ, 1.0)
    after = reconcile(pictured("2021", values, **{ROW: huge}), USUAL)
    assert after.field(ROW).status is Status.READ


@st.composite
def readings(draw: st.DrawFn) -> Field:
    """A field with up to four readings whose probabilities leave something over, or with none."""
    shares = sorted(draw(st.lists(st.floats(0.01, 1), max_size=4)), reverse=True)
    texts = draw(st.permutations(["7", "1", "17", "", "0", "—", "071"]))
    whole = sum(shares) + draw(st.floats(0.001, 0.5))
    candidates = tuple(Candidate(t, s / whole) for t, s in zip(texts, shares, strict=False))
    status = draw(st.sampled_from([Status.READ, Status.REVIEW, Status.BLANK]))
    value = None if status is Status.BLANK else Decimal(7)
    confidence = draw(st.floats(0.3, 0.999))  # beside a surer one other readings are negligible
    return Field("a", "a", value, "" if value is None else "7", status, confidence, candidates=candidates)


@given(readings(), st.floats(0, 1))
def test_the_options_of_a_figure_are_a_distribution_with_the_most_probable_first(field: Field, unread: float) -> None:
    figure = figure_of(field, unread)
    if figure is None:
        assert not field.candidates or field.status is Status.REVIEW
        return
    probabilities = [o.probability for o in figure.options]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) <= 1 + 1e-9
    assert 0 < figure.unlisted < 1
    assert len({o.value for o in figure.options}) == len(figure.options)
    assert not [o for o in figure.options if o.printed == "071"]
    better = figure_of(field, 0.0)
    assert better is not None
    assert better.unlisted <= figure.unlisted


def test_readings_that_mean_the_same_are_one_option() -> None:
    candidates = (Candidate("7", 0.6), Candidate("7件", 0.2), Candidate("07", 0.1), Candidate("—", 0.05))
    figure = figure_of(Field("a", "a", Decimal(7), "7", Status.REVIEW, 0.5, candidates=candidates), 0.0)
    assert figure is not None
    assert {o.value: o.printed for o in figure.options} == {Decimal(7): "7", None: "—"}


def test_what_the_file_states_has_one_option() -> None:
    figure = figure_of(field("a", 7), 1.0)
    assert figure is not None
    assert [(o.value, o.probability) for o in figure.options] == [(7, 1.0)]
