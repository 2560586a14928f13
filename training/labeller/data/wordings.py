"""Wordings of rows and columns in annotated reports that differ from the forms'; retraining stores them with its
network.

A classifier trained on a few reports remains uncertain about a layout's labels; an annotated wording is certain. A
wording is left out where it may be another row's or column's of the same block.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from extraction.document import Label
from extraction.forms.catalogue import Block, template, template_ids
from extraction.forms.label_similarity import chinese_count, similarity
from models.files import write_text
from models.wordings import FILE, Wordings

_MIN_SIMILARITY = 0.9  # of a wording and a known one, to be the same
_MIN_CHINESE_CHARACTERS, _MAX_WORDINGS = 2, 20  # of a wording; of one row or column


def annotated_wordings(reports: Iterable[Sequence[Label]]) -> Wordings:
    """Return the wordings of the labels of annotated reports, the most frequent first."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for labels in reports:
        for name, text in _whole(labels):
            counts[name][text] = counts[name].get(text, 0) + 1
    found = {}
    for block in _blocks():
        forms = dict(_printed(block))
        for name in forms:
            others = [w for other in forms if _is_another(other, name, forms) for w in (*forms[other], *counts[other])]
            told = sorted(counts[name], key=counts[name].__getitem__, reverse=True)
            new = [text for text in told if not _is_one_of(text, (*forms[name], *others))]
            if new:
                found[name] = tuple(new[:_MAX_WORDINGS])
    return tuple(found.items())


def _is_another(other: str, name: str, forms: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether two labels are of one kind and worded differently: 结果维持 heads three columns in the form too."""
    return other.partition(".")[0] == name.partition(".")[0] and forms[other][0] != forms[name][0]


def write_wordings(folder: Path, wordings: Wordings) -> None:
    """Write the wordings beside a network; no file where there are none."""
    if wordings:
        write_text(folder / FILE, json.dumps(dict(wordings), ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _whole(labels: Sequence[Label]) -> Iterator[tuple[str, str]]:
    """Yield names and texts of rows and columns, the parts of one on a page joined in order."""
    parts: dict[tuple[str, int | None], list[str]] = {}
    for label in labels:
        if label.name.startswith(("row.", "column.")):
            texts = parts.setdefault((label.name, label.page), [])
            text = "".join(label.text.split())
            if text not in texts:
                texts.append(text)
    for (name, _), texts in parts.items():
        text = "".join(texts)
        if chinese_count(text) >= _MIN_CHINESE_CHARACTERS:
            yield name, text


def _blocks() -> list[Block]:
    return list({block.id: block for form in template_ids() for block in template(form).blocks}.values())


def _printed(block: Block) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the rows and columns of a block with the form's wordings."""
    for row in block.rows:
        if row.label:
            yield f"row.{block.id}.{row.id}", (row.label, *row.wordings)
    for column in block.columns:
        yield f"column.{block.id}.{column.id}", (column.label, *column.wordings)


def _is_one_of(text: str, wordings: Iterable[str]) -> bool:
    return any(similarity(text, wording) >= _MIN_SIMILARITY for wording in wordings)
