"""Files by keys of our own: `documents/ab/abcd...`, below a folder or a prefix of an object store (fsspec).

Names that people give to files are no part of any key.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from extraction.errors import OutputError
from extraction.output.files import in_place_of
from extraction.output.places import place


class Files:
    """What is kept below one root. Raises OutputError where it takes no more."""

    def __init__(self, root: str) -> None:
        self.root = place(root)

    def put_document(self, path: Path, sha256: str) -> str:
        """Keep a file; its key, which no other has: what is deleted is never what another upload relies on."""
        key = f"documents/{sha256[:2]}/{sha256}-{uuid4().hex[:8]}"
        self.put(key, path.read_bytes())
        return key

    def put(self, key: str, content: bytes) -> None:
        """Keep content under a key of ours, in place of what was there."""
        path = self.path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with in_place_of(path) as file:
                file.write(content)
        except OSError as error:
            raise OutputError(f"{self.root}: {error.strerror or error}") from error

    def get(self, key: str) -> bytes | None:
        """What is kept under a key, None for nothing."""
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        """Remove what is kept under a key, if anything."""
        self.path(key).unlink(missing_ok=True)

    def keys(self, prefix: str) -> list[str]:
        """The keys directly below a prefix."""
        folder = self.path(prefix)
        return sorted(f"{prefix}/{found.name}" for found in folder.iterdir()) if folder.exists() else []

    def path(self, key: str) -> Path:
        """Where a key's content is."""
        return self.root / key
