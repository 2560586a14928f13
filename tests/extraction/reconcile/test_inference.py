"""Cells that could not be read, and the sums that leave one value for them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Field, Status, Verdict
from extraction.forms.catalogue import Identity
from extraction.reconcile.inference import MIN_GUESSED_VALUE, infer_values
from extraction.reconcile.reconcile import reconcile
from tests.extraction.reconcile.pictured import ROW, TOTAL, few, in_a_sum, pictured
from tests.extraction.sums import TEMPLATES, USUAL, balanced, field, in_order, sums_with


@given(TEMPLATES, st.data())
@few
def test_an_unread_cell_is_inferred_where_two_sums_leave_one_value(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    damaged = data.draw(st.sampled_from([i for i in in_a_sum(form_id) if len(sums_with(form_id, i)) > 1]))
    after = reconcile(pictured(form_id, values, **{damaged: field(damaged, None, Status.REVIEW, 0.5)}), USUAL)
    status = Status.INFERRED if values[damaged] < 10 else Status.REVIEW  # longer ones are misprinted now and then
    assert (after.field(damaged).value, after.field(damaged).status) == (values[damaged], status)


def test_one_sum_alone_infers_nothing() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 3, "review.total": 3}
    after = reconcile(
        pictured("2021", values, **{"review.upheld": field("review.upheld", None, Status.REVIEW, 0.5)}),
        USUAL,
    )
    assert after.field("review.upheld").status is Status.REVIEW
    assert after.field("review.upheld").value is None


def test_a_sum_that_holds_by_a_value_that_nobody_read_is_open() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | dict.fromkeys((ROW, TOTAL), 49)
    values |= {
        f"applications.{row}.{c}": 49 for row in ("received", "results.total") for c in ("natural_person", "total")
    }
    damaged = Field(ROW, ROW, None, "", Status.REVIEW, 0.0)
    after = reconcile(pictured("2021", values, **{ROW: damaged}), USUAL)
    assert (after.field(ROW).value, after.field(ROW).status) == (49, Status.REVIEW)
    of_it = [c for c in after.checks if c.id in sums_with("2021", ROW)]
    assert {c.verdict for c in of_it} == {Verdict.UNRESOLVED}


IDENTITIES = (Identity("1:x", ("a", "b"), ("c",)), Identity("2:x", ("a", "d"), ("e",)), Identity("3:x", ("b",), ("d",)))


@given(st.integers(0, 15), st.integers(0, 15), st.sampled_from("abcde"), st.integers(-1, 1))
def test_a_value_is_inferred_only_where_every_sum_agrees(a: int, b: int, gone: str, off: int) -> None:
    values = {"a": a, "b": b, "c": a + b, "d": b, "e": a + b + off}
    fields = [field(i, v) if i != gone else field(i, None, Status.REVIEW) for i, v in values.items()]
    (found,) = (f for f in infer_values(fields, IDENTITIES) if f.id == gone)
    implied = {"a": (a, a + off), "b": (b, b), "d": (b + off, b)}.get(gone, (0, 1))
    if len(set(implied)) == 1:
        assert found.value == implied[0]
        assert (found.status is Status.INFERRED) == (implied[0] < MIN_GUESSED_VALUE)
    else:
        assert (found.value, found.status) == (None, Status.REVIEW)


def test_a_zero_is_not_inferred_where_the_report_has_blanks() -> None:
    values: dict[str, int | None] = {"a": None, "b": 4, "c": 4, "d": 4, "e": 4}
    fields = [field(i, v, Status.REVIEW if v is None else Status.READ) for i, v in values.items()]
    blank = (Identity("4:x", ("f",), ("b",)),)
    assert infer_values(fields, IDENTITIES)[0].status is Status.INFERRED
    with_blank = [*fields, field("f", None, Status.BLANK)]
    assert infer_values(with_blank, IDENTITIES + blank)[0].status is Status.REVIEW
