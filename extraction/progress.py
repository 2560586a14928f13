"""A conversion as a person watches it: a progress bar, a line for each failure, and a summary at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from extraction.convert import FAILED, Input, Plan, convert
from extraction.document import Status, Verdict
from extraction.errors import UsageError
from extraction.outputs import ManifestLine, read_report


def convert_with_progress(inputs: Sequence[Input], plan: Plan) -> int:
    """Convert with a bar on standard error and a summary on standard output; the exit code of the contract."""
    if not inputs:
        raise UsageError("there is no file to convert in what was named")
    screen = Console(stderr=True)
    columns = (
        TextColumn("converting"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("", total=len(inputs))

        def on_done(line: ManifestLine) -> None:
            if line.outcome == FAILED:
                progress.console.print(
                    f"{_on_one_line(line.path)}: {line.error}",
                    style="red",
                    markup=False,
                    emoji=False,
                    highlight=False,
                    soft_wrap=True,
                )
            progress.update(task, advance=1, description=_on_one_line(Path(line.path).name))

        lines = convert(inputs, plan, on_done)
    Console().print(_summary(lines, plan.out))
    return 1 if any(line.outcome == FAILED for line in lines) else 0


def _on_one_line(name: str) -> str:
    """A file name as it may be shown: line breaks and other controls as their escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def _summary(lines: Sequence[ManifestLine], out: Path) -> Table:
    """Reports, fields by status, and checks by verdict, over all reports of this call."""
    outcomes = Counter(line.outcome for line in lines)
    statuses: Counter[Status] = Counter()
    verdicts: Counter[Verdict] = Counter()
    for line in lines:
        if line.outcome != FAILED:
            report = read_report(out, line.path)
            statuses.update(f.status for f in report.fields)
            verdicts.update(c.verdict for c in report.checks)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("reports", _counts(outcomes, ("converted", "skipped", "failed")))
    table.add_row("fields", _counts(statuses, tuple(Status)))
    table.add_row("checks", _counts(verdicts, tuple(Verdict)))
    table.add_row("results", str(out))
    return table


def _counts(counts: Counter[str] | Counter[Status] | Counter[Verdict], names: Sequence[str]) -> str:
    return ", ".join(f"{counts[name]:,} {name}" for name in names if counts[name]) or "none"  # type: ignore[index]
