"""The nouns of a conversion of many files: what is to be done, and what became of it. Light: every worker loads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from extraction.output.files import ManifestLine
from extraction.settings import Settings
from models.weights import numbers_in_use

CONVERTED, FAILED, SKIPPED = "converted", "failed", "skipped"


@dataclass(frozen=True, slots=True)
class Input:
    """A file to convert and its path below the input root, which names its report."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How to convert: where to, with which settings and OCR engine, in how many workers of how many threads.

    `made_with` is the digest of what decides a report's contents (`extraction.bulk.record`). With `force`, finished
    reports are done again. `weights` are the versions that all workers read with, whatever is promoted meanwhile.
    """

    out: Path
    settings: Settings
    engine: str = "rapidocr"
    workers: int = 1
    force: bool = False
    made_with: str = ""
    threads: int = 0  # of each worker; 0: so many that workers x threads = cores
    weights: Mapping[str, int] = field(default_factory=numbers_in_use)

    @property
    def threads_each(self) -> int:
        """Threads of a worker."""
        return self.threads or max(1, cores() // self.workers)


@dataclass(frozen=True, slots=True)
class Task:
    """An input to convert, unless the report that `known`, its line of an earlier run, speaks of is still good."""

    item: Input
    known: ManifestLine | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one report: its fields by status and its sums by verdict."""

    statuses: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input; `counts` are those of its report, if it has one."""

    line: ManifestLine
    counts: Counts = field(default_factory=Counts)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
