"""What the figures of one row may say together, and what that does to the sums of the columns.

Where a row's sum fails by what was read, it is wrong in print: by itself, or because one of its figures is misprinted,
and then the sums of its column are off by as much. Or one of its figures is misread and none of its readings is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from extraction.reconcile.model import Figure, Problem
from extraction.reconcile.slips import chance_of_slip
from extraction.reconcile.source import alone, chance_of, misprint

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_LEAST = 1e-9  # of the likeliest way, from which a way is looked at
_MOST = 20_000  # ways of a row
_SLIPS, _TYPED = 0.9, 0.5  # share of misreads, and of misprints, that are of one digit
_NOBODY = -1


def tally(places: Ints, weights: Floats, size: int = 0) -> Floats:
    """The weights added up by place, `size` places at least."""
    return np.bincount(places, weights=weights, minlength=size).astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The ways of one group of figures, n of them.

    `options` (n, figures) is the option chosen of each figure, `moves` (n, columns) what that adds to the gap of each
    sum of a column, `weights` (n) how probable it is, `blamed` (n) the figure, by its place in `figures`, that is
    misprinted or misread, -1 where none is, `fails` (n) whether the row's sum fails in print: where it does not,
    the figure that is blamed is misread. `worth` (n) is how much each is worth trying, `left_out` the share of all
    that was not looked at.
    """

    figures: tuple[int, ...]
    row: int | None
    options: Ints
    moves: Ints
    weights: Floats
    blamed: Ints
    fails: NDArray[np.bool_]
    worth: Floats
    left_out: float

    def __len__(self) -> int:
        return len(self.weights)

    def only(self, kept: Ints | NDArray[np.bool_]) -> Ways:
        """These ways of them."""
        of_ways = ("options", "moves", "weights", "blamed", "fails", "worth")
        return replace(self, **{name: getattr(self, name)[kept] for name in of_ways})


def ways_of(problem: Problem, figures: tuple[int, ...], row: int | None, columns: Ints) -> Ways:
    """All ways of the figures of a sum `row`, or of one figure that is in none.

    `columns` (figures of the problem, columns) says how a figure counts in the sum of each column: 1, -1 or 0.
    """
    options, weights, left_out = _combined(problem, figures)
    amounts = [np.array([o.amount for o in problem.figures[i].options], dtype=np.int64) for i in figures]
    said = np.stack([a[options[:, n]] for n, a in enumerate(amounts)], axis=1)
    moves = (said - np.array([a[0] for a in amounts])) @ columns[list(figures)]
    nobody = np.full(len(weights), _NOBODY)
    if row is None:
        holds = np.zeros(len(weights), dtype=bool)
        return Ways(figures, row, options, moves, weights, nobody, holds, weights, left_out)
    total = problem.sums[row]
    signs = np.array([total.sign(i) for i in figures])
    gaps = said @ signs
    failing = gaps != 0
    holding = Ways(figures, row, options, moves, weights, nobody, failing, weights, left_out)
    parts = [holding.only(~failing)]
    if failing.any():
        least = _LEAST * float(np.max(weights[~failing], initial=0.0))
        wrong = max(alone(total.kind), *(misprint(f) + f.unlisted for f in (problem.figures[i] for i in figures)))
        open_ = failing & (weights * wrong >= least)
        off, gaps, said = holding.only(open_), gaps[open_], said[open_]
        parts.append(_weighed(off, alone(total.kind) * chance_of(gaps)))
        for n, i in enumerate(figures):
            over = signs[n] * gaps  # by how much the figure is too great, if it is this one
            moved = replace(off, moves=off.moves - over[:, None] * columns[i], blamed=np.full(len(off), n))
            parts += _blaming(problem.figures[i], moved, n, said[:, n], said[:, n] - over)
    return _likely(parts)


def _blaming(figure: Figure, ways: Ways, n: int, said: Ints, meant: Ints) -> Iterator[Ways]:
    """The ways in which the n-th figure, and nothing else, is wrong: it says what it `said`, and `meant` is what the
    row's sum wants."""
    able = meant >= 0
    ways, said, meant = ways.only(able), said[able], meant[able]
    typed = _TYPED * chance_of_slip(meant, said) + (1 - _TYPED) * chance_of(said - meant)
    yield _weighed(ways, misprint(figure) * typed)
    # What no reading names is the same whatever option it is taken for: the first stands for all.
    first = ways.options[:, n] == 0
    misread = replace(ways.only(first), fails=np.zeros(int(first.sum()), dtype=bool))
    misread = _weighed(misread, _unlisted(figure, meant[first]))
    yield misread.only(misread.weights > 0)


def _unlisted(figure: Figure, values: Ints) -> Floats:
    """How probable it is that a figure says each of these values, which is none of its readings, beside the first."""
    listed = np.array([o.amount for o in figure.options], dtype=np.int64)
    slips = chance_of_slip(np.full_like(values, listed[0]), values)
    chances = _SLIPS * slips + (1 - _SLIPS) * chance_of(values - listed[0])
    return np.where(np.isin(values, listed), 0.0, figure.unlisted / figure.options[0].probability * chances)


def _combined(problem: Problem, figures: Sequence[int]) -> tuple[Ints, Floats, float]:
    """The options of all figures combined (n, figures), their probability, and the share of it that was left out."""
    chosen = np.zeros((1, 0), dtype=np.int64)
    weights = np.ones(1)
    left_out = 0.0
    for i in figures:
        chances = np.array([o.probability for o in problem.figures[i].options])
        chosen = np.concatenate(
            [np.repeat(chosen, len(chances), axis=0), np.tile(np.arange(len(chances)), len(weights))[:, None]], axis=1
        )
        weights = np.outer(weights, chances).ravel()
        if len(chances) == 1:
            continue
        kept = weights >= _LEAST * weights.max()
        chosen, weights = chosen[kept], weights[kept]
        if len(weights) > _MOST:
            likeliest = np.argsort(-weights, kind="stable")[:_MOST]
            left_out += 1 - weights[likeliest].sum() / weights.sum()
            chosen, weights = chosen[likeliest], weights[likeliest]
    return chosen, weights, left_out


def _weighed(ways: Ways, chances: Floats) -> Ways:
    return replace(ways, weights=ways.weights * chances, worth=ways.worth * chances)


def _likely(parts: Sequence[Ways]) -> Ways:
    """All of them as one, without those that are too unlikely beside the likeliest."""
    joined = replace(
        parts[0],
        options=np.concatenate([p.options for p in parts]),
        moves=np.concatenate([p.moves for p in parts]),
        weights=np.concatenate([p.weights for p in parts]),
        blamed=np.concatenate([p.blamed for p in parts]),
        fails=np.concatenate([p.fails for p in parts]),
        worth=np.concatenate([p.worth for p in parts]),
    )
    kept = np.flatnonzero(joined.weights >= _LEAST * joined.weights.max())
    if len(kept) <= _MOST:
        return joined.only(kept)
    kept = np.sort(np.argsort(-joined.weights, kind="stable")[:_MOST])
    left_out = 1 - float(joined.weights[kept].sum() / joined.weights.sum())
    return replace(joined.only(kept), left_out=joined.left_out + left_out)
