"""The sums of a report as a problem, and its connected components, each of which is solved by itself."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.document import Field, Status
from extraction.forms.catalogue import Identity
from extraction.reconcile.solver.model import Figure, Problem, Sum

MIN_HOLDING_PER_FAILING_SUM = 2
"""Sums with blanks that hold, for each that fails, from which blanks are taken for zeros."""

MIN_BLANK_PROBABILITY = 0.02
"""From which a cell may be blank and so make its sums say nothing, where blanks are no zeros."""

MIN_RIVAL_PROBABILITY = 1e-4
"""Beside that of the most probable option, from which another option of a figure whose sums hold is examined."""


def build_problem(identities: Sequence[Identity], figures: dict[str, Figure], fields: dict[str, Field]) -> Problem:
    """The problem of all identities that constrain anything.

    Those of which a cell has no figure in `figures` (by field id) do not, nor do those with a cell that is or may be
    blank, where the report does not mean zero by its blanks.
    """
    known = [i for i in identities if all(part in figures for part in (*i.left, *i.right))]
    blank = {i for i in figures if fields[i].value is None and fields[i].status is Status.BLANK}
    if not _blanks_are_zeros(known, figures, blank):
        blank |= {i for i, figure in figures.items() if _blank_probability(figure) >= MIN_BLANK_PROBABILITY}
        known = [i for i in known if blank.isdisjoint((*i.left, *i.right))]
    index = {field_id: n for n, field_id in enumerate(figures)}
    sums = tuple(
        Sum(i.id, i.id.rpartition(":")[2], tuple(index[p] for p in i.left), tuple(index[p] for p in i.right))
        for i in known
    )
    return Problem(tuple(figures.values()), sums)


def _blanks_are_zeros(identities: Sequence[Identity], figures: dict[str, Figure], blank: set[str]) -> bool:
    """Whether the report means zero by its blanks, as far as sums of other figures than zeros show."""
    holding = failing = 0
    for identity in identities:
        parts = (*identity.left, *identity.right)
        if blank.isdisjoint(parts) or not any(figures[p].options[0].amount for p in parts):
            continue
        left, right = (sum(figures[p].options[0].amount for p in side) for side in (identity.left, identity.right))
        holding, failing = holding + (left == right), failing + (left != right)
    return holding > 0 and failing * MIN_HOLDING_PER_FAILING_SUM <= holding


def _blank_probability(figure: Figure) -> float:
    """The probability that a cell is blank, by its picture and the report's habit."""
    weights = figure.weights
    blank = sum(w for o, w in zip(figure.options, weights, strict=True) if o.value is None)
    return blank / sum(weights)


def uncertain_components(problem: Problem) -> list[Problem]:
    """The connected components of a problem in which anything is open: a sum fails by the most probable options, or a
    figure has another option that is probable enough."""
    components = [_restricted(problem.figures, sums) for sums in _connected(problem.sums)]
    return [c for c in components if c.residuals().any() or any(map(_is_uncertain, c.figures))]


def _is_uncertain(figure: Figure) -> bool:
    first, *others = figure.options
    return any(o.probability > MIN_RIVAL_PROBABILITY * first.probability for o in others)


def _connected(sums: Sequence[Sum]) -> list[list[Sum]]:
    """Sums that share figures, directly or through others."""
    groups: list[tuple[set[int], list[Sum]]] = []
    for total in sums:
        figures, members = set(total.figures), [total]
        for other in [g for g in groups if not g[0].isdisjoint(figures)]:
            groups.remove(other)
            figures, members = figures | other[0], other[1] + members
        groups.append((figures, members))
    return [members for _, members in groups]


def _restricted(figures: Sequence[Figure], sums: Sequence[Sum]) -> Problem:
    """The problem of these sums with only the figures in them, numbered anew."""
    used = list(dict.fromkeys(i for total in sums for i in total.figures))
    index = {i: n for n, i in enumerate(used)}
    return Problem(
        tuple(figures[i] for i in used),
        tuple(Sum(s.id, s.kind, tuple(index[i] for i in s.left), tuple(index[i] for i in s.right)) for s in sums),
    )
