"""The Chinese names of sums; every status, verdict and failure has one."""

from __future__ import annotations

from extraction.forms.catalogue import template, template_ids
from extraction.output.chinese_names import FAILURE_KINDS, OUTCOMES, STATUSES, VERDICTS, sum_name


def test_sums_are_named_apart_by_their_row_or_column_and_their_rule() -> None:
    assert sum_name("applications.results.denied.state_secret:row_total").startswith(
        "（三）不予公开 / 1.属于国家秘密："
    )
    assert len({sum_name(i.id) for name in template_ids() for i in template(name).identities()}) == len(
        {i.id for name in template_ids() for i in template(name).identities()}
    )
    assert sum_name("nobody:knows") == "nobody:knows"


def test_everything_that_can_become_of_a_field_a_sum_or_a_file_has_a_chinese_name() -> None:
    for names in (STATUSES, VERDICTS, OUTCOMES, FAILURE_KINDS):
        assert [name for name in names.values() if name.isascii()] == []
