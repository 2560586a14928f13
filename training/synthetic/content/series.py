"""Consecutive years of one agency: which reports of a seed belong together, by their seeds alone.

Reports are grouped in threes by number. Some groups hold a series: their first two or all three reports are of one
agency, each a year after the one before. So every report can be made without the others, and a longer order changes
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SEEDS = 1_000_000
"""Greatest number of reports of one seed of a data set."""

_GROUP_REPORTS = 3


@dataclass(frozen=True, slots=True)
class Series:
    """A report's place in its series: the seed of the first one, its index, the series' length."""

    first: int
    index: int
    length: int

    @property
    def before(self) -> Series:
        """The place of the year before. Raises ValueError for the first one."""
        if not self.index:
            raise ValueError("nothing is before the first report of a series")
        return Series(self.first, self.index - 1, self.length)

    def __str__(self) -> str:
        return f"{self.index + 1} of {self.length} from {self.first}"


def series_of(seed: int, split: str, share: float) -> Series | None:
    """Return the place of a seed's report in its series, None outside; `share` of the groups hold one."""
    index = seed % SEEDS % _GROUP_REPORTS
    first = seed - index
    dice = Random(f"{split}/{first}/series")
    drawn, length = dice.random(), dice.choice((2, _GROUP_REPORTS))
    return Series(first, index, length) if drawn < share and index < length else None
