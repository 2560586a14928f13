"""The national forms as data: sections, tables, labels with their wordings, units, and every sum over field ids.

`catalogue.toml` is the one declaration; this module turns it into frozen values. Checks, labelling and evaluation
all read `template("2019")` or `template("2021")`. The ids are those of the interface contract.
"""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from extraction.figures import Unit
from models.wordings import Wordings

_DATA = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class SectionForm:
    """One of the six sections: its number and heading, and what agencies print instead."""

    id: str
    number: str
    title: str
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A data row of a block. `templates` are those whose form prints it."""

    id: str
    label: str
    group: str = ""
    wordings: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A value column of a block. `super_labels` are the header cells that span it."""

    id: str
    label: str
    group: str = ""
    wordings: tuple[str, ...] = ()
    unit: Unit = Unit.COUNT
    super_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a table with one header: the applications table is one block, the proactive table four or five."""

    id: str
    templates: tuple[str, ...]
    section: str
    prefix: str
    table: str
    corner: str
    titled: bool
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]

    def field_id(self, row: Row, column: Column) -> str:
        """The contract's id of one cell."""
        return ".".join(part for part in (self.prefix, row.id, column.id) if part)

    def field_label(self, row: Row, column: Column) -> str:
        """Row label / column label, as the form prints them."""
        return " / ".join(part for part in (row.group, row.label, column.group, column.label) if part)


@dataclass(frozen=True, slots=True)
class FieldForm:
    """One cell of a national form."""

    id: str
    label: str
    unit: Unit
    block: Block
    row: Row
    column: Column


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum that the form prints or implies: `left` and `right` fields add up to the same. `title` names its rule."""

    id: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class YearIdentity:
    """A sum over two consecutive reports of one agency: field `earlier` of the first, with the fields `plus` and
    `minus` of the second, is its field `later`. `title` names its rule."""

    id: str
    title: str
    earlier: str
    later: str
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NarrativeForm:
    """A figure that reports name in running text; `fields` add up to the same in the tables, none where they do not."""

    id: str
    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One national form. `fields` are in the contract's order."""

    id: str
    name: str
    blocks: tuple[Block, ...]
    fields: tuple[FieldForm, ...]

    def identities(self, printed: Collection[str] = ()) -> tuple[Identity, ...]:
        """Every sum over the form's fields.

        `printed` are ids of the other form's fields that the report prints all the same; their rows then stand in for
        the family of rows that they replace (a one-row （六） instead of three).
        """
        return _identities(self.id, frozenset(printed))


@cache
def sections() -> tuple[SectionForm, ...]:
    """The six sections in the form's order; they are the same in both templates."""
    return tuple(
        SectionForm(s["id"], s["number"], s["title"], tuple(s.get("wordings", ()))) for s in _declared()["section"]
    )


@cache
def template(template_id: str, learned: Wordings = ()) -> Template:
    """The form "2019" or "2021", with `learned` wordings beside its own; raises KeyError for another."""
    name = _declared()["templates"][template_id]
    blocks = tuple(_block(b, dict(learned)) for b in _declared()["block"] if template_id in b["templates"])
    cells = tuple(
        FieldForm(b.field_id(row, column), b.field_label(row, column), column.unit, b, row, column)
        for b in blocks
        for row in b.rows
        if template_id in row.templates
        for column in b.columns
    )
    return Template(template_id, name, blocks, cells)


@lru_cache(maxsize=64)  # few reports print rows of the other form
def _identities(template_id: str, printed: frozenset[str]) -> tuple[Identity, ...]:
    blocks = {b.id: b for b in template(template_id).blocks}
    rows = {b.id: _rows_in_print(b, template_id, printed) for b in blocks.values()}
    return tuple(i for rule in _declared()["identity"] for i in _expand(rule, blocks[rule["block"]], rows))


def template_ids() -> tuple[str, ...]:
    """The ids of all templates."""
    return tuple(_declared()["templates"])


@cache
def field_forms() -> dict[str, FieldForm]:
    """Every field of any template by id."""
    return {f.id: f for t in template_ids() for f in template(t).fields}


@cache
def year_identities() -> tuple[YearIdentity, ...]:
    """Every sum over two consecutive years."""
    blocks = {b["id"]: _block(b, {}) for b in _declared()["block"]}
    return tuple(found for rule in _declared()["across_years"] for found in _across(rule, blocks[rule["block"]]))


@cache
def narrative_forms() -> tuple[NarrativeForm, ...]:
    """The figures of running text that have a name."""
    return tuple(NarrativeForm(n["id"], n["label"], tuple(n.get("fields", ()))) for n in _declared()["narrative"])


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def _block(data: dict[str, Any], learned: Mapping[str, tuple[str, ...]]) -> Block:
    templates = tuple(data["templates"])

    def wordings(kind: str, declared: dict[str, Any]) -> tuple[str, ...]:
        name = f"{kind}.{data['id']}.{declared['id']}"
        return (*declared.get("wordings", ()), *learned.get(name, ()))

    rows = tuple(
        Row(r["id"], r["label"], r.get("group", ""), wordings("row", r), tuple(r.get("templates", templates)))
        for r in data["rows"]
    )
    columns = tuple(
        Column(
            c["id"],
            c["label"],
            c.get("group", ""),
            wordings("column", c),
            Unit(c.get("unit", "count")),
            tuple(c.get("super", c["group"].split(" / ") if "group" in c else ())),
        )
        for c in data["columns"]
    )
    return Block(
        data["id"],
        templates,
        data["section"],
        data["prefix"],
        data["table"],
        data["corner"],
        data.get("titled", False),
        rows,
        columns,
    )


def _rows_in_print(block: Block, template_id: str, printed: Collection[str]) -> tuple[Row, ...]:
    """The template's rows, a family replaced by the other template's where that is what the report prints."""
    foreign = [
        row
        for row in block.rows
        if template_id not in row.templates and any(block.field_id(row, c) in printed for c in block.columns)
    ]
    families = {_family(row, foreign) for row in foreign}
    own = [row for row in block.rows if template_id in row.templates and _family(row, foreign) not in families]
    return tuple(row for row in block.rows if row in own or row in foreign)


def _family(row: Row, others: list[Row]) -> str:
    """results.other and results.other.fee_unpaid are one family; any other row is its own."""
    names = [row.id, *(o.id for o in others)]
    return min((n for n in names if row.id == n or row.id.startswith(n + ".") or n.startswith(row.id + ".")), key=len)


def _expand(rule: dict[str, Any], block: Block, rows: dict[str, tuple[Row, ...]]) -> list[Identity]:
    """A rule over columns holds in each row, a rule over rows in each column."""
    printed = rows[block.id]
    row_of, column_of = {r.id: r for r in printed}, {c.id: c for c in block.columns}
    if rule["of"] == "columns":
        left, right = _names(rule, list(column_of))
        return [
            Identity(
                _identity_id(block, row.id, rule["name"]),
                tuple(block.field_id(row, column_of[c]) for c in left),
                tuple(block.field_id(row, column_of[c]) for c in right),
                rule["title"],
            )
            for row in printed
        ]
    left, right = _names(rule, list(row_of))
    return [
        Identity(
            _identity_id(block, column.id, rule["name"]),
            tuple(block.field_id(row_of[r], column) for r in left),
            tuple(block.field_id(row_of[r], column) for r in right),
            rule["title"],
        )
        for column in block.columns
    ]


def _across(rule: dict[str, Any], block: Block) -> list[YearIdentity]:
    """A rule over rows holds in each column, a rule over columns in each row."""
    rows, columns = {r.id: r for r in block.rows}, {c.id: c for c in block.columns}
    over_rows = rule["of"] == "rows"
    found = []
    for line in columns if over_rows else rows:
        fields = {
            name: block.field_id(rows[name if over_rows else line], columns[line if over_rows else name])
            for name in (rule["earlier"], rule["later"], *rule.get("plus", ()), *rule.get("minus", ()))
        }
        plus, minus = (tuple(fields[name] for name in rule.get(side, ())) for side in ("plus", "minus"))
        own = _identity_id(block, line, rule["name"])
        found.append(YearIdentity(own, rule["title"], fields[rule["earlier"]], fields[rule["later"]], plus, minus))
    return found


def _names(rule: dict[str, Any], known: list[str]) -> tuple[list[str], list[str]]:
    right = list(rule["right"])
    left = [name for pattern in rule["left"] for name in fnmatch.filter(known, pattern) if name not in right]
    return left, right


def _identity_id(block: Block, line: str, name: str) -> str:
    line_id = ".".join(part for part in (block.prefix, line) if part)
    return f"{line_id}:{name}" if line_id else name
