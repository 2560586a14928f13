"""How probable each reading of each figure is, over all that the report may print: exact, but for what is lost.

The sums of rows share no figures, and rows meet in the sums of columns only. So the sweep goes from row to row, and
keeps of all that was said so far nothing but the gaps that it leaves in the columns (a state): ways to the same gaps
are one state, however many they are. Once all rows of a column are in, its sum either closes or is wrong in print.
Going back over the states the other way round gives the probability of each way of each row (the forward-backward
algorithm; Rabiner 1989). States from which the columns can hardly close any more are left out (`outlook.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extraction.reconcile.error_priors import COLUMN, alone, chance_of, misprint
from extraction.reconcile.solver.digit_errors import chance_of_misprint, chance_of_misread
from extraction.reconcile.solver.elimination_order import Blame, Close, Grid, Step
from extraction.reconcile.solver.model import Floats, Ints, Problem
from extraction.reconcile.solver.reachability import CLOSED, Outlook, at_end, before, chances_of
from extraction.reconcile.solver.row_hypotheses import Ways, tally

EDGES = 60_000
"""Steps from states to states that are looked at for each row."""

_STATES = 4_000
_LEAST = 1e-8  # of all, below which a state is left out
_MISREAD = 4  # at the end of a sum, the first way in which one of its figures is misread
_KEYS = np.random.default_rng(20261122).integers(1, 2**62, 64, dtype=np.int64) | 1  # gaps to one number


@dataclass(frozen=True, slots=True)
class Posterior:
    """What a problem's figures most probably print.

    `options` has for each figure the probability of each of its options; what is left of 1 is that it says something
    else. `fails` has for each sum the probability that it fails in print. `lost` is about the share of all explanations
    that was left out; they say of most figures what the others do.
    """

    options: tuple[Floats, ...]
    fails: Floats
    lost: float


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Steps from the states before to those after, with their weights, and which way each is."""

    parent: Ints
    child: Ints
    weight: Floats
    way: Ints


class Sweep:
    """The sweep over one connected part of a report's figures."""

    def __init__(self, problem: Problem) -> None:
        self._grid = Grid(problem)
        self._problem, self._columns, self._signs = problem, self._grid.columns, self._grid.signs
        self._steps = list(self._grid.in_order())
        self._outlooks = self._all_outlooks()

    def run(self) -> Posterior | None:
        """The posterior, None where nothing that was looked at explains what was read."""
        states = np.array([[self._problem.gap(self._problem.sums[k]) for k in self._columns]], dtype=np.int64)
        alpha, worth, alphas, layers, lost = np.ones(1), np.ones(1), [], [], 0.0
        for step, outlooks in zip(self._steps, self._outlooks, strict=True):
            edges, reached, left_out = self._taken(step, states, worth)
            merged, child = _merged(reached)
            arrived = tally(child, alpha[edges.parent] * edges.weight, len(merged))
            worth = arrived * chances_of(outlooks, merged)
            kept, dropped = _kept(worth)
            if not kept.any():
                return None
            number = np.cumsum(kept) - 1
            on = kept[child]
            layers.append(_Edges(edges.parent[on], number[child[on]], edges.weight[on], edges.way[on]))
            alphas.append(alpha)
            states, alpha, worth = merged[kept], arrived[kept], worth[kept]
            alpha = alpha / alpha.sum()
            lost += dropped + left_out
        return self._posterior(layers, alphas, lost)

    def _all_outlooks(self) -> list[list[Outlook]]:
        """The outlooks of all columns after each step."""
        now = [CLOSED] * len(self._columns)
        found: list[list[Outlook]] = []
        for step in reversed(self._steps):
            found.append(list(now))
            if isinstance(step, Close):
                now[step.column] = at_end(self._problem.sums[self._columns[step.column]])
            elif isinstance(step, Ways):
                for c in np.flatnonzero(self._signs[list(step.figures)].any(axis=0)):
                    now[c] = before(now[c], step, int(c))
        return found[::-1]

    def _taken(self, step: Step, states: Ints, worth: Floats) -> tuple[_Edges, Ints, float]:
        """All steps from the states, the gaps that they lead to, and the share that was left out."""
        if isinstance(step, Ways):
            parent, way, left_out = _pairs(worth, step.worth)
            reached = states[parent] + step.moves[way]
            return _Edges(parent, parent, step.weights[way], way), reached, left_out + step.left_out
        if isinstance(step, Blame):
            return (*self._blamed(step, states), 0.0)
        return (*self._closed(step, states), 0.0)

    def _closed(self, step: Close, states: Ints) -> tuple[_Edges, Ints]:
        """The sum closes (way 0), is wrong by itself (1), with 总计 (2), by a misprint of a figure in no other sum (3),
        or by a misread of the first of these, the second (4, 5 ...)."""
        gap = states[:, step.column]
        wrong, chances = gap != 0, chance_of(gap)
        closed = states.copy()
        closed[:, step.column] = 0
        along = closed.copy()
        if step.grand is not None:
            along[:, step.grand] -= gap
        singles = self._grid.singles(step.column)
        faults = [self._chances_of_fault(i, gap * self._signs[i, step.column]) for i in singles]
        misprinted = sum((chance for chance, _ in faults), np.zeros(len(gap)))
        by_itself = alone(self._problem.sums[self._columns[step.column]].kind)
        return _joined(
            [
                (~wrong, np.ones(len(gap)), closed),
                (wrong, by_itself * chances, closed),
                (wrong & (step.grand is not None), COLUMN * chances, along),
                (misprinted > 0, misprinted, closed),
                *((misread > 0, misread, closed) for _, misread in faults),
            ]
        )

    def _blamed(self, step: Blame, states: Ints) -> tuple[_Edges, Ints]:
        """The figure is right (way 0), or misprinted (1) or misread (2) by what its column is off."""
        gap = states[:, step.column]
        over = gap * self._signs[step.figure, step.column]
        moved = states - over[:, None] * self._signs[step.figure]
        every = np.ones(len(gap), dtype=bool)
        misprinted, misread = self._chances_of_fault(step.figure, over)
        return _joined(
            [
                (every, np.ones(len(gap)), states),
                (misprinted > 0, misprinted, moved),
                (misread > 0, misread, moved),
            ]
        )

    def _chances_of_fault(self, figure: int, over: Ints) -> tuple[Floats, Floats]:
        """How probable it is that a figure is misprinted, and misread as none of its readings, so that it is too great
        by just so much; what was read most probably stands for what it says."""
        one = self._problem.figures[figure]
        said = np.full(len(over), one.options[0].amount)
        meant, listed = said - over, [o.amount for o in one.options]
        misprinted = misprint(one) * chance_of_misprint(meant, said)
        return misprinted, np.where(np.isin(meant, listed), 0.0, one.unlisted * chance_of_misread(meant, said))

    def _posterior(self, layers: Sequence[_Edges], alphas: Sequence[Floats], lost: float) -> Posterior:
        options = [np.eye(1, len(f.options))[0] for f in self._problem.figures]
        misread = np.zeros(len(self._problem.figures))
        fails = np.zeros(len(self._problem.sums))
        beta = np.ones(1)
        for step, edges, alpha in zip(self._steps[::-1], layers[::-1], alphas[::-1], strict=True):
            onward = edges.weight * beta[edges.child]
            shares = alpha[edges.parent] * onward
            ways = len(step) if isinstance(step, Ways) else _MISREAD + len(self._problem.figures)
            chances = tally(edges.way, shares / shares.sum(), ways)
            beta = tally(edges.parent, onward, len(alpha))
            beta = beta / beta.max()
            if isinstance(step, Ways):
                self._add_ways(step, chances, options, misread, fails)
            elif isinstance(step, Close):
                self._add_close(step, chances, misread, fails)
            else:
                misread[step.figure] += chances[2]
                self._add_misprint(step.figure, float(chances[1]), fails)
        found = tuple(o * max(0.0, 1 - m) for o, m in zip(options, misread, strict=True))
        return Posterior(found, np.minimum(fails, 1.0), lost)

    def _add_ways(self, step: Ways, chances: Floats, options: list[Floats], misread: Floats, fails: Floats) -> None:
        for n, i in enumerate(step.figures):
            blamed = step.blamed == n
            read = np.where(blamed & ~step.fails, 0.0, chances)
            options[i] = tally(step.options[:, n], read, len(options[i]))
            self._add_misprint(i, float(chances[blamed & step.fails].sum()), fails)
        if step.row is not None:
            fails[step.row] = chances[step.fails].sum()

    def _add_close(self, step: Close, chances: Floats, misread: Floats, fails: Floats) -> None:
        fails[self._columns[step.column]] += chances[1:4].sum()
        if step.grand is not None:
            fails[self._columns[step.grand]] += chances[2]
        singles = self._grid.singles(step.column)
        misread[singles] += chances[_MISREAD : _MISREAD + len(singles)]

    def _add_misprint(self, figure: int, chance: float, fails: Floats) -> None:
        """With so much of a chance a figure is misprinted: all sums of its columns fail in print."""
        for c in np.flatnonzero(self._signs[figure]):
            fails[self._columns[c]] += chance


def _pairs(states: Floats, ways: Floats) -> tuple[Ints, Ints, float]:
    """Each state with each way, those that are worth most where they are too many, and the share that was left out."""
    if len(states) * len(ways) <= EDGES:
        return np.repeat(np.arange(len(states)), len(ways)), np.tile(np.arange(len(ways)), len(states)), 0.0
    order = np.argsort(-ways, kind="stable")
    taken = _first_of_each(states, ways[order])
    parent = np.repeat(np.arange(len(states)), taken)
    way = order[np.arange(len(parent)) - np.repeat(np.cumsum(taken) - taken, taken)]
    share = float((states[parent] * ways[way]).sum() / (states.sum() * ways.sum()))
    return parent, way, max(0.0, 1 - share)


def _first_of_each(states: Floats, ways: Floats) -> Ints:
    """How many of the ways, those that are worth most first, to take for each state, so that they are not too many."""
    low, high = np.log(states.max() * ways[0]) - 60, np.log(states.max() * ways[0])
    for _ in range(12):
        middle = (low + high) / 2
        if np.searchsorted(-ways, -np.exp(middle) / states, side="right").sum() > EDGES:
            low = middle
        else:
            high = middle
    taken = np.searchsorted(-ways, -np.exp(high) / states, side="right").astype(np.int64)
    so_far = np.cumsum(taken)  # of equal worth there may be any number
    within: Ints = np.minimum(taken, np.maximum(0, EDGES - (so_far - taken)))
    return within


def _joined(ways: Sequence[tuple[np.ndarray, Floats, Ints]]) -> tuple[_Edges, Ints]:
    parents = [np.flatnonzero(where) for where, _, _ in ways]
    parent = np.concatenate(parents)
    weight = np.concatenate([w[p] for p, (_, w, _) in zip(parents, ways, strict=True)])
    reached = np.concatenate([g[p] for p, (_, _, g) in zip(parents, ways, strict=True)])
    way = np.repeat(np.arange(len(ways)), [len(p) for p in parents])
    return _Edges(parent, parent, weight, way), reached


def _merged(states: Ints) -> tuple[Ints, Ints]:
    """The different states, and for each state given which of them it is."""
    keys = states @ _KEYS[: states.shape[1]]
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    return states[first], place


def _kept(worth: Floats) -> tuple[np.ndarray, float]:
    """Which states are worth going on from, and the share of all that is left out so."""
    whole = float(worth.sum())
    kept = worth > _LEAST * whole
    if kept.sum() > _STATES:
        kept = np.zeros(len(worth), dtype=bool)
        kept[np.argpartition(-worth, _STATES)[:_STATES]] = True
    return kept, float(worth[~kept].sum()) / whole if whole else 0.0
