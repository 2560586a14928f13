"""Pictures of pages and cells as the file shows them, kept beside the documents once they are rendered."""

from __future__ import annotations

import io
import json
from functools import lru_cache

from PIL import Image

from extraction.errors import InputError
from extraction.geometry import Box
from extraction.settings import IngestSettings
from service.files import Files
from service.page_renderer import PageRenderer, PageSize
from service.store.tables import Document

_MAX_DECODED_PAGES = 8  # about 12 MB each
_SIZES_FILE = "pages.json"


class Pictures:
    """Pictures of the pages and cells of all documents."""

    def __init__(self, files: Files, settings: IngestSettings) -> None:
        self._files, self._renderer = files, PageRenderer(settings)
        # A reviewer goes from cell to cell of one page, and decoding it is most of the work.
        self._decode = lru_cache(_MAX_DECODED_PAGES)(_decode)

    def sizes(self, document: Document) -> list[PageSize]:
        """Width and height of every page in points; empty where the format has no pages or they cannot be rendered."""
        key = f"{_folder(document)}/{_SIZES_FILE}"
        if (kept := self._files.get(key)) is not None:
            return [(width, height) for width, height in json.loads(kept)]
        try:
            found = self._renderer.sizes(self._files.path(document.place))
        except InputError:
            return []
        self._files.put(key, json.dumps(found).encode())
        return found

    def page(self, document: Document, number: int) -> bytes | None:
        """A page, counted from 1, as JPEG; None where there is no such page. Raises InputError."""
        key = f"{_folder(document)}/{number}.jpg"
        if (kept := self._files.get(key)) is not None:
            return kept
        if not 1 <= number <= len(self.sizes(document)):
            return None
        rendered = self._renderer.page(self._files.path(document.place), number)
        self._files.put(key, rendered)
        return rendered

    def crop(self, document: Document, number: int, box: Box, margin: float) -> bytes | None:
        """The crop of a page within a box and a margin around it, both in points, as PNG; None without such a page.
        Raises InputError."""
        page = self.page(document, number)
        if page is None:
            return None
        width, height = self.sizes(document)[number - 1]
        picture = self._decode(page)
        across, down = picture.width / width, picture.height / height
        left, top, right, bottom = box.grown(margin)
        sides = (
            max(0, min(picture.width - 1, int(left * across))),
            max(0, min(picture.height - 1, int(top * down))),
            min(picture.width, int(right * across) + 1),
            min(picture.height, int(bottom * down) + 1),
        )
        part = picture.crop((sides[0], sides[1], max(sides[0] + 1, sides[2]), max(sides[1] + 1, sides[3])))
        file = io.BytesIO()
        part.save(file, "PNG")
        return file.getvalue()

    def page_count(self, document: Document) -> int | None:
        """How many pages there are; None where the format has none or they cannot be counted."""
        return len(self.sizes(document)) or None

    def forget(self, document: Document) -> None:
        """Delete the pictures of a document."""
        for key in self._files.keys(_folder(document)):
            self._files.remove(key)

    def close(self) -> None:
        """End the process that renders."""
        self._renderer.close()


def _decode(page: bytes) -> Image.Image:
    with Image.open(io.BytesIO(page), formats=("JPEG",)) as picture:
        picture.load()
        return picture


def _folder(document: Document) -> str:
    """The folder of a document's pictures, by its file's key: after a restore an id can come again, a key cannot."""
    return f"pictures/{document.place}"
