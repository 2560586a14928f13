"""Convert many files to an OUT folder: what is new, changed or failed before, with every outcome journalled.

A run that is killed anywhere and then run again leaves the same files as an undisturbed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from extraction.bulk import record
from extraction.bulk.journal import forget_segments, locked, open_journal, read_journal
from extraction.bulk.plan import Input, Outcome, Plan, Task
from extraction.bulk.pool import Engine, LocalEngine
from extraction.errors import ModelError, OutputError
from extraction.messages import Text
from extraction.output.files import FAILED, SKIPPED, ManifestLine, remove_report, report_path, write_manifest
from extraction.output.summary_page import ArchiveSummary, write_summary
from models.weights import WeightsError


@dataclass(frozen=True, slots=True)
class Result:
    """The outcomes of the inputs in their order; `remade_for` names what changed since the last run."""

    outcomes: tuple[Outcome, ...]
    remade_for: tuple[str, ...] = ()

    @property
    def lines(self) -> list[ManifestLine]:
        """The manifest lines of the inputs."""
        return [outcome.line for outcome in self.outcomes]


def convert(
    inputs: Sequence[Input],
    plan: Plan,
    on_done: Callable[[Outcome], None],
    make_engine: Callable[[Plan], Engine] = LocalEngine,
) -> Result:
    """Convert the inputs that need it, and write the tables; `on_done` is called with each outcome at once.

    Raises UsageError where another run is writing to OUT, OutputError where OUT takes no more files, ModelError where
    weights are missing or wrong.
    """
    from extraction.output.field_tables import write_fields  # loads Arrow, which no worker needs

    with _output_errors(plan.out):
        plan.out.mkdir(parents=True, exist_ok=True)
        with locked(plan.out):
            try:
                made_by = record.makers(plan.settings, plan.engine)
            except WeightsError as error:
                raise ModelError(str(error)) from error
            plan = replace(plan, made_with=record.digest_of(made_by))
            earlier = read_journal(plan.out)
            changes = record.begin(plan.out, made_by)
            done = _journalled(inputs, plan, earlier, on_done, make_engine)
            # By name and not as they finish: a resumed run leaves the same as an undisturbed one.
            everything = dict(sorted({**earlier, **{name: outcome.line for name, outcome in done.items()}}.items()))
            write_manifest(plan.out, everything.values())
            forget_segments(plan.out)
            summary = ArchiveSummary()
            converted = [name for name, line in everything.items() if line.outcome != FAILED]
            write_fields(plan.out, [name for name in converted if report_path(plan.out, name).exists()], summary.add)
            write_summary(plan.out / "summary.html", summary, everything)
            record.end(plan.out, made_by)
    return Result(tuple(done[item.name] for item in inputs), changes)


def _journalled(
    inputs: Sequence[Input],
    plan: Plan,
    earlier: Mapping[str, ManifestLine],
    on_done: Callable[[Outcome], None],
    make_engine: Callable[[Plan], Engine],
) -> dict[str, Outcome]:
    """Every input's outcome by name, each journalled before `on_done` is called."""
    done: dict[str, Outcome] = {}
    with open_journal(plan.out) as journal:
        engine = make_engine(plan)
        try:
            for outcome in engine.run(Task(item, earlier.get(item.name)) for item in inputs):
                line = outcome.line
                if line.outcome == FAILED:
                    remove_report(plan.out, line.path)  # made from the file as it was before
                if line.outcome != SKIPPED or earlier.get(line.path) != line:
                    journal.add(line)
                done[line.path] = outcome
                on_done(outcome)
        finally:
            engine.close()
    return done


@contextmanager
def _output_errors(out: Path) -> Iterator[None]:
    """Turn system errors within the block into OutputError: those of an input became its outcome before."""
    try:
        yield
    except OSError as error:
        raise OutputError("{path}: {why}", path=error.filename or out, why=Text(error.strerror or error)) from error
