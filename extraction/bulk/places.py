"""Paths on this machine and in object stores (`s3://bucket/folder`), by one type.

What is remote is a `UPath` (universal-pathlib, over fsspec), which has the methods of `Path` that Gouji uses; it needs
the extra `ray`. Keys and addresses come from the store's usual environment variables (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL).
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from extraction.errors import UsageError


def is_remote(path: Path | str) -> bool:
    """Whether a path names an object store or another server rather than a file of this machine."""
    return "://" in str(path) and not Path(str(path)).exists()


def place(text: str) -> Path:
    """The path that a text names, remote or not. Raises UsageError where the extra for remote ones is missing."""
    if not is_remote(text):
        return Path(text)
    try:
        from upath import UPath

        return cast(Path, UPath(text))
    except (ImportError, ValueError) as error:
        raise UsageError(f"{text}: {error}; remote paths need pip install 'gouji[ray]'") from error
