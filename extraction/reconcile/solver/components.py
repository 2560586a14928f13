"""The sums of a report that say anything, cut into parts that have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.document import Field, Status
from extraction.forms.catalogue import Identity
from extraction.reconcile.solver.model import Figure, Problem, Sum

_CONSISTENT = 2  # sums that hold with blanks as zeros, for each that does not
_PERHAPS = 0.02  # probability of being blank from which a cell that no zero stands for may make a sum say nothing
_LEAST = 1e-4  # probability beside the first from which another reading of a figure whose sums hold is weighed


def whole_problem(identities: Sequence[Identity], figures: dict[str, Figure], fields: dict[str, Field]) -> Problem:
    """All sums that say anything: those of which every figure is known, and where blanks can be taken for zeros."""
    known = [i for i in identities if all(part in figures for part in (*i.left, *i.right))]
    blank = {i for i in figures if fields[i].value is None and fields[i].status is Status.BLANK}
    if not _blanks_are_zeros(known, figures, blank):
        blank |= {i for i, figure in figures.items() if _chance_of_blank(figure) >= _PERHAPS}
        known = [i for i in known if blank.isdisjoint((*i.left, *i.right))]
    index = {field_id: n for n, field_id in enumerate(dict.fromkeys(p for i in known for p in (*i.left, *i.right)))}
    sums = tuple(
        Sum(i.id, i.id.rpartition(":")[2], tuple(index[p] for p in i.left), tuple(index[p] for p in i.right))
        for i in known
    )
    return Problem(tuple(figures[i] for i in index), sums)


def _blanks_are_zeros(identities: Sequence[Identity], figures: dict[str, Figure], blank: set[str]) -> bool:
    """Whether the report leaves cells blank that it means zero by, as far as sums of other figures than zeros show."""
    holding = failing = 0
    for identity in identities:
        parts = (*identity.left, *identity.right)
        if blank.isdisjoint(parts) or not any(figures[p].options[0].amount for p in parts):
            continue
        left, right = (sum(figures[p].options[0].amount for p in side) for side in (identity.left, identity.right))
        holding, failing = holding + (left == right), failing + (left != right)
    return holding > 0 and failing * _CONSISTENT <= holding


def _chance_of_blank(figure: Figure) -> float:
    """How probable it is that a cell is blank, by its picture and by what the report does with its zeros."""
    weights = figure.by_habit
    blank = sum(w for o, w in zip(figure.options, weights, strict=True) if o.value is None)
    return blank / sum(weights)


def parts_in_doubt(problem: Problem) -> list[Problem]:
    """The connected parts of a report's sums that anything is open in: a sum of them fails on the likeliest readings,
    or one of their figures may well be another."""
    parts = [_part(problem, group) for group in _groups(problem.sums)]
    return [p for p in parts if any(map(p.gap, p.sums)) or any(map(_is_unsure, p.figures))]


def _is_unsure(figure: Figure) -> bool:
    """Whether a figure may well be another, though its sums hold."""
    first, *others = figure.options
    return any(o.probability > _LEAST * first.probability for o in others)


def _groups(sums: Sequence[Sum]) -> list[list[Sum]]:
    """Sums that share figures, by way of others or at once."""
    groups: list[tuple[set[int], list[Sum]]] = []
    for total in sums:
        figures, members = set(total.figures), [total]
        for other in [g for g in groups if not g[0].isdisjoint(figures)]:
            groups.remove(other)
            figures, members = figures | other[0], other[1] + members
        groups.append((figures, members))
    return [members for _, members in groups]


def _part(problem: Problem, sums: Sequence[Sum]) -> Problem:
    """These sums with their figures, numbered anew."""
    figures = list(dict.fromkeys(i for total in sums for i in total.figures))
    index = {i: n for n, i in enumerate(figures)}
    return Problem(
        tuple(problem.figures[i] for i in figures),
        tuple(Sum(s.id, s.kind, tuple(index[i] for i in s.left), tuple(index[i] for i in s.right)) for s in sums),
    )
