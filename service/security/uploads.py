"""Receive uploaded files: limited in size, with the format told by content; the sender's name is only displayed."""

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

_CHUNK_BYTES = 1 << 20
_MAX_NAME_CHARACTERS = 200
SUFFIXES = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/html": ".html",
    "text/plain": ".txt",
}
"""The file suffix of each media type."""


@dataclass(frozen=True, slots=True)
class Received:
    """An uploaded file at a temporary path. `name` is the sender's, for display and never for opening files."""

    path: Path
    name: str
    sha256: str
    media_type: str
    size: int

    @property
    def suffix(self) -> str:
        """The suffix by content, with its dot."""
        return SUFFIXES[self.media_type]


@contextmanager
def received(source: BinaryIO, name: str, limits: IngestSettings) -> Iterator[Received]:
    """Copy an upload to a temporary folder, which is deleted afterwards.

    Raises TooLarge, EmptyFile or UnsupportedFormat.
    """
    folder = Path(tempfile.mkdtemp(prefix="gouji-upload-"))
    try:
        path = folder / "content"
        sha256, size = _copied(source, path, limits.max_bytes)
        with path.open("rb") as file:
            media_type = sniff(file.read(_CHUNK_BYTES))
        yield Received(path, shown_name(name), sha256, media_type, size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(source: BinaryIO, path: Path, max_bytes: int) -> tuple[str, int]:
    """Copy a file; its SHA-256 and its size in bytes."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while chunk := source.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > max_bytes:
                raise TooLarge("the file has more than ingest.max_bytes = {limit:,} bytes", limit=max_bytes)
            digest.update(chunk)
            file.write(chunk)
    if size == 0:
        raise EmptyFile("the file is empty")
    return digest.hexdigest(), size


def shown_name(name: str) -> str:
    """A file's name for display: its last part, on one line, without control and formatting characters."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())[:_MAX_NAME_CHARACTERS] or "unnamed"
