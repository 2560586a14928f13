"""Lines that are shifted by one cell go to a person."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from extraction.document import Status
from extraction.reconcile.reconcile import reconcile
from extraction.reconcile.shifted_lines import shifted_figures
from extraction.reconcile.solver.model import Figure, Option, Problem, Sum
from tests.extraction.reconcile.pictured import few, pictured
from tests.extraction.sums import COLUMNS, TEMPLATES, USUAL, balanced


@given(TEMPLATES, st.data())
@few
def test_a_whole_row_one_place_off_goes_to_a_person(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    row = [f"applications.results.total.{c}" for c in (*COLUMNS, "total")]
    amounts = [values[i] for i in row]
    assume(len(set(amounts)) == len(amounts) and 0 not in amounts)
    after = reconcile(pictured(form_id, {**values, **dict(zip(row, [0, *amounts[:-1]], strict=True))}), USUAL)
    assert {after.field(i).status for i in row} == {Status.REVIEW}
    assert not [f for f in after.fields if f.status is Status.CORRECTED]


@given(st.permutations([3, 5, 9, 14, 22, 31, 40]), st.booleans())
@few
def test_only_the_shifted_row_is_told(row: list[int], right: bool) -> None:
    """Three rows that add up, in columns that do too, one of them moved by one cell."""
    body = [row, [1, 2, 4, 8, 16, 32, 64], [7, 7, 7, 7, 7, 7, 7]]
    body = [[*r, sum(r)] for r in body]
    rows = [*body, [sum(column) for column in zip(*body, strict=True)]]
    assert not shifted_figures(problem_of(rows))
    rows[0] = [0, *rows[0][:-1]] if right else [*rows[0][1:], 0]
    assert shifted_figures(problem_of(rows)) == {f"0.{c}" for c in range(8)}


def problem_of(rows: list[list[int]]) -> Problem:
    width, last = len(rows[0]), len(rows) - 1
    at = [[r * width + c for c in range(width)] for r in range(len(rows))]
    figures = [
        Figure(f"{r}.{c}", (Option(Decimal(value), str(value), 1.0),), 0.0)
        for r, row in enumerate(rows)
        for c, value in enumerate(row)
    ]
    sums = [Sum(f"{r}:row_total", "row_total", tuple(at[r][:-1]), (at[r][-1],)) for r in range(len(rows))]
    sums += [
        Sum(f"{c}:results_total", "results_total", tuple(at[r][c] for r in range(last)), (at[last][c],))
        for c in range(width)
    ]
    return Problem(tuple(figures), tuple(sums))
