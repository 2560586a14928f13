"""The documents of a data set with their gold."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotations.store import Annotation, gold_paths, read_folder
from extraction.errors import UsageError


@dataclass(frozen=True, slots=True)
class Case:
    """A document and its gold. `id` is the report's, with the file name where one report has several documents."""

    id: str
    gold: Annotation
    document: Path


def load_cases(
    folder: Path, split: str | None = None, levels: Collection[str] = (), limit: int | None = None
) -> list[Case]:
    """Return the documents of a data set, of one split, of some levels; at most `limit`, spread evenly over these.

    Raises UsageError where there is none, or where a document's file is missing.
    """
    try:
        found = list(read_folder(folder, split))
    except FileNotFoundError as error:
        raise UsageError(f"{error.filename}: {error.strerror}: it is no data set, or has no such split") from error
    except ValueError as error:
        raise UsageError(str(error)) from error
    renderings = Counter(gold.id for gold, _ in found)
    cases = [
        Case(gold.id if renderings[gold.id] == 1 else f"{gold.id}/{document.name}", gold, document)
        for gold, document in found
        if not levels or gold.level in levels
    ]
    if not cases:
        there = ", ".join(sorted({gold.level for gold, _ in found})) or "none"
        raise UsageError(f"{folder} has no document of that split and level; its levels are {there}")
    if lacking := [c for c in cases if not c.document.is_file()]:
        raise UsageError(f"{lacking[0].document} is not there, nor are {len(lacking) - 1} others: the data set is torn")
    return _spread(cases, limit) if limit else cases


def in_turns(cases: Sequence[Case]) -> list[Case]:
    """Return the cases with levels alternating, so that the first ones are a fair sample of all."""
    seen: Counter[str] = Counter()
    turns = []
    for case in cases:
        turns.append(seen[case.gold.level])
        seen[case.gold.level] += 1
    return [cases[k] for k in sorted(range(len(cases)), key=lambda k: turns[k])]


def dataset_id(folder: Path) -> str:
    """Return a hash of all gold in a data set: equal for runs that were scored against the same figures."""
    digest = hashlib.sha256()
    for path in gold_paths(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def document_hash(case: Case) -> str:
    """Return the SHA-256 of the document."""
    with case.document.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _spread(cases: Sequence[Case], limit: int) -> list[Case]:
    """Return `limit` cases, even over the levels and within each, in the data set's order."""
    by_level = sorted(range(len(cases)), key=lambda k: cases[k].gold.level)
    number = min(limit, len(cases))
    return [cases[k] for k in sorted(by_level[i * len(cases) // number] for i in range(number))]
