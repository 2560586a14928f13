"""Many files to an OUT folder: what is new, changed or failed is converted by an engine, and every outcome journalled.

A run that is broken off anywhere, by `kill -9` or the power, and then run again leaves what an undisturbed one leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from extraction.bulk import record
from extraction.bulk.journal import Journal, forget_segments, locked, open_journal, read_journal
from extraction.bulk.plan import CONVERTED, FAILED, SKIPPED, Input, Outcome, Plan, Task
from extraction.bulk.pool import Engine, LocalEngine
from extraction.errors import ModelError, OutputError
from extraction.output.files import ManifestLine, remove_report, report_path, write_manifest
from extraction.output.summary_page import Survey, write_summary
from models.weights import WeightsError


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the inputs of a call, in their order, and what differs from how OUT was made before."""

    outcomes: tuple[Outcome, ...]
    remade_for: tuple[str, ...] = ()

    @property
    def lines(self) -> list[ManifestLine]:
        """A manifest line an input."""
        return [outcome.line for outcome in self.outcomes]


def convert(
    inputs: Sequence[Input],
    plan: Plan,
    on_done: Callable[[Outcome], None],
    make_engine: Callable[[Plan], Engine] = LocalEngine,
) -> Result:
    """Convert what needs it. `on_done` hears of each input's outcome at once.

    Raises UsageError where another run is at OUT, OutputError where OUT takes no more, ModelError for weights.
    """
    from extraction.output.field_tables import write_fields  # Arrow: no worker needs it

    with _stopping_at(plan.out):
        plan.out.mkdir(parents=True, exist_ok=True)
        with locked(plan.out):
            made_by = _made_by(plan)
            plan = replace(plan, made_with=record.digest_of(made_by))
            earlier = read_journal(plan.out)
            changes = record.begin(plan.out, made_by)
            done = _journalled(inputs, plan, earlier, on_done, make_engine)
            # By name, not as they got done: a run that was broken off and gone on with leaves the same.
            everything = dict(sorted({**earlier, **{name: outcome.line for name, outcome in done.items()}}.items()))
            write_manifest(plan.out, everything.values())
            forget_segments(plan.out)
            survey = Survey()
            write_fields(plan.out, [n for n, line in everything.items() if _has_report(line, plan.out)], survey.add)
            write_summary(plan.out / "summary.html", survey, everything)
            record.end(plan.out, made_by)
    return Result(tuple(done[item.name] for item in inputs), changes)


def _journalled(
    inputs: Sequence[Input],
    plan: Plan,
    earlier: Mapping[str, ManifestLine],
    on_done: Callable[[Outcome], None],
    make_engine: Callable[[Plan], Engine],
) -> dict[str, Outcome]:
    """Every input's outcome by name, each in the journal before anybody hears of it."""
    done: dict[str, Outcome] = {}
    with _journal(plan.out) as journal:
        engine = make_engine(plan)
        try:
            for outcome in engine.run(Task(item, earlier.get(item.name)) for item in inputs):
                line = outcome.line
                if line.outcome == FAILED:
                    remove_report(plan.out, line.path)  # of what the file was before
                if line.outcome != SKIPPED or earlier.get(line.path) != line:
                    journal.add(line)
                done[line.path] = outcome
                on_done(outcome)
        finally:
            engine.close()
    return done


@contextmanager
def _journal(out: Path) -> Iterator[Journal]:
    journal = open_journal(out)
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def _stopping_at(out: Path) -> Iterator[None]:
    """The inputs' own faults are lines of the manifest: what the system refuses here, it refuses for OUT."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{error.filename or out}: {error.strerror or error}") from error


def _made_by(plan: Plan) -> dict[str, object]:
    try:
        return record.makers(plan.settings, plan.engine)
    except WeightsError as error:
        raise ModelError(str(error)) from error


def _has_report(line: ManifestLine, out: Path) -> bool:
    return line.outcome in (CONVERTED, SKIPPED) and report_path(out, line.path).exists()
