"""Reports to splits by organization: no organization is both trained on and tested on.

The split of an organization is a hash of its name, so that a new report joins those of its organization and no other
report moves when the data set grows.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from annotations.store import SPLITS, Annotation, gold_paths, read_gold, write_split
from extraction.errors import UsageError


def split_of(organization: str, dev: float, test: float, seed: int) -> str:
    """Return the split of an organization; `dev` and `test` are shares of all organizations, their sum 0 to 1."""
    name = "".join(unicodedata.normalize("NFKC", organization).split())
    digest = hashlib.sha256(f"{seed}\n{name}".encode()).digest()
    at = int.from_bytes(digest[:8], "big") / 2**64
    return "test" if at < test else "dev" if at < test + dev else "train"


def assign(annotations: Iterable[Annotation], dev: float, test: float, seed: int) -> dict[str, list[str]]:
    """Return the ids of each split. A report without a known organization is assigned by its document."""
    ids: dict[str, list[str]] = {name: [] for name in SPLITS}
    for annotation in annotations:
        report = annotation.report
        ids[split_of(report.organization or report.source.sha256, dev, test, seed)].append(annotation.id)
    return ids


def split_folder(folder: Path, dev: float, test: float, seed: int, force: bool = False) -> dict[str, list[str]]:
    """Write the splits of a data set. Raises UsageError for impossible shares, or splits that exist already."""
    if dev < 0 or test < 0 or dev + test > 1:
        raise UsageError("--dev and --test take shares from 0 that are not more than 1 together")
    paths = gold_paths(folder)
    if not paths:
        raise UsageError(f"{folder} has no reports/*.json")
    there = [s for s in SPLITS if (folder / "splits" / f"{s}.txt").exists()]
    if there and not force:
        raise UsageError(f"{folder} is split already ({', '.join(there)}); --force splits it anew")
    ids = assign(map(read_gold, paths), dev, test, seed)
    for name, members in ids.items():
        write_split(folder, name, members)
    return ids
