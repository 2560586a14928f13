"""What is uploaded, as it may be kept: no larger than allowed, told by its content, its name only ever shown."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from extraction.errors import EmptyFile, TooLarge
from extraction.ingest.files import sniff
from extraction.settings import IngestSettings

_CHUNK = 1 << 20
_LONGEST_NAME = 200
SUFFIXES = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/html": ".html",
    "text/plain": ".txt",
}
"""The suffix that a file of each media type is kept with."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was uploaded: where it lies for now, and what it is. `name` is what the sender calls it, to be shown
    and never to be opened."""

    path: Path
    name: str
    sha256: str
    media_type: str
    size: int

    @property
    def suffix(self) -> str:
        """By content, with its dot."""
        return SUFFIXES[self.media_type]


@contextmanager
def received(source: BinaryIO, name: str, limits: IngestSettings) -> Iterator[Received]:
    """Copy an upload to a place of its own, which is gone afterwards.

    Raises TooLarge, EmptyFile or UnsupportedFormat.
    """
    folder = Path(tempfile.mkdtemp(prefix="gouji-upload-"))
    try:
        path = folder / "content"
        sha256, size = _copied(source, path, limits.max_bytes)
        with path.open("rb") as file:
            media_type = sniff(file.read(_CHUNK))
        yield Received(path, shown_name(name), sha256, media_type, size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(source: BinaryIO, path: Path, most: int) -> tuple[str, int]:
    """SHA-256 and size of what was copied."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise TooLarge(f"the file has more than ingest.max_bytes = {most:,} bytes")
            digest.update(chunk)
            file.write(chunk)
    if size == 0:
        raise EmptyFile("the file is empty")
    return digest.hexdigest(), size


def shown_name(name: str) -> str:
    """A file's name as a person may be shown it: its last part, in one line, without what steers a terminal or turns
    the direction of writing."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())[:_LONGEST_NAME] or "unnamed"
