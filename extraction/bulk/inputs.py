"""Find the files that a call names: files, folders or globs, on this machine or in an object store."""

from __future__ import annotations

import glob
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from extraction.bulk.plan import Input
from extraction.errors import UsageError
from extraction.output.places import is_remote, place


def find_inputs(patterns: Sequence[str], out: Path | None = None) -> list[Input]:
    """The files that the arguments name: files, folders (searched recursively) or globs.

    Hidden files, the OUT folder and links out of a folder are left out. Raises UsageError where an argument names no
    file, or two files would have one report.
    """
    inputs: dict[str, Input] = {}
    for pattern in patterns:
        for found in named_files(pattern, out):
            known = inputs.setdefault(found.name, found)
            if known.path != found.path and known.path.resolve() != found.path.resolve():
                raise UsageError(
                    "{one} and {other} would both be written to reports/{name}.json; "
                    "convert the folder that holds both, or use two OUT folders",
                    one=known.path,
                    other=found.path,
                    name=found.name,
                )
    return list(inputs.values())


def named_files(pattern: str, out: Path | None = None) -> Iterator[Input]:
    """The files that one argument names; those of a glob are named below the folder that it starts from.

    Raises UsageError where there are none.
    """
    if is_remote(pattern):
        yield from _remote_files(place(pattern), out)
        return
    if Path(pattern).exists():
        yield from _files_below(Path(pattern), out)
        return
    found = [Path(p) for p in sorted(glob.glob(pattern, recursive=True))] if glob.has_magic(pattern) else []
    if not found:
        raise UsageError("{path}: there is no such file or folder", path=pattern)
    start = Path(*itertools.takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))
    for path in found:
        if not path.exists() or not _is_inside(path, start, out):
            continue
        for item in _files_below(path, out):
            yield Input(item.path, _name(item.path.relative_to(start)))


def _files_below(root: Path, out: Path | None) -> Iterator[Input]:
    if root.is_file():
        yield Input(root, _name(Path(root.name)))
        return
    for path in sorted(root.rglob("*")):
        below = path.relative_to(root)
        if any(part.startswith(".") for part in below.parts) or not path.is_file():
            continue
        if _is_inside(path, root, out):
            yield Input(path, _name(below))


def _remote_files(root: Path, out: Path | None) -> Iterator[Input]:
    """The objects below a prefix of an object store."""
    if root.is_file():
        yield Input(root, root.name)
        return
    found = sorted((str(p), p) for p in root.rglob("*") if p.is_file())
    if not found:
        raise UsageError("{path}: there is no such file or folder", path=root)
    start = f"{str(root).rstrip('/')}/"
    results = None if out is None else f"{str(out).rstrip('/')}/"
    for text, path in found:
        below = text.removeprefix(start)
        if not (results and text.startswith(results)) and not any(part.startswith(".") for part in below.split("/")):
            yield Input(path, below)


def _is_inside(path: Path, root: Path, out: Path | None) -> bool:
    """Whether a path below `root` is neither in a linked folder, nor a link out of `root`, nor in OUT."""
    below = [p for p in (path, *path.parents) if p != root and p.is_relative_to(root)]
    if any(p.is_symlink() and p.is_dir() for p in below):
        return False
    target = path.resolve()
    elsewhere = out is None or is_remote(out) or not target.is_relative_to(out.resolve())
    return target.is_relative_to(root.resolve()) and elsewhere


def _name(below: Path) -> str:
    """The path as text, with escapes for bytes that are not UTF-8."""
    return below.as_posix().encode("utf-8", "backslashreplace").decode()
