"""Paths on this machine and in object stores (`s3://bucket/folder`), by one type.

What is remote is a `UPath` (universal-pathlib, over fsspec), which has the methods of `Path` that Gouji uses; it needs
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
"""Packages that stores are spoken to with, whose errors are no OSErrors."""


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


def is_store_fault(error: Exception) -> bool:
    """Whether an error is that of a store, not of a file in it."""
    return type(error).__module__.partition(".")[0] in _CLIENTS


@contextmanager
def store_faults() -> Iterator[None]:
    """Errors of a store as `StoreError`."""
    try:
        yield
    except Exception as error:
        if not is_store_fault(error):
            raise
        raise StoreError(f"the object store: {' '.join(str(error).split())}") from error
