"""A conversion as it is watched: by a person with a bar, by a scheduler with lines of JSON; and a summary at the end.

How far it is, documents an hour, time left, the share of fields for review, and failures by reason.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from extraction.bulk.plan import Outcome
from extraction.document import Status, Verdict
from extraction.messages import Messages, Text
from extraction.output.files import CONVERTED, FAILED, SKIPPED
from extraction.output.show import on_one_line

BAR, JSON, QUIET = "bar", "json", "quiet"
_JSON_EVERY = 5.0  # seconds between lines


class Tally:
    """What is done of `total` inputs so far, and how fast."""

    def __init__(self, total: int) -> None:
        self.total, self._start = total, time.monotonic()
        self.outcomes: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.pages = 0

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.outcomes[outcome.line.outcome] += 1
        self.statuses.update(outcome.counts.statuses)
        self.verdicts.update(outcome.counts.verdicts)
        self.pages += outcome.line.pages or 0 if outcome.line.outcome != SKIPPED else 0
        if outcome.line.outcome == FAILED:
            self.reasons[outcome.line.kind or "unknown"] += 1

    @property
    def done(self) -> int:
        """Inputs with an outcome."""
        return self.outcomes.total()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._start

    @property
    def per_hour(self) -> float:
        """Documents converted or failed an hour; those that were good already take no time worth the name."""
        return 3600 * (self.done - self.outcomes[SKIPPED]) / max(self.seconds, 1e-6)

    @property
    def seconds_left(self) -> float | None:
        """As long as it goes on as it has, None where nothing has been converted yet."""
        return 3600 * (self.total - self.done) / self.per_hour if self.per_hour else None

    @property
    def review_share(self) -> float:
        """Fields for review among those that the reports have."""
        there = self.statuses.total() - self.statuses[Status.MISSING]
        return self.statuses[Status.REVIEW] / there if there else 0.0

    def data(self) -> dict[str, Any]:
        """All of it as JSON values."""
        left = self.seconds_left
        return {
            "done": self.done,
            "total": self.total,
            **{name: self.outcomes[name] for name in (CONVERTED, SKIPPED, FAILED)},
            "pages": self.pages,
            "seconds": round(self.seconds, 1),
            "per_hour": round(self.per_hour, 1),
            "seconds_left": None if left is None else round(left),
            "review_share": round(self.review_share, 4),
            "failures": dict(self.reasons.most_common()),
        }


@contextmanager
def watched(kind: str, tally: Tally, messages: Messages) -> Iterator[Callable[[Outcome], None]]:
    """What to call with each outcome, shown as `kind` says: BAR, JSON or QUIET."""
    if kind == BAR:
        with _bar(tally, messages) as on_done:
            yield on_done
    elif kind == JSON:
        with _json_lines(tally) as on_done:
            yield on_done
    else:
        yield tally.add


@contextmanager
def _bar(tally: Tally, messages: Messages) -> Iterator[Callable[[Outcome], None]]:
    """A bar on standard error, where that is a terminal, and there a line for each failure in any case."""
    screen = Console(stderr=True)
    columns = (
        TextColumn(messages("converting")),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}", markup=False),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("", total=tally.total, told="")

        def on_done(outcome: Outcome) -> None:
            tally.add(outcome)
            line = outcome.line
            if line.outcome == FAILED:
                why = outcome.error.told(messages) if outcome.error else line.error
                progress.console.print(
                    messages("{path}: {why}", path=on_one_line(line.path), why=" ".join(str(why).split())),
                    style="red",
                    markup=False,
                    emoji=False,
                    highlight=False,
                    soft_wrap=True,
                )
            told = messages(
                "{speed:,.0f}/h  {left}  review {share:.1%}",
                speed=tally.per_hour,
                left=_time(tally.seconds_left),
                share=tally.review_share,
            )
            progress.update(task, advance=1, told=told, description=on_one_line(Path(line.path).name))

        yield on_done


@contextmanager
def _json_lines(tally: Tally) -> Iterator[Callable[[Outcome], None]]:
    """Lines on standard output: the start, each failure, how far it is every few seconds, and the end."""
    last = time.monotonic()

    def say(event: str, **values: Any) -> None:
        print(json.dumps({"event": event, **values}, ensure_ascii=False), file=sys.stdout, flush=True)

    def on_done(outcome: Outcome) -> None:
        nonlocal last
        tally.add(outcome)
        line = outcome.line
        if line.outcome == FAILED:
            say("failed", path=line.path, kind=line.kind, error=line.error)
        if time.monotonic() - last > _JSON_EVERY:
            say("progress", **tally.data())
            last = time.monotonic()

    say("start", total=tally.total)
    yield on_done
    say("end", **tally.data())


def summary(tally: Tally, out: Path, remade_for: Sequence[str], messages: Messages) -> Table:
    """Reports, fields by status, and checks by verdict, over all reports of this call."""

    def counts(of: Counter[str], names: Iterable[str]) -> str:
        told = (messages("{count:,} {name}", count=of[name], name=Text(name)) for name in names if of[name])
        return messages(", ").join(told) or messages("none")

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row(messages("reports"), counts(tally.outcomes, (CONVERTED, SKIPPED, FAILED)))
    table.add_row(messages("fields"), counts(tally.statuses, Status))
    table.add_row(messages("checks"), counts(tally.verdicts, Verdict))
    if tally.reasons:
        table.add_row(messages("failures"), counts(tally.reasons, [name for name, _ in tally.reasons.most_common()]))
    if remade_for:
        names = messages(", ").join(map(messages, remade_for))
        table.add_row(messages("made again"), messages("for a change of {names}", names=names))
    table.add_row(messages("results"), str(out))
    return table


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-:--:--"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
