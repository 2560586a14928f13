"""Progress of a run: a bar for each engine, a line for each document that cannot be read.

Without a terminal, a line is printed every so many documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from eval.runs.dataset import Case
from eval.runs.prediction import Prediction

_TEXT_LINES = 10  # over a run that no terminal shows


class _Rate(ProgressColumn):
    """Documents a minute."""

    def render(self, task: Task) -> Text:
        return Text(f"{60 * task.speed:.1f}/min" if task.speed else "")


class Watcher:
    """Shows the progress of each engine, given the number of `done` and `all` documents by engine."""

    def __init__(self, engines: Mapping[str, tuple[int, int]]) -> None:
        screen = Console(stderr=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._progress = Progress(
            *columns, console=screen, disable=not screen.is_terminal, speed_estimate_period=300, transient=True
        )
        self._tasks: dict[str, TaskID] = {
            name: self._progress.add_task(name, total=whole, completed=done, start=False)
            for name, (done, whole) in engines.items()
            if done < whole
        }
        self._done = {name: done for name, (done, _) in engines.items()}
        self._all = {name: whole for name, (_, whole) in engines.items()}

    def __enter__(self) -> Watcher:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def of(self, engine: str) -> Callable[[Case, Prediction], None]:
        """Return the callback for each document that this engine is done with."""
        if engine in self._tasks:
            self._progress.start_task(self._tasks[engine])
        return lambda case, prediction: self._on_done(engine, case, prediction)

    def _on_done(self, engine: str, case: Case, prediction: Prediction) -> None:
        screen = self._progress.console
        if prediction.error:
            screen.print(
                f"{engine}: {case.id}: {prediction.error}", style="red", markup=False, highlight=False, soft_wrap=True
            )
        self._done[engine] += 1
        self._progress.update(self._tasks[engine], advance=1)
        done, whole = self._done[engine], self._all[engine]
        if self._progress.disable and (done == whole or done % max(1, whole // _TEXT_LINES) == 0):
            screen.print(f"{engine}: {done} of {whole} documents", markup=False, highlight=False)


@contextmanager
def scoring(documents: int) -> Iterator[Callable[[], None]]:
    """Show a bar over documents to be scored; yields the callback for each."""
    screen = Console(stderr=True)
    columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, disable=not screen.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=documents)
        yield lambda: progress.advance(task)
