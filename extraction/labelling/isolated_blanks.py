"""Mark isolated blank cells of a scan as doubtful: an agency leaves all cells without a figure blank, or none.

Where nearly every cell of a section prints something, be it a zero or a dash, the print of a blank one is probably
lost: under a sticker or correction fluid, in a streak, or for want of toner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from extraction.document import Field, Status
from extraction.doubts import DoubtCode, doubt, joined
from extraction.forms.catalogue import field_forms
from extraction.forms.field_rows import rows_of

_MAX_BLANK_SHARE = 0.05  # of a section's cells, for its blanks to be isolated
_MIN_SECTION_CELLS = 10  # for the share to mean anything


def with_isolated_blanks_doubted(fields: Sequence[Field], pictured: frozenset[int | None]) -> tuple[Field, ...]:
    """The fields, isolated blanks on the pages `pictured`, which were read from pictures, being in doubt.

    Rows that are blank altogether stay as they are: their label was read.
    """
    doubted: set[str] = set()
    for _, section in groupby(rows_of(fields), key=lambda row: field_forms()[row[0].id].block.section):
        rows = [[f for f in row if f.status is not Status.MISSING or f.in_doubt] for row in section]
        bare = [f for row in rows for f in row if _is_bare(f) and not (len(row) > 1 and all(map(_is_bare, row)))]
        count = sum(map(len, rows))
        if count >= _MIN_SECTION_CELLS and len(bare) <= max(1, _MAX_BLANK_SHARE * count):
            doubted |= {f.id for f in bare if f.page in pictured}
    return tuple(
        replace(f, doubts=joined(f.doubts, doubt(DoubtCode.ISOLATED_BLANK))) if f.id in doubted else f for f in fields
    )


def _is_bare(field: Field) -> bool:
    return field.status is Status.BLANK and not field.printed and not field.in_doubt
