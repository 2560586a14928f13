"""The journal of a run (its manifest while it grows) and the lock on its OUT folder.

A line is appended after its document's report was written. The kernel has it at once, so a killed run loses no line; it
is forced to the disk once a second, so a power cut costs a second's work, which the next run repeats. At the end of a
run the manifest is rewritten with one line an input.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

from filelock import FileLock, Timeout

from extraction.bulk.remote_lock import remotely_locked
from extraction.errors import UsageError
from extraction.output.files import MANIFEST, ManifestLine, json_line, manifest_lines, read_manifest
from extraction.output.places import is_remote

LOCK = ".lock"
_SEGMENTS = "journal"
_FSYNC_SECONDS = 1.0  # between
_SEGMENT_SECONDS = 10.0  # between segments of a journal in an object store


class FileJournal:
    """OUT/manifest.jsonl, opened to append. Every method may raise OSError."""

    def __init__(self, out: Path) -> None:
        self._file: IO[bytes] = (out / MANIFEST).open("ab+", buffering=0)
        self._synced = time.monotonic()
        size = self._file.seek(0, os.SEEK_END)
        if size:
            self._file.seek(size - 1)
            if self._file.read(1) != b"\n":  # a crash truncated the last line: the next must not continue it
                self._file.write(b"\n")

    def add(self, line: ManifestLine) -> None:
        """Append a line."""
        content = json_line(line)
        while content:
            content = content[self._file.write(content) :]
        if time.monotonic() - self._synced > _FSYNC_SECONDS:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def close(self) -> None:
        """Force the file to the disk and close it."""
        os.fsync(self._file.fileno())
        self._file.close()


class ObjectJournal:
    """Segments under OUT/journal/ of an object store, which cannot append."""

    def __init__(self, out: Path) -> None:
        self._out, self._lines = out, list[bytes]()
        self._written = time.monotonic()

    def add(self, line: ManifestLine) -> None:
        """Add a line; in the store it is within ten seconds of others."""
        self._lines.append(json_line(line))
        if time.monotonic() - self._written > _SEGMENT_SECONDS:
            self._write()

    def close(self) -> None:
        """Write the remaining lines."""
        self._write()

    def _write(self) -> None:
        if self._lines:
            name = f"{time.time_ns():020}-{uuid4().hex[:8]}.jsonl"
            (self._out / _SEGMENTS / name).write_bytes(b"".join(self._lines))
        self._lines.clear()
        self._written = time.monotonic()


@contextmanager
def open_journal(out: Path) -> Iterator[FileJournal | ObjectJournal]:
    """The journal of OUT, closed at the end. Raises OSError."""
    journal = ObjectJournal(out) if is_remote(out) else FileJournal(out)
    try:
        yield journal
    finally:
        journal.close()


def read_journal(out: Path) -> dict[str, ManifestLine]:
    """The last line of each input by path, from the manifest and then from segments that are not in it yet."""
    lines = read_manifest(out)
    for segment in _segments(out):
        lines.update(manifest_lines(segment.read_bytes()))
    return lines


def forget_segments(out: Path) -> None:
    """Remove the segments, whose lines are in the manifest now."""
    for segment in _segments(out):
        segment.unlink()


def _segments(out: Path) -> list[Path]:
    folder = out / _SEGMENTS
    return sorted(folder.iterdir(), key=str) if is_remote(out) and folder.exists() else []


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the lock on OUT. Raises UsageError where another run holds it; a killed run's lock is free."""
    if is_remote(out):
        with remotely_locked(out, LOCK):
            yield
        return
    try:
        lock = FileLock(out / LOCK, timeout=0, is_singleton=False)
        lock.acquire()
    except Timeout as error:
        raise UsageError("another run is writing to {out}; wait for it, or use another OUT folder", out=out) from error
    try:
        yield
    finally:
        lock.release()
