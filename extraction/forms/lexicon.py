"""The wordings of the forms as one text: whether a reading is a piece of one.

A label is printed over several lines of a cell, cut anywhere: any piece of a wording is a known text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from extraction.forms.catalogue import sections, template, template_ids
from extraction.forms.label_similarity import chinese_count
from extraction.forms.label_tags import OUTCOMES

_LEAST = 2  # Chinese characters; a single one is a piece of something by chance
_MARKS = re.compile(r"[^\w]|_")


def is_wording(text: str) -> bool:
    """Whether a text is a piece of a heading or label of the forms, marks and spaces left aside.

    >>> is_wording("本年新收政府信"), is_wording("本年新牧政府信")
    (True, False)
    """
    letters = _letters(text)
    return chinese_count(letters) >= _LEAST and letters in _all_wordings()


def _letters(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", text))


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
