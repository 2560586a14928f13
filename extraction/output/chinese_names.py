"""Chinese names of statuses, verdicts, outcomes, failures and sums, as pages and the desk show them.

All but those of sums come from the table of messages."""

from __future__ import annotations

from functools import cache

from extraction.document import Status, Verdict
from extraction.errors import InputError
from extraction.forms.catalogue import template, template_ids
from extraction.messages import Language, messages_in
from extraction.output.files import CONVERTED, FAILED, SKIPPED

_SAID = messages_in(Language.CHINESE)
STATUSES = {status: _SAID(status) for status in Status}
VERDICTS = {**{verdict: _SAID(verdict) for verdict in Verdict}, Verdict.CORRECTED: "更正后相符"}
OUTCOMES = {outcome: _SAID(outcome) for outcome in (CONVERTED, SKIPPED, FAILED)}
FAILURE_KINDS = {error.__name__: _SAID(error.__name__) for error in InputError.__subclasses__()}


def sum_name(id: str) -> str:
    """The name of a sum: the row or column it runs over, then its rule; the id itself where no form has it."""
    return _sum_names().get(id, id)


@cache
def _sum_names() -> dict[str, str]:
    forms = [template(name) for name in template_ids()]
    labels = {f.id: f.label for form in forms for f in form.fields}
    names = {}
    for identity in (identity for form in forms for identity in form.identities(labels)):
        paths = [labels[field].split(" / ") for field in (*identity.left, *identity.right)]
        common = " / ".join(part for part in paths[0] if all(part in path for path in paths[1:]))
        names[identity.id] = f"{common}：{identity.title}" if common else identity.title
    return names
