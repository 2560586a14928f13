"""Read and write reports/*.json and manifest.jsonl in OUT; its tables are in `extraction.output.field_tables`.

Every file is written to a draft beside it and renamed when complete: readers never see half a file.
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
CONVERTED, FAILED, SKIPPED = "converted", "failed", "skipped"
"""Outcomes of an input; the report of a skipped one was up to date."""

DRAFT = ".part"
"""Suffix of the draft of a file that is being written."""


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """The result of one input; `seconds` is the time it took."""

    path: str
    sha256: str | None
    outcome: str
    error: str | None
    seconds: float
    pages: int | None
    kind: str | None = None  # name of the error of a failure
    made_with: str | None = None  # see `extraction.bulk.record.digest_of`


def report_path(out: Path, name: str) -> Path:
    """The path of the report of the input `name` (its path below the input root)."""
    return out / "reports" / f"{name}.json"


def write_report(out: Path, name: str, report: Report) -> None:
    """Write one report's JSON."""
    path = report_path(out, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with in_place_of(path) as file:
        file.write(dump_report(report).encode())


def read_report(out: Path, name: str) -> Report:
    """The report of the input `name`. Raises OSError or ValueError where there is none or it is damaged."""
    return load_report(report_path(out, name).read_text(encoding="utf-8"))


def remove_report(out: Path, name: str) -> None:
    """Remove the report of the input `name`, if there is one."""
    try:
        report_path(out, name).unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ENAMETOOLONG):
            raise


def read_manifest(out: Path) -> dict[str, ManifestLine]:
    """The last manifest line of each input by path; {} without a manifest. A truncated line is skipped."""
    path = out / MANIFEST
    return manifest_lines(path.read_bytes()) if path.exists() else {}


def manifest_lines(content: bytes) -> dict[str, ManifestLine]:
    """The last line of each input by path, from the bytes of a manifest; lines that are none are skipped."""
    lines: dict[str, ManifestLine] = {}
    for text in content.decode("utf-8", "replace").split("\n"):
        try:
            line = ManifestLine(**json.loads(text))
        except (ValueError, TypeError):
            continue
        lines[line.path] = line
    return lines


def write_manifest(out: Path, lines: Iterable[ManifestLine]) -> None:
    """Replace the manifest by these lines."""
    with in_place_of(out / MANIFEST) as file:
        for line in lines:
            file.write(json_line(line))


def json_line(line: ManifestLine) -> bytes:
    """A line of the manifest in UTF-8, with its newline."""
    text = json.dumps(asdict(line), ensure_ascii=False)
    for mark in "\x85\u2028\u2029":  # line ends for some readers, and allowed in file names
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return f"{text}\n".encode()


@contextmanager
def in_place_of(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that replaces `path` when the block ends, and is removed where the block raises."""
    if is_remote(path):  # an object store shows an object only when it is complete
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
