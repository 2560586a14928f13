"""Chinese titles of sections and sums, for groups and counts."""

from __future__ import annotations

from functools import cache

from extraction.doubts import DoubtCode
from extraction.forms.catalogue import sections, template, template_ids


def section_title(section: str) -> str:
    """The heading of a section as the form prints it."""
    form = next(s for s in sections() if s.id == section)
    return f"{form.number}、{form.title}"


def kind_title(check_id: str) -> str:
    """The title of a sum's kind."""
    return _titles().get(check_id, check_id)


def reason_title(code: str) -> str:
    """The Chinese wording of why a field is in doubt; the code itself where another version of Gouji raised it."""
    return DoubtCode(code).about.zh if code in tuple(DoubtCode) else code


@cache
def _titles() -> dict[str, str]:
    """Titles by id of the sums of all forms, those over rows of the other form included."""
    forms = [template(t) for t in template_ids()]
    every = {f.id for form in forms for f in form.fields}
    return {i.id: i.title for form in forms for printed in ((), every) for i in form.identities(printed)}
