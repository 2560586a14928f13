"""Folders of annotations to Label Studio tasks with pictures, and back."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from annotations.label_studio.tasks import (
    Key,
    TaskImage,
    annotations_of,
    dump_tasks,
    image_of,
    labelling_config,
    load_tasks,
    tasks_of,
)
from annotations.pages import has_pages, page_pictures
from annotations.regions import regions_of
from annotations.store import DRAFT, Annotation, annotation_path, read_folder, write_annotation
from extraction.errors import UsageError


@dataclass(frozen=True, slots=True)
class Exported:
    """Number of reports and of their pages (tasks) written, and the ids of annotations without anything on a page."""

    reports: int
    tasks: int
    without_pages: tuple[str, ...]


def export_folder(folder: Path, out: Path, url: str, kind: Key | None = None) -> Exported:
    """Write tasks.json, config.xml and images/ of a data set. `url` is where Label Studio finds `out`.

    `kind` None: a draft as predictions, finished gold as annotations. Raises an `InputError` for a damaged document.
    """
    images = out / "images"
    images.mkdir(parents=True, exist_ok=True)
    tasks, without, reports = [], [], 0
    for annotation, document in read_folder(folder):
        if not (regions_of(annotation)[0] and has_pages(document)):
            without.append(annotation.id)
            continue
        reports += 1
        key: Key = kind or ("predictions" if DRAFT in annotation.facts else "annotations")
        tasks += tasks_of(annotation, _images(annotation, document, images, f"{url}images/"), key)
    (out / "tasks.json").write_text(dump_tasks(tasks), encoding="utf-8")
    (out / "config.xml").write_text(labelling_config(), encoding="utf-8")
    return Exported(reports, len(tasks), tuple(dict.fromkeys(without)))


def _images(annotation: Annotation, document: Path, folder: Path, url: str) -> dict[int, TaskImage]:
    found = {}
    for page in page_pictures(document):
        name = f"{annotation.id}-{page.number}.png"
        (folder / name).write_bytes(page.png())
        found[page.number] = image_of(page, f"{url}{name}")
    return found


def import_tasks(path: Path, folder: Path, documents: Path | None = None, by: str = "") -> list[str]:
    """Write the annotations in exported tasks, and return their ids.

    `documents` is a data set to copy their documents from. Raises UsageError where a document is in neither data set,
    ValueError for tasks that make up no annotation.
    """
    tasks = load_tasks(path.read_text(encoding="utf-8"))
    ids = []
    for annotation in annotations_of(tasks, by):
        target = annotation_path(folder, annotation.id).parent
        target.mkdir(parents=True, exist_ok=True)
        for name in annotation.documents:
            source = annotation_path(documents or folder, annotation.id).parent / name
            if not source.is_file():
                raise UsageError(f"{source} is not there; --documents names the data set that has it")
            if source.resolve() != (target / name).resolve():
                shutil.copyfile(source, target / name)
        write_annotation(folder, annotation)
        ids.append(annotation.id)
    return ids
