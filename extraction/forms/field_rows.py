"""The fields of a report in the rows of the forms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from extraction.document import Field
from extraction.forms.catalogue import field_forms


def rows_of(fields: Sequence[Field]) -> list[list[Field]]:
    """The fields row by row, as the forms print them.

    A row of the other form is among the rows of its block, though the contract has it at the end.
    """
    blocks = list(dict.fromkeys(field_forms()[f.id].block.id for f in fields))

    def place(field: Field) -> tuple[int, int]:
        form = field_forms()[field.id]
        return blocks.index(form.block.id), form.block.rows.index(form.row)

    return [list(row) for _, row in groupby(sorted(fields, key=place), key=place)]
