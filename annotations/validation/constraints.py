"""Constraints within one annotation, independent of its document: schema, figures, sums, tables, labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

from annotations.store import DRAFT, Annotation
from annotations.validation.findings import Finding, FindingKind
from annotations.validation.value_types import wrong_types
from extraction.document import Cell, Field, Report, Status, Verdict
from extraction.figures import Figure, Unit, parse_figure
from extraction.forms.catalogue import (
    FieldForm,
    Template,
    field_forms,
    narrative_forms,
    sections,
    template,
    template_ids,
)
from extraction.forms.identities import evaluate
from extraction.geometry import Box

Constraint = Callable[[Annotation], Iterator[Finding]]

_HEADER_UNIT = re.compile(r"(?:百万|千|万|亿)?元")
_BOX_TOLERANCE_POINTS = 1.0
"""By which the boxes of a field and of its cell may differ on each side."""


def findings_in(annotation: Annotation) -> Iterator[Finding]:
    """Yield all faults and open work of one annotation. Values of wrong types hide all other faults."""
    wrong = [Finding(annotation.id, place, message) for place, message in wrong_types(annotation)]
    yield from wrong
    if not wrong:
        for constraint in _CONSTRAINTS:
            yield from constraint(annotation)


def _heading(annotation: Annotation) -> Iterator[Finding]:
    report = annotation.report
    if DRAFT in annotation.facts:
        yield Finding(annotation.id, DRAFT, annotation.facts[DRAFT], FindingKind.OPEN)
    if report.template not in template_ids():
        yield Finding(annotation.id, "template", f"{report.template!r} is none of {', '.join(template_ids())}")
    for name in ("organization", "year"):
        if getattr(report, name) is None:
            yield Finding(annotation.id, name, "is not given", FindingKind.OPEN)
    known = [s.id for s in sections()]
    for section_id, count in Counter(s.id for s in report.sections).items():
        if section_id not in known:
            yield Finding(annotation.id, f"section {section_id}", f"is none of {', '.join(known)}")
        elif count > 1:
            yield Finding(annotation.id, f"section {section_id}", f"stands {count} times")
    for row in report.extra_rows:
        if row.section not in known:
            yield Finding(annotation.id, f"extra row {row.label}", f"its section is {row.section!r}")


def _field_order(annotation: Annotation) -> Iterator[Finding]:
    """All fields of the form in its order, then printed fields of the other form."""
    form = form_of(annotation.report)
    if form is None:
        return
    ids = [f.id for f in annotation.report.fields]
    for field_id, count in Counter(ids).items():
        if count > 1:
            yield Finding(annotation.id, field_id, f"stands {count} times among the fields")
        if field_id not in field_forms():
            yield Finding(annotation.id, field_id, "is no field of any form")
    own = [f.id for f in form.fields]
    for field_id in own:
        if field_id not in ids:
            yield Finding(annotation.id, field_id, "is a field of the form and not given; `missing` where not printed")
    foreign = [i for i in field_forms() if i not in own]
    wanted = [i for i in (*own, *foreign) if i in ids]
    given = [i for i in dict.fromkeys(ids) if i in field_forms()]
    if given != wanted:
        first = next(g for g, w in zip(given, wanted, strict=True) if g != w)
        yield Finding(annotation.id, first, "is out of order: fields stand in the order of the catalogue")


def _fields(annotation: Annotation) -> Iterator[Finding]:
    headers = column_headers(annotation)
    for field in annotation.report.fields:
        form = field_forms().get(field.id)
        if form is not None:
            header = headers.get((form.block.id, form.column.id), "")
            for message in (*_status_faults(field, form), *_value_faults(field, form, header)):
                yield Finding(annotation.id, field.id, message)
        if field.status is Status.REVIEW:
            doubt = annotation.facts.get(f"unsure {field.id}", "no person has settled it yet")
            yield Finding(annotation.id, field.id, f"for review: {doubt}", FindingKind.OPEN)


def _status_faults(field: Field, form: FieldForm) -> Iterator[str]:
    if field.label != form.label:
        yield f"its label is {form.label!r}, not {field.label!r}"
    if field.status in (Status.CORRECTED, Status.INFERRED):
        yield f"gold says what is printed: `read` or `blank`, not `{field.status}`"
    if field.status is Status.READ and field.value is None:
        yield "is `read` and has no value"
    if field.status in (Status.BLANK, Status.MISSING) and field.value is not None:
        yield f"is `{field.status}` and has a value; a blank is no zero"
    if field.status is Status.MISSING and (field.printed or field.page is not None or field.box is not None):
        yield "is `missing` and has a printed text or a place"
    if field.status is not Status.REVIEW and field.confidence != 1:
        yield f"gold is sure: its confidence is 1, not {field.confidence}"


def _value_faults(field: Field, form: FieldForm, header: str) -> Iterator[str]:
    """The value is that of the printed text, in the field's unit."""
    if field.status not in (Status.READ, Status.BLANK):
        return
    figure = parse_figure(field.printed)
    if figure is None:
        yield f"{field.printed!r} is not one figure and no mark for a blank"
    elif field.status is Status.BLANK and not figure.blank:
        yield f"is `blank` and prints {field.printed!r}"
    elif field.status is Status.READ and field.value not in (wanted := printed_values(figure, form, header)):
        said = " or ".join(map(str, wanted)) or "no value in its unit"
        yield f"{field.printed!r} is {said}, and not {field.value}"


def printed_values(figure: Figure, form: FieldForm, header: str) -> tuple[Decimal, ...]:
    """Return the values that a printed figure may have in its field: in the header's unit unless it states one."""
    if figure.value is None:
        return ()
    if figure.unit is None and form.unit is not Unit.COUNT and (stated := _HEADER_UNIT.search("".join(header.split()))):
        unit = parse_figure(f"1{stated[0]}")
        if unit is not None and unit.value is not None:
            figure = Figure(figure.value * unit.value, unit.unit)
    try:
        value = figure.in_unit(form.unit)
    except ValueError:
        return ()
    return () if value is None else (value,)


def column_headers(annotation: Annotation) -> dict[tuple[str, str], str]:
    """Return the header of each column by (block, column), where headers are labelled."""
    found: dict[tuple[str, str], str] = {}
    for label in annotation.labels:
        kind, _, rest = label.name.partition(".")
        block, _, column = rest.partition(".")
        if kind == "column":
            found[block, column] = found.get((block, column), "") + label.text
    return found


def _sums(annotation: Annotation) -> Iterator[Finding]:
    """A sum that fails in print is declared as a source error, and no other one is."""
    form, fields = form_of(annotation.report), {f.id: f for f in annotation.report.fields}
    if form is None or any(f.id not in fields for f in form.fields):
        return
    identities = form.identities(set(fields) - {f.id for f in form.fields})
    declared = {c.id: c for c in annotation.report.checks}
    for identity in identities:
        true, said = evaluate(identity, fields), declared.pop(identity.id, None)
        place = f"sum {identity.id}"
        if true.verdict is Verdict.UNRESOLVED:
            yield Finding(annotation.id, place, f"waits for a cell in it: {true.expression}", FindingKind.OPEN)
        elif true.verdict is Verdict.SOURCE_INCONSISTENT and (said is None or said.verdict is not true.verdict):
            yield Finding(annotation.id, place, f"{true.expression} does not hold and is not declared a source error")
        elif said is None:
            yield Finding(annotation.id, place, "has no check")
        elif said.verdict is Verdict.SOURCE_INCONSISTENT is not true.verdict:
            yield Finding(annotation.id, place, f"{true.expression} is declared a source error and is {true.verdict}")
        elif said != true:
            yield Finding(annotation.id, place, f"the check says {said.expression} {said.verdict}, not {true.verdict}")
    for check_id in declared:
        yield Finding(annotation.id, f"sum {check_id}", "is no sum of the form")


def _tables(annotation: Annotation) -> Iterator[Finding]:
    """No two cells of a table share a place in its grid, and every field's box is a cell that prints its text."""
    for number, table in enumerate(annotation.tables, 1):
        taken = Counter(
            (row, column)
            for c in table.cells
            for row in range(c.row, c.row + c.row_span)
            for column in range(c.column, c.column + c.column_span)
        )
        for (row, column), count in taken.items():
            if count > 1:
                yield Finding(annotation.id, f"table {number}", f"{count} cells at row {row}, column {column}")
        if any(c.row < 0 or c.column < 0 or c.row_span < 1 or c.column_span < 1 for c in table.cells):
            yield Finding(annotation.id, f"table {number}", "a cell lies outside the grid or spans nothing")
    if annotation.tables:
        cells = [cell for table in annotation.tables for cell in table.cells if cell.box is not None]
        for field in annotation.report.fields:
            yield from (Finding(annotation.id, field.id, message) for message in _cell_faults(field, cells))


def _cell_faults(field: Field, cells: list[Cell]) -> Iterator[str]:
    if field.status is Status.MISSING:
        return
    if field.box is None:
        if cells and field.status is not Status.REVIEW:
            yield "is printed and has no box"
        return
    here = [c for c in cells if c.page == field.page and c.box is not None and same_box(c.box, field.box)]
    if not here:
        yield f"no cell of a table lies where it does, on page {field.page}"
    elif field.status is not Status.REVIEW and all(solid(c.text) != solid(field.printed) for c in here):
        yield f"prints {field.printed!r}, and its cell {here[0].text!r}"


def same_box(one: Box, other: Box) -> bool:
    """Whether two boxes are equal but for rounding and the width of a grid line."""
    return all(abs(a - b) <= _BOX_TOLERANCE_POINTS for a, b in zip(one, other, strict=True))


def _labels(annotation: Annotation) -> Iterator[Finding]:
    known = _label_names()
    for label in annotation.labels:
        free = label.name.startswith("group.") and label.name != "group."
        if label.name not in known and not free:
            yield Finding(annotation.id, f"label {label.name}", "is no name of a label")
        if not label.text.strip():
            yield Finding(annotation.id, f"label {label.name}", "has no text")


def _narrative(annotation: Annotation) -> Iterator[Finding]:
    """A narrative figure has a known name, and agrees with the tables exactly where both have the same value."""
    forms = {form.id: form.fields for form in narrative_forms()}
    values = {f.id: f.value for f in annotation.report.fields if f.status is not Status.MISSING}
    for figure in annotation.report.narrative:
        place = f"narrative {figure.id}"
        if figure.id not in forms:
            yield Finding(annotation.id, place, f"is none of {', '.join(forms)}")
            continue
        if not figure.text.strip():
            yield Finding(annotation.id, place, "has no text")
        printed = [values[i] for i in forms[figure.id] if i in values]
        agrees = None if not printed or None in printed else sum(v or 0 for v in printed) == figure.value
        if figure.agrees is not agrees:
            said = " + ".join("a blank" if v is None else str(v) for v in printed) or "nothing"
            yield Finding(
                annotation.id, place, f"agrees is {figure.agrees}: the text says {figure.value}, the tables {said}"
            )


def _label_names() -> set[str]:
    blocks = {b.id: b for t in template_ids() for b in template(t).blocks}
    return {
        *("title", "organization", "year"),
        *(f"heading.{s.id}" for s in sections()),
        *(f"narrative.{n.id}" for n in narrative_forms()),
        *(f"block.{b}" for b in blocks),
        *(f"row.{b.id}.{r.id}" for b in blocks.values() for r in b.rows),
        *(f"column.{b.id}.{c.id}" for b in blocks.values() for c in b.columns),
    }


def form_of(report: Report) -> Template | None:
    """Return the form that a report is laid out as, None where it names no known form."""
    return template(report.template) if report.template in template_ids() else None


def solid(text: str) -> str:
    """Return text without white space."""
    return "".join(text.split())


_CONSTRAINTS: tuple[Constraint, ...] = (_heading, _field_order, _fields, _sums, _tables, _labels, _narrative)
