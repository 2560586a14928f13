"""The lock on an OUT folder in an object store: an object that is created only where there is none.

Between runs that start at once the store decides, by conditional writes (`If-None-Match: *`, as Amazon S3 has them).
The lock is renewed every minute. One that was not renewed for ten minutes belongs to a killed run, and the next run
takes it over; between several of those the store decides again, by an object named after the old lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from extraction.errors import UsageError
from extraction.output.places import is_store_fault

_RENEWAL_SECONDS = 60.0  # between renewals
_STALE_SECONDS = 600.0  # without a renewal, then the lock's run was killed


@contextmanager
def remotely_locked(
    out: Path, name: str, renewal: float = _RENEWAL_SECONDS, stale: float = _STALE_SECONDS
) -> Iterator[None]:
    """Hold the lock `name` on OUT; times are in seconds. Raises UsageError where another run holds it."""
    lock = _Lock(out, name)
    lock.take(stale)
    ended = threading.Event()
    renewing = threading.Thread(target=lock.renew, args=(ended, renewal), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        lock.release()


class _Lock:
    def __init__(self, out: Path, name: str) -> None:
        from fsspec.core import url_to_fs

        self._out = out
        self._store, self._path = url_to_fs(f"{str(out).rstrip('/')}/{name}")
        self._run = uuid4().hex

    def take(self, stale: float) -> None:
        """Acquire the lock. Raises UsageError where another run holds it."""
        held = self._held()
        if held is None:
            taken = self._create(self._path)
        elif time.time() - _content_of(held).get("at", 0.0) < stale:
            taken = False
        else:
            taken = self._take_over(held)
        if not taken:
            by = _content_of(self._held()).get("by", "unknown")
            busy = "another run is writing to {out} ({by}); if it was killed, wait ten minutes or remove {lock}"
            raise UsageError(busy, out=self._out, by=by, lock=self._path)

    def renew(self, ended: threading.Event, every: float) -> None:
        """Rewrite the lock every so many seconds until this run has ended or another has taken it over."""
        while not ended.wait(every):
            try:
                if not self._is_ours():
                    return
                self._store.pipe_file(self._path, self._content())
            except Exception as error:  # the store may answer again in a minute
                if not (isinstance(error, OSError) or is_store_fault(error)):
                    raise

    def release(self) -> None:
        """Remove the lock, unless another run has taken it over."""
        if self._is_ours():
            self._store.rm_file(self._path)

    def _take_over(self, held: bytes) -> bool:
        """Take over the lock of a killed run; False where another run does."""
        claim = f"{self._path}.{hashlib.sha256(held).hexdigest()[:16]}"
        if not self._create(claim):
            return False
        try:
            if self._held() != held:  # another run took it over before
                return False
            self._store.pipe_file(self._path, self._content())
        finally:
            self._store.rm_file(claim)
        return True

    def _create(self, path: str) -> bool:
        """Create the object; False where another run did. Reading it back covers stores without conditional writes."""
        try:
            self._store.pipe_file(path, self._content(), mode="create")
        except FileExistsError:
            return False
        return bool(_content_of(self._store.cat_file(path)).get("run") == self._run)

    def _is_ours(self) -> bool:
        return bool(_content_of(self._held()).get("run") == self._run)

    def _held(self) -> bytes | None:
        try:
            content: bytes = self._store.cat_file(self._path)
        except FileNotFoundError:
            return None
        return content

    def _content(self) -> bytes:
        by = f"{socket.gethostname()}, process {os.getpid()}"
        return json.dumps({"by": by, "at": time.time(), "run": self._run}).encode()


def _content_of(held: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(held or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
