"""What sums are called where people read of them."""

from __future__ import annotations

from functools import cache

from extraction.forms.catalogue import Identity, template, template_ids


def sum_name(id: str) -> str:
    """In Chinese: the row or column that the sum is over, and its rule; the id itself where no form has it."""
    return _names().get(id, id)


@cache
def _names() -> dict[str, str]:
    forms = [template(name) for name in template_ids()]
    labels = {f.id: f.label for form in forms for f in form.fields}
    return {identity.id: _name(identity, labels) for form in forms for identity in form.identities(labels)}


def _name(identity: Identity, labels: dict[str, str]) -> str:
    """What all its fields have in common, then the rule."""
    paths = [labels[field].split(" / ") for field in (*identity.left, *identity.right)]
    common = [part for part in paths[0] if all(part in path for path in paths[1:])]
    return "：".join([" / ".join(common), identity.title] if common else [identity.title])
