"""What the desk calls things in Chinese, as far as the catalogue does not: lines of the form that a sum is over."""

from __future__ import annotations

from functools import cache

from extraction.catalogue import Identity, field_forms, sections, template, template_ids


def line_of(identity: Identity) -> str:
    """The row or column of the form that a sum is over, "" where it is over a whole part of it.

    >>> from extraction.catalogue import template
    >>> line_of(template("2021").identities()[0])
    '一、本年新收政府信息公开申请数量'
    """
    forms = [field_forms()[i] for i in (*identity.left, *identity.right)]
    if not forms[0].row.label:
        return forms[0].column.group
    if all(form.row == forms[0].row for form in forms):
        return " ".join(part for part in (forms[0].row.group, forms[0].row.label) if part)
    return forms[0].column.label


def section_title(section: str) -> str:
    """The heading of a section, as the form prints it."""
    form = next(s for s in sections() if s.id == section)
    return f"{form.number}、{form.title}"


def kind_title(check_id: str) -> str:
    """What the rule of a sum is called."""
    return _titles().get(check_id, check_id)


@cache
def _titles() -> dict[str, str]:
    """Of the sums of all forms, those of reports that print rows of the other form among them."""
    forms = [template(t) for t in template_ids()]
    every = {f.id for form in forms for f in form.fields}
    return {i.id: i.title for form in forms for printed in ((), every) for i in form.identities(printed)}
