"""Files by keys (`documents/ab/abcd...`) below a folder or a prefix of an object store (fsspec).

No key contains a name that a sender gave.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from extraction.errors import OutputError
from extraction.messages import Text
from extraction.output.files import in_place_of
from extraction.output.places import place


class Files:
    """Files below one root. Raises OutputError where they cannot be written."""

    def __init__(self, root: str) -> None:
        self.root = place(root)

    def put_document(self, path: Path, sha256: str) -> str:
        """Copy a file to a new key and return it. Every upload has its own: deleting one never affects another."""
        key = f"documents/{sha256[:2]}/{sha256}-{uuid4().hex[:8]}"
        self.put(key, path.read_bytes())
        return key

    def put(self, key: str, content: bytes) -> None:
        """Write content under a key, replacing what was there."""
        path = self.path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with in_place_of(path) as file:
                file.write(content)
        except OSError as error:
            raise OutputError("{path}: {why}", path=self.root, why=Text(error.strerror or error)) from error

    def get(self, key: str) -> bytes | None:
        """The content under a key, None where there is none."""
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        """Delete the content under a key, if there is any."""
        self.path(key).unlink(missing_ok=True)

    def keys(self, prefix: str) -> list[str]:
        """The keys directly below a prefix, sorted."""
        folder = self.path(prefix)
        return sorted(f"{prefix}/{found.name}" for found in folder.iterdir()) if folder.exists() else []

    def path(self, key: str) -> Path:
        """The path of a key's content."""
        return self.root / key
