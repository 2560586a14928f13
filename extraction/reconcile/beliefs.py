"""From the posterior of a part to what is believed of each of its figures.

A figure is never another than one of its readings, and only where all explanations together leave hardly a doubt; that
the report itself is wrong, and that a figure says what no reading names, are among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from extraction.reconcile.solver.forward_backward import ForwardBackward
from extraction.reconcile.solver.model import Figure, Option, Problem

_LOST = 0.1  # share of explanations that were not looked at, from which the part is open
_HOLDS = 0.5  # probability from which a sum bears out its figures


@dataclass(frozen=True, slots=True)
class Belief:
    """What a figure of an examined part says: each option (as in `Figure.options`) with its probability.

    `open` where the examination was cut short; `out_of_place` where the whole row or column may be another's.
    `borne_out`: a sum that it is in most probably holds in print.
    """

    figure: Figure
    probabilities: tuple[float, ...]
    open: bool
    borne_out: bool
    out_of_place: bool = False

    @property
    def best(self) -> tuple[Option, float]:
        """The likeliest option."""
        n = max(range(len(self.probabilities)), key=lambda n: self.probabilities[n])
        return self.figure.options[n], self.probabilities[n]


def examine(part: Problem) -> dict[str, Belief]:
    """What each figure of a part says, by field id."""
    merged = tuple(map(_by_amount, part.figures))
    posterior = ForwardBackward(replace(part, figures=merged)).run()
    if posterior is None:
        return {f.id: Belief(f, tuple(o.probability for o in f.options), True, False) for f in part.figures}
    holding = [total for total, fails in zip(part.sums, posterior.fails, strict=True) if fails < _HOLDS]
    borne_out = {i for total in holding for i in total.figures}
    found = {}
    for i, (figure, amounts) in enumerate(zip(part.figures, merged, strict=True)):
        chances = {o.amount: p for o, p in zip(amounts.options, posterior.options[i].tolist(), strict=True)}
        found[figure.id] = Belief(figure, _of_options(figure, chances), posterior.lost > _LOST, i in borne_out)
    return found


def _by_amount(figure: Figure) -> Figure:
    """The figure with its options by what they add to a sum: a blank and a zero are one."""
    if len(figure.options) == 1:
        return figure
    chances: dict[int, float] = {}
    for option in figure.options:
        chances[option.amount] = chances.get(option.amount, 0.0) + option.probability
    return replace(figure, options=tuple(Option(Decimal(a), str(a), p) for a, p in chances.items()))


def _of_options(figure: Figure, chances: Mapping[int, float]) -> tuple[float, ...]:
    """The probability of each option from those of the amounts: no sum tells a blank from a zero, but the report's
    habit does."""
    weights = figure.by_habit
    whole = {a: sum(w for o, w in zip(figure.options, weights, strict=True) if o.amount == a) for a in chances}
    return tuple(chances[o.amount] * w / whole[o.amount] for o, w in zip(figure.options, weights, strict=True))
