"""Training pages as a Hugging Face data set: the invented reports of a split, typeset without rendering."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset, Features, List, Value

from training.labeller.data.tagged import Tagged
from training.labeller.data.typeset import typeset
from training.synthetic.content.report import draft_report
from training.synthetic.fonts import Split

FEATURES = Features(
    {
        "report": Value("string"),
        "organization": Value("string"),
        "texts": List(Value("string")),
        "tags": List(Value("string")),
        "begins": List(List(Value("int16"))),
        "boxes": List(List(Value("int16"))),
        "cells": List(Value("bool")),
    }
)
"""A row is a page. `tags` has one string a piece: the tags of its characters, run-length encoded (see `packed`)."""


def draft_pages(split: Split, first: int, reports: int, folder: Path) -> Dataset:
    """Return the pages of `reports` invented reports of a split from number `first` on; made once, then kept in
    `folder`."""
    return Dataset.from_generator(
        _draft_rows,
        features=FEATURES,
        cache_dir=str(folder),
        gen_kwargs={"split": split, "first": first, "reports": reports},
        keep_in_memory=False,
    )


def _draft_rows(split: Split, first: int, reports: int) -> Iterator[dict[str, Any]]:
    for seed in range(first, first + reports):
        draft = draft_report(seed, split)
        for page in typeset(draft):
            yield row_of(draft.id, draft.report.organization or "", page)


def row_of(report: str, organization: str, page: Sequence[Tagged]) -> dict[str, Any]:
    """Return a page as a row of the data set."""
    return {
        "report": report,
        "organization": organization,
        "texts": [tagged.text for tagged in page],
        "tags": [packed(tagged.tags) for tagged in page],
        "begins": [sorted(tagged.begins) for tagged in page],
        "boxes": [list(tagged.box) for tagged in page],
        "cells": [tagged.cell for tagged in page],
    }


def page_of(row: dict[str, Any]) -> list[Tagged]:
    """Return the page of a row."""
    columns = (row[name] for name in ("texts", "tags", "begins", "boxes", "cells"))
    return [
        Tagged(text, unpacked(tags), frozenset(begins), (box[0], box[1], box[2], box[3]), cell)
        for text, tags, begins, box, cell in zip(*columns, strict=True)
    ]


def packed(tags: Iterable[str]) -> str:
    """Return tags of characters run-length encoded: ("", "year", "year") -> "*1 year*2"."""
    runs: list[tuple[str, int]] = []
    for tag in tags:
        if runs and runs[-1][0] == tag:
            runs[-1] = (tag, runs[-1][1] + 1)
        else:
            runs.append((tag, 1))
    return " ".join(f"{tag}*{count}" for tag, count in runs)


def unpacked(text: str) -> tuple[str, ...]:
    """Return the tags that `packed` was given."""
    runs = (run.rpartition("*") for run in text.split(" ") if run)
    return tuple(tag for tag, _, count in runs for _ in range(int(count)))
