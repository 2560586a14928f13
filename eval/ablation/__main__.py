"""What each stage and each detector of Gouji changes, on two data sets or more.

    python -m eval.ablation annotations/mini DAMAGED -o ablation            # everything
    python -m eval.ablation annotations/mini DAMAGED -o ablation --as-it-is # the tables of what is read so far
    python -m eval.ablation DEV -o ablation --only sums --only tables.grain # two of them

Every document is read by Gouji, and then without one stage or detector after another; only what a change reaches is
read again. The reports are kept in OUT/SET/VARIANT: a run that is broken off goes on where it was, and --force reads
everything again after a change of Gouji.

Each table gives Gouji's own shares, and for every variant the change in percentage points with its 95% interval: a
bootstrap over reports in pairs with a fixed seed (models/gate/intervals.py; B. Efron and R. Tibshirani, An Introduction
to the Bootstrap, 1993), since errors of one report are correlated. In bold is what is more than chance: the interval
excludes 0 and six reports change at least (sign test). `fields` counts the fields whose outcome is another one, in
`reports` so many reports. The last lines name what changes no field of any set, and what is silent without what.

A stage or detector stays only while it changes something here on two sets, or guards a test of safety.

exit codes: 0 done; 2 the call is wrong
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from eval.ablation.reading import WHOLE, Job, keep_readings
from eval.ablation.variants import VARIANTS, Variant
from eval.markdown import head, row
from eval.report.table import percent
from eval.runs.dataset import Case, in_turns, load_cases
from eval.runs.progress import Watcher
from eval.runs.run import forget_changed, prediction_path, read_prediction
from eval.scoring.metrics import Metric, field_counts
from eval.scoring.outcomes import FieldOutcome, Outcome, compare_fields
from extraction.document import Report, Source
from extraction.errors import GoujiError, UsageError
from models.gate.intervals import Numbers, resamples, share_change

METRICS = {
    "as printed": Metric("right", "fields", ""),
    "accepted and right": Metric("accepted_right", "fields", ""),
    "for review": Metric("review", "fields", ""),
}
"""The shares that are compared."""

_NOTHING = Report(Source("", "", "", None), None, None, None, None)


@dataclass(frozen=True, slots=True)
class Compared:
    """One set without one thing. `counts` are those of every report, `changed` how many of its fields have another
    outcome than Gouji's own run gave them."""

    counts: Sequence[Mapping[str, int]]
    changed: Sequence[int]

    @property
    def silent(self) -> int:
        """Silent errors of all reports."""
        return sum(c["silent"] for c in self.counts)


def main(arguments: Sequence[str]) -> int:
    """Read what is not read yet, compare, print; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.ablation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", type=Path, nargs="+", metavar="SET", help="folder of documents with their gold")
    parser.add_argument("-o", "--out", type=Path, default=Path("ablation-out"), metavar="OUT", help="(%(default)s)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="this stage or detector; repeatable"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="N documents a set, spread evenly over its levels")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (all cores)")
    parser.add_argument("--as-it-is", action="store_true", help="read nothing: compare what every variant has read")
    parser.add_argument("--force", action="store_true", help="read everything again")
    parser.add_argument("--list", action="store_true", help="list the stages and detectors, and read nothing")
    if "--list" in arguments:
        print("\n".join(f"{v.name:28} {v.left}" for v in VARIANTS))
        return 0
    parsed = parser.parse_args(arguments)
    try:
        variants = chosen(parsed.only)
        if parsed.workers < 1 or (parsed.as_it_is and parsed.force):
            raise UsageError("--workers is from 1; --as-it-is and --force exclude each other")
        sets = _sets(parsed.datasets, parsed.limit)
        if not parsed.as_it_is:
            _read(sets, parsed.out, variants, parsed.workers, parsed.force)
        print("\n".join(tables(sets, parsed.out, variants)))
    except GoujiError as error:
        print(f"eval.ablation: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def chosen(names: Sequence[str]) -> tuple[Variant, ...]:
    """The variants of these names in their order, all where none is named. Raises UsageError."""
    if unknown := set(names) - {v.name for v in VARIANTS}:
        raise UsageError(f"there is no stage or detector {', '.join(sorted(unknown))}; --list names them")
    return tuple(v for v in VARIANTS if not names or v.name in names)


def _sets(folders: Sequence[Path], limit: int | None) -> dict[str, list[Case]]:
    names = Counter(folder.resolve().name for folder in folders)
    if twice := [name for name, number in names.items() if number > 1]:
        raise UsageError(f"two sets are called {twice[0]}; OUT keeps one of each name")
    return {folder.resolve().name: load_cases(folder, limit=limit) for folder in folders}


def _read(sets: Mapping[str, list[Case]], out: Path, variants: Sequence[Variant], workers: int, force: bool) -> None:
    """Read what is missing, a document at a time, levels in turns."""
    jobs: dict[str, list[tuple[Case, Job]]] = {}
    for name, cases in sets.items():
        (out / name).mkdir(parents=True, exist_ok=True)
        forget_changed(cases, out / name)
        every = [
            (case, Job(case.document, {v: prediction_path(out / name, v, case.id) for v in _wanted(variants)}))
            for case in in_turns(cases)
        ]
        jobs[name] = [(case, job) for case, job in every if force or job.missing]
    progress = {name: (len(sets[name]) - len(left), len(sets[name])) for name, left in jobs.items()}
    with Watcher(progress) as watcher, ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for name, left in jobs.items():
            on_done = watcher.of(name)
            each = pool.map(keep_readings, [job for _, job in left], [force] * len(left))
            for (case, _), prediction in zip(left, each, strict=True):
                on_done(case, prediction)


def _wanted(variants: Sequence[Variant]) -> list[str]:
    return [WHOLE, *(v.name for v in variants)]


def tables(sets: Mapping[str, list[Case]], out: Path, variants: Sequence[Variant]) -> Iterator[str]:
    """A table a set, as lines of Markdown, and what changes nothing. Raises UsageError where nothing is read."""
    found: dict[str, dict[str, Compared]] = {}
    for name, cases in sets.items():
        read = [
            case for case in cases if all(prediction_path(out / name, v, case.id).exists() for v in _wanted(variants))
        ]
        if not read:
            raise UsageError(f"{out / name} has no document that every variant has read")
        found[name] = compared(read, out / name, variants)
        yield from (*_table(f"{name}, {len(read)} documents", found[name], variants), "")
    idle = [v.name for v in variants if not any(sum(each[v.name].changed) for each in found.values())]
    yield f"Without each of these no field changes: {', '.join(idle) or 'none'}."
    guards = [v.name for v in variants if any(each[v.name].silent > each[WHOLE].silent for each in found.values())]
    yield f"Without each of these there are more silent errors: {', '.join(guards) or 'none'}."


def compared(cases: Sequence[Case], out: Path, variants: Sequence[Variant]) -> dict[str, Compared]:
    """Gouji and every variant over the cases, by name."""
    found = {}
    own = [_outcomes(case, out, WHOLE) for case in cases]
    for name in _wanted(variants):
        each = own if name == WHOLE else [_outcomes(case, out, name) for case in cases]
        changed = [_changed(before, after) for before, after in zip(own, each, strict=True)]
        found[name] = Compared([_counts(outcomes) for outcomes in each], changed)
    return found


def _outcomes(case: Case, out: Path, name: str) -> tuple[FieldOutcome, ...]:
    return compare_fields(case.gold.report, read_prediction(out, name, case).report or _NOTHING)


def _counts(outcomes: Sequence[FieldOutcome]) -> dict[str, int]:
    counted: Counter[Outcome] = Counter(o.outcome for o in outcomes)
    return field_counts(counted, sum(not o.in_gold for o in outcomes))


def _changed(before: Sequence[FieldOutcome], after: Sequence[FieldOutcome]) -> int:
    one, other = ({o.id: o.outcome for o in outcomes} for outcomes in (before, after))
    return sum(one.get(i) is not other.get(i) for i in {**one, **other})


def _table(title: str, found: Mapping[str, Compared], variants: Sequence[Variant]) -> Iterator[str]:
    whole = found[WHOLE]
    drawn = resamples(len(whole.counts))
    yield from (f"{title}, {sum(c['fields'] for c in whole.counts):,} fields; changes in points:", "")
    yield from head("without", *METRICS, "silent", "fields", "reports")
    shares = [
        percent(float(part.sum() / max(1.0, of.sum())), 1) for part, of in (_of(whole, m) for m in METRICS.values())
    ]
    yield row("nothing (Gouji)", *shares, f"{whole.silent}", "", "")
    for variant in variants:
        each = found[variant.name]
        yield row(
            f"{variant.name}: {variant.left}",
            *(_change(_of(whole, m), _of(each, m), drawn) for m in METRICS.values()),
            f"**{each.silent}**" if each.silent > whole.silent else f"{each.silent}",
            f"{sum(each.changed):,}",
            f"{sum(number > 0 for number in each.changed)}",
        )


def _of(compared: Compared, metric: Metric) -> tuple[Numbers, Numbers]:
    """The two counts of every report."""
    part, whole = (np.array([c[name] for c in compared.counts], np.float64) for name in (metric.part, metric.whole))
    return part, whole


def _change(old: tuple[Numbers, Numbers], new: tuple[Numbers, Numbers], drawn: Numbers) -> str:
    """A change in points with its interval, in bold where it is more than chance; "0" where no report changes."""
    if np.array_equal(old[0], new[0]) and np.array_equal(old[1], new[1]):
        return "0"
    change = share_change(old, new, drawn)
    if change.change is None or change.low is None or change.high is None:
        return "–"
    told = f"{100 * change.change:+.1f} ({100 * change.low:+.1f} to {100 * change.high:+.1f})"
    return f"**{told}**" if change.certain else told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
