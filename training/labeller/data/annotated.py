"""Annotated reports -> pages for training and for testing, as Gouji reads them.

The documents are read by the pipeline itself, so that the pages have the errors of real scans: misread characters,
merged cells, broken lines. The gold gives the tag of each piece of print, by its place (`placed.py`) or, where it has
no boxes, by its wording (`worded.py`). No organization is both trained on and tested on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from datasets import Dataset
from rich.progress import track
from sklearn.model_selection import GroupShuffleSplit

from annotations.store import DRAFT, Annotation, read_folder
from extraction.document import Region
from extraction.errors import InputError, UsageError
from extraction.labelling.tagger_input import pieces_of
from extraction.pipeline import read_document
from extraction.settings import Settings
from models.loaded import Models
from training.labeller.data.pages import FEATURES, row_of
from training.labeller.data.placed import has_places, placed
from training.labeller.data.tagged import Tagged
from training.labeller.data.worded import worded


class Parts(NamedTuple):
    """Pages to train on and pages to test on, of different organizations; `tested` may be empty."""

    learnt: Dataset
    tested: Dataset


def tagged_pages(annotation: Annotation, regions: tuple[Region, ...]) -> list[list[Tagged]]:
    """Return the pages of a document as read, tagged by its gold."""
    pages = pieces_of(regions)
    if has_places(annotation):
        return [placed(annotation, page) for page in pages]
    return worded(annotation, pages)


def annotated_pages(folder: Path, kept: Path) -> Dataset:
    """Return the pages of every document in a folder of gold; read once, then kept in `kept`.

    Drafts that nobody has compared with their document, and documents that cannot be read, are left out. Raises
    UsageError where none is left.
    """
    made = kept / f"annotated-{gold_hash(folder)[:12]}"
    if not (made / "dataset_info.json").is_file():
        rows = list(_rows(folder))
        if not rows:
            raise UsageError(f"{folder} has no annotated report that can be read (drafts do not count)")
        Dataset.from_list(rows, features=FEATURES).save_to_disk(str(made))
    found = Dataset.load_from_disk(str(made))
    assert isinstance(found, Dataset)
    return found


def gold_hash(folder: Path) -> str:
    """Return a hash of the gold and the documents in a folder. Raises UsageError where there are none."""
    digest = hashlib.sha256()
    try:
        for annotation, path in read_folder(folder):
            digest.update(f"{annotation!r}\n".encode())
            digest.update(path.read_bytes())
    except (ValueError, OSError) as error:
        raise UsageError(str(error)) from error
    return digest.hexdigest()


def split_by_organization(pages: Dataset, share: float, seed: int) -> Parts:
    """Return about `share` of the organizations with all their pages as test pages, none where there is only one."""
    groups = pages["organization"]
    if len(set(groups)) < 2:
        return Parts(pages, pages.select([]))
    splitter = GroupShuffleSplit(n_splits=1, test_size=share, random_state=seed)
    learnt, tested = next(splitter.split(np.zeros(len(groups)), groups=groups))
    return Parts(pages.select(learnt), pages.select(tested))


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    models, settings = Models(), Settings()
    for annotation, path in track(list(read_folder(folder)), "reading annotated reports"):
        if DRAFT in annotation.facts:
            print(f"{annotation.id}: a draft, left out")
            continue
        try:
            contents = read_document(path, models, settings)
        except InputError as error:
            print(f"{path}: left out: {error}")
            continue
        organization = annotation.report.organization or annotation.report.source.sha256
        for page in tagged_pages(annotation, contents.regions):
            if any(tag for tagged in page for tag in tagged.tags):
                yield row_of(annotation.id, organization, page)
