"""The tags of the token classifier, from the catalogue: what a character of a report can be a part of.

A row or column that both forms print has one tag: the alignment of all rows tells which form a report has
(`extraction.labelling.row_alignment`). `tag_of` gives the tag of a `Label`'s name.
"""

from __future__ import annotations

import re
from functools import cache

from extraction.forms.catalogue import narrative_forms, sections, template, template_ids

_FORM = re.compile(r"_20\d\d$")

OUTCOMES = "三、本年度办理结果"
"""The cell beside all rows of results; no row names it as its group."""


VALUE, UNIT, NOTE = "value", "unit", "note"
"""Within cells: a figure beside words, 元 or 万元, and the words beside a figure."""


@cache
def tags() -> tuple[str, ...]:
    """Every tag in a fixed order: titles, parts of cells, headings, blocks, groups, rows, columns, narrative."""
    blocks = [block for form in template_ids() for block in template(form).blocks]
    groups = [row.group for block in blocks for row in block.rows if row.group]
    groups += [label for block in blocks for column in block.columns for label in column.super_labels]
    found = [
        "title",
        "organization",
        "year",
        VALUE,
        UNIT,
        NOTE,
        *(f"heading.{section.id}" for section in sections()),
        *(tag_of(f"block.{block.id}") for block in blocks if block.titled),
        f"group.{OUTCOMES}",
        *(f"group.{group}" for group in groups),
        *(tag_of(f"row.{block.id}.{row.id}") for block in blocks for row in block.rows if row.label),
        *(tag_of(f"column.{block.id}.{column.id}") for block in blocks for column in block.columns),
        *(f"narrative.{form.id}" for form in narrative_forms()),
    ]
    return tuple(dict.fromkeys(found))


def tag_of(name: str) -> str:
    """The tag of a label's name: row.documents_2021.rules -> row.rules; "" for a name that has none."""
    kind, _, rest = name.partition(".")
    if kind == "block":
        return f"block.{_FORM.sub('', rest)}"
    if kind in ("row", "column"):
        return f"{kind}.{rest.partition('.')[2]}"
    return name
