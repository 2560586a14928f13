"""Zero or nothing? No sum tells them apart, but a report does: it prints its zeros, or leaves their cells empty.

Agencies do the one or the other in a whole report, or at least in a whole row, or in the column of 总计. So what the
cells surely say that mean nothing says what those mean that are hard to read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from extraction.document import Field, Status

_SURE = 0.97  # confidence from which a cell is a witness
_UNKNOWN = 0.25  # of a line of each kind that there might be besides those that were seen
_LINE = 0.5  # cells for which what all lines do counts, beside a line's own


def blank_chances(fields: Iterable[Field]) -> Callable[[str], float]:
    """How probable it is that a cell that means zero is blank, by field id."""
    lines: defaultdict[str, list[bool]] = defaultdict(list)
    for f in fields:
        if f.status in (Status.READ, Status.BLANK) and f.confidence >= _SURE and not f.value:
            lines[_line(f.id)].append(f.value is None)
    blank = sum(2 * sum(cells) > len(cells) for cells in lines.values())
    usual = (blank + _UNKNOWN) / (len(lines) + 2 * _UNKNOWN)

    def chance(field_id: str) -> float:
        cells = lines.get(_line(field_id), ())
        return (sum(cells) + _LINE * usual) / (len(cells) + _LINE)

    return chance


def _line(field_id: str) -> str:
    """The row of a cell; the column for one of 总计."""
    row, _, column = field_id.rpartition(".")
    return column if column == "total" else row
