"""The shape of the printed tables: rows and tables left out, added or cut, after their cells are filled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from random import Random

from extraction.forms.printed_form import Departures, FormCell, FormExtraRow, FormTable, cut, relabelled, tables
from training.synthetic.content.wordings import typeset

EXTRA_LABELS = {
    "train": ("其他主动公开文件", "其他文件"),
    "dev": ("其他政策文件",),
    "test": ("其他主动公开的文件", "其他公文", "一般性文件"),
}
_MARKS = ("、", ". ", "．")
_SECTIONS = ("proactive", "applications", "review_litigation")


def left_out(rng: Random, template_id: str, texts: Mapping[str, str], on: Collection[str]) -> dict[str, str]:
    """Return the printed fields without those of a missing block or table."""
    gone: tuple[str, ...] = ()
    if "missing_block" in on:
        gone = rng.choice(_BLOCKS[template_id])
    if "missing_table" in on:
        gone += rng.choice((("proactive.",), ("applications.",), ("review.", "litigation_")))
    return {i: text for i, text in texts.items() if not i.startswith(gone)} if gone else dict(texts)


_BLOCKS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "2019": (
        ("proactive.government_procurement.",),
        ("proactive.administrative_fees.",),
        ("proactive.administrative_penalty.", "proactive.administrative_coercion."),
    ),
    "2021": (
        ("proactive.administrative_fees.",),
        ("proactive.administrative_licensing.",),
        ("proactive.administrative_penalty.", "proactive.administrative_coercion."),
    ),
}


def draw_extra_rows(rng: Random, split: str, texts: Mapping[str, str], on: Collection[str]) -> tuple[FormExtraRow, ...]:
    """Return a row that is in no form, below the documents."""
    after = "proactive.normative_documents"
    if "extra_row" not in on or not any(i.startswith(after) for i in texts):
        return ()
    printed = tuple(str(int(10 ** rng.uniform(0, 3))) for _ in range(3))
    return (FormExtraRow("proactive", after, rng.choice(EXTRA_LABELS[split]), printed),)


def draw_tables(
    rng: Random,
    template_id: str,
    texts: Mapping[str, str],
    labels: Mapping[str, str],
    extra_rows: tuple[FormExtraRow, ...],
    on: Collection[str],
) -> dict[str, list[FormTable]]:
    """Return section id -> its table, in pieces where it is cut."""
    mark = rng.choice(_MARKS)
    drawn: dict[str, list[FormTable]] = {}
    for table in tables(template_id, texts, Departures(labels=labels, extra_rows=extra_rows)):
        table = _typeset(table, on, mark)
        if table.section == "applications" and "ragged_columns" in on:
            table = _with_surplus_column(table, "0" if _all_zero(table) and rng.random() < 0.5 else "")
        if table.section == "review_litigation" and "header_overwritten" in on:
            table = _overwritten(table)
        drawn[table.section] = [table]
    for section, switch in (
        ("applications", "split_cell"),
        ("applications", "page_break_in_table"),
        ("proactive", "title_parted"),
    ):
        if switch in on and section in drawn and len(drawn[section]) == 1:
            drawn[section] = _cut(rng, drawn[section][0], switch, on)
    return drawn


def _typeset(table: FormTable, on: Collection[str], mark: str) -> FormTable:
    texts = {c.text: typeset(c.text, on, mark) for _, _, c in table.placed() if c.kind != "value"}
    return relabelled(table, {old: new for old, new in texts.items() if old != new})


def _all_zero(table: FormTable) -> bool:
    return all(c.text == "0" for _, _, c in table.placed() if c.field)


def _with_surplus_column(table: FormTable, text: str) -> FormTable:
    """Return the table with one more column on the right, under an empty header."""
    rows = [
        (
            *row,
            FormCell(text if key else "", table.header_rows if number == 0 else 1, kind="value" if key else "header"),
        )
        if number == 0 or number >= table.header_rows
        else row
        for number, (row, key) in enumerate(zip(table.rows, table.keys, strict=True))
    ]
    share = 0.05
    return replace(table, rows=tuple(rows), widths=(*(w * (1 - share) for w in table.widths), share))


def _overwritten(table: FormTable) -> FormTable:
    """Return the table with the figures in its lowest header instead of its labels, all but 总计; the row below is
    empty."""

    def over(cell: FormCell) -> FormCell:
        named = cell.label.startswith("column.") and not cell.label.endswith(".total")
        return replace(cell, text="0", label="") if named else cell

    *header, data = table.rows
    emptied = tuple(replace(cell, text="") for cell in data)
    return replace(table, rows=(*(tuple(map(over, row)) for row in header), emptied))


def _cut(rng: Random, table: FormTable, switch: str, on: Collection[str]) -> list[FormTable]:
    """Return the table in two pieces, the second on a new page."""
    if switch == "title_parted":
        titles = [n for n, row in enumerate(table.rows) if n and row[0].kind == "title"]
        return list(cut(table, rng.choice(titles), "")) if titles else [table]
    keyed = [n for n, key in enumerate(table.keys) if key.startswith("applications.results.")]
    if switch == "page_break_in_table":
        before, after = cut(table, rng.choice(keyed[:-1]), "")
        return [before, _repeated(table, after) if "group_repeated" in on else after]
    long = [
        (n, cell.text)
        for n, _, cell in table.placed()
        if n in keyed and cell.label.startswith("row.") and len(cell.text) > 6 and "\n" not in cell.text
    ]
    row, label = rng.choice(long)
    return list(cut(table, row, label[: rng.randint(len(label) // 2, len(label) - 2)]))


def _repeated(table: FormTable, after: FormTable) -> FormTable:
    """Return the rest of a cut table with the text of its merged cells repeated."""
    whole = {c.label: c.text for _, _, c in table.placed() if c.label}
    first, *rest = after.rows
    again = tuple(replace(c, text=whole[c.label]) if c.label.startswith("group.") and not c.text else c for c in first)
    return replace(after, rows=(again, *rest))
