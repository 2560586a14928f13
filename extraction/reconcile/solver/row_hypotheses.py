"""Hypotheses about one row: what its figures print together, and how that changes the residuals of the columns.

A row whose sum does not balance by what was read is wrong in print: by itself, or through one misprinted figure, and
then the sums of its column are off by as much. Or one of its figures is misread and none of its options is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from extraction.reconcile.error_priors import isolated_failure_prior, misprint_prior, residual_prior
from extraction.reconcile.solver.digit_errors import misprint_probability, misread_probability
from extraction.reconcile.solver.model import Bools, Figure, Floats, Ints, Problem, heaviest

MIN_RELATIVE_WEIGHT = 1e-7
"""Weight beside the most probable hypothesis of a row from which one is considered. At 1e-9 and with more transitions
the slowest report of `python -m eval.simulation --reports 25` took 1.2 s, now 0.8 s."""

MAX_HYPOTHESES = 12_000  # hypotheses of a row that are considered: a bound on time and memory

_NO_FIGURE = -1


@dataclass(frozen=True, slots=True, eq=False)
class RowHypotheses:
    """The n hypotheses about the figures of one row, or about a single figure that is in no row's sum (`row` None).

    `options` (n, figures) is the option of each figure, `changes` (n, columns) what that adds to the residual of each
    column, `weights` (n) the unnormalised probability. `faulty` (n) is the place in `figures` of the figure that is
    misprinted or misread, -1 where none is; `fails` (n) whether the row's sum fails in print: where it does not, a
    faulty figure is misread. `scores` (n) rank the hypotheses, `pruned` is the share of the weight of those left out.
    """

    figures: tuple[int, ...]
    row: int | None
    options: Ints
    changes: Ints
    weights: Floats
    faulty: Ints
    fails: Bools
    scores: Floats
    pruned: float

    def __len__(self) -> int:
        return len(self.weights)

    def only(self, kept: Bools) -> RowHypotheses:
        """Those for which `kept` (n) is true."""
        arrays = ("options", "changes", "weights", "faulty", "fails", "scores")
        return replace(self, **{name: getattr(self, name)[kept] for name in arrays})


class _Readings(NamedTuple):
    """The n combinations of the options of a row's `figures`: `options` (n, figures), `amounts` (n, figures),
    `weights` (n), and the share of the weight that was `pruned`."""

    figures: tuple[Figure, ...]
    options: Ints
    amounts: Ints
    weights: Floats
    pruned: float


class _Explanations(NamedTuple):
    """The n ways in which readings come about: `reading` (n) the combination, `weights` (n), `faulty` (n) the figure
    at fault, `excess` (n) by how much it reads too great, `fails` (n) whether the row's sum fails in print."""

    reading: Ints
    weights: Floats
    faulty: Ints
    excess: Ints
    fails: Bools


def row_hypotheses(problem: Problem, figures: tuple[int, ...], row: int | None, columns: Ints) -> RowHypotheses:
    """All hypotheses about the figures of the sum `row`, or about one figure that is in none (`row` None).

    `columns` (figures of the problem, columns) are the coefficients of the figures in the columns' sums.
    """
    read = _combinations(tuple(problem.figures[i] for i in figures))
    every = np.arange(len(read.weights))
    total = None if row is None else problem.sums[row]
    signs = np.array([0 if total is None else 1 if i in total.left else -1 for i in figures])
    residuals = read.amounts @ signs
    balanced, off = every[residuals == 0], every[residuals != 0]
    holding = _faultless(balanced, read.weights[balanced], fails=False)
    failing = _failing(read, off, residuals[off], signs, total.kind, holding) if total and len(off) else ()
    why, pruned = _likely([holding, *failing])
    own = columns[list(figures)]
    first = np.array([f.options[0].amount for f in read.figures])
    changes = (read.amounts[why.reading] - first) @ own - why.excess[:, None] * own[why.faulty]
    options, pruned = read.options[why.reading], pruned + read.pruned
    return RowHypotheses(figures, row, options, changes, why.weights, why.faulty, why.fails, why.weights, pruned)


def _faultless(reading: Ints, weights: Floats, *, fails: bool) -> _Explanations:
    """No figure is at fault."""
    n = len(reading)
    return _Explanations(reading, weights, np.full(n, _NO_FIGURE), np.zeros(n, dtype=np.int64), np.full(n, fails))


def _failing(
    read: _Readings, off: Ints, residuals: Ints, signs: Ints, kind: str, holding: _Explanations
) -> Iterator[_Explanations]:
    """Why a row's sum has `residuals` (n) with the combinations `off` (n): it is wrong by itself, or one of its figures
    is misprinted, or misread and none of its options is right."""
    by_itself = read.weights[off] * isolated_failure_prior(kind) * residual_prior(residuals)
    yield _faultless(off, by_itself, fails=True)
    misprints = np.array([misprint_prior(f) for f in read.figures])
    unlisted = np.array([f.unlisted / f.options[0].probability for f in read.figures])
    min_weight = MIN_RELATIVE_WEIGHT * max(np.max(w, initial=0.0) for w in (holding.weights, by_itself))
    excess = residuals[:, None] * signs
    meant = read.amounts[off] - excess
    n, who = np.nonzero((meant >= 0) & (read.weights[off][:, None] * np.maximum(misprints, unlisted) >= min_weight))
    reading, excess, meant, said = off[n], excess[n, who], meant[n, who], read.amounts[off[n], who]
    misprinted = read.weights[reading] * misprints[who] * misprint_probability(meant, said)
    yield _Explanations(reading, misprinted, who, excess, np.ones(len(reading), dtype=bool))
    # An amount that is no option is the same whichever option it replaces: the first stands for all.
    unnamed = (read.options[reading, who] == 0) & ~_is_option(read.figures, who, meant)
    reading, who, excess, meant, said = (a[unnamed] for a in (reading, who, excess, meant, said))
    misread = read.weights[reading] * unlisted[who] * misread_probability(meant, said)
    yield _Explanations(reading, misread, who, excess, np.zeros(len(reading), dtype=bool))


def _is_option(figures: Sequence[Figure], who: Ints, amounts: Ints) -> Bools:
    """Whether each amount is that of an option of the figure `who`."""
    most = max(len(f.options) for f in figures)
    listed = np.array([[o.amount for o in f.options] + [-1] * (most - len(f.options)) for f in figures])
    found: Bools = (listed[who] == amounts[:, None]).any(axis=1)
    return found


def _combinations(figures: tuple[Figure, ...]) -> _Readings:
    """The options of all figures combined."""
    chosen = np.zeros((1, 0), dtype=np.int64)
    weights = np.ones(1)
    pruned = 0.0
    several = [n for n, f in enumerate(figures) if len(f.options) > 1]
    for n in several:
        probabilities = np.array([o.probability for o in figures[n].options])
        weights = np.outer(weights, probabilities).ravel()
        kept, left_out = _pruned(weights)
        pruned += left_out
        number = len(probabilities)
        chosen = np.concatenate([chosen[kept // number], (kept % number)[:, None]], axis=1)
        weights = weights[kept]
    options = np.zeros((len(weights), len(figures)), dtype=np.int64)
    options[:, several] = chosen
    listed = [np.array([o.amount for o in f.options], dtype=np.int64) for f in figures]
    amounts = np.stack([a[options[:, n]] for n, a in enumerate(listed)], axis=1)
    return _Readings(figures, options, amounts, weights, pruned)


def _likely(explanations: Sequence[_Explanations]) -> tuple[_Explanations, float]:
    """All of them as one, pruned, and the share of the weight that the limit on their number took."""
    joined = _Explanations._make(map(np.concatenate, zip(*explanations, strict=True)))
    kept, left_out = _pruned(joined.weights)
    return _Explanations._make(a[kept] for a in joined), left_out


def _pruned(weights: Floats) -> tuple[Ints, float]:
    """The indices that are kept, and the share of the weight that the limit on their number took."""
    kept = heaviest(weights, MIN_RELATIVE_WEIGHT * weights.max(), MAX_HYPOTHESES)
    return kept, 1 - float(weights[kept].sum() / weights.sum()) if len(kept) == MAX_HYPOTHESES else 0.0
