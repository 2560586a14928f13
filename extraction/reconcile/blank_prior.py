"""The prior probability that a cell which means zero is blank: no sum tells the two apart, but a report's habit does.

Agencies print their zeros or leave the cells empty in a whole report, or at least in a whole row, or in the column of
总计. So the cells that were read surely and mean zero tell what those mean that are hard to read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from extraction.document import Field, Status

MIN_EVIDENCE_CONFIDENCE = 0.97  # confidence from which a cell counts as evidence of the habit

LINE_PSEUDOCOUNT = 0.25
"""Lines of each habit that are assumed beside those seen (Beta prior of the report's habit); set by hand."""

CELL_PSEUDOCOUNT = 0.5  # cells for which the report's habit counts beside a line's own cells; set by hand


def blank_prior(fields: Iterable[Field]) -> Callable[[str], float]:
    """The probability, by field id, that a cell is blank if it means zero: the mean of a Beta posterior for its row (or
    its column, if that is 总计), whose prior is the share of the report's lines that leave zeros blank."""
    lines: defaultdict[str, list[bool]] = defaultdict(list)
    for f in fields:
        known = f.status in (Status.READ, Status.BLANK) and not f.in_doubt
        if known and f.confidence >= MIN_EVIDENCE_CONFIDENCE and not f.value:
            lines[_line(f.id)].append(f.value is None)
    blank = sum(2 * sum(cells) > len(cells) for cells in lines.values())
    habit = (blank + LINE_PSEUDOCOUNT) / (len(lines) + 2 * LINE_PSEUDOCOUNT)

    def probability(field_id: str) -> float:
        cells = lines.get(_line(field_id), ())
        return (sum(cells) + CELL_PSEUDOCOUNT * habit) / (len(cells) + CELL_PSEUDOCOUNT)

    return probability


def _line(field_id: str) -> str:
    """The row of a cell; the column for one of 总计."""
    row, _, column = field_id.rpartition(".")
    return column if column == "total" else row
