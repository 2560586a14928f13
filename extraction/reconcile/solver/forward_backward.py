"""Posterior probabilities of all figures by the forward-backward algorithm: exact, but for what is pruned.

The sums of rows share no figures, and rows meet in the sums of columns only. So the algorithm goes from row to row, and
a state is nothing but the residuals of the columns so far: hypotheses that lead to the same residuals are merged. Once
all rows of a column are in, its sum either balances or is wrong in print. The pass back over the states gives the
probability of each hypothesis of each row (Rabiner, A tutorial on hidden Markov models, 1989). States from which the
columns can hardly balance are pruned (`reachability`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from extraction.reconcile import error_priors
from extraction.reconcile.solver.digit_errors import misprint_probability, misread_probability
from extraction.reconcile.solver.elimination_order import ColumnClosure, Fault, Step, column_sums, elimination_order
from extraction.reconcile.solver.model import Bools, Floats, Ints, Problem, heaviest, tally
from extraction.reconcile.solver.reachability import CLOSED, Reachability, at_closure, balance_probability, before_row
from extraction.reconcile.solver.row_hypotheses import RowHypotheses

MAX_TRANSITIONS = 60_000  # transitions from state to state that are considered for each row: a bound on time and memory
MAX_STATES = 4_000  # states that are kept after each step: a bound on time and memory
MIN_STATE_SHARE = 1e-8  # share of the weight of all states from which one is kept

_FAILS_WITH_GRAND_TOTAL, _FIRST_MISREAD = 2, 4
"""Labels of the transitions at a column's closure: 0 it balances, 1 it fails by itself, 2 together with 总计, 3 one of
the figures that are in no other sum is misprinted, 4 the first of these is misread, 5 the second ..."""

_MISPRINT, _MISREAD = 1, 2  # labels of the transitions at a figure's fault; 0 where it has none
_HASH = np.random.default_rng(20261122).integers(1, 2**62, 64, dtype=np.int64) | 1  # maps a state to one number


@dataclass(frozen=True, slots=True)
class Posterior:
    """The posterior of a problem.

    `options` has for each figure the probabilities of its options (options); what is left of 1 is that it prints
    something else. `fails` (sums) is the probability that each sum fails in print. `lost` is about the share of all
    explanations that was pruned; of most figures they say what the others do.
    """

    options: tuple[Floats, ...]
    fails: Floats
    lost: float


class _Transitions(NamedTuple):
    """n transitions: from state `parent` (n) to state `child` (n) or, before states are merged, to residuals `child`
    (n, columns), with `weight` (n) and `label` (n): which hypothesis or fault."""

    parent: Ints
    child: Ints
    weight: Floats
    label: Ints


class ForwardBackward:
    """The algorithm over one connected component of a report's sums."""

    def __init__(self, problem: Problem) -> None:
        self._problem, self._columns = problem, column_sums(problem)
        self._coefficients = problem.coefficients()[self._columns].T
        self._steps = list(elimination_order(problem))

    def run(self) -> Posterior | None:
        """The posterior; None where no explanation that was considered fits what was read."""
        states = self._problem.residuals()[None, self._columns]
        alpha, scores, alphas, layers, lost = np.ones(1), np.ones(1), [], [], 0.0
        for step, reachable in zip(self._steps, self._reachabilities(), strict=True):
            taken, left_out = self._transitions(step, states, scores)
            merged, child = _merged(taken.child)
            arrived = tally(child, alpha[taken.parent] * taken.weight, len(merged))
            scores = arrived * balance_probability(reachable, merged)
            if not scores.any():
                return None
            kept = heaviest(scores, MIN_STATE_SHARE * scores.sum(), MAX_STATES)
            lost += left_out + float(np.delete(scores, kept).sum() / scores.sum())
            index = np.full(len(merged), -1)
            index[kept] = np.arange(len(kept))
            on = index[child] >= 0
            layers.append(_Transitions(taken.parent[on], index[child][on], taken.weight[on], taken.label[on]))
            alphas.append(alpha)
            states, alpha, scores = merged[kept], arrived[kept], scores[kept]
            alpha = alpha / alpha.sum()
        return self._posterior(layers, alphas, lost)

    def _reachabilities(self) -> list[list[Reachability]]:
        """The reachability of all columns after each step."""
        now = [CLOSED] * len(self._columns)
        found: list[list[Reachability]] = []
        for step in reversed(self._steps):
            found.append(list(now))
            if isinstance(step, ColumnClosure):
                now[step.column] = at_closure(self._problem.sums[self._columns[step.column]])
            elif isinstance(step, RowHypotheses):
                for c in np.flatnonzero(self._coefficients[list(step.figures)].any(axis=0)):
                    now[c] = before_row(now[c], step, int(c))
        return found[::-1]

    def _transitions(self, step: Step, states: Ints, scores: Floats) -> tuple[_Transitions, float]:
        """The transitions from `states` (states, columns), and the share of the weight that was pruned."""
        if isinstance(step, RowHypotheses):
            parent, label, pruned = _pairs(scores, step.scores)
            child = states[parent] + step.changes[label]
            return _Transitions(parent, child, step.weights[label], label), pruned + step.pruned
        if isinstance(step, Fault):
            return self._fault_transitions(step, states), 0.0
        return self._closure_transitions(step, states), 0.0

    def _closure_transitions(self, step: ColumnClosure, states: Ints) -> _Transitions:
        """The sum balances or fails, by any of the ways that have a label."""
        residual = states[:, step.column]
        wrong, prior = residual != 0, error_priors.residual_prior(residual)
        closed = states.copy()
        closed[:, step.column] = 0
        together = closed.copy()
        if step.grand_total is not None:
            together[:, step.grand_total] -= residual
        faults = [self._fault_probabilities(i, residual * self._coefficients[i, step.column]) for i in step.only_here]
        misprinted = sum((misprint for misprint, _ in faults), np.zeros(len(residual)))
        alone = error_priors.isolated_failure_prior(self._problem.sums[self._columns[step.column]].kind)
        return _joined(
            [
                (~wrong, np.ones(len(residual)), closed),
                (wrong, alone * prior, closed),
                (wrong & (step.grand_total is not None), error_priors.COLUMN_DISAGREES * prior, together),
                (misprinted > 0, misprinted, closed),
                *((misread > 0, misread, closed) for _, misread in faults),
            ]
        )

    def _fault_transitions(self, step: Fault, states: Ints) -> _Transitions:
        """The figure is right, or misprinted or misread by the residual of its column."""
        residual = states[:, step.column]
        excess = residual * self._coefficients[step.figure, step.column]
        without = states - excess[:, None] * self._coefficients[step.figure]
        misprinted, misread = self._fault_probabilities(step.figure, excess)
        return _joined(
            [
                (np.ones(len(residual), dtype=bool), np.ones(len(residual)), states),
                (misprinted > 0, misprinted, without),
                (misread > 0, misread, without),
            ]
        )

    def _fault_probabilities(self, figure: int, excess: Ints) -> tuple[Floats, Floats]:
        """The probabilities (n) that a figure is misprinted, and that it is misread and none of its options right, so
        that it reads too great by `excess` (n); its most probable option stands for what was read."""
        one = self._problem.figures[figure]
        said = np.full(len(excess), one.options[0].amount)
        meant, listed = said - excess, [o.amount for o in one.options]
        misprinted = error_priors.misprint_prior(one) * misprint_probability(meant, said)
        return misprinted, np.where(np.isin(meant, listed), 0.0, one.unlisted * misread_probability(meant, said))

    def _posterior(self, layers: Sequence[_Transitions], alphas: Sequence[Floats], lost: float) -> Posterior:
        """The pass back, from the transitions of each step and the forward probabilities of the states before it."""
        options = [np.eye(1, len(f.options))[0] for f in self._problem.figures]
        misread = np.zeros(len(self._problem.figures))
        fails = np.zeros(len(self._problem.sums))
        beta = np.ones(1)
        for step, taken, alpha in zip(self._steps[::-1], layers[::-1], alphas[::-1], strict=True):
            onward = taken.weight * beta[taken.child]
            shares = alpha[taken.parent] * onward
            labels = len(step) if isinstance(step, RowHypotheses) else _FIRST_MISREAD + len(self._problem.figures)
            chances = tally(taken.label, shares / shares.sum(), labels)
            beta = tally(taken.parent, onward, len(alpha))
            beta = beta / beta.max()
            if isinstance(step, RowHypotheses):
                self._add_row(step, chances, options, fails)
            elif isinstance(step, ColumnClosure):
                fails[self._columns[step.column]] += chances[1:_FIRST_MISREAD].sum()
                misread[list(step.only_here)] += chances[_FIRST_MISREAD : _FIRST_MISREAD + len(step.only_here)]
                if step.grand_total is not None:
                    fails[self._columns[step.grand_total]] += chances[_FAILS_WITH_GRAND_TOTAL]
            else:
                misread[step.figure] += chances[_MISREAD]
                self._add_misprint(step.figure, float(chances[_MISPRINT]), fails)
        found = tuple(o * max(0.0, 1 - m) for o, m in zip(options, misread, strict=True))
        return Posterior(found, np.minimum(fails, 1.0), lost)

    def _add_row(self, step: RowHypotheses, chances: Floats, options: list[Floats], fails: Floats) -> None:
        for n, i in enumerate(step.figures):
            faulty = step.faulty == n
            read = np.where(faulty & ~step.fails, 0.0, chances)
            options[i] = tally(step.options[:, n], read, len(options[i]))
            self._add_misprint(i, float(chances[faulty & step.fails].sum()), fails)
        if step.row is not None:
            fails[step.row] = chances[step.fails].sum()

    def _add_misprint(self, figure: int, chance: float, fails: Floats) -> None:
        """A misprint of the figure makes all sums of its columns fail in print."""
        for c in np.flatnonzero(self._coefficients[figure]):
            fails[self._columns[c]] += chance


def _pairs(states: Floats, hypotheses: Floats) -> tuple[Ints, Ints, float]:
    """The pairs of a state and a hypothesis with the greatest products of their scores, MAX_TRANSITIONS at most (state
    of each, hypothesis of each), and the share of the score that was pruned."""
    if len(states) * len(hypotheses) <= MAX_TRANSITIONS:
        pairs = np.indices((len(states), len(hypotheses))).reshape(2, -1)
        return pairs[0], pairs[1], 0.0
    order = np.argsort(-hypotheses, kind="stable")
    taken = _hypotheses_of_each(states, hypotheses[order])
    parent = np.repeat(np.arange(len(states)), taken)
    label = order[np.arange(len(parent)) - np.repeat(np.cumsum(taken) - taken, taken)]
    share = float((states[parent] * hypotheses[label]).sum() / (states.sum() * hypotheses.sum()))
    return parent, label, max(0.0, 1 - share)


def _hypotheses_of_each(states: Floats, hypotheses: Floats) -> Ints:
    """How many of the hypotheses, in falling order of their scores, to pair with each state: bisection for the least
    product of scores that leaves MAX_TRANSITIONS pairs at most."""
    low, high = np.log(states.max() * hypotheses[0]) - 60, np.log(states.max() * hypotheses[0])
    for _ in range(12):
        middle = (low + high) / 2
        if np.searchsorted(-hypotheses, -np.exp(middle) / states, side="right").sum() > MAX_TRANSITIONS:
            low = middle
        else:
            high = middle
    taken = np.searchsorted(-hypotheses, -np.exp(high) / states, side="right").astype(np.int64)
    so_far = np.cumsum(taken)  # of equal products there may be any number
    within: Ints = np.minimum(taken, np.maximum(0, MAX_TRANSITIONS - (so_far - taken)))
    return within


def _joined(cases: Sequence[tuple[Bools, Floats, Ints]]) -> _Transitions:
    """One transition, labelled with the number of its case, from each state where a case applies; a case is whether it
    applies (states), its weight (states), and the residuals that it leads to (states, columns)."""
    parents = [np.flatnonzero(applies) for applies, _, _ in cases]
    weight = np.concatenate([w[p] for p, (_, w, _) in zip(parents, cases, strict=True)])
    child = np.concatenate([r[p] for p, (_, _, r) in zip(parents, cases, strict=True)])
    label = np.repeat(np.arange(len(cases)), [len(p) for p in parents])
    return _Transitions(np.concatenate(parents), child, weight, label)


def _merged(states: Ints) -> tuple[Ints, Ints]:
    """The distinct states, and the index of each given state among them."""
    _, first, index = np.unique(states @ _HASH[: states.shape[1]], return_index=True, return_inverse=True)
    return states[first], index
