"""The posterior of each figure over its readings, from that of the component that it is in.

Among the explanations are that the report itself is wrong, and that a figure prints what no reading names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from extraction.reconcile.solver.forward_backward import ForwardBackward
from extraction.reconcile.solver.model import Figure, Option, Problem

MAX_LOST_SHARE = 0.1  # of the explanations, pruned by the solver, up to which a posterior is complete
MAX_FAILURE_PROBABILITY = 0.5  # of a sum in print, below which it confirms its figures


@dataclass(frozen=True, slots=True)
class Belief:
    """The posterior of a figure: `probabilities` of its options, in the order of `Figure.options`.

    `incomplete`: the solver pruned too much. `confirmed`: a sum that it is in most probably holds in print. `shifted`:
    its whole row or column may stand one place off.
    """

    figure: Figure
    probabilities: tuple[float, ...]
    incomplete: bool
    confirmed: bool
    shifted: bool = False

    @property
    def best(self) -> tuple[Option, float]:
        """The most probable option and its probability."""
        n = max(range(len(self.probabilities)), key=lambda n: self.probabilities[n])
        return self.figure.options[n], self.probabilities[n]


def posterior_beliefs(component: Problem) -> dict[str, Belief]:
    """The belief about each figure of a connected component, by field id."""
    merged = tuple(map(_by_amount, component.figures))
    posterior = ForwardBackward(replace(component, figures=merged)).run()
    if posterior is None:
        return {f.id: Belief(f, tuple(o.probability for o in f.options), True, False) for f in component.figures}
    holding = posterior.fails < MAX_FAILURE_PROBABILITY
    confirmed = {i for total, holds in zip(component.sums, holding, strict=True) if holds for i in total.figures}
    found = {}
    for i, (figure, amounts) in enumerate(zip(component.figures, merged, strict=True)):
        chances = {o.amount: p for o, p in zip(amounts.options, posterior.options[i].tolist(), strict=True)}
        found[figure.id] = Belief(figure, _of_options(figure, chances), posterior.lost > MAX_LOST_SHARE, i in confirmed)
    return found


def _by_amount(figure: Figure) -> Figure:
    """The figure with its options by amount: no sum tells a blank from a zero."""
    if len(figure.options) == 1:
        return figure
    chances: dict[int, float] = {}
    for option in figure.options:
        chances[option.amount] = chances.get(option.amount, 0.0) + option.probability
    return replace(figure, options=tuple(Option(Decimal(a), str(a), p) for a, p in chances.items()))


def _of_options(figure: Figure, chances: Mapping[int, float]) -> tuple[float, ...]:
    """The probability of each option from those of the amounts: the prior of blanks tells a blank from a zero."""
    weights = figure.weights
    whole = {a: sum(w for o, w in zip(figure.options, weights, strict=True) if o.amount == a) for a in chances}
    return tuple(chances[o.amount] * w / whole[o.amount] for o, w in zip(figure.options, weights, strict=True))
