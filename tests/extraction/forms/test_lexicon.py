"""What is a piece of a wording of the forms, and what only looks like one."""

from __future__ import annotations

import pytest

from extraction.forms.catalogue import template, template_ids
from extraction.forms.lexicon import is_wording

LABELS = sorted({row.label for t in template_ids() for b in template(t).blocks for row in b.rows if row.label})


@pytest.mark.parametrize("label", LABELS)
def test_every_label_of_the_forms(label: str) -> None:
    assert is_wording(label)


@pytest.mark.parametrize("text", ["本年新收政府信", "行政机关不再处理", "行政 复议", "二、主动公开政府信息情况"])
def test_pieces(text: str) -> None:
    assert is_wording(text)


@pytest.mark.parametrize(
    "text", ["行政机矣不再处理", "三、主动公开政府信息情况", "情", "", "、", "收到申请17件", "2019", "1"]
)
def test_what_is_none(text: str) -> None:
    assert not is_wording(text)
