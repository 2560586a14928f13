"""A report's sums as a problem, and its connected components."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Field, Status
from extraction.forms.catalogue import Identity
from extraction.reconcile.solver.components import build_problem, uncertain_components
from extraction.reconcile.solver.model import Figure, Option, Problem, Sum


def figure(name: str, *amounts: int, rival: float = 0.3) -> Figure:
    options = [Option(Decimal(a), str(a), rival if n else 1 - rival) for n, a in enumerate(amounts)]
    return Figure(name, tuple(options), 0.0)


@given(st.lists(st.sets(st.integers(0, 9), min_size=2, max_size=4), min_size=1, max_size=6))
def test_components_share_no_figures_and_none_of_them_can_be_cut(groups: list[set[int]]) -> None:
    sums = tuple(Sum(f"{n}:x", "x", tuple(sorted(g))[:-1], (max(g),)) for n, g in enumerate(groups))
    problem = Problem(tuple(figure(f"{i}", 1, 2) for i in range(10)), sums)
    found = uncertain_components(problem)
    members = [{f.id for f in c.figures} for c in found]
    assert sorted(total.id for c in found for total in c.sums) == sorted(total.id for total in sums)
    assert sum(map(len, members)) == len({i for g in groups for i in g})
    for component in found:
        reached, left = {0}, list(component.sums)
        while touching := [total for total in left if reached.intersection(total.figures)]:
            reached.update(i for total in touching for i in total.figures)
            left = [total for total in left if total not in touching]
        assert reached == set(range(len(component.figures)))


@given(st.lists(st.sets(st.integers(0, 9), min_size=2, max_size=4), min_size=1, max_size=6))
def test_the_sums_of_components_are_those_of_the_problem(groups: list[set[int]]) -> None:
    sums = tuple(Sum(f"{n}:x", "x", tuple(sorted(g))[:-1], (max(g),)) for n, g in enumerate(groups))
    problem = Problem(tuple(figure(f"{i}", i * i, 2) for i in range(10)), sums)
    residuals = {total.id: r for total, r in zip(sums, problem.residuals().tolist(), strict=True)}
    for component in uncertain_components(problem):
        for total, residual in zip(component.sums, component.residuals().tolist(), strict=True):
            assert residual == residuals[total.id]


def test_only_components_in_which_anything_is_open_are_solved() -> None:
    sure, rivals = [figure(n, 3) for n in "ab"], [figure("c", 5, 8), figure("d", 5)]
    failing = [figure("e", 1), figure("f", 2)]
    negligible = [figure("g", 4, 9, rival=1e-6), figure("h", 4)]
    figures = (*sure, *rivals, *failing, *negligible)
    sums = tuple(Sum(f"{i}:x", "x", (i,), (i + 1,)) for i in range(0, len(figures), 2))
    found = uncertain_components(Problem(figures, sums))
    assert {f.id for component in found for f in component.figures} == {"c", "d", "e", "f"}


def fields_of(**values: int | None) -> dict[str, Field]:
    return {
        i: Field(i, i, None if v is None else Decimal(v), "", Status.BLANK if v is None else Status.READ, 0.99)
        for i, v in values.items()
    }


def problem_of(identities: list[Identity], fields: dict[str, Field]) -> set[str]:
    figures = {i: Figure(i, (Option(f.value, "", 1.0),), 0.0) for i, f in fields.items()}
    return {total.id for total in build_problem(identities, figures, fields).sums}


def test_a_sum_with_a_cell_that_has_no_figure_says_nothing() -> None:
    assert problem_of([Identity("a:x", ("a", "b"), ("c",))], fields_of(a=1, b=2)) == set()


def test_blanks_are_zeros_where_the_other_sums_hold_so() -> None:
    identities = [Identity("1:x", ("a", "blank"), ("b",)), Identity("2:x", ("c",), ("d",))]
    assert problem_of(identities, fields_of(a=4, blank=None, b=4, c=1, d=2)) == {"1:x", "2:x"}
    assert problem_of(identities, fields_of(a=4, blank=None, b=7, c=1, d=2)) == {"2:x"}


def test_sums_of_zeros_and_blanks_do_not_show_what_blanks_mean() -> None:
    identities = [Identity("1:x", ("a", "blank"), ("b",))]
    assert problem_of(identities, fields_of(a=0, blank=None, b=0)) == set()
