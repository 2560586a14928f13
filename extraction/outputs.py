"""What a conversion leaves in its OUT folder: reports/*.json and manifest.jsonl; its tables: `extraction.field_tables`.

Every file is written beside its place and moved there when complete, so that a reader never sees half of one.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from extraction.document import Report
from extraction.report_json import dump_report, load_report


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """What became of one input: `outcome` is converted, failed or skipped."""

    path: str
    sha256: str | None
    outcome: str
    error: str | None
    seconds: float
    pages: int | None


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
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            raise


def read_manifest(out: Path) -> dict[str, ManifestLine]:
    """The last line of each input, by path; a line cut off by a crash is left out."""
    lines: dict[str, ManifestLine] = {}
    path = out / "manifest.jsonl"
    if path.exists():
        for text in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                line = ManifestLine(**json.loads(text))
            except (ValueError, TypeError):
                continue
            lines[line.path] = line
    return lines


def append_manifest(out: Path, line: ManifestLine) -> None:
    """Add one line, so that a run that is broken off has recorded what it did."""
    with (out / "manifest.jsonl").open("a", encoding="utf-8") as file:
        file.write(_json_line(line))


def write_manifest(out: Path, lines: Iterable[ManifestLine]) -> None:
    """Replace the manifest: one line an input."""
    with in_place_of(out / "manifest.jsonl") as file:
        for line in lines:
            file.write(_json_line(line).encode())


def _json_line(line: ManifestLine) -> str:
    text = json.dumps(asdict(line), ensure_ascii=False)
    for mark in "\x85\u2028\u2029":  # line ends to some readers, and allowed in a file name
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text + "\n"


@contextmanager
def in_place_of(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path` when it is complete, and leaves no trace when it is not."""
    draft = path.with_name(f".{path.name[:20]}.{os.getpid()}.part")  # shorter than the name, which may be at the limit
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
