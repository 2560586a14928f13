"""What the figures of one row may say together, and what that does to the sums of the columns.

Where a row's sum fails by what was read, it is wrong in print: by itself, or because one of its figures is misprinted,
and then the sums of its column are off by as much. Or one of its figures is misread and none of its readings is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from extraction.reconcile.error_priors import alone, chance_of, misprint
from extraction.reconcile.solver.digit_errors import chance_of_misprint, chance_of_misread
from extraction.reconcile.solver.model import Figure, Floats, Ints, Problem

_LEAST = 1e-7  # of the likeliest way, from which a way is looked at
_MOST = 12_000  # ways of a row
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


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What the figures of a group are read as, combined: `options` (n, figures) chosen, the amounts `said` by them
    (n, figures), `weights` (n) how probable they are, `left_out` the share of all that was not looked at."""

    figures: tuple[Figure, ...]
    options: Ints
    said: Ints
    weights: Floats
    left_out: float


@dataclass(frozen=True, slots=True, eq=False)
class _Why:
    """How that comes about: `of` (n) which of the readings combined, `weights` (n) how probable, `blamed` (n) the
    figure that is wrong, `over` (n) by how much it is too great, `fails` (n) whether the row's sum fails in print."""

    of: Ints
    weights: Floats
    blamed: Ints
    over: Ints
    fails: NDArray[np.bool_]

    def only(self, kept: Ints | NDArray[np.bool_]) -> _Why:
        """These of them."""
        return _Why(self.of[kept], self.weights[kept], self.blamed[kept], self.over[kept], self.fails[kept])


def ways_of(problem: Problem, figures: tuple[int, ...], row: int | None, columns: Ints) -> Ways:
    """All ways of the figures of a sum `row`, or of one figure that is in none.

    `columns` (figures of the problem, columns) says how a figure counts in the sum of each column: 1, -1 or 0.
    """
    read = _combined(tuple(problem.figures[i] for i in figures))
    every = np.arange(len(read.weights))
    if row is None:
        why, left_out = _likely([_nobody(every, read.weights, fails=False)])
    else:
        total = problem.sums[row]
        signs = np.array([total.sign(i) for i in figures])
        gaps = read.said @ signs
        holding = _nobody(every[gaps == 0], read.weights[gaps == 0], fails=False)
        off = every[gaps != 0]
        wrong = _wrong(read, off, gaps[off], signs, total.kind, holding) if len(off) else ()
        why, left_out = _likely([holding, *wrong])
    own = columns[list(figures)]
    first = np.array([f.options[0].amount for f in read.figures])
    moves = (read.said[why.of] - first) @ own - why.over[:, None] * own[why.blamed]
    left_out += read.left_out
    return Ways(figures, row, read.options[why.of], moves, why.weights, why.blamed, why.fails, why.weights, left_out)


def _nobody(of: Ints, weights: Floats, *, fails: bool) -> _Why:
    """No figure is to blame."""
    return _Why(of, weights, np.full(len(of), _NOBODY), np.zeros(len(of), dtype=np.int64), np.full(len(of), fails))


def _wrong(read: _Read, off: Ints, gaps: Ints, signs: Ints, kind: str, holding: _Why) -> Iterator[_Why]:
    """Why a row's sum fails by `gaps` (n) with the readings `off` (n): it is wrong by itself, or one of its figures is
    misprinted, or misread and none of its readings is right."""
    by_itself = _nobody(off, read.weights[off] * alone(kind) * chance_of(gaps), fails=True)
    yield by_itself
    misprints = np.array([misprint(f) for f in read.figures])
    unlisted = np.array([f.unlisted / f.options[0].probability for f in read.figures])
    least = _LEAST * max(np.max(w.weights, initial=0.0) for w in (holding, by_itself))
    over = gaps[:, None] * signs
    meant = read.said[off] - over
    n, who = np.nonzero((meant >= 0) & (read.weights[off][:, None] * np.maximum(misprints, unlisted) >= least))
    of, over, meant, said = off[n], over[n, who], meant[n, who], read.said[off[n], who]
    misprinted = read.weights[of] * misprints[who] * chance_of_misprint(meant, said)
    yield _Why(of, misprinted, who, over, np.ones(len(of), dtype=bool))
    # What no reading names is the same whatever option it is taken for: the first stands for all.
    unnamed = (read.options[of, who] == 0) & ~_is_named(read.figures, who, meant)
    of, who, over, meant, said = of[unnamed], who[unnamed], over[unnamed], meant[unnamed], said[unnamed]
    misread = read.weights[of] * unlisted[who] * chance_of_misread(meant, said)
    yield _Why(of, misread, who, over, np.zeros(len(of), dtype=bool))


def _is_named(figures: Sequence[Figure], who: Ints, amounts: Ints) -> NDArray[np.bool_]:
    """Whether each amount is one of the readings of the figure `who`."""
    most = max(len(f.options) for f in figures)
    named = np.array([[o.amount for o in f.options] + [-1] * (most - len(f.options)) for f in figures])
    found: NDArray[np.bool_] = (named[who] == amounts[:, None]).any(axis=1)
    return found


def _combined(figures: tuple[Figure, ...]) -> _Read:
    """The options of all figures combined."""
    chosen = np.zeros((1, 0), dtype=np.int64)
    weights = np.ones(1)
    left_out = 0.0
    several = [n for n, f in enumerate(figures) if len(f.options) > 1]
    for n in several:
        chances = np.array([o.probability for o in figures[n].options])
        weights = np.outer(weights, chances).ravel()
        kept = np.flatnonzero(weights >= _LEAST * weights.max())
        if len(kept) > _MOST:
            likeliest = np.sort(kept[np.argpartition(-weights[kept], _MOST)[:_MOST]])
            left_out += 1 - float(weights[likeliest].sum() / weights[kept].sum())
            kept = likeliest
        chosen = np.concatenate([chosen[kept // len(chances)], (kept % len(chances))[:, None]], axis=1)
        weights = weights[kept]
    options = np.zeros((len(weights), len(figures)), dtype=np.int64)
    options[:, several] = chosen
    amounts = [np.array([o.amount for o in f.options], dtype=np.int64) for f in figures]
    said = np.stack([a[options[:, n]] for n, a in enumerate(amounts)], axis=1)
    return _Read(figures, options, said, weights, left_out)


def _likely(whys: Sequence[_Why]) -> tuple[_Why, float]:
    """All of them as one, without those that are too unlikely beside the likeliest, and the share that was too much."""
    joined = _Why(
        np.concatenate([w.of for w in whys]),
        np.concatenate([w.weights for w in whys]),
        np.concatenate([w.blamed for w in whys]),
        np.concatenate([w.over for w in whys]),
        np.concatenate([w.fails for w in whys]),
    )
    kept = np.flatnonzero(joined.weights >= _LEAST * joined.weights.max())
    left_out = 0.0
    if len(kept) > _MOST:
        kept = np.sort(np.argpartition(-joined.weights, _MOST)[:_MOST])
        left_out = 1 - float(joined.weights[kept].sum() / joined.weights.sum())
    return joined.only(kept), left_out
