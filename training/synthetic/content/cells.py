"""How figures are printed: signs, units, notes, and the many ways to print nothing.

In: exact values. Out: for every field the text in its cell and the value that this text has, None for a blank.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from extraction.figures import widen
from training.synthetic.content.figures import Values, plain

BLANK_MARKS = {
    "blank_empty": "",
    "blank_slash": "/",
    "blank_hyphen": "-",
    "blank_dash": "—",
    "blank_double_hyphen": "--",
    "blank_none": "无",
}
"""Texts of blank cells, by switch."""

NOTES = {
    "train": ("（其中修订{}件）", "（含联合发文{}件）", "（其中废止{}件）"),
    "dev": ("（含部门转发{}件）",),
    "test": ("（含自然失效{}件）", "（其中修改{}件）", "(含宣布失效{}件)"),
}
_NOTED = ("made", "disclosed_total", "issued", "repealed", "in_force")
_AMOUNT = "proactive.government_procurement.amount_yuan"
_FEE = "proactive.administrative_fees.fee_amount_wanyuan"


@dataclass(frozen=True, slots=True)
class Printed:
    """Field id -> text and value; `labels` are the column labels that a unit requires."""

    texts: dict[str, str]
    values: dict[str, Decimal | None]
    labels: dict[str, str]


def print_figures(rng: Random, split: str, values: Values, on: Collection[str]) -> Printed:
    """Return every figure as its cell prints it."""
    texts = {i: str(value) for i, value in values.items()}
    printed = Printed(texts, dict(values), {})
    for field_id, value in values.items():
        if field_id.endswith(".change"):
            texts[field_id] = _change(rng, value, on)
    _money(rng, printed, on)
    if "note_in_cell" in on:
        _note(rng, split, printed, on)
    _blanks(rng, printed, on)
    for field_id, text in texts.items():
        if text.isdecimal():
            texts[field_id] = f"{int(text):,}" if "thousands_commas" in on else text
            texts[field_id] = widen(texts[field_id]) if "full_width_digits" in on else texts[field_id]
    return printed


def _change(rng: Random, value: Decimal, on: Collection[str]) -> str:
    """Return 本年增/减 with its sign."""
    if "sign_words" in on and value:
        word = rng.choice(("增", "增", "增加")) if value > 0 else rng.choice(("减", "减少", "减少"))
        return f"{word}{abs(value)}"
    return f"+{value}" if value > 0 and "plus_sign" in on else str(value)


def _money(rng: Random, printed: Printed, on: Collection[str]) -> None:
    """Print amounts in 元, in 万元 or bare, the unit in the cell or in the header."""
    for field_id, bare in ((_AMOUNT, 1), (_FEE, 10_000)):
        value = printed.values.get(field_id)
        if not value:
            continue
        yuan = value * bare
        if "money_wrong_unit" in on and bare == 1:
            printed.texts[field_id], printed.values[field_id] = f"{plain(yuan)}万元", plain(yuan * 10_000)
        elif "money_header_unit" in on:
            unit = 10_000 if bare == 1 else 1
            printed.texts[field_id] = f"{plain(yuan / unit):f}"
            label = rng.choice(_HEADER_UNITS[field_id])
            column = "column.procurement_2019.amount_yuan" if bare == 1 else "column.fees_2021.fee_amount_wanyuan"
            printed.labels[column] = label
        elif "money_wanyuan" in on:
            printed.texts[field_id] = f"{plain(yuan / 10_000):f}万元"
        elif "money_yuan" in on:
            printed.texts[field_id] = f"{plain(yuan):f}元"


_HEADER_UNITS = {
    _AMOUNT: ("采购总金额（万元）", "采购总金额（单位：万元）", "采购总金额(万元)"),
    _FEE: ("本年收费金额（单位：元）", "本年收费金额（元）"),
}


def _note(rng: Random, split: str, printed: Printed, on: Collection[str]) -> None:
    """Add a note behind the number of some documents; the number is the value."""
    places = [i for i in printed.texts if i.rpartition(".")[2] in _NOTED]
    for field_id in rng.sample(places, min(len(places), rng.randint(1, 2))):
        value = printed.values[field_id] or Decimal(0)
        note = rng.choice(NOTES[split]).format(rng.randint(1, max(1, int(value))))
        line = "\n" if "note_wrapped" in on else ""
        printed.texts[field_id] = f"{value}{line}{note}"


def _blanks(rng: Random, printed: Printed, on: Collection[str]) -> None:
    """Print blanks where there may be zeros, whole rows and totals too. A blank is no zero: its value is None."""
    mark = next((text for switch, text in BLANK_MARKS.items() if switch in on), None)
    if mark is not None:
        share, tables = (
            rng.choice((0.15, 0.6, 1.0)),
            rng.choice((("",), ("proactive",), ("applications", "review", "liti"))),
        )
        for field_id in _zeros(rng, printed.values, tables, share):
            _blank(printed, field_id, mark)
    rows: dict[str, list[str]] = {}
    for field_id in printed.texts:
        rows.setdefault(field_id.rpartition(".")[0], []).append(field_id)
    if "blank_rows" in on:
        empty = [row for row, ids in rows.items() if not any(printed.values[i] for i in ids)] or list(rows)
        for row in rng.sample(empty, min(len(empty), rng.randint(1, 6))):
            for field_id in rows[row]:
                _blank(printed, field_id, "")
    if "blank_totals" in on:
        totals = [i for i in printed.texts if i.endswith(".total") or i.startswith("applications.results.total.")]
        for field_id in totals if rng.random() < 0.5 else rng.sample(totals, rng.randint(1, 6)):
            _blank(printed, field_id, "")


def _zeros(rng: Random, values: Mapping[str, Decimal | None], tables: tuple[str, ...], share: float) -> list[str]:
    """Return some of the zeros of some tables, at least one."""
    zeros = [i for i, value in values.items() if value == 0 and i.startswith(tables)]
    zeros = zeros or [i for i, value in values.items() if value == 0]
    return [i for i in zeros if rng.random() < share] or zeros[:1]


def _blank(printed: Printed, field_id: str, mark: str) -> None:
    printed.texts[field_id], printed.values[field_id] = mark, None
