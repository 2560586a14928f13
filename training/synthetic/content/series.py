"""Consecutive years of one agency: which reports of a seed belong together, by their seeds alone.

Reports come in threes by number. Some threes hold a series: its first two or all three reports are of one agency, each
of the year after the one before. So every report can be made without the others, and a longer order changes none.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SEEDS = 1_000_000
"""Reports that a seed of a data set has room for."""

_THREE = 3


@dataclass(frozen=True, slots=True)
class Series:
    """A report's place among those of its agency: the seed of the first one, how many before it, how many in all."""

    first: int
    index: int
    length: int

    @property
    def before(self) -> Series:
        """The place of the year before; ValueError for the first one."""
        if not self.index:
            raise ValueError("nothing is before the first report of a series")
        return Series(self.first, self.index - 1, self.length)

    def __str__(self) -> str:
        return f"{self.index + 1} of {self.length} from {self.first}"


def series_of(seed: int, split: str, share: float) -> Series | None:
    """Where the report of a seed is in a series, if it is in one; `share` of the threes hold one."""
    index = seed % SEEDS % _THREE
    first = seed - index
    dice = Random(f"{split}/{first}/series")
    drawn, length = dice.random(), dice.choice((2, _THREE))
    return Series(first, index, length) if drawn < share and index < length else None
