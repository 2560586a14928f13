"""The part of a report that is in doubt, cut into pieces that have nothing to do with each other.

A sum is in doubt where it fails on what was read first, or one of its figures may well be another. Two such sums belong
together where they share a figure that may be another, or where both fail and one error may be behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from extraction.catalogue import Identity
from extraction.document import Field, Status
from extraction.reconcile.model import Figure, Problem, Sum
from extraction.reconcile.source import COLUMN_KINDS

_CONSISTENT = 2  # sums that hold with blanks as zeros, for each that does not
_LEAST = 1e-4  # probability beside the first from which another reading of a figure whose sums hold is weighed


def whole_problem(identities: Sequence[Identity], figures: dict[str, Figure], fields: dict[str, Field]) -> Problem:
    """All sums that say anything: those of which every figure is known, and where blanks can be taken for zeros."""
    known = [i for i in identities if all(part in figures for part in (*i.left, *i.right))]
    blank = {i for i in figures if fields[i].value is None and fields[i].status is Status.BLANK}
    if not _blanks_are_zeros(known, figures, blank):
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


def gap(total: Sum, figures: Sequence[Figure]) -> int:
    """How much more the left side of a sum is than the right, by what was read first."""
    return sum(total.sign(i) * figures[i].options[0].amount for i in total.figures)


def parts_in_doubt(problem: Problem) -> list[Problem]:
    """The pieces of a report's problem that anything is open in."""
    gaps = [gap(total, problem.figures) for total in problem.sums]
    unsure = {i for i, f in enumerate(problem.figures) if is_unsure(f)}
    open_sums = [k for k, total in enumerate(problem.sums) if gaps[k] or not unsure.isdisjoint(total.figures)]
    return [_piece(problem, group) for group in _groups(problem, open_sums, gaps, unsure)]


def is_unsure(figure: Figure) -> bool:
    """Whether a figure may well be another, though its sums hold."""
    first, *others = figure.options
    return any(o.probability > _LEAST * first.probability for o in others)


def _groups(problem: Problem, sums: Sequence[int], gaps: Sequence[int], unsure: set[int]) -> list[list[int]]:
    """Sums by what connects them; a failing one brings along all that other readings of its figures touch."""
    movable = {i for k in sums if gaps[k] for i in problem.sums[k].figures if len(problem.figures[i].options) > 1}
    movable |= unsure
    touched = [k for k, total in enumerate(problem.sums) if gaps[k] or not movable.isdisjoint(total.figures)]
    group_of = {k: k for k in touched}

    def root(k: int) -> int:
        while group_of[k] != k:
            k = group_of[k]
        return k

    for one, other in combinations(touched, 2):
        shared = set(problem.sums[one].figures) & set(problem.sums[other].figures)
        if shared & movable or (gaps[one] and gaps[other] and (shared or _one_error(problem, one, other))):
            group_of[root(other)] = root(one)
    groups: dict[int, list[int]] = {}
    for k in touched:
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


def _one_error(problem: Problem, one: int, other: int) -> bool:
    """Whether two failing sums are of a kind that fails in an applicant's column and in 总计 at once."""
    return problem.sums[one].kind == problem.sums[other].kind in COLUMN_KINDS


def _piece(problem: Problem, sums: Sequence[int]) -> Problem:
    """These sums with their figures, numbered anew."""
    figures = list(dict.fromkeys(i for k in sums for i in problem.sums[k].figures))
    index = {i: n for n, i in enumerate(figures)}
    own = set(sums)
    beyond = {i for k, total in enumerate(problem.sums) if k not in own for i in total.figures}
    return Problem(
        tuple(_as_read(problem.figures[i]) if i in beyond else problem.figures[i] for i in figures),
        tuple(
            Sum(s.id, s.kind, tuple(index[i] for i in s.left), tuple(index[i] for i in s.right))
            for s in (problem.sums[k] for k in sums)
        ),
        frozenset(index[i] for i in figures if i in beyond),
    )


def _as_read(figure: Figure) -> Figure:
    """A figure that sums beyond the piece bear out: what else it may say is too unlikely to matter."""
    return replace(figure, options=figure.options[:1])
