"""The national form as a heat map: each cell coloured by the share of reports in which it was read as printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise

from extraction.forms.catalogue import Block, Row, Template, sections

_STOPS = (
    (0.0, (178, 24, 43)),
    (0.8, (244, 165, 130)),
    (0.95, (253, 219, 199)),
    (0.99, (209, 229, 240)),
    (1.0, (67, 147, 195)),
)
"""Share read as printed and its colour; most of the scale is for shares near 1, where the differences are."""

_MAX_LABEL_CHARACTERS = 22


def form_map(form: Template, fields: Mapping[str, Mapping[str, int]]) -> str:
    """Return the form's tables in its order as HTML; fields with a silent error are outlined. `fields` are counts by
    field."""
    return "".join(
        _section_map(form, section.id, f"{section.number}、{section.title}", fields) for section in sections()
    )


def is_printed(form: Template, fields: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether any report has fields that only this form has."""
    return any(f.id in fields for f in form.fields if not _shared(f.block, f.row))


def scale() -> str:
    """Return the legend of the colours as HTML."""
    cells = "".join(f'<td class="cell" style="background:{shade(share)}">{100 * share:g}%</td>' for share, _ in _STOPS)
    return f'<table class="form"><tr><th>as printed</th>{cells}<td class="cell silent">silent error</td></tr></table>'


def shade(share: float) -> str:
    """Return the colour of a share, interpolated between the stops around it."""
    for (low, dark), (high, light) in pairwise(_STOPS):
        if share <= high:
            part = (share - low) / (high - low)
            red, green, blue = (round(a + (b - a) * part) for a, b in zip(dark, light, strict=True))
            return f"#{red:02x}{green:02x}{blue:02x}"
    return "#4393c3"


def _shared(block: Block, row: Row) -> bool:
    return len(block.templates) > 1 and len(row.templates) > 1


def _section_map(form: Template, section: str, title: str, fields: Mapping[str, Mapping[str, int]]) -> str:
    blocks = [b for b in form.blocks if b.section == section]
    if not blocks:
        return ""
    return (
        f"<h4>{escape(title)}</h4>"
        + '<div class="side">'
        + "".join(_block_map(form, b, fields) for b in blocks)
        + "</div>"
    )


def _block_map(form: Template, block: Block, fields: Mapping[str, Mapping[str, int]]) -> str:
    rows = [row for row in block.rows if form.id in row.templates]
    if len(rows) == 1 and not rows[0].label:  # one row under many columns stands better on end
        lines = [(" / ".join(filter(None, (c.group, c.label))), [block.field_id(rows[0], c)]) for c in block.columns]
        head = ""
    else:
        lines = [(_row_label(row), [block.field_id(row, c) for c in block.columns]) for row in rows]
        head = "<tr><th></th>" + "".join(f"<th>{escape(_short(c.label))}</th>" for c in block.columns) + "</tr>"
    body = "".join(
        f'<tr><th title="{escape(label)}">{escape(_short(label))}</th>{"".join(_cells(ids, fields))}</tr>'
        for label, ids in lines
    )
    return f'<table class="form"><caption>{escape(block.table)}</caption>{head}{body}</table>'


def _cells(ids: list[str], fields: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for field_id in ids:
        counts = fields.get(field_id)
        if counts is None or not counts["fields"]:
            yield '<td class="cell">–</td>'
            continue
        share = counts["right"] / counts["fields"]
        about = ", ".join(f"{counts[name]} {name}" for name in ("fields", "right", "silent", "review", "missed"))
        silent = " silent" if counts["silent"] else ""
        yield (
            f'<td class="cell{silent}" style="background:{shade(share)}" title="{escape(field_id)}: {about}">'
            f"{100 * share:.4g}</td>"
        )


def _row_label(row: Row) -> str:
    return f"{row.group} {row.label}".strip()


def _short(label: str) -> str:
    return label if len(label) <= _MAX_LABEL_CHARACTERS else label[: _MAX_LABEL_CHARACTERS - 1] + "…"
