"""Blank cells of a scan among printed ones: an agency leaves all cells without a figure blank, or none of them.

Where nearly every cell of a section prints something, be it a zero or a dash, one that is bare is rather one whose
print is gone: under a label that was stuck over it, correction fluid, a streak, or for want of toner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from extraction.document import Field, Status
from extraction.doubts import DoubtCode, doubt, joined
from extraction.forms.catalogue import field_forms
from extraction.forms.field_rows import rows_of

_FEW = 0.05  # of a section's cells
_LEAST = 10  # cells of a section that tell what the agency does


def with_lone_blanks_doubted(fields: Sequence[Field], pictured: frozenset[int | None]) -> tuple[Field, ...]:
    """The fields, bare cells being in doubt that are few among printed ones on pages that were read from pictures.

    `pictured` are these pages. Rows that are blank altogether stay as they are: their label was read.
    """
    doubted: set[str] = set()
    for _, section in groupby(rows_of(fields), key=lambda row: field_forms()[row[0].id].block.section):
        rows = [[f for f in row if f.status is not Status.MISSING or f.in_doubt] for row in section]
        bare = [f for row in rows for f in row if _is_bare(f) and not (len(row) > 1 and all(map(_is_bare, row)))]
        there = sum(map(len, rows))
        if there >= _LEAST and len(bare) <= max(1, _FEW * there):
            doubted |= {f.id for f in bare if f.page in pictured}
    return tuple(
        replace(f, doubts=joined(f.doubts, doubt(DoubtCode.ISOLATED_BLANK))) if f.id in doubted else f for f in fields
    )


def _is_bare(field: Field) -> bool:
    return field.status is Status.BLANK and not field.printed and not field.in_doubt
