"""What a conversion leaves in OUT: reports/*.json and manifest.jsonl; its tables: `extraction.output.field_tables`.

Every file is written beside its place and moved there when complete, so that a reader never sees half of one.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO
from uuid import uuid4

from extraction.document import Report
from extraction.output.places import is_remote
from extraction.output.report_json import dump_report, load_report

MANIFEST = "manifest.jsonl"
DRAFT = ".part"
"""The end of the name of a file that is being written."""


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """What became of one input: `outcome` is converted, failed or skipped."""

    path: str
    sha256: str | None
    outcome: str
    error: str | None
    seconds: float
    pages: int | None
    kind: str | None = None  # of a failure: the name of its error
    made_with: str | None = None  # digest of settings, weights and version, see `extraction.bulk.record`


def report_path(out: Path, name: str) -> Path:
    """Where the report of the input `name` (its path below the input root) is kept."""
    return out / "reports" / f"{name}.json"


def write_report(out: Path, name: str, report: Report) -> None:
    """Write one report's JSON."""
    path = report_path(out, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with in_place_of(path) as file:
        file.write(dump_report(report).encode())


def read_report(out: Path, name: str) -> Report:
    """The report of the input `name`; raises OSError or ValueError."""
    return load_report(report_path(out, name).read_text(encoding="utf-8"))


def remove_report(out: Path, name: str) -> None:
    """Remove the report of an earlier run, if there can be one."""
    try:
        report_path(out, name).unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ENAMETOOLONG):
            raise


def read_manifest(out: Path) -> dict[str, ManifestLine]:
    """The last line of each input, by path; a line cut off by a crash is left out."""
    path = out / MANIFEST
    return manifest_lines(path.read_bytes()) if path.exists() else {}


def manifest_lines(content: bytes) -> dict[str, ManifestLine]:
    """The last line of each input in a journal, by path."""
    lines: dict[str, ManifestLine] = {}
    for text in content.decode("utf-8", "replace").split("\n"):
        try:
            line = ManifestLine(**json.loads(text))
        except (ValueError, TypeError):
            continue
        lines[line.path] = line
    return lines


def write_manifest(out: Path, lines: Iterable[ManifestLine]) -> None:
    """Replace the manifest: one line an input."""
    with in_place_of(out / MANIFEST) as file:
        for line in lines:
            file.write(json_line(line))


def json_line(line: ManifestLine) -> bytes:
    """A line of the manifest, with its end."""
    text = json.dumps(asdict(line), ensure_ascii=False)
    for mark in "\x85\u2028\u2029":  # line ends to some readers, and allowed in a file name
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return f"{text}\n".encode()


@contextmanager
def in_place_of(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path` when it is complete, and leaves no trace when it is not.

    An object store shows an object when it is complete, and not before.
    """
    if is_remote(path):
        whole = BytesIO()
        yield whole
        path.write_bytes(whole.getvalue())
        return
    draft = path.with_name(f".{uuid4().hex}{DRAFT}")
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
