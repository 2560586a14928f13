"""Tell whether a text is a piece of a wording of the forms: a label may be broken anywhere over lines of a cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from extraction.forms.catalogue import sections, template, template_ids
from extraction.forms.label_similarity import chinese_count
from extraction.forms.label_tags import OUTCOMES

_MIN_CHINESE_CHARACTERS = 2  # a single one is part of some wording by chance
_PUNCTUATION = re.compile(r"[^\w]|_")


def is_wording(text: str) -> bool:
    """Whether a text is a piece of a heading or label of the forms, without regard to punctuation and spaces.

    >>> is_wording("本年新收政府信"), is_wording("本年新牧政府信")
    (True, False)
    """
    letters = _letters(text)
    return chinese_count(letters) >= _MIN_CHINESE_CHARACTERS and letters in _all_wordings()


def _letters(text: str) -> str:
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))


@cache
def _all_wordings() -> str:
    return "|".join(sorted({_letters(wording) for wording in _wordings()}))


def _wordings() -> Iterator[str]:
    yield OUTCOMES
    for section in sections():
        for title in (section.title, *section.wordings):
            yield f"{section.number}、{title}"
    for block in (b for template_id in template_ids() for b in template(template_id).blocks):
        yield from (block.table, block.corner)
        for row in block.rows:
            yield from (row.label, row.group, *row.wordings)
        for column in block.columns:
            yield from (column.label, *column.super_labels, *column.wordings)
