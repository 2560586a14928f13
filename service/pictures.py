"""Pictures of pages and of cells, as the file shows them; kept beside the documents once they are drawn."""

from __future__ import annotations

import io
import json
from functools import lru_cache

from PIL import Image

from extraction.document import Box
from extraction.errors import InputError
from extraction.settings import IngestSettings
from service.files import Files
from service.painter import PageSize, Painter
from service.store.tables import Document

_PAGES_DECODED = 8  # some 12 MB each
_SIZES = "pages.json"


class Pictures:
    """Of all documents."""

    def __init__(self, files: Files, settings: IngestSettings) -> None:
        self._files, self._painter = files, Painter(settings)
        # Who looks at a cell looks at the next ones of its page: decoding is most of the work.
        self._decoded = lru_cache(_PAGES_DECODED)(_decoded)

    def sizes(self, document: Document) -> list[PageSize]:
        """Width and height of every page in points; none where the format has no pages, or they cannot be drawn."""
        key = f"{_folder(document)}/{_SIZES}"
        if (kept := self._files.get(key)) is not None:
            return [(width, height) for width, height in json.loads(kept)]
        try:
            found = self._painter.sizes(self._files.path(document.place))
        except InputError:
            return []
        self._files.put(key, json.dumps(found).encode())
        return found

    def page(self, document: Document, number: int) -> bytes | None:
        """A page as JPEG, None where there is no page of this number. Raises InputError."""
        key = f"{_folder(document)}/{number}.jpg"
        if (kept := self._files.get(key)) is not None:
            return kept
        if not 1 <= number <= len(self.sizes(document)):
            return None
        drawn = self._painter.page(self._files.path(document.place), number)
        self._files.put(key, drawn)
        return drawn

    def crop(self, document: Document, number: int, box: Box, margin: float) -> bytes | None:
        """The part of a page within a box in points and a margin around it, as PNG. Raises InputError."""
        page = self.page(document, number)
        if page is None:
            return None
        width, height = self.sizes(document)[number - 1]
        picture = self._decoded(page)
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
        """None where it cannot be told, or there are no pages."""
        return len(self.sizes(document)) or None

    def forget(self, document: Document) -> None:
        """Remove the pictures of a document."""
        for key in self._files.keys(_folder(document)):
            self._files.remove(key)

    def close(self) -> None:
        """End the process that draws."""
        self._painter.close()


def _decoded(page: bytes) -> Image.Image:
    with Image.open(io.BytesIO(page), formats=("JPEG",)) as picture:
        picture.load()
        return picture


def _folder(document: Document) -> str:
    """Of an upload's own: ids can come again after a restore, the place of a file never does."""
    return f"pictures/{document.place}"
