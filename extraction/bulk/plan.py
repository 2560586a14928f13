"""The values of a conversion of many files: input, plan, task and outcome. Every worker loads it: no heavy imports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from extraction.errors import GoujiError
from extraction.output.files import ManifestLine
from extraction.settings import Settings
from models.weights import numbers_in_use


@dataclass(frozen=True, slots=True)
class Input:
    """A file to convert, and its path below the input root, which its report is named by."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How to convert: to which OUT folder, with which settings and OCR engine, in how many worker processes.

    `made_with` is the digest of what a report depends on (`extraction.bulk.record`). With `force`, finished reports are
    made again. `weights` are the versions that all workers load, whichever are promoted during the run.
    """

    out: Path
    settings: Settings
    engine: str = "rapidocr"
    workers: int = 1
    force: bool = False
    made_with: str = ""
    threads: int = 0  # of each worker; 0: cores / workers
    weights: Mapping[str, int] = field(default_factory=numbers_in_use)

    @property
    def threads_each(self) -> int:
        """Threads of a worker."""
        return self.threads or max(1, cores() // self.workers)


@dataclass(frozen=True, slots=True)
class Task:
    """An input to convert; `known` is its line of an earlier run, whose report may be up to date."""

    item: Input
    known: ManifestLine | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of a report's fields by status and of its sums by verdict."""

    statuses: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one input: the `counts` of its report, or the `error` that it has none for."""

    line: ManifestLine
    counts: Counts = field(default_factory=Counts)
    error: GoujiError | None = None


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
