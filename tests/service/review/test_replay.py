"""What actions make of a report, and what they leave open."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Report, Status, Verdict
from extraction.forms.identities import check_sums
from service.review.actions import Action, Kind, Refused, standing
from service.review.replay import replay, replay_with
from tests.service.archive import report, unsure
from tests.service.review.cells import (
    ALL,
    CORRECTED,
    OTHER,
    PENDING,
    SUM,
    TOTAL,
    UPHELD,
    check,
    gold,
    replace_value,
    value,
)


def test_deciding_every_open_cell_and_taking_the_sure_ones_finishes_a_review() -> None:
    read = check_sums(unsure(gold(), UPHELD, OTHER))
    now_ = replay(read, ())
    assert now_.open_fields == (UPHELD, OTHER)
    now_ = replay(read, (value(UPHELD, "3"), value(OTHER, "０")))
    assert (now_.open_fields, now_.open_checks, now_.finished) == ((), (), False)
    assert now_.report.field(OTHER).value == 0
    assert replay(read, (value(UPHELD, "3"), value(OTHER, "0"), ALL)).finished


def test_a_decision_is_sure_and_keeps_what_was_first_read() -> None:
    field = replay(unsure(gold(), UPHELD), (value(UPHELD, "8"),)).report.field(UPHELD)
    assert (field.status, field.value, field.printed, field.reading, field.confidence) == (
        Status.READ,
        Decimal(8),
        "8",
        "3",
        1.0,
    )


AMOUNT = "proactive.administrative_fees.fee_amount_wanyuan"


@pytest.mark.parametrize(
    ("printed", "value_", "text", "kept"),
    [
        ("99170000", "9917", "99170000", "9917"),  # the column is headed 元: confirmed, and put right
        ("99170000", "9917", "99170001", "9917.0001"),
        ("9917", "9917", "9918", "9918"),
        ("9917", "9917", "99170000元", "9917"),
        ("", None, "99170000元", "9917"),
    ],
)
def test_money_is_kept_in_the_unit_that_the_report_prints(
    printed: str, value_: str | None, text: str, kept: str
) -> None:
    now_ = replay(with_amount(printed, value_), (value(AMOUNT, text),))
    assert now_.report.field(AMOUNT).value == Decimal(kept)


def with_amount(printed: str, amount: str | None) -> Report:
    """A sample with this sum of money for review."""
    said = {"value": None if amount is None else Decimal(amount), "printed": printed, "status": Status.REVIEW}
    read = report("fengqiu-2022")
    return replace(read, fields=tuple(replace(f, **said) if f.id == AMOUNT else f for f in read.fields))


@pytest.mark.parametrize(
    "before",
    [
        (Action(Kind.BLANK, (AMOUNT,)),),
        (Action(Kind.MISSING, (AMOUNT,)),),
        (value(AMOUNT, "0"),),
        (value(AMOUNT, "9917万元"),),
        (value(AMOUNT, "99170000元"), value(AMOUNT, "0")),
    ],
)
def test_what_was_tried_before_does_not_change_the_unit_of_a_column(before: tuple[Action, ...]) -> None:
    read = with_amount("99170000", "9917")
    field = replay(read, (*before, value(AMOUNT, "99170001"))).report.field(AMOUNT)
    assert (field.value, field.reading) == (Decimal("9917.0001"), "99170000")


def test_a_second_review_knows_the_unit_of_a_column_by_what_was_first_read() -> None:
    first = replay(with_amount("99170000", "9917"), (value(AMOUNT, "9917万元"),)).report
    assert replay(first, (value(AMOUNT, "99170000"),)).report.field(AMOUNT).value == 9917


def test_a_wrong_decision_leaves_its_sum_open_until_it_is_put_right_or_confirmed() -> None:
    read = check_sums(unsure(gold(), UPHELD))
    wrong = replay(read, (value(UPHELD, "8"), ALL))
    assert wrong.open_checks == (SUM,)
    assert not wrong.finished
    assert "相差 5" in next(c.explanation.zh for c in wrong.report.checks if c.id == SUM and c.explanation)
    said = next(c.expression for c in wrong.report.checks if c.id == SUM)
    confirmed = replay_with(read, (value(UPHELD, "8"), ALL), Action(Kind.SOURCE_ERROR, (SUM,), said))
    assert confirmed.finished
    assert check(confirmed.report, SUM) is Verdict.SOURCE_INCONSISTENT
    assert replay(read, (value(UPHELD, "8"), value(UPHELD, "3"), ALL)).finished


def test_a_confirmed_source_error_is_open_again_once_its_figures_change() -> None:
    read = check_sums(unsure(gold(), UPHELD))
    said = next(c.expression for c in replay(read, (value(UPHELD, "8"),)).report.checks if c.id == SUM)
    actions = (value(UPHELD, "8"), Action(Kind.SOURCE_ERROR, (SUM,), said), value(UPHELD, "7"))
    assert replay(read, actions).open_checks == (SUM,)


def test_what_the_conversion_found_in_print_has_to_be_confirmed_too() -> None:
    read = check_sums(replace_value(gold(), TOTAL, "6"))
    assert replay(read, (ALL,)).open_checks == (SUM,)


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (value(UPHELD, "1 2"), "不是一个数字"),
        (value(UPHELD, "/"), "空白"),
        (value(UPHELD, "3元"), "单位"),
        (value("review.none", "3"), "没有"),
        (Action(Kind.UNDO), "撤销"),
        (Action(Kind.VALUE, (UPHELD, OTHER), "3"), "太多"),
        (Action(Kind.MISSING), "没有指明"),
        (Action(Kind.SOURCE_ERROR, (SUM,), "1 = 2"), "并非不符"),
        (Action(Kind.HEADING, ("year",), "二〇二四"), "四位数字"),
        (Action(Kind.HEADING, ("organization",), " "), "不能为空"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(action: Action, why: str) -> None:
    with pytest.raises(Refused, match=why):
        replay_with(unsure(gold(), UPHELD), (), action)


def test_blank_and_missing_cells_have_no_value_and_leave_their_sum_aside() -> None:
    read = check_sums(unsure(gold(), UPHELD, OTHER))
    now_ = replay(read, (Action(Kind.BLANK, (UPHELD,)), Action(Kind.MISSING, (OTHER,))))
    assert [now_.report.field(i).status for i in (UPHELD, OTHER)] == [Status.BLANK, Status.MISSING]
    assert check(now_.report, SUM) is Verdict.NOT_APPLICABLE


ACTIONS = st.lists(
    st.one_of(
        st.builds(value, st.sampled_from((UPHELD, CORRECTED, TOTAL)), st.integers(0, 99).map(str)),
        st.builds(Action, st.just(Kind.BLANK), st.just((PENDING,))),
        st.just(ALL),
        st.just(Action(Kind.HEADING, ("year",), "2031")),
        st.just(Action(Kind.UNDO)),
    ),
    max_size=8,
)


@given(ACTIONS, st.builds(value, st.sampled_from((UPHELD, TOTAL)), st.just("77")))
def test_undo_takes_back_the_last_action_that_stands(actions: list[Action], last: Action) -> None:
    read = unsure(gold(), UPHELD, PENDING)
    undo = Action(Kind.UNDO)
    assert replay(read, (*actions, last, undo)) == replay(read, actions)
    assert standing((*actions, last)) == (*standing(actions), last)


@given(ACTIONS)
def test_no_cell_changes_that_no_action_names(actions: list[Action]) -> None:
    read = unsure(gold(), UPHELD, PENDING)
    now_ = replay(read, actions)
    named = {target for action in standing(actions) for target in action.targets}
    for before, then in zip(read.fields, now_.report.fields, strict=True):
        assert before == then or before.id in named
