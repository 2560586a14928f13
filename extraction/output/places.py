"""Paths of this machine and of object stores (`s3://bucket/folder`) as one type, and the errors of stores.

A remote path is a `UPath` (universal-pathlib, over fsspec), which has the methods of `Path` that Gouji uses; it needs
the extra `ray`. Keys and addresses come from the store's usual environment variables (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from extraction.errors import StoreError, UsageError

_CLIENTS = {"botocore", "aiobotocore", "aiohttp", "gcsfs", "google", "adlfs", "azure"}
"""Client packages of object stores, whose errors are no OSErrors."""


def is_remote(path: Path | str) -> bool:
    """Whether a path is in an object store or on another server."""
    return "://" in str(path) and not Path(str(path)).exists()


def place(text: str) -> Path:
    """The path that a text names, remote or not. Raises UsageError where the packages for remote ones are missing."""
    if not is_remote(text):
        return Path(text)
    try:
        from upath import UPath

        return cast(Path, UPath(text))
    except (ImportError, ValueError) as error:
        needed = "{path}: {error}; remote paths need pip install 'gouji[ray]'"
        raise UsageError(needed, path=text, error=error) from error


def is_store_fault(error: Exception) -> bool:
    """Whether an error comes from an object store as a whole, not from one file in it."""
    return type(error).__module__.partition(".")[0] in _CLIENTS


@contextmanager
def store_faults() -> Iterator[None]:
    """Turn errors of an object store within the block into StoreError."""
    try:
        yield
    except Exception as error:
        if not is_store_fault(error):
            raise
        raise StoreError("the object store failed: {error}", error=one_line(error)) from error


def one_line(error: Exception) -> str:
    """The message of an error with its line breaks and runs of spaces as single spaces."""
    return " ".join(str(error).split())
