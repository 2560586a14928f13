"""The factor graph of reconciliation: figures are its variables, sums tie them; and two helpers for weighted arrays."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Option:
    """One value that a figure may have, with its probability. `value` None is a blank, which counts as zero in sums."""

    value: Decimal | None
    printed: str
    probability: float

    @property
    def amount(self) -> int:
        """What it adds to a sum; figures of sums are counts."""
        return int(self.value or 0)


@dataclass(frozen=True, slots=True)
class Figure:
    """A variable: one cell that is in a sum. `options` is its domain, the most probable first.

    `unlisted` is the probability that the cell prints none of them. `decidable` is false where sums must not decide it:
    its place is in doubt, or nothing is known of what else it may say. `blank_prior` is the probability that the report
    leaves the cell blank if it means zero.
    """

    id: str
    options: tuple[Option, ...]
    unlisted: float
    decidable: bool = True
    blank_prior: float = 0.5

    @property
    def weights(self) -> tuple[float, ...]:
        """The probability of each option, that of a blank and that of a zero weighted by their priors."""
        priors: dict[Decimal | None, float] = {None: 2 * self.blank_prior, Decimal(0): 2 * (1 - self.blank_prior)}
        return tuple(o.probability * priors.get(o.value, 1.0) for o in self.options)


@dataclass(frozen=True, slots=True)
class Sum:
    """A factor: the amounts of the figures `left` add up to those of `right` (indices of figures).

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


@dataclass(frozen=True, slots=True)
class Problem:
    """Figures, and the sums over them."""

    figures: tuple[Figure, ...]
    sums: tuple[Sum, ...]

    def amounts(self) -> Ints:
        """The amount of each figure's most probable option (figures)."""
        return np.array([f.options[0].amount for f in self.figures], dtype=np.int64)

    def coefficients(self) -> Ints:
        """How each figure counts in each sum (sums, figures): 1 on the left side, -1 on the right, 0 elsewhere."""
        found = np.zeros((len(self.sums), len(self.figures)), dtype=np.int64)
        for total, own in zip(self.sums, found, strict=True):
            own[list(total.left)], own[list(total.right)] = 1, -1
        return found

    def residuals(self) -> Ints:
        """Left side minus right side of each sum (sums), by the most probable options."""
        return self.coefficients() @ self.amounts()

    def balanced_sums(self) -> list[Sum]:
        """The sums that hold by the most probable options."""
        return [total for total, residual in zip(self.sums, self.residuals(), strict=True) if not residual]


def tally(indices: Ints, weights: Floats, size: int = 0) -> Floats:
    """The total weight of each index (`size` of them at least)."""
    return np.bincount(indices, weights=weights, minlength=size).astype(np.float64, copy=False)


def heaviest(weights: Floats, min_weight: float, max_count: int) -> Ints:
    """The indices of the weights from `min_weight` on, in rising order; the `max_count` greatest of them at most."""
    kept = np.flatnonzero(weights >= min_weight)
    return kept if len(kept) <= max_count else np.sort(np.argpartition(-weights, max_count)[:max_count])
