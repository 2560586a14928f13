"""The engines that are timed, each reading a whole file. A new process imports no more than its engine needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import cv2
from msgspec.structs import replace

from eval.engines import TEXT_FINDERS, text_finder
from extraction.errors import ModelError, NotAReport, UsageError
from extraction.ingest.files import open_document
from extraction.pipeline import extract
from extraction.settings import Settings
from extraction.stages import UNWATCHED, Watcher
from models.loaded import Models

GOUJI = "gouji"

Read = Callable[[Path], object]
"""Reads a whole file."""


def reader(name: str, threads: int = 1, most_pages: int | None = None, watcher: Watcher = UNWATCHED) -> Read:
    """Return the reader of Gouji or of one of `TEXT_FINDERS`.

    `watcher` is told of Gouji's stages; `most_pages` raises the limit on the pages of a document. Raises ModelError
    where the engine is not installed, UsageError for an unknown name.
    """
    cv2.setNumThreads(threads)
    settings = Settings()
    settings = replace(settings, ingest=replace(settings.ingest, max_pages=most_pages or settings.ingest.max_pages))
    if name == GOUJI:
        return _gouji(threads, settings, watcher)
    if name not in TEXT_FINDERS:
        raise UsageError(f"unknown engine {name}; beside Gouji there are {', '.join(TEXT_FINDERS)}")
    return _whole_page(name, threads, settings)


def baselines(threads: int, wanted: Sequence[str] | None = None) -> dict[str, Read]:
    """Return the readers of these engines, or of all that are installed. Raises ModelError, UsageError for named
    ones."""
    found: dict[str, Read] = {}
    for name in TEXT_FINDERS if wanted is None else wanted:
        try:
            found[name] = reader(name, threads)
        except ModelError:
            if wanted is not None:
                raise
    return found


def _gouji(threads: int, settings: Settings, watcher: Watcher) -> Read:
    models = Models(threads=threads)

    def read(path: Path) -> None:
        with suppress(NotAReport):  # a page of a report need not be one
            extract(path, models, settings, watcher=watcher)

    return read


def _whole_page(name: str, threads: int, settings: Settings) -> Read:
    """Return a baseline's reader of every page's picture; rendering the pages of a PDF is included in its time."""
    find_text = text_finder(name, threads)

    def read(path: Path) -> None:
        with open_document(path, settings.ingest) as document:
            for page in document.pages:
                if page.raster is not None:
                    find_text(page.raster)

    return read
