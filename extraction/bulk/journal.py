"""The manifest while a run is under way: a journal that is only ever appended to, and the lock that one run holds.

A line is written when its document is done, after the report. Its bytes are with the kernel at once, so that a killed
run loses no line; they are forced to the disk once a second, so that a power cut costs at most the work of a second,
which the next run does again. At the end of a run the manifest is written anew, one line an input.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol
from uuid import uuid4

from filelock import FileLock, Timeout

from extraction.bulk.remote_lock import remotely_locked
from extraction.errors import UsageError
from extraction.output.files import MANIFEST, ManifestLine, json_line, manifest_lines, read_manifest
from extraction.output.places import is_remote

LOCK = ".lock"
_SEGMENTS = "journal"
_FSYNC = 1.0  # seconds between
_SEGMENT = 10.0  # seconds between segments of a remote journal


class Journal(Protocol):
    """What the lines of finished documents are added to."""

    def add(self, line: ManifestLine) -> None:
        """Add a line for good."""

    def close(self) -> None:
        """Keep what was added, whatever happens next."""


class FileJournal:
    """OUT/manifest.jsonl on this machine, opened to append. Raises OSError, from every method."""

    def __init__(self, out: Path) -> None:
        self._file: IO[bytes] = (out / MANIFEST).open("ab+", buffering=0)
        self._synced = time.monotonic()
        self._end_cut_line()

    def add(self, line: ManifestLine) -> None:
        """Add a line; on the disk within a second."""
        content = json_line(line)
        while content:
            content = content[self._file.write(content) :]
        if time.monotonic() - self._synced > _FSYNC:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def close(self) -> None:
        """Force all of it to the disk."""
        os.fsync(self._file.fileno())
        self._file.close()

    def _end_cut_line(self) -> None:
        """A line that was cut off must not swallow the next."""
        size = self._file.seek(0, os.SEEK_END)
        if size:
            self._file.seek(size - 1)
            if self._file.read(1) != b"\n":
                self._file.write(b"\n")


class ObjectJournal:
    """Segments under OUT/journal/ of an object store, which cannot append."""

    def __init__(self, out: Path) -> None:
        self._out, self._lines = out, list[bytes]()
        self._written = time.monotonic()

    def add(self, line: ManifestLine) -> None:
        """Add a line; in the store within ten seconds."""
        self._lines.append(json_line(line))
        if time.monotonic() - self._written > _SEGMENT:
            self._write()

    def close(self) -> None:
        """Write what there is."""
        self._write()

    def _write(self) -> None:
        if self._lines:
            name = f"{time.time_ns():020}-{uuid4().hex[:8]}.jsonl"
            (self._out / _SEGMENTS / name).write_bytes(b"".join(self._lines))
        self._lines.clear()
        self._written = time.monotonic()


def open_journal(out: Path) -> Journal:
    """The journal of OUT."""
    return ObjectJournal(out) if is_remote(out) else FileJournal(out)


def read_journal(out: Path) -> dict[str, ManifestLine]:
    """The last line of each input by path: those of the manifest, then those of segments that are not in it yet."""
    lines = read_manifest(out)
    for segment in _segments(out):
        lines.update(manifest_lines(segment.read_bytes()))
    return lines


def forget_segments(out: Path) -> None:
    """Remove the segments, once their lines are in the manifest."""
    for segment in _segments(out):
        segment.unlink()


def _segments(out: Path) -> list[Path]:
    folder = out / _SEGMENTS
    return sorted(folder.iterdir(), key=str) if is_remote(out) and folder.exists() else []


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """OUT, to this run alone. Raises UsageError where another run is at it; the lock of a killed run holds nobody."""
    if is_remote(out):
        with remotely_locked(out, LOCK):
            yield
        return
    try:
        lock = FileLock(out / LOCK, timeout=0, is_singleton=False)
        lock.acquire()
    except Timeout as error:
        raise UsageError(f"another run is writing to {out}; wait for it, or use another OUT folder") from error
    try:
        yield
    finally:
        lock.release()
