"""The lock that one run holds on an OUT in an object store: an object that is only made where there is none.

The store decides between runs that start at once, where it knows conditional writes (`If-None-Match: *`, as Amazon S3
and moto do). The lock is renewed every minute; after ten without, its run was killed, and the next run takes it over:
which of several, again the store decides, by an object that names the lock that is taken over.
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

_RENEWED = 60.0  # seconds between
_STALE = 600.0  # seconds after which a lock that nobody renews is that of a run that was killed


@contextmanager
def remotely_locked(out: Path, name: str, renewed: float = _RENEWED, stale: float = _STALE) -> Iterator[None]:
    """OUT, to this run alone, by the object of this name. Raises UsageError where another run is at it, OSError."""
    lock = _Lock(out, name)
    lock.take(stale)
    ended = threading.Event()
    renewing = threading.Thread(target=lock.renew, args=(ended, renewed), daemon=True)
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
        """Make the lock ours. Raises UsageError where it is another's."""
        held = self._held()
        if held is None:
            taken = self._made(self._path)
        elif time.time() - _said(held).get("at", 0.0) < stale:
            taken = False
        else:
            taken = self._taken_over(held)
        if not taken:
            by = _said(self._held()).get("by", "unknown")
            hint = f"if it was killed, wait ten minutes or remove {self._path}"
            raise UsageError(f"another run is writing to {self._out} ({by}); {hint}")

    def renew(self, ended: threading.Event, every: float) -> None:
        """Say again and again that this run is alive, until it has ended or another has taken over."""
        while not ended.wait(every):
            try:
                if not self._is_ours():
                    return
                self._store.pipe_file(self._path, self._content())
            except Exception as error:  # the store may answer again in a minute
                if not (isinstance(error, OSError) or is_store_fault(error)):
                    raise

    def release(self) -> None:
        """Leave OUT to the next run."""
        if self._is_ours():
            self._store.rm_file(self._path)

    def _taken_over(self, held: bytes) -> bool:
        """Whether this run alone takes over what a killed one held."""
        claim = f"{self._path}.{hashlib.sha256(held).hexdigest()[:16]}"
        if not self._made(claim):
            return False
        try:
            if self._held() != held:  # another took it over, and is done with its claim
                return False
            self._store.pipe_file(self._path, self._content())
        finally:
            self._store.rm_file(claim)
        return True

    def _made(self, path: str) -> bool:
        """Whether the object was made by us; a store without conditional writes is asked afterwards whose it is."""
        try:
            self._store.pipe_file(path, self._content(), mode="create")
        except FileExistsError:
            return False
        return bool(_said(self._store.cat_file(path)).get("run") == self._run)

    def _is_ours(self) -> bool:
        return bool(_said(self._held()).get("run") == self._run)

    def _held(self) -> bytes | None:
        try:
            content: bytes = self._store.cat_file(self._path)
        except FileNotFoundError:
            return None
        return content

    def _content(self) -> bytes:
        by = f"{socket.gethostname()}, process {os.getpid()}"
        return json.dumps({"by": by, "at": time.time(), "run": self._run}).encode()


def _said(held: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(held or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
