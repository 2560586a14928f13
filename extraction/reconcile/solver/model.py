"""The nouns of reconciliation: figures that may be one of several values, and the sums that tie them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a cell may say. `value` None is a blank; it counts as zero in the sums that it is in."""

    value: Decimal | None
    printed: str
    probability: float

    @property
    def amount(self) -> int:
        """What it adds to a sum; figures of sums are counts."""
        return int(self.value or 0)


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell that is in a sum. `options` are what it may say, the likeliest first.

    `unlisted` is the probability that it says something else. `settleable` is false where sums must not settle it:
    its place is in doubt, or nothing is known of what else it may say. `blank` is how probable it is that the report
    leaves the cell blank if it means zero.
    """

    id: str
    options: tuple[Option, ...]
    unlisted: float
    settleable: bool = True
    blank: float = 0.5

    @property
    def by_habit(self) -> tuple[float, ...]:
        """The probability of each option, a blank and a zero being as probable beside each other as in the report."""
        habits: dict[Decimal | None, float] = {None: 2 * self.blank, Decimal(0): 2 * (1 - self.blank)}
        return tuple(o.probability * habits.get(o.value, 1.0) for o in self.options)


@dataclass(frozen=True, slots=True)
class Sum:
    """An identity over figures: the amounts of `left` add up to those of `right` (indices of figures).

    `kind` is what follows the colon of its id.
    """

    id: str
    kind: str
    left: tuple[int, ...]
    right: tuple[int, ...]

    @property
    def figures(self) -> tuple[int, ...]:
        """All figures in it."""
        return (*self.left, *self.right)

    def sign(self, figure: int) -> int:
        """How much more the left side is than the right where this figure is one more."""
        return 1 if figure in self.left else -1


@dataclass(frozen=True, slots=True)
class Problem:
    """Figures, and the sums over them that say anything."""

    figures: tuple[Figure, ...]
    sums: tuple[Sum, ...]

    def gap(self, total: Sum) -> int:
        """How much more the left side of a sum is than the right, by the likeliest reading of each figure."""
        return sum(total.sign(i) * self.figures[i].options[0].amount for i in total.figures)

    def signs(self) -> Ints:
        """How each figure counts in each sum (sums, figures): 1, -1 or 0."""
        found = np.zeros((len(self.sums), len(self.figures)), dtype=np.int64)
        for total, own in zip(self.sums, found, strict=True):
            own[list(total.left)], own[list(total.right)] = 1, -1
        return found
